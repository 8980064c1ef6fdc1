"""What AWS's own services may do: by the policy of the function, topic or queue they come to."""

from __future__ import annotations

import json

import pytest
from moto.awslambda.models import lambda_backends
from moto.iam.models import iam_backends
from moto.logs.models import logs_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends
from people import Clients, allow, trust, unique

from workshop_lib.local_cloud.permissions.authorizer import Authorizer

# An account of this test's own, in this process.
ACCOUNT = "210987654321"
REGION = "us-east-1"
S3, SNS, GATEWAY = "s3.amazonaws.com", "sns.amazonaws.com", "apigateway.amazonaws.com"
BUCKET = "arn:aws:s3:::pictures"


@pytest.fixture(scope="module")
def authorizer() -> Authorizer:
    """Decides in this test's account."""
    return Authorizer(ACCOUNT, REGION)


@pytest.fixture(scope="module")
def function_arn() -> str:
    """A function whose policy lets one bucket of one account and one API method call it."""
    functions = lambda_backends[ACCOUNT][REGION]
    role = iam_backends[ACCOUNT]["aws"].create_role(
        "f", json.dumps(trust({"Service": "lambda.amazonaws.com"})), "/", None, "", [], "3600"
    )
    function = functions.create_function(
        {
            "FunctionName": "f", "Runtime": "python3.13", "Handler": "h.h", "Role": role.arn,
            "Code": {"ZipFile": ""},
        }
    )  # fmt: skip
    permission = {"Action": "lambda:InvokeFunction"}
    for further in (
        {"StatementId": "s3", "Principal": S3, "SourceArn": BUCKET, "SourceAccount": ACCOUNT},
        {"StatementId": "api", "Principal": GATEWAY, "SourceArn": _api("*/GET/upload")},
    ):
        functions.add_permission("f", None, json.dumps(permission | further))
    return str(function.function_arn)


def may_invoke(authorizer: Authorizer, *arguments: str) -> bool:
    """Say whether a service, acting for a source of an account, may invoke a function."""
    return authorizer.may_service_perform("lambda:InvokeFunction", *arguments)


def _api(tail: str) -> str:
    return f"arn:aws:execute-api:{REGION}:{ACCOUNT}:a1b2/{tail}"


def test_a_bucket_calls_only_with_permission(authorizer: Authorizer, function_arn: str) -> None:
    """A bucket calls a function that lets it: this bucket, of this account, by S3."""
    assert may_invoke(authorizer, function_arn, S3, BUCKET, ACCOUNT)
    assert not may_invoke(authorizer, function_arn, S3, f"{BUCKET}-2", ACCOUNT)
    assert not may_invoke(authorizer, function_arn, S3, BUCKET, "999999999999")
    assert not may_invoke(authorizer, function_arn, S3, BUCKET)
    assert not may_invoke(authorizer, function_arn, SNS, BUCKET, ACCOUNT)


def test_an_api_calls_by_stage_method_and_path(authorizer: Authorizer, function_arn: str) -> None:
    """An API calls a function by the method and path that it was given."""
    assert may_invoke(authorizer, function_arn, GATEWAY, _api("dev/GET/upload"))
    assert not may_invoke(authorizer, function_arn, GATEWAY, _api("dev/POST/upload"))
    assert not may_invoke(authorizer, function_arn, GATEWAY, _api("dev/GET/results"))


def test_permission_on_the_function_is_none_on_its_versions(
    authorizer: Authorizer, function_arn: str
) -> None:
    """A permission without a qualifier covers no version, alias or other function."""
    assert not may_invoke(authorizer, f"{function_arn}:1", S3, BUCKET, ACCOUNT)
    assert not may_invoke(authorizer, f"{function_arn}2", S3, BUCKET, ACCOUNT)


def test_topics_and_queues_ask_their_policies(authorizer: Authorizer) -> None:
    """A bucket publishes, and a topic sends, where the topic's or queue's policy says so."""
    topic = sns_backends[ACCOUNT][REGION].create_topic("results")
    assert not authorizer.may_service_perform("sns:Publish", topic.arn, S3, BUCKET, ACCOUNT)
    from_bucket = {"ArnLike": {"aws:SourceArn": "arn:aws:s3:*:*:pictures"},
                   "StringEquals": {"aws:SourceAccount": ACCOUNT}}  # fmt: skip
    topic.policy = json.dumps(
        allow("sns:Publish", topic.arn, Principal={"Service": S3}, Condition=from_bucket)
    )
    assert authorizer.may_service_perform("sns:Publish", topic.arn, S3, BUCKET, ACCOUNT)
    assert not authorizer.may_service_perform("sns:Publish", topic.arn, S3, BUCKET, "999999999999")

    queue = sqs_backends[ACCOUNT][REGION].create_queue("failed")
    assert not authorizer.may_service_perform("sqs:SendMessage", queue.queue_arn, SNS, topic.arn)
    queue.policy = json.dumps(allow("sqs:SendMessage", queue.queue_arn, Principal={"Service": SNS}))
    assert authorizer.may_service_perform("sqs:SendMessage", queue.queue_arn, SNS, topic.arn)


def test_a_role_writes_its_own_logs_only(authorizer: Authorizer) -> None:
    """A function writes logs where its role may, by the least that AWS asks for."""
    iam = iam_backends[ACCOUNT]["aws"]
    logs_backends[ACCOUNT][REGION].create_log_group("/aws/lambda/f", {})
    role = iam.create_role("logger", json.dumps(trust({})), "/", None, "", [], "3600")
    group = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/lambda/f"
    iam.put_role_policy(
        "logger", "logs",
        json.dumps(allow(["logs:CreateLogStream", "logs:PutLogEvents"], f"{group}:*")),
    )  # fmt: skip
    assert authorizer.may_write_logs(role.arn, "/aws/lambda/f")
    assert not authorizer.may_write_logs(role.arn, "/aws/lambda/g")
    assert not authorizer.may_write_logs(f"{role.arn}-missing", "/aws/lambda/f")


def test_a_missing_log_group_needs_a_right_of_its_own(authorizer: Authorizer) -> None:
    """Where the group does not exist, a function logs only if its role may create it."""
    iam = iam_backends[ACCOUNT]["aws"]
    role = iam.create_role("founder", json.dumps(trust({})), "/", None, "", [], "3600")
    group = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/lambda/new"
    write = allow(["logs:CreateLogStream", "logs:PutLogEvents"], f"{group}:*")
    iam.put_role_policy("founder", "logs", json.dumps(write))
    assert not authorizer.may_write_logs(role.arn, "/aws/lambda/new")
    for resource in (group, f"{group}:*"):
        iam.put_role_policy("founder", "group", json.dumps(allow("logs:CreateLogGroup", resource)))
        assert authorizer.may_write_logs(role.arn, "/aws/lambda/new")


def test_a_document_that_cannot_be_read_denies(authorizer: Authorizer) -> None:
    """A stored policy that is none gives no right, and takes the others away."""
    iam = iam_backends[ACCOUNT]["aws"]
    role = iam.create_role("broken", json.dumps(trust({})), "/", None, "", [], "3600")
    iam.put_role_policy("broken", "all", json.dumps(allow("*")))
    assert authorizer.may_role_perform(role.arn, "sns:ListTopics", "*")
    role.policies["broken"] = "{"
    assert not authorizer.may_role_perform(role.arn, "sns:ListTopics", "*")


def test_a_queue_keeps_its_policy(client: Clients) -> None:
    """Setting another attribute of a queue leaves its policy as it is."""
    sqs = client("sqs")
    url = sqs.create_queue(QueueName=unique("failed"))["QueueUrl"]
    policy = json.dumps(allow("sqs:SendMessage", "*", Principal="*"))
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "10"})
    kept = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"]
    assert json.loads(policy) == json.loads(kept["Policy"])
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": ""})
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])
    assert "Policy" not in answer.get("Attributes", {})
