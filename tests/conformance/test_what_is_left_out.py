"""What no lesson needs is refused in a sentence that says so, in the shape of each protocol."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conformance.conftest import Shell, read_refusal

SERVICES = [
    ("ec2", "describe_vpcs"), ("stepfunctions", "list_state_machines"), ("events", "list_rules"),
    ("cloudformation", "list_stacks"), ("ecs", "list_clusters"), ("kinesis", "list_streams"),
    ("route53", "list_hosted_zones"), ("ses", "list_identities"), ("xray", "get_groups"),
    ("apigatewayv2", "get_apis"), ("kms", "list_keys"), ("rekognition", "list_collections"),
]  # fmt: skip
QUEUE = "arn:aws:sqs:us-east-1:123456789012:q"
TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/t"
ROUTING = {"Condition": {"KeyPrefixEquals": "old/"}, "Redirect": {"ReplaceKeyPrefixWith": "new/"}}
OF_A_BUCKET: list[tuple[str, dict[str, Any]]] = [
    ("list_object_versions", {"Delimiter": "/"}),
    ("put_object", {"Key": "cat", "Tagging": "animal=cat"}),
    ("put_object", {"Key": "cat", "ServerSideEncryption": "aws:kms"}),
    ("put_bucket_website",
     {"WebsiteConfiguration": {"RedirectAllRequestsTo": {"HostName": "example.test"}}}),
    ("put_bucket_website",
     {"WebsiteConfiguration": {"IndexDocument": {"Suffix": "i"}, "RoutingRules": [ROUTING]}}),
]  # fmt: skip
TOPIC = "arn:aws:sns:us-east-1:123456789012:t"
POLICY = "arn:aws:iam::123456789012:policy/p"
SESSION = {"RoleArn": "arn:aws:iam::123456789012:role/left-out", "RoleSessionName": "morning"}
ID = {"id": {"S": "1"}}
NEW_TABLE = {
    "TableName": "left-out",
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
}  # fmt: skip
FUNCTION_ARN = "arn:aws:lambda:us-east-1:123456789012:function:f"
FUNCTION = {
    "FunctionName": "f", "Role": "arn:aws:iam::123456789012:role/r", "Runtime": "python3.13",
    "Handler": "a.b", "Code": {"ZipFile": b"zip"},
}  # fmt: skip
OPERATIONS: list[tuple[str, str, dict[str, Any]]] = [
    ("s3", "list_bucket_inventory_configurations", {"Bucket": "left-out"}),
    ("s3", "get_bucket_lifecycle_configuration", {"Bucket": "left-out"}),
    ("s3", "get_object_tagging", {"Bucket": "left-out", "Key": "k"}),
    ("s3", "put_object", {"Bucket": "left-out", "Key": "k", "Tagging": "shared=yes"}),
    (
        "s3",
        "get_object_attributes",
        {"Bucket": "left-out", "Key": "k", "ObjectAttributes": ["ETag"]},
    ),
    ("iam", "generate_credential_report", {}),
    ("iam", "create_group", {"GroupName": "g"}),
    ("iam", "create_policy_version", {"PolicyArn": POLICY, "PolicyDocument": "{}"}),
    ("sts", "get_session_token", {}),
    ("sts", "assume_role", {**SESSION, "Policy": "{}"}),
    ("sts", "assume_role", {**SESSION, "PolicyArns": [{"arn": POLICY}]}),
    ("sts", "assume_role", {**SESSION, "Tags": [{"Key": "team", "Value": "vision"}]}),
    ("lambda", "create_function_url_config", {"FunctionName": "f", "AuthType": "NONE"}),
    ("lambda", "create_event_source_mapping", {"FunctionName": "f", "EventSourceArn": QUEUE}),
    ("lambda", "create_alias", {"FunctionName": "f", "Name": "a", "FunctionVersion": "1"}),
    ("lambda", "publish_version", {"FunctionName": "f"}),
    ("lambda", "create_function", {**FUNCTION, "Publish": True}),
    ("lambda", "create_function", {**FUNCTION, "VpcConfig": {"SubnetIds": ["subnet-1"]}}),
    ("lambda", "create_function", {**FUNCTION, "PackageType": "Image"}),
    ("lambda", "create_function", {**FUNCTION, "DeadLetterConfig": {"TargetArn": TABLE}}),
    (
        "lambda",
        "create_function",
        {**FUNCTION, "Code": {"S3Bucket": "abc", "S3Key": "k", "S3ObjectVersion": "1"}},
    ),
    ("lambda", "invoke", {"FunctionName": "f", "ClientContext": "e30="}),
    ("lambda", "invoke_async", {"FunctionName": "f", "InvokeArgs": b"{}"}),
    (
        "lambda",
        "put_function_event_invoke_config",
        {"FunctionName": "f", "DestinationConfig": {"OnSuccess": {"Destination": QUEUE}}},
    ),
    (
        "lambda",
        "put_function_event_invoke_config",
        {"FunctionName": "f", "DestinationConfig": {"OnFailure": {"Destination": FUNCTION_ARN}}},
    ),
    ("lambda", "update_function_event_invoke_config", {"FunctionName": "f"}),
    ("lambda", "list_function_event_invoke_configs", {"FunctionName": "f"}),
    ("lambda", "put_function_recursion_config", {"FunctionName": "f", "RecursiveLoop": "Allow"}),
    ("apigateway", "create_vpc_link", {"name": "n", "targetArns": ["t"]}),
    ("apigateway", "import_rest_api", {"body": b'{"openapi": "3.0.0"}'}),
    ("apigateway", "create_api_key", {"name": "n"}),
    ("apigateway", "create_usage_plan", {"name": "n"}),
    ("apigateway", "delete_deployment", {"restApiId": "a", "deploymentId": "b"}),
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
    ("sns", "publish_batch", {"TopicArn": TOPIC, "PublishBatchRequestEntries": []}),
    ("sns", "confirm_subscription", {"TopicArn": TOPIC, "Token": "t"}),
    ("sns", "publish", {"PhoneNumber": "+491701234567", "Message": "m"}),
    ("sns", "create_topic", {"Name": "n.fifo", "Attributes": {"FifoTopic": "true"}}),
    ("sns", "create_topic", {"Name": "n", "Attributes": {"KmsMasterKeyId": "alias/mine"}}),
    ("sns", "create_topic", {"Name": "n", "Attributes": {"LambdaFailureFeedbackRoleArn": "r"}}),
    ("sqs", "create_queue", {"QueueName": "n.fifo", "Attributes": {"FifoQueue": "true"}}),
    ("sqs", "create_queue", {"QueueName": "n", "Attributes": {"KmsMasterKeyId": "alias/mine"}}),
    ("sqs", "start_message_move_task", {"SourceArn": QUEUE}),
    ("sqs", "send_message_batch", {"QueueUrl": "q", "Entries": []}),
    ("sqs", "delete_message_batch", {"QueueUrl": "q", "Entries": []}),
    ("dynamodb", "execute_statement", {"Statement": "SELECT * FROM results"}),
    ("dynamodb", "batch_get_item", {"RequestItems": {"t": {"Keys": [ID]}}}),
    ("dynamodb", "batch_write_item", {"RequestItems": {"t": [{"PutRequest": {"Item": ID}}]}}),
    ("dynamodb", "transact_get_items", {"TransactItems": [{"Get": {"TableName": "t", "Key": ID}}]}),
    (
        "dynamodb",
        "transact_write_items",
        {"TransactItems": [{"Delete": {"TableName": "t", "Key": ID}}]},
    ),
    ("dynamodb", "describe_time_to_live", {"TableName": "t"}),
    ("dynamodb", "put_item", {"TableName": "t", "Item": ID, "Expected": {}}),
    ("dynamodb", "query", {"TableName": "t", "KeyConditions": {}}),
    ("dynamodb", "scan", {"TableName": "t", "ScanFilter": {}}),
    ("dynamodb", "update_table", {"TableName": "t", "BillingMode": "PAY_PER_REQUEST"}),
    ("dynamodb", "create_table", {**NEW_TABLE, "StreamSpecification": {"StreamEnabled": False}}),
    ("dynamodb", "create_table", {**NEW_TABLE, "SSESpecification": {"Enabled": True}}),
    (
        "dynamodb",
        "create_table",
        {**NEW_TABLE, "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}},
    ),
    ("dynamodb", "put_resource_policy", {"ResourceArn": TABLE, "Policy": "{}"}),
    ("logs", "start_query", {"startTime": 1, "endTime": 2, "queryString": "fields @message"}),
    (
        "logs",
        "put_subscription_filter",
        {"logGroupName": "g", "filterName": "f", "filterPattern": "", "destinationArn": QUEUE},
    ),
    ("logs", "create_delivery", {"deliverySourceName": "s", "deliveryDestinationArn": "a"}),
    ("cloudwatch", "put_dashboard", {"DashboardName": "d", "DashboardBody": "{}"}),
    ("cloudwatch", "describe_alarms", {}),
    ("cloudwatch", "list_metrics", {}),
    ("logs", "create_log_group", {"logGroupName": "g", "kmsKeyId": "k"}),
    ("logs", "describe_log_groups", {"logGroupNamePattern": "found"}),
    ("resourcegroupstaggingapi", "get_tag_keys", {}),
    ("resourcegroupstaggingapi", "start_report_creation", {"S3Bucket": "left-out"}),
]


KEYS = [
    ("s3:signatureAge", "NumericLessThan"), ("s3:ExistingObjectTag/shared", "StringEquals"),
    ("dynamodb:Attributes", "StringEquals"), ("iam:PolicyARN", "ArnEquals"),
    ("lambda:Layer", "StringLike"), ("sns:Protocol", "StringEquals"),
]  # fmt: skip


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


@pytest.mark.parametrize(("key", "operator"), KEYS)
def test_a_condition_key(shell: Shell, key: str, operator: str) -> None:
    """A policy with a condition key that nothing here fills in is refused when it is written."""
    statement = {
        "Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {operator: {key: "1"}},
    }  # fmt: skip
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    refusal = read_refusal(
        shell.client("iam").create_policy, PolicyName="left-out", PolicyDocument=document
    )
    assert 501 == refusal.status
    assert f"does not have the condition key {key}" in refusal.message


@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        ("sqs", "create_queue", {"QueueName": "q", "Attributes": {"Policy": "{policy}"}}),
        ("sns", "create_topic", {"Name": "t", "Attributes": {"Policy": "{policy}"}}),
        ("sns", "set_topic_attributes",
         {"TopicArn": TOPIC, "AttributeName": "Policy", "AttributeValue": "{policy}"}),
        ("s3", "put_bucket_policy", {"Bucket": "left-out", "Policy": "{policy}"}),
        ("iam", "put_role_policy",
         {"RoleName": "r", "PolicyName": "p", "PolicyDocument": "{policy}"}),
        ("iam", "create_role", {"RoleName": "r", "AssumeRolePolicyDocument": "{policy}"}),
    ],
)  # fmt: skip
def test_a_condition_key_in_any_policy(
    shell: Shell, service: str, operation: str, parameters: dict[str, Any]
) -> None:
    """Wherever a policy is written, a condition key that is left out is refused."""
    statement = {"Effect": "Deny", "Action": "*", "Condition": {"Null": {"s3:authType": "true"}}}
    written = json.loads(
        json.dumps(parameters).replace(
            '"{policy}"', json.dumps(json.dumps({"Statement": [statement]}))
        )
    )
    refusal = read_refusal(getattr(shell.client(service), operation), **written)
    assert (501, True) == (refusal.status, "the condition key s3:authType" in refusal.message)


@pytest.mark.parametrize("service", ["iam", "sts", "sns"])
def test_the_code_of_a_query(shell: Shell, service: str) -> None:
    """Services that speak the query protocol answer AWS's code for an action they do not have."""
    calls = {
        "iam": "list_groups",
        "sts": "get_session_token",
        "sns": "list_phone_numbers_opted_out",
    }
    assert "InvalidAction" == read_refusal(getattr(shell.client(service), calls[service])).code
