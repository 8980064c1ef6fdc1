"""A refusal speaks AWS's own sentence, in each service's code and status."""

from __future__ import annotations

import json
from typing import Any

import pytest
from people import ACCOUNT, Clients, Person, allow, deny, make_role, refusal, trust, unique

TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:results"
FUNCTION = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:reco-image"
TABLE = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/results"
QUEUE_URL = f"http://127.0.0.1/{ACCOUNT}/failed"

# service, operation, parameters; code, status, action and resource as the service spells them.
CALLS: list[tuple[str, str, dict[str, Any], str, int, str, str]] = [
    ("s3", "create_bucket", {"Bucket": "no-rights"},
     "AccessDenied", 403, "s3:CreateBucket", '"arn:aws:s3:::no-rights"'),
    ("s3", "list_buckets", {}, "AccessDenied", 403, "s3:ListAllMyBuckets", ""),
    ("iam", "create_role",
     {"RoleName": "r", "Path": "/workshop/", "AssumeRolePolicyDocument": "{}"},
     "AccessDenied", 403, "iam:CreateRole", f"arn:aws:iam::{ACCOUNT}:role/workshop/r"),
    ("iam", "list_roles", {},
     "AccessDenied", 403, "iam:ListRoles", f"arn:aws:iam::{ACCOUNT}:role/"),
    ("lambda", "get_function", {"FunctionName": "reco-image"},
     "AccessDeniedException", 403, "lambda:GetFunction", FUNCTION),
    ("lambda", "invoke", {"FunctionName": "reco-image", "Qualifier": "live"},
     "AccessDeniedException", 403, "lambda:InvokeFunction", f"{FUNCTION}:live"),
    ("lambda", "list_functions", {},
     "AccessDeniedException", 403, "lambda:ListFunctions", ""),
    ("lambda", "publish_layer_version", {"LayerName": "pillow", "Content": {"ZipFile": b"zip"}},
     "AccessDeniedException", 403, "lambda:PublishLayerVersion",
     f"arn:aws:lambda:us-east-1:{ACCOUNT}:layer:pillow"),
    ("lambda", "get_layer_version", {"LayerName": "pillow", "VersionNumber": 2},
     "AccessDeniedException", 403, "lambda:GetLayerVersion",
     f"arn:aws:lambda:us-east-1:{ACCOUNT}:layer:pillow:2"),
    ("lambda", "put_function_event_invoke_config", {"FunctionName": "reco-image"},
     "AccessDeniedException", 403, "lambda:PutFunctionEventInvokeConfig", FUNCTION),
    ("apigateway", "create_rest_api", {"name": "a"},
     "AccessDeniedException", 403, "apigateway:POST",
     "arn:aws:apigateway:us-east-1::/restapis"),
    ("apigateway", "put_method",
     {"restApiId": "a1", "resourceId": "r1", "httpMethod": "GET", "authorizationType": "NONE"},
     "AccessDeniedException", 403, "apigateway:PUT",
     "arn:aws:apigateway:us-east-1::/restapis/a1/resources/r1/methods/GET"),
    ("sns", "publish", {"TopicArn": TOPIC, "Message": "m"},
     "AuthorizationError", 403, "SNS:Publish", TOPIC),
    ("sns", "create_topic", {"Name": "results"},
     "AuthorizationError", 403, "SNS:CreateTopic", TOPIC),
    ("sqs", "send_message", {"QueueUrl": QUEUE_URL, "MessageBody": "m"},
     "AccessDenied", 403, "sqs:sendmessage", f"arn:aws:sqs:us-east-1:{ACCOUNT}:failed"),
    ("dynamodb", "put_item", {"TableName": "results", "Item": {"id": {"S": "1"}}},
     "AccessDeniedException", 400, "dynamodb:PutItem", TABLE),
    ("dynamodb", "query",
     {"TableName": "results", "IndexName": "by-time", "KeyConditionExpression": "c = :c",
      "ExpressionAttributeValues": {":c": {"S": "pictures"}}},
     "AccessDeniedException", 400, "dynamodb:Query", f"{TABLE}/index/by-time"),
    ("logs", "create_log_group", {"logGroupName": "/aws/lambda/f"},
     "AccessDeniedException", 400, "logs:CreateLogGroup",
     f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/aws/lambda/f:log-stream:"),
    ("cloudwatch", "get_metric_statistics",
     {"Namespace": "AWS/ApiGateway", "MetricName": "Count", "StartTime": 1, "EndTime": 61,
      "Period": 60}, "AccessDenied", 403, "cloudwatch:GetMetricStatistics", ""),
    ("resourcegroupstaggingapi", "get_resources", {},
     "AccessDeniedException", 400, "tag:GetResources", ""),
]  # fmt: skip


@pytest.fixture(scope="module")
def stranger(client: Clients) -> Person:
    """A user without any right."""
    return Person(client, name="eve")


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "code", "status", "action", "resource"),
    CALLS,
    ids=[f"{call[0]}.{call[1]}" for call in CALLS],
)
def test_says_who_what_on_which_and_why(
    stranger: Person,
    service: str,
    operation: str,
    parameters: dict[str, Any],
    code: str,
    status: int,
    action: str,
    resource: str,
) -> None:
    """A user without rights is told who may not do what, on which resource, and why."""
    place = f" on resource: {resource}" if resource else ""
    sentence = (
        f"User: {stranger.arn} is not authorized to perform: {action}{place} "
        f"because no identity-based policy allows the {action} action"
    )
    call = getattr(stranger.client(service), operation)
    assert (code, status, sentence) == refusal(call, **parameters)


def test_names_an_explicit_deny(client: Clients) -> None:
    """A refusal by an explicit deny says so, and in which kind of policy it is."""
    ada = Person(client, allow("*"), deny("sns:CreateTopic"))
    code, _, message = refusal(ada.client("sns").create_topic, Name="results")
    assert "AuthorizationError" == code
    assert message.endswith("with an explicit deny in an identity-based policy")


def test_names_the_boundary(client: Clients) -> None:
    """A right that a boundary lacks is refused in the boundary's name."""
    boundary = client("iam").create_policy(
        PolicyName=unique("boundary"), PolicyDocument=json.dumps(allow("dynamodb:*"))
    )["Policy"]["Arn"]
    ada = Person(client, allow("*"), PermissionsBoundary=boundary)
    message = refusal(ada.client("sns").list_topics)[2]
    assert message.endswith("because no permissions boundary allows the SNS:ListTopics action")
    assert "TableNames" in ada.client("dynamodb").list_tables()


def test_refuses_passing_a_role_in_its_own_name(client: Clients) -> None:
    """Creating a function with a role that one may not pass is refused for iam:PassRole."""
    role = make_role(client, trust({"Service": "lambda.amazonaws.com"}))
    ada = Person(client, allow("lambda:*"))
    code, status, message = refusal(
        ada.client("lambda").create_function,
        FunctionName=unique("f"), Role=role, Runtime="python3.13", Handler="h.h",
        Code={"ZipFile": b"zip"},
    )  # fmt: skip
    assert ("AccessDeniedException", 403) == (code, status)
    expected = f"is not authorized to perform: iam:PassRole on resource: {role} because no"
    assert expected in message


def test_does_not_have_what_no_lesson_needs(client: Clients) -> None:
    """An operation that the local cloud leaves out is refused with a sentence that says so."""
    code, _, message = refusal(
        client("dynamodb").execute_statement, Statement="SELECT * FROM results"
    )
    assert "UnknownOperationException" == code
    assert message.startswith("The local cloud does not have")


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "code", "message"),
    [
        ("iam", "create_role", {"RoleName": "my role", "AssumeRolePolicyDocument": "{}"},
         "ValidationError", r"Value 'my role' at 'roleName' failed to satisfy constraint: Member "
         r"must satisfy regular expression pattern: [\w+=,.@-]+"),
        ("iam", "create_user", {"UserName": "x" * 65, "Tags": []},
         "ValidationError", "Member must have length less than or equal to 64"),
        ("iam", "tag_role", {"RoleName": "r", "Tags": [{"Key": "k" * 129, "Value": "v"}]},
         "ValidationError", "at 'tags.1.member.key' failed"),
        ("iam", "tag_role", {"RoleName": "r", "Tags": [{"Key": "a*b", "Value": "v"}]},
         "ValidationError", r"must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/="),
        ("iam", "tag_role", {"RoleName": "r", "Tags": [{"Key": "k", "Value": "a\tb"}]},
         "ValidationError", "at 'tags.1.member.value' failed"),
        ("lambda", "publish_layer_version", {"LayerName": "a b", "Content": {"ZipFile": b"x"}},
         "ValidationException", "Value 'a b' at 'layerName' failed"),
        ("logs", "create_log_group", {"logGroupName": "a group"},
         "InvalidParameterException", "Value 'a group' at 'logGroupName' failed"),
        ("dynamodb", "get_item", {"TableName": "t", "Key": {}, "ReturnConsumedCapacity": "SOME"},
         "ValidationException", "Member must satisfy enum value set: [INDEXES, TOTAL, NONE]"),
    ],
)  # fmt: skip
def test_values_beyond_a_services_model(
    client: Clients, service: str, operation: str, parameters: Any, code: str, message: str
) -> None:
    """Lengths, patterns and words are held to as the service's own model has them."""
    refused = refusal(getattr(client(service), operation), **parameters)
    assert (code, 400) == refused[:2]
    assert refused[2].startswith("1 validation error detected: ")
    assert message in refused[2]


def test_tags_are_in_any_language(client: Clients) -> None:
    """A tag has letters, numbers and spaces of any script, and a few signs."""
    tag = {"Key": "équipe 東京", "Value": "n° ½\u00a0+-=._:/@".replace("°", "")}
    tags = client("iam").create_user(UserName=unique("ada"), Tags=[tag])["User"]["Tags"]
    assert [tag] == tags


def test_a_log_group_of_another_region_has_no_tags_here(client: Clients) -> None:
    """The tags of a log group are told, and set, in its own Region only."""
    name = unique("/aws/lambda/f")
    client("logs").create_log_group(logGroupName=name, tags={"team": "ada"})
    arn = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:{name}"
    elsewhere = client("logs", "eu-west-1")
    assert {"team": "ada"} == client("logs").list_tags_for_resource(resourceArn=arn)["tags"]
    for call, further in (
        (elsewhere.list_tags_for_resource, {}),
        (elsewhere.tag_resource, {"tags": {"team": "eve"}}),
    ):
        code, _, message = refusal(call, resourceArn=arn, **further)
        assert "AccessDeniedException" == code
        assert message == f"{arn}:log-stream: is of Region us-east-1, the request of eu-west-1."


def test_a_stranger_learns_no_constraint(client: Clients) -> None:
    """Who may not make the call is told that, and not what is wrong with it."""
    ada = Person(client, name="ada").client("iam")
    assert "AccessDenied" == refusal(ada.create_user, UserName="a b")[0]
