"""Documents that are deep, endless, or no documents: refused, and the next call is answered."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from tests.local_cloud.conftest import TRUST
from workshop_lib.local_cloud.launcher import RunningCloud

Client = Callable[..., Any]
BUCKET = "threats-documents"
DEEP = "[" * 100_000


def refusal(call: Callable[..., Any], **parameters: Any) -> tuple[int, str]:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    response = caught.value.response
    return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"]


def send(cloud: RunningCloud, service: str, target: str, body: str, **headers: str) -> Any:
    """Send a signed body that no client library would make."""
    url = cloud.endpoint_url + target
    method = "PUT" if service == "s3" else "POST"
    if service == "s3":
        headers["x-amz-content-sha256"] = "UNSIGNED-PAYLOAD"
    request = AWSRequest(method, url, headers, data=body)
    keys = Credentials(cloud.access_key_id, cloud.secret_access_key)
    SigV4Auth(keys, service, "us-east-1").add_auth(request)
    signed = dict(request.headers.items())
    return httpx.request(method, url, headers=signed, content=body, trust_env=False, timeout=60)


@pytest.fixture(scope="module")
def bucket(client: Client) -> str:
    client("s3").create_bucket(Bucket=BUCKET)
    return BUCKET


@pytest.mark.parametrize(
    "document",
    ["nonsense", "{}", "[]", DEEP, json.dumps(TRUST) + "]",
     json.dumps({**TRUST, "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole"}]}),
     json.dumps(TRUST).replace("sts:AssumeRole", "s3:GetObject"),
     json.dumps(TRUST).replace('"Action"', '"Resource": "*", "Action"')],
    ids=["text", "empty", "list", "deep", "rest", "no principal", "other action", "resource"],
)  # fmt: skip
def test_a_role_needs_a_trust_policy(client: Client, document: str) -> None:
    """What is no trust policy makes no role; roles are listed as before."""
    iam = client("iam")
    call = iam.create_role
    assert (400, "MalformedPolicyDocument") == refusal(
        call, RoleName="threats", AssumeRolePolicyDocument=document
    )
    assert "threats" not in [role["RoleName"] for role in iam.list_roles()["Roles"]]


def test_an_old_trust_policy_is_one(client: Client) -> None:
    """A trust policy of the language's old version, or without any, still makes a role."""
    iam = client("iam")
    statement = TRUST["Statement"]
    for version in ({"Version": "2008-10-17"}, {}):
        document = {**version, "Statement": statement}
        made = iam.create_role(
            RoleName="threats-old", AssumeRolePolicyDocument=json.dumps(document)
        )
        assert document == made["Role"]["AssumeRolePolicyDocument"]
        iam.update_assume_role_policy(RoleName="threats-old", PolicyDocument=json.dumps(document))
        status = refusal(iam.update_assume_role_policy, RoleName="threats-old", PolicyDocument=DEEP)
        assert (400, "MalformedPolicyDocument") == status
        iam.delete_role(RoleName="threats-old")


def test_deep_policies(client: Client, bucket: str) -> None:
    """A policy nested a hundred thousand times is malformed, wherever it is sent."""
    topic = client("sns").create_topic(Name="threats")["TopicArn"]
    for call, parameters in (
        (client("s3").put_bucket_policy, {"Bucket": bucket, "Policy": DEEP}),
        (client("iam").put_user_policy,
         {"UserName": "workshop", "PolicyName": "p", "PolicyDocument": DEEP}),
        (client("sns").set_topic_attributes,
         {"TopicArn": topic, "AttributeName": "Policy", "AttributeValue": DEEP}),
        (client("sqs").create_queue, {"QueueName": "threats", "Attributes": {"Policy": DEEP}}),
    ):  # fmt: skip
        status, code = refusal(call, **parameters)
        assert (400, False) == (status, code == "InternalFailure"), call


@pytest.mark.parametrize(
    ("service", "target", "headers"),
    [
        ("dynamodb", "/", {"X-Amz-Target": "DynamoDB_20120810.ListTables",
                           "Content-Type": "application/x-amz-json-1.0"}),
        ("sqs", "/", {"X-Amz-Target": "AmazonSQS.ListQueues",
                      "Content-Type": "application/x-amz-json-1.0"}),
        ("lambda", "/2015-03-31/functions", {"Content-Type": "application/json"}),
        ("apigateway", "/restapis", {"Content-Type": "application/json"}),
    ],
)  # fmt: skip
def test_deep_bodies(
    local_cloud: RunningCloud, service: str, target: str, headers: dict[str, str]
) -> None:
    """A deeply nested body is refused as one that cannot be read, in the service's shape."""
    answer = send(local_cloud, service, target, DEEP, **headers)
    assert 400 == answer.status_code
    assert "message" in answer.json()


@pytest.mark.parametrize(
    "entities",
    [
        '<!ENTITY e "aaaaaaaaaa">'
        + "".join(f'<!ENTITY e{n} "{f"&e{n - 1 or str()};" * 10}">' for n in range(1, 9)),
        '<!ENTITY e8 SYSTEM "file:///etc/passwd">',
        '<!ENTITY e8 SYSTEM "http://127.0.0.1:1/">',
        '<!ENTITY % far SYSTEM "http://127.0.0.1:1/"> %far; <!ENTITY e8 "x">',
    ],
    ids=["billion laughs", "file", "address", "parameter"],
)
def test_entities_in_xml_are_not_followed(
    local_cloud: RunningCloud, client: Client, bucket: str, entities: str
) -> None:
    """An XML body neither grows by its own entities nor reads a file or an address."""
    body = (
        f'<?xml version="1.0"?><!DOCTYPE c [{entities}]><CORSConfiguration><CORSRule>'
        "<AllowedOrigin>http://a.example/&e8;</AllowedOrigin><AllowedMethod>GET</AllowedMethod>"
        "</CORSRule></CORSConfiguration>"
    )
    answer = send(local_cloud, "s3", f"/{bucket}?cors", body)
    assert 400 == answer.status_code, answer.text
    assert "root:" not in answer.text
    assert (404, "NoSuchCORSConfiguration") == refusal(client("s3").get_bucket_cors, Bucket=bucket)


@pytest.mark.parametrize("body", ["", "<", "<a>" * 50_000, "\x00", "<a/><b/>", "{}"])
def test_what_is_no_xml(local_cloud: RunningCloud, bucket: str, body: str) -> None:
    """A body that is no XML is malformed, not a failure of the cloud."""
    answer = send(local_cloud, "s3", f"/{bucket}?cors", body)
    assert 400 == answer.status_code, answer.text
    assert "<Code>" in answer.text
