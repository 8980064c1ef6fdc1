"""Where in the AWS console a call's resource is seen."""

import re

import pytest

from workshop_lib.ui.console_places import find_console_place

ARN = "arn:aws:{}:eu-west-1:210987654321:{}"


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "words"),
    [
        ("s3", "ListBuckets", {}, "S3 → Buckets"),
        ("s3", "PutBucketCors", {"Bucket": "b"}, "S3 → Buckets → b → Permissions"),
        ("s3", "PutBucketVersioning", {"Bucket": "b"}, "S3 → Buckets → b → Properties"),
        ("s3", "ListObjectsV2", {"Bucket": "b"}, "S3 → Buckets → b → Objects"),
        ("s3", "HeadObject", {"Bucket": "b", "Key": "a/b c.jpg"}, "S3 → Buckets → b → a/b c.jpg"),
        ("s3", "DeleteObject", {"Bucket": "b", "Key": "k"}, "S3 → Buckets → b → Objects"),
        (
            "s3", "HeadObject", {"Bucket": "b-210987654321-eu-west-1-an", "Key": "k"},
            "S3 → Buckets → b-210987654321-eu-west-1-an → k",
        ),
        ("iam", "CreateRole", {"RoleName": "r"}, "IAM → Roles → r → Trust relationships"),
        ("iam", "PutRolePolicy", {"RoleName": "r"}, "IAM → Roles → r → Permissions"),
        (
            "lambda", "Invoke", {"FunctionName": ARN.format("lambda", "function:f")},
            "Lambda → Functions → f → Monitor",
        ),
        ("lambda", "CreateFunction", {"FunctionName": "f"}, "Lambda → Functions → f → Code"),
        ("lambda", "PublishLayerVersion", {"LayerName": "l"}, "Lambda → Layers → l"),
        ("lambda", "DeleteFunction", {"FunctionName": "f"}, "Lambda → Functions"),
        ("sns", "Publish", {"TopicArn": ARN.format("sns", "t")}, "SNS → Topics → t"),
        (
            "sns", "Subscribe", {"TopicArn": ARN.format("sns", "t")},
            "SNS → Topics → t → Subscriptions",
        ),
        (
            "sqs", "ReceiveMessage", {"QueueUrl": "https://sqs/210987654321/q"},
            "SQS → Queues → q → Send and receive messages",
        ),
        ("dynamodb", "Query", {"TableName": "t"}, "DynamoDB → Explore items → t"),
        ("dynamodb", "CreateTable", {"TableName": "t"}, "DynamoDB → Tables → t"),
        ("apigateway", "PutMethod", {"restApiId": "x"}, "API Gateway → APIs → x → Resources"),
        ("apigateway", "CreateDeployment", {"restApiId": "x"}, "API Gateway → APIs → x → Stages"),
        (
            "logs", "FilterLogEvents", {"logGroupName": "/aws/lambda/f"},
            "CloudWatch → Logs → Log groups → /aws/lambda/f",
        ),
    ],
)  # fmt: skip
def test_a_call_has_its_place_in_the_console(service, operation, parameters, words):
    """Each call leads to the page that shows its resource; no address holds an account number."""
    place = find_console_place(service, operation, parameters, "eu-west-1")

    assert words == place.words
    assert re.match(r"https://(eu-west-1\.)?console\.aws\.amazon\.com/\w+", place.address)
    assert "210987654321" not in place.address
    assert " " not in place.address


def test_addresses_hold_names_escaped():
    """A key with a space and an ampersand stays one parameter of the address."""
    place = find_console_place("s3", "HeadObject", {"Bucket": "b", "Key": "a b&c"}, "eu-west-1")
    group = find_console_place("logs", "GetLogEvents", {"logGroupName": "/aws/f"}, "eu-west-1")

    assert place.address.endswith("/s3/object/b?prefix=a%20b%26c&region=eu-west-1")
    assert group.address.endswith("log-group/$252Faws$252Ff")


def test_what_the_console_does_not_show_has_no_place():
    """A call about the caller herself leads nowhere."""
    assert None is find_console_place("sts", "GetCallerIdentity", {}, "eu-west-1")
