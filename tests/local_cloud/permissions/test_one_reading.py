"""What was authorised is what is done: no text in a body or header makes it something else."""

from __future__ import annotations

import json

import httpx
import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from people import Clients, Person, allow, deny, refusal, unique

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.configuration import ACCOUNT_ID
from workshop_lib.local_cloud.lambda_runtime.functions import parse_function_name
from workshop_lib.local_cloud.launcher import RunningCloud
from workshop_lib.local_cloud.permissions.calls import Call
from workshop_lib.local_cloud.permissions.requirements_lambda import function_arn
from workshop_lib.local_cloud.permissions.requirements_s3 import read_copy_source


def send(
    cloud: RunningCloud,
    service: str,
    method: str,
    path: str,
    body: bytes = b"",
    keys: dict[str, str] | None = None,
    **headers: str,
) -> httpx.Response:
    """Send a request with the owner's signature, or another's, whatever it contains."""
    url = f"{cloud.endpoint_url}{path}"
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = AWSRequest(method, url, headers=named, data=body)
    pair = keys.values() if keys else (cloud.access_key_id, cloud.secret_access_key)
    signing = Credentials(*pair)
    signer = S3SigV4Auth if service == "s3" else SigV4Auth
    signer(signing, service, "us-east-1").add_auth(request)
    return httpx.request(method, url, headers=dict(request.headers), content=body)


def test_an_action_inside_an_item_is_text(client: Clients) -> None:
    """An item that spells another operation is stored as it is."""
    tables, name = client("dynamodb"), unique("letters")
    tables.create_table(
        TableName=name, BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    )  # fmt: skip
    ada = Person(client, allow("dynamodb:PutItem"))
    item = {"id": {"S": "1"}, "text": {"S": f"x&Action=DeleteTable&TableName={name}&y"}}
    ada.client("dynamodb").put_item(TableName=name, Item=item)
    assert item == tables.get_item(TableName=name, Key={"id": {"S": "1"}})["Item"]


def test_an_action_inside_a_message_is_text(client: Clients) -> None:
    """A message that spells another operation is delivered as it is."""
    sqs = client("sqs")
    url = sqs.create_queue(QueueName=unique("letters"))["QueueUrl"]
    text = f"x&Action=DeleteQueue&QueueUrl={url}&y"
    sqs.send_message(QueueUrl=url, MessageBody=text)
    received = sqs.receive_message(QueueUrl=url)["Messages"]
    assert [text] == [message["Body"] for message in received]


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=b"]
)
def test_an_upload_is_never_a_form(client: Clients, kind: str) -> None:
    """An object that looks like a form, or is sent as one (as curl does), is stored as it is."""
    s3, bucket = client("s3"), unique("letters")
    s3.create_bucket(Bucket=bucket)
    picture = {"Bucket": bucket, "Key": "letter.txt"}
    url = s3.generate_presigned_url("put_object", Params=picture)
    body = b"policy=&tagging=&acl=public-read&key=other.txt"
    assert 200 == httpx.put(url, content=body, headers={"Content-Type": kind}).status_code
    found = s3.get_object(**picture)
    assert (body, kind) == (found["Body"].read(), found["ContentType"])
    listed = s3.list_objects_v2(Bucket=bucket)["Contents"]
    assert ["letter.txt"] == [each["Key"] for each in listed]


def test_a_form_does_not_hide_the_query(client: Clients, local_cloud: RunningCloud) -> None:
    """A form in the body does not turn a call for the ACL into a listing."""
    bucket = unique("letters")
    client("s3").create_bucket(Bucket=bucket)
    answer = send(local_cloud, "s3", "GET", f"/{bucket}?acl=", b"x=1",
                  Content_Type="application/x-www-form-urlencoded")  # fmt: skip
    assert (200, True) == (answer.status_code, "<AccessControlPolicy" in answer.text)


def test_a_header_is_no_operation(local_cloud: RunningCloud) -> None:
    """A header by the name of Action changes nothing."""
    answer = send(local_cloud, "lambda", "GET", "/2015-03-31/functions", Action="ListLayers")
    assert (200, ["Functions"]) == (answer.status_code, [*answer.json()][:1])


def test_a_query_has_its_parameters_in_one_place(local_cloud: RunningCloud) -> None:
    """A query with parameters both in the URL and in the body is refused."""
    answer = send(local_cloud, "sns", "POST", "/?Action=ListTopics", b"Action=CreateTopic&Name=t",
                  Content_Type="application/x-www-form-urlencoded")  # fmt: skip
    assert (400, True) == (answer.status_code, "can be read in two ways" in answer.text)


@pytest.mark.parametrize(
    "source",
    [
        "pictures/secret.jpg#x", "pictures/secret.jpg;x", "//pictures/secret.jpg", "pictures",
        "http://pictures/secret.jpg", "x:/pictures/secret.jpg", "/%2Fpictures/secret.jpg", "",
    ],
)  # fmt: skip
def test_a_copy_source_is_a_plain_path(source: str) -> None:
    """A copy source that a URL's reader would take for another key is refused."""
    with pytest.raises(AwsError):
        read_copy_source(source)


def test_a_copy_source_is_decoded() -> None:
    """A copy source names bucket, key and version, with or without the leading slash."""
    expected = ("pictures", "a b/c#d;e.jpg", None)
    assert expected == read_copy_source("/pictures/a%20b/c%23d%3Be.jpg")
    assert ("pictures", "cat.jpg", "v1") == read_copy_source("pictures/cat.jpg?versionId=v1")


ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT_ID}:function"


@pytest.mark.parametrize(
    "name",
    [
        "f", "f:1", f"{ACCOUNT_ID}:function:f", f"{ACCOUNT_ID}:function:f:1", f"{ARN}:f",
        f"{ARN}:f:1", "function:f", "function:f:1", f"{ACCOUNT_ID}:f", f"{ACCOUNT_ID}:function",
    ],
)  # fmt: skip
def test_a_functions_name_means_one_function(name: str) -> None:
    """Permissions are decided on the function and the version that would run."""
    call = Call("lambda", "Invoke", {}, "us-east-1", ACCOUNT_ID)
    try:
        runs = parse_function_name(name).qualified_arn
    except AwsError:
        return
    assert runs == function_arn(call, name)


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("", "{url}/{account}/{open}?to=/{secret}"), ("", "{url}/{account}/{open}#/{secret}"),
        ("", "{url}/{account}/{open}/../{secret}"), ("{account}/{open}", "{secret}"),
        ("{account}/{open}", "{url}/{account}/{secret}"), ("{account}/{secret}", None),
        ("a/b/{secret}", None), ("{account}/{secret}", ""),
    ],
)  # fmt: skip
def test_a_queues_address_means_one_queue(
    client: Clients, local_cloud: RunningCloud, path: str, address: str | None
) -> None:
    """Who may send to all queues but one sends nothing there, however the address is written."""
    sqs = client("sqs")
    names = {name: unique(name) for name in ("open", "secret")}
    urls = {name: sqs.create_queue(QueueName=names[name])["QueueUrl"] for name in names}
    secret_arn = f"arn:aws:sqs:us-east-1:{ACCOUNT_ID}:{names['secret']}"
    ada = Person(client, allow("sqs:*"), deny("sqs:*", secret_arn), name="ada")
    parts = {"url": local_cloud.endpoint_url, "account": ACCOUNT_ID, **names}
    message = {"MessageBody": "smuggled"}
    if address is not None:
        message["QueueUrl"] = address.format(**parts)

    answer = send(
        local_cloud, "sqs", "POST", f"/{path.format(**parts)}", json.dumps(message).encode(),
        ada.keys, content_type="application/x-amz-json-1.0", x_amz_target="AmazonSQS.SendMessage",
    )  # fmt: skip

    assert answer.status_code in (400, 403, 404), answer.text
    assert [] == sqs.receive_message(QueueUrl=urls["secret"]).get("Messages", [])


def test_a_message_needs_each_topic_that_it_names(client: Clients) -> None:
    """TopicArn does not open what TargetArn names, nor the other way round."""
    sns = client("sns")
    arns = [sns.create_topic(Name=unique(name))["TopicArn"] for name in ("open", "secret")]
    ada = Person(client, allow("sns:Publish", arns[0]), name="ada").client("sns")

    for topic, target in (arns, arns[::-1]):
        error = refusal(ada.publish, TopicArn=topic, TargetArn=target, Message="smuggled")
        assert ("AuthorizationError", 403) == error[:2]


def test_tags_are_set_with_the_right_to_the_resource_alone(client: Clients) -> None:
    """Rights that hang on tags are not widened by way of the tagging API, which only looks."""
    ada = Person(client, allow("tag:*"), name="ada").client("resourcegroupstaggingapi")
    arn = f"arn:aws:sqs:us-east-1:{ACCOUNT_ID}:any"
    for call, arguments in (
        (ada.tag_resources, {"Tags": {"team": "ada"}}),
        (ada.untag_resources, {"TagKeys": ["team"]}),
    ):
        code, _, message = refusal(call, ResourceARNList=[arn], **arguments)
        assert "UnknownOperationException" == code
        assert "The local cloud does not have" in message
