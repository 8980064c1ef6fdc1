"""A whole workshop's calls under the policy that an instructor gives an attendee on AWS."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from people import ACCOUNT, Clients, Person, allow, refusal, trust, unique

POLICIES = Path(__file__).parent / "policies"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/workshop/WorkshopLambdaBoundary"


def _zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("handler.py", "def handle(event, context):\n    return 1\n")
    return buffer.getvalue()


@pytest.fixture(scope="module")
def attendee(client: Clients) -> Person:
    """An attendee with the policy of the fact sheet, in an account with the functions' boundary."""
    client("iam").create_policy(
        PolicyName="WorkshopLambdaBoundary",
        Path="/workshop/",
        PolicyDocument=(POLICIES / "function_boundary.json").read_text(),
    )
    policy = json.loads((POLICIES / "attendee.json").read_text())
    return Person(client, policy, name="ada")


@pytest.fixture(scope="module")
def prefix(attendee: Person) -> str:
    """How the names of all of the attendee's resources begin."""
    return f"ws-{attendee.name}"


@pytest.fixture(scope="module")
def role(attendee: Person, prefix: str) -> str:
    """A function's role, made by the attendee with the boundary."""
    iam = attendee.client("iam")
    arn = iam.create_role(
        RoleName=f"{prefix}-reco", Path="/workshop/", PermissionsBoundary=BOUNDARY,
        AssumeRolePolicyDocument=json.dumps(trust({"Service": "lambda.amazonaws.com"})),
    )["Role"]["Arn"]  # fmt: skip
    iam.put_role_policy(
        RoleName=f"{prefix}-reco", PolicyName="p", PolicyDocument=json.dumps(allow("s3:GetObject"))
    )
    return str(arn)


def test_buckets(attendee: Person, prefix: str) -> None:
    """The attendee makes and configures a bucket of the own prefix, and no other."""
    s3, name = attendee.client("s3"), f"{prefix}-images"
    s3.create_bucket(Bucket=name)
    rule = {"AllowedMethods": ["PUT"], "AllowedOrigins": ["http://x"]}
    s3.put_bucket_cors(Bucket=name, CORSConfiguration={"CORSRules": [rule]})
    s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": [{"Key": "workshop", "Value": "a"}]})
    s3.put_public_access_block(
        Bucket=name, PublicAccessBlockConfiguration={"BlockPublicAcls": True}
    )
    s3.put_bucket_website(
        Bucket=name, WebsiteConfiguration={"IndexDocument": {"Suffix": "index.html"}}
    )
    public = allow("s3:GetObject", f"arn:aws:s3:::{name}/*", Principal="*")
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps(public))
    s3.put_object(Bucket=name, Key="cat.jpg", Body=b"meow")
    s3.head_object(Bucket=name, Key="cat.jpg")
    s3.head_bucket(Bucket=name)
    s3.delete_object(Bucket=name, Key="cat.jpg")
    s3.delete_bucket(Bucket=name)
    assert "AccessDenied" == refusal(s3.create_bucket, Bucket=unique("ws-eve"))[0]
    assert "Buckets" in s3.list_buckets()


def test_roles(attendee: Person, prefix: str, role: str) -> None:
    """The attendee makes roles under the boundary only, and passes them to Lambda only."""
    document = json.dumps(trust({"Service": "lambda.amazonaws.com"}))
    iam = attendee.client("iam")
    call: dict[str, Any] = {"Path": "/workshop/", "AssumeRolePolicyDocument": document}
    refused = refusal(iam.create_role, RoleName=f"{prefix}-free", **call)
    assert "because no identity-based policy allows the iam:CreateRole action" in refused[2]
    refused = refusal(iam.delete_role_permissions_boundary, RoleName=f"{prefix}-reco")
    assert "AccessDenied" == refused[0]


def test_functions(attendee: Person, prefix: str, role: str) -> None:
    """The attendee makes a function with a layer, lets services call it, and invokes it."""
    functions, name = attendee.client("lambda"), f"{prefix}-reco-image"
    layer = functions.publish_layer_version(
        LayerName=prefix + "-pillow", Content={"ZipFile": _zip()}
    )
    functions.create_function(
        FunctionName=name, Role=role, Runtime="python3.13", Handler="handler.handle",
        Code={"ZipFile": _zip()}, Layers=[layer["LayerVersionArn"]], Tags={"workshop": "a"},
    )  # fmt: skip
    functions.add_permission(
        FunctionName=name, StatementId="s3", Action="lambda:InvokeFunction",
        Principal="s3.amazonaws.com", SourceArn=f"arn:aws:s3:::{prefix}-images",
    )  # fmt: skip
    functions.get_policy(FunctionName=name)
    functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=1)
    functions.update_function_configuration(FunctionName=name, Timeout=10)
    assert b"1" == functions.invoke(FunctionName=name)["Payload"].read()
    refused = refusal(functions.get_function, FunctionName="ws-eve-reco-image")
    assert "AccessDeniedException" == refused[0]
    # A function of another Region or account is never a namesake's.
    west = f"arn:aws:lambda:us-west-2:{ACCOUNT}:function:{name}"
    assert "ResourceNotFoundException" == refusal(functions.get_function, FunctionName=west)[0]
    other = f"arn:aws:lambda:us-east-1:999999999999:function:{name}"
    assert "AccessDeniedException" == refusal(functions.get_function, FunctionName=other)[0]


def test_topics_tables_and_apis(attendee: Person, prefix: str) -> None:
    """The attendee makes topic, table and REST API, each with tags."""
    tags = [{"Key": "workshop", "Value": "a"}]
    topic = attendee.client("sns").create_topic(Name=f"{prefix}-results", Tags=tags)["TopicArn"]
    attendee.client("sns").publish(TopicArn=topic, Message="m")
    tables, name = attendee.client("dynamodb"), f"{prefix}-results"
    tables.create_table(
        TableName=name, BillingMode="PAY_PER_REQUEST", Tags=tags,
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    )  # fmt: skip
    tables.put_item(TableName=name, Item={"id": {"S": "1"}})
    assert 1 == tables.scan(TableName=name)["Count"]
    refused = refusal(tables.scan, TableName="ws-eve-results")
    assert "AccessDeniedException" == refused[0]

    gateway = attendee.client("apigateway")
    api = gateway.create_rest_api(name=prefix, tags={"workshop": "a"})["id"]
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    gateway.put_method(restApiId=api, resourceId=root, httpMethod="GET", authorizationType="NONE")
    gateway.put_integration(restApiId=api, resourceId=root, httpMethod="GET", type="MOCK")
    gateway.create_deployment(restApiId=api, stageName="dev")
    gateway.delete_rest_api(restApiId=api)


def test_logs(attendee: Person, prefix: str) -> None:
    """The attendee keeps the logs of the own functions, and reads no others."""
    logs, group = attendee.client("logs"), f"/aws/lambda/{prefix}-other"
    logs.create_log_group(logGroupName=group)
    logs.put_retention_policy(logGroupName=group, retentionInDays=1)
    assert [] == logs.filter_log_events(logGroupName=group)["events"]
    refused = refusal(logs.filter_log_events, logGroupName="/aws/lambda/ws-eve-f")
    assert "AccessDeniedException" == refused[0]
    logs.describe_log_groups(logGroupNamePrefix="/aws/lambda/ws-")


def test_leading_keys(client: Clients) -> None:
    """dynamodb:LeadingKeys holds a user to the items under the own name, a query's too."""
    tables, name = client("dynamodb"), unique("games")
    tables.create_table(
        TableName=name, BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "player", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "player", "KeyType": "HASH"}],
    )  # fmt: skip
    own = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["${aws:username}"]}}
    actions = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"]
    ada = Person(client, allow(actions, Condition=own))
    mine, others = {"player": {"S": ada.name}}, {"player": {"S": "eve"}}
    own_tables = ada.client("dynamodb")
    own_tables.put_item(TableName=name, Item=mine)
    own_tables.get_item(TableName=name, Key=mine)
    query = {"TableName": name, "KeyConditionExpression": "#p = :p",
             "ExpressionAttributeNames": {"#p": "player"}}  # fmt: skip
    values = {":p": mine["player"]}
    assert 1 == own_tables.query(**query, ExpressionAttributeValues=values)["Count"]
    denied = "AccessDeniedException"
    assert denied == refusal(own_tables.put_item, TableName=name, Item=others)[0]
    values = {":p": others["player"]}
    assert denied == refusal(own_tables.query, **query, ExpressionAttributeValues=values)[0]
