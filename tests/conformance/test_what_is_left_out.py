"""What no lesson needs is refused in a sentence that says so, in the shape of each protocol."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.conftest import Shell, read_refusal

SERVICES = [
    ("ec2", "describe_vpcs"), ("stepfunctions", "list_state_machines"), ("events", "list_rules"),
    ("cloudformation", "list_stacks"), ("ecs", "list_clusters"), ("kinesis", "list_streams"),
    ("route53", "list_hosted_zones"), ("ses", "list_identities"), ("xray", "get_groups"),
    ("apigatewayv2", "get_apis"), ("rekognition", "list_collections"),
]  # fmt: skip
QUEUE = "arn:aws:sqs:us-east-1:123456789012:q"
TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/t"
ROUTING = {"Condition": {"KeyPrefixEquals": "old/"}, "Redirect": {"ReplaceKeyPrefixWith": "new/"}}
OF_A_BUCKET: list[tuple[str, dict[str, Any]]] = [
    ("list_object_versions", {"Delimiter": "/"}),
    ("put_object", {"Key": "cat", "Tagging": "animal=cat"}),
    ("put_bucket_website",
     {"WebsiteConfiguration": {"RedirectAllRequestsTo": {"HostName": "example.test"}}}),
    ("put_bucket_website",
     {"WebsiteConfiguration": {"IndexDocument": {"Suffix": "i"}, "RoutingRules": [ROUTING]}}),
]  # fmt: skip
OPERATIONS: list[tuple[str, str, dict[str, Any]]] = [
    ("s3", "list_bucket_inventory_configurations", {"Bucket": "left-out"}),
    ("s3", "get_bucket_lifecycle_configuration", {"Bucket": "left-out"}),
    ("iam", "generate_credential_report", {}),
    ("sts", "get_session_token", {}),
    ("lambda", "create_function_url_config", {"FunctionName": "f", "AuthType": "NONE"}),
    ("lambda", "create_event_source_mapping", {"FunctionName": "f", "EventSourceArn": QUEUE}),
    ("lambda", "create_alias", {"FunctionName": "f", "Name": "a", "FunctionVersion": "1"}),
    ("apigateway", "create_vpc_link", {"name": "n", "targetArns": ["t"]}),
    ("apigateway", "import_rest_api", {"body": b'{"openapi": "3.0.0"}'}),
    ("apigateway", "create_api_key", {"name": "n"}),
    ("apigateway", "create_usage_plan", {"name": "n"}),
    ("apigateway", "create_request_validator", {"restApiId": "a", "name": "n"}),
    ("apigateway", "test_invoke_authorizer", {"restApiId": "a", "authorizerId": "b"}),
    ("apigateway", "create_rest_api", {"name": "n", "minimumCompressionSize": 1}),
    ("apigateway", "create_rest_api", {"name": "n", "cloneFrom": "a"}),
    (
        "apigateway",
        "create_authorizer",
        {"restApiId": "a", "name": "n", "type": "TOKEN", "identityValidationExpression": "a+"},
    ),
    (
        "apigateway",
        "create_stage",
        {"restApiId": "a", "stageName": "s", "deploymentId": "d", "tracingEnabled": True},
    ),
    (
        "apigateway",
        "create_stage",
        {"restApiId": "a", "stageName": "s", "deploymentId": "d", "cacheClusterEnabled": True},
    ),
    ("sns", "create_platform_application", {"Name": "n", "Platform": "GCM", "Attributes": {}}),
    ("sqs", "start_message_move_task", {"SourceArn": QUEUE}),
    ("dynamodb", "execute_statement", {"Statement": "SELECT * FROM results"}),
    ("dynamodb", "put_resource_policy", {"ResourceArn": TABLE, "Policy": "{}"}),
    ("logs", "start_query", {"startTime": 1, "endTime": 2, "queryString": "fields @message"}),
    (
        "logs",
        "put_subscription_filter",
        {"logGroupName": "g", "filterName": "f", "filterPattern": "", "destinationArn": QUEUE},
    ),
    ("logs", "create_delivery", {"deliverySourceName": "s", "deliveryDestinationArn": "a"}),
    ("kms", "create_custom_key_store", {"CustomKeyStoreName": "store"}),
    ("kms", "create_key", {"KeySpec": "RSA_2048", "KeyUsage": "SIGN_VERIFY"}),
    ("kms", "create_key", {"KeyUsage": "GENERATE_VERIFY_MAC"}),
    ("cloudwatch", "put_dashboard", {"DashboardName": "d", "DashboardBody": "{}"}),
    ("cloudwatch", "describe_alarms", {}),
    ("resourcegroupstaggingapi", "start_report_creation", {"S3Bucket": "left-out"}),
]


@pytest.mark.parametrize(("service", "operation"), SERVICES, ids=[name for name, _ in SERVICES])
def test_a_service(shell: Shell, service: str, operation: str) -> None:
    """boto3 reads, of a service that is left out, that it is."""
    refusal = read_refusal(getattr(shell.client(service), operation))
    assert refusal.message.startswith("The local cloud does not have ")
    assert refusal.status in (400, 403, 404, 501)


@pytest.mark.parametrize(
    ("service", "operation", "parameters"), OPERATIONS, ids=[f"{s}.{o}" for s, o, _ in OPERATIONS]
)
def test_an_operation(
    shell: Shell, service: str, operation: str, parameters: dict[str, Any]
) -> None:
    """boto3 reads, of an operation that is left out, that it is; nothing canned is answered."""
    refusal = read_refusal(getattr(shell.client(service), operation), **parameters)
    assert refusal.message.startswith("The local cloud does not have ")
    assert refusal.status in (400, 403, 404, 501)


@pytest.mark.parametrize(("operation", "parameters"), OF_A_BUCKET)
def test_what_a_bucket_cannot(shell: Shell, operation: str, parameters: dict[str, Any]) -> None:
    """boto3 reads, of a parameter that is left out for a bucket, that it is."""
    s3 = shell.client("s3")
    s3.create_bucket(Bucket="left-out-parameters")
    refusal = read_refusal(getattr(s3, operation), Bucket="left-out-parameters", **parameters)
    s3.delete_bucket(Bucket="left-out-parameters")
    assert refusal.message.startswith("The local cloud does not have ")
    assert 501 == refusal.status
