"""A request is read as one call, or refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.permissions.calls import POST_OBJECT, Call, read_call


def read(service: str, path: str, method: str = "GET", **further: Any) -> Call:
    """Read a request made of its parts."""
    builder = EnvironBuilder(path=path, method=method, base_url="http://127.0.0.1:4566", **further)
    return read_call(Request(builder.get_environ()), service, "us-east-1", "123456789012")


@pytest.mark.parametrize(
    ("method", "path", "operation", "key"),
    [
        ("GET", "/pictures/a%20b/c%2Fd+e.jpg", "GetObject", "a b/c/d+e.jpg"),
        ("GET", "/pictures//cat.jpg", "GetObject", "/cat.jpg"),
        ("GET", "/pictures/uploads/", "GetObject", "uploads/"),
        ("GET", "/pictures/../other/cat.jpg", "GetObject", "../other/cat.jpg"),
        ("HEAD", "/pictures/cat.jpg", "HeadObject", "cat.jpg"),
        ("GET", "/pictures/cat.jpg?acl", "GetObjectAcl", "cat.jpg"),
        ("DELETE", "/pictures/cat.jpg?versionId=v1", "DeleteObject", "cat.jpg"),
        ("PUT", "/pictures/cat.jpg?partNumber=1&uploadId=u", "UploadPart", "cat.jpg"),
        ("POST", "/pictures/cat.jpg?uploads", "CreateMultipartUpload", "cat.jpg"),
        ("GET", "/pictures", "ListObjects", None),
        ("GET", "/pictures/", "ListObjects", None),
        ("GET", "/pictures?list-type=2&prefix=a", "ListObjectsV2", None),
        ("PUT", "/pictures?publicAccessBlock", "PutPublicAccessBlock", None),
        ("GET", "/", "ListBuckets", None),
    ],
)
def test_s3(method: str, path: str, operation: str, key: str | None) -> None:
    """An S3 request is known by its path, method and subresource; keys survive to the letter."""
    call = read("s3", path, method)
    assert (operation, key) == (call.operation, call.get("Key"))


def test_an_objects_bytes_are_left_alone() -> None:
    """An upload's body is not read as anything, whatever it calls itself."""
    call = read("s3", "/b/k.xml", "PUT", data=b"<not xml", content_type="application/xml")
    assert "PutObject" == call.operation


def test_a_form_upload() -> None:
    """A browser's form names its key, with the file's own name in it."""
    form = {"key": "uploads/${filename}", "acl": "private", "file": (b"", "cat.jpg")}
    call = read("s3", "/pictures", "POST", data={**form, "file": _file("cat.jpg")})
    assert (POST_OBJECT, "pictures") == (call.operation, call.get("Bucket"))
    assert ("uploads/cat.jpg", "private") == (call.get("Key"), call.get("ACL"))


def _file(name: str) -> Any:
    from io import BytesIO

    return (BytesIO(b"meow"), name)


def test_json_and_query_calls() -> None:
    """Other protocols name their operation in a header or in the form."""
    target = {"X-Amz-Target": "DynamoDB_20120810.PutItem"}
    body = {"TableName": "t", "Item": {"id": {"S": "1"}}}
    call = read("dynamodb", "/", "POST", headers=target, data=json.dumps(body),
                content_type="application/x-amz-json-1.0")  # fmt: skip
    assert ("PutItem", {"id": {"S": "1"}}) == (call.operation, call.get("Item"))
    form = {"Action": "Publish", "Version": "2010-03-31", "TopicArn": "arn", "Message": "m"}
    assert "Publish" == read("sns", "/", "POST", data=form).operation


JSON = {"content_type": "application/x-amz-json-1.0", "data": "{}", "method": "POST"}
FORM = {"content_type": "application/x-www-form-urlencoded", "method": "POST"}
AMBIGUOUS: dict[str, tuple[str, dict[str, Any]]] = {
    "two subresources": ("s3", {"path": "/b/k?acl&tagging"}),
    "a subresource twice": ("s3", {"path": "/b?policy&policy"}),
    "a part and an ACL": ("s3", {"path": "/b/k?uploadId=u&partNumber=1&acl", "method": "PUT"}),
    "an action for S3": ("s3", {"path": "/b?Action=DeleteBucket"}),
    "an action beside a target": (
        "dynamodb",
        {"path": "/?Action=DeleteTable", **JSON,
         "headers": {"X-Amz-Target": "DynamoDB_20120810.ListTables"}},
    ),
    "an action for Lambda": ("lambda", {"path": "/2015-03-31/functions/?Action=DeleteFunction"}),
    "a target for SNS": (
        "sns",
        {"path": "/", **FORM, "data": "Action=ListTopics",
         "headers": {"X-Amz-Target": "x.DeleteTopic"}},
    ),
    "two actions": ("sns", {"path": "/?Action=ListTopics", **FORM, "data": "Action=DeleteTopic"}),
    "a parameter twice": (
        "sns", {"path": "/", **FORM, "data": "Action=Publish&TopicArn=a&TopicArn=b"},
    ),
    "another account": ("s3", {"path": "/b", "headers": {"x-moto-account-id": "999999999999"}}),
}  # fmt: skip


@pytest.mark.parametrize("why", AMBIGUOUS)
def test_refuses_what_could_be_read_twice(why: str) -> None:
    """A request that another reader could take for another operation is refused."""
    service, parts = AMBIGUOUS[why]
    with pytest.raises(AwsError) as refused:
        read(service, **parts)
    assert "InvalidRequest" == refused.value.code


@pytest.mark.parametrize(
    ("service", "parts"),
    [
        ("s3", {"path": "/b?delete", "method": "DELETE"}),
        ("s3", {"path": "/b", "method": "POST"}),
        ("lambda", {"path": "/2015-03-31/functions/a%2Fpolicy"}),
        ("lambda", {"path": "//2015-03-31/functions/a"}),
        ("sns", {"path": "/", **FORM, "data": "Action=Nothing"}),
        ("dynamodb", {"path": "/", **JSON, "headers": {"X-Amz-Target": "x.ListTables"}}),
        ("unheard-of", {"path": "/"}),
    ],
)
def test_refuses_what_is_no_operation(service: str, parts: dict[str, Any]) -> None:
    """What is none of a service's operations is refused with a sentence that says so."""
    with pytest.raises(AwsError) as refused:
        read(service, **parts)
    assert refused.value.message.startswith("The local cloud does not have")


def test_refuses_a_body_that_cannot_be_read() -> None:
    """A body that is not what its protocol says is refused, not decided on."""
    target = {"X-Amz-Target": "DynamoDB_20120810.PutItem"}
    with pytest.raises(AwsError) as refused:
        read("dynamodb", "/", headers=target, **{**JSON, "data": "{not json"})
    assert "SerializationException" == refused.value.code
