"""What S3 refuses is refused here with AWS's status, code and sentence."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conformance.conftest import Refusal, Shell, read_refusal

BUCKET = "bucket-of-refusals"
OBJECTS = f"arn:aws:s3:::{BUCKET}/*"
ACCOUNT = {"AWS": "arn:aws:iam::123456789012:root"}
UPLOAD = {"Bucket": BUCKET, "Key": "k", "UploadId": "none"}
NO_UPLOAD = Refusal(
    404,
    "NoSuchUpload",
    "The specified upload does not exist. The upload ID may be invalid, or the upload may have "
    "been aborted or completed.",
)
NO_INDEX = "A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty"
MISMATCH = "Action does not apply to any resource(s) in statement"


def put_policy(**elements: Any) -> dict[str, str]:
    """Return the call that puts a policy of one good statement with some elements changed."""
    held = {"Effect": "Allow", "Principal": ACCOUNT, "Action": "s3:GetObject", "Resource": OBJECTS}
    kept = {name: value for name, value in (held | elements).items() if value is not None}
    return put_text(json.dumps({"Version": "2012-10-17", "Statement": [kept]}))


def put_text(text: str) -> dict[str, str]:
    return {"Bucket": BUCKET, "Policy": text}


def malformed(sentence: str) -> Refusal:
    return Refusal(400, "MalformedPolicy", sentence)


def put_cors(**elements: list[str]) -> dict[str, Any]:
    rule = {"AllowedMethods": ["GET"], "AllowedOrigins": ["https://example.com"], **elements}
    return {"Bucket": BUCKET, "CORSConfiguration": {"CORSRules": [rule]}}


def put_website(**configuration: Any) -> dict[str, Any]:
    return {"Bucket": BUCKET, "WebsiteConfiguration": configuration}


CALLS: list[tuple[str, dict[str, Any], Refusal]] = [
    (
        "put_bucket_policy",
        put_text("nope"),
        malformed("Policies must be valid JSON and the first byte must be '{'"),
    ),
    ("put_bucket_policy", put_text("{nope"), malformed("This policy contains invalid Json")),
    ("put_bucket_policy", put_text("{}"), malformed("Missing required field Statement")),
    (
        "put_bucket_policy",
        put_text('{"Statement": []}'),
        malformed("Could not parse the policy: Statement is empty!"),
    ),
    *(
        (
            "put_bucket_policy",
            put_policy(**{field: None}),
            malformed(f"Missing required field {field}"),
        )
        for field in ("Effect", "Principal", "Action", "Resource")
    ),
    *(
        (
            "put_bucket_policy",
            put_policy(Principal=principal),
            malformed("Invalid principal in policy"),
        )
        for principal in (
            "anna",
            {"AWS": "arn:aws:iam::123456789012:role/nobody"},
            {"AWS": "arn:aws:iam::123456789012:user/nobody"},
            {"AWS": "12345"},
            {"Service": "lambda"},
            {"Amazon": "*"},
        )
    ),
    *(
        ("put_bucket_policy", put_policy(Action=action), malformed("Policy has invalid action"))
        for action in ("s3:Nonsense", "GetObject", "sqs:SendMessage", ["s3:GetObject", "s3:Got*"])
    ),
    *(
        ("put_bucket_policy", put_policy(Resource=arn), malformed("Policy has invalid resource"))
        for arn in ("arn:aws:s3:::other/*", f"{BUCKET}/*", "arn:aws:sqs:us-east-1:1:q")
    ),
    *(
        (
            "put_bucket_policy",
            put_policy(Action=action, Resource=resource),
            malformed(MISMATCH),
        )
        for action, resource in (
            ("s3:GetObject", f"arn:aws:s3:::{BUCKET}"),
            ("s3:ListBucket", OBJECTS),
            (["s3:GetObject", "s3:ListBucket"], OBJECTS),
            ("s3:*Cors", OBJECTS),
        )
    ),
    (
        "put_bucket_cors",
        put_cors(AllowedMethods=["PATCH"]),
        Refusal(
            400,
            "InvalidRequest",
            "Found unsupported HTTP method in CORS config. Unsupported method is PATCH",
        ),
    ),
    (
        "put_bucket_cors",
        put_cors(AllowedOrigins=["http://*.*"]),
        Refusal(
            400, "InvalidRequest", 'AllowedOrigin "http://*.*" can not have more than one wildcard.'
        ),
    ),
    (
        "put_bucket_cors",
        put_cors(AllowedHeaders=["x-*-*"]),
        Refusal(
            400, "InvalidRequest", 'AllowedHeader "x-*-*" can not have more than one wildcard.'
        ),
    ),
    (
        "put_bucket_cors",
        put_cors(ExposeHeaders=["x-*"]),
        Refusal(
            400,
            "InvalidRequest",
            'ExposeHeader "x-*" contains wildcard. We currently do not support wildcard for '
            "ExposeHeader.",
        ),
    ),
    (
        "put_bucket_website",
        put_website(ErrorDocument={"Key": "error.html"}),
        Refusal(400, "InvalidArgument", NO_INDEX),
    ),
    (
        "put_bucket_website",
        put_website(IndexDocument={"Suffix": "pages/index.html"}),
        Refusal(400, "InvalidArgument", "The IndexDocument Suffix is not well formed"),
    ),
    ("upload_part", {**UPLOAD, "PartNumber": 1, "Body": b"x"}, NO_UPLOAD),
    (
        "complete_multipart_upload",
        {**UPLOAD, "MultipartUpload": {"Parts": [{"PartNumber": 1, "ETag": "a"}]}},
        NO_UPLOAD,
    ),
    ("abort_multipart_upload", UPLOAD, NO_UPLOAD),
    ("list_parts", UPLOAD, NO_UPLOAD),
    (
        "get_object",
        {"Bucket": BUCKET, "Key": "k", "VersionId": "nope"},
        Refusal(400, "InvalidArgument", "Invalid version id specified"),
    ),
]
ACCEPTED: list[tuple[str, dict[str, Any]]] = [
    ("put_bucket_policy", put_policy(Principal={"AWS": "111122223333"})),
    ("put_bucket_policy", put_policy(Principal={"AWS": "arn:aws:iam::123456789012:user/workshop"})),
    ("put_bucket_policy", put_policy(Principal={"Service": "cloudfront.amazonaws.com"})),
    ("put_bucket_policy", put_policy(Action="s3:Get*", Resource=[OBJECTS, OBJECTS[:-2]])),
    ("put_bucket_policy", put_policy(Action="s3:*", Resource=OBJECTS)),
    ("put_bucket_policy", put_policy(Action="S3:getobject")),
    ("put_bucket_policy", put_policy(Action=None, NotAction="s3:DeleteBucket")),
    ("put_bucket_policy", put_policy(Action="s3:ListBucket", Resource=f"arn:aws:s3:::{BUCKET}")),
    ("put_bucket_cors", put_cors(AllowedOrigins=["https://*.example.com", "*"])),
    ("put_bucket_website", put_website(IndexDocument={"Suffix": "index.html"})),
]


@pytest.fixture(scope="module")
def s3(shell: Shell) -> Any:
    client = shell.client("s3")
    client.create_bucket(Bucket=BUCKET)
    client.put_object(Bucket=BUCKET, Key="k", Body=b"x")
    return client


@pytest.mark.parametrize(("operation", "parameters", "expected"), CALLS)
def test_a_refusal(s3: Any, operation: str, parameters: dict[str, Any], expected: Refusal) -> None:
    """boto3 reads of each call what it would read on AWS."""
    assert expected == read_refusal(getattr(s3, operation), **parameters)


@pytest.mark.parametrize(("operation", "parameters"), ACCEPTED)
def test_what_is_right(s3: Any, operation: str, parameters: dict[str, Any]) -> None:
    """The same calls, made well, are carried out."""
    answer = getattr(s3, operation)(**parameters)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] in (200, 204)
