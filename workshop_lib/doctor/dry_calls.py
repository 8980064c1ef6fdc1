"""Calls that only look, for things that are not there: a caller who may ask is told so.

S3 answers that a bucket is not there before it looks at a policy, and SQS asks for a queue's
address; of these two one call each must do. What changes something is never tried.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

from workshop_lib.cloud import Cloud
from workshop_lib.naming import LOG_GROUP_PREFIX, Names

NOT_THERE = "doctor"
NO_SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"


def make_dry_calls(cloud: Cloud, names: Names) -> dict[str, Callable[[], object]]:
    """Return a harmless call for each action that looks, by the action."""
    calls = _list_calls(names)
    clients = {service: cloud.make_client(service) for service, _, _ in calls.values()}
    return {
        action: partial(getattr(clients[service], operation), **parameters)
        for action, (service, operation, parameters) in calls.items()
    }


def _list_calls(names: Names) -> dict[str, tuple[str, str, dict[str, Any]]]:
    name = f"{names.prefix}-{NOT_THERE}"
    function, role = {"FunctionName": name}, {"RoleName": name}
    topic, table, item = {"TopicArn": names.topic_arn}, names.table, {"id": {"S": NOT_THERE}}
    layer = names.layer("pillow")
    group = f"{LOG_GROUP_PREFIX}{name}"
    group_arn = f"{names.every_log_group_arn.removesuffix('*')}{NOT_THERE}"
    moment = datetime.now(UTC)
    return {
        "s3:ListAllMyBuckets": ("s3", "list_buckets", {"MaxBuckets": 1}),
        "iam:GetRole": ("iam", "get_role", role),
        "iam:GetRolePolicy": ("iam", "get_role_policy", {**role, "PolicyName": NOT_THERE}),
        "iam:ListRolePolicies": ("iam", "list_role_policies", role),
        "iam:ListAttachedRolePolicies": ("iam", "list_attached_role_policies", role),
        "iam:ListRoles": ("iam", "list_roles", {"MaxItems": 1}),
        "lambda:GetFunction": ("lambda", "get_function", function),
        "lambda:GetFunctionConfiguration": ("lambda", "get_function_configuration", function),
        "lambda:ListVersionsByFunction": ("lambda", "list_versions_by_function", function),
        "lambda:GetPolicy": ("lambda", "get_policy", function),
        "lambda:GetFunctionEventInvokeConfig": (
            "lambda", "get_function_event_invoke_config", function,
        ),
        "lambda:GetFunctionRecursionConfig": ("lambda", "get_function_recursion_config", function),
        "lambda:ListEventSourceMappings": ("lambda", "list_event_source_mappings", {"MaxItems": 1}),
        "lambda:ListLayers": ("lambda", "list_layers", {"MaxItems": 1}),
        "lambda:ListLayerVersions": ("lambda", "list_layer_versions", {"LayerName": layer}),
        "lambda:GetLayerVersion": (
            "lambda", "get_layer_version", {"LayerName": layer, "VersionNumber": 1},
        ),
        "apigateway:GET": ("apigateway", "get_rest_apis", {"limit": 1}),
        "sns:GetTopicAttributes": ("sns", "get_topic_attributes", topic),
        "sns:ListSubscriptionsByTopic": ("sns", "list_subscriptions_by_topic", topic),
        "sns:ListTagsForResource": (
            "sns", "list_tags_for_resource", {"ResourceArn": names.topic_arn},
        ),
        "sns:GetSubscriptionAttributes": (
            "sns", "get_subscription_attributes",
            {"SubscriptionArn": f"{names.topic_arn}:{NO_SUBSCRIPTION}"},
        ),
        "sqs:GetQueueUrl": ("sqs", "get_queue_url", {"QueueName": names.queue("failed")}),
        "dynamodb:DescribeTable": ("dynamodb", "describe_table", {"TableName": table}),
        "dynamodb:ListTagsOfResource": (
            "dynamodb", "list_tags_of_resource", {"ResourceArn": names.table_arn},
        ),
        "dynamodb:GetItem": ("dynamodb", "get_item", {"TableName": table, "Key": item}),
        "dynamodb:Scan": ("dynamodb", "scan", {"TableName": table, "Limit": 1}),
        "logs:DescribeLogGroups": ("logs", "describe_log_groups", {"limit": 1}),
        "logs:FilterLogEvents": (
            "logs", "filter_log_events", {"logGroupName": group, "limit": 1},
        ),
        "logs:ListTagsForResource": ("logs", "list_tags_for_resource", {"resourceArn": group_arn}),
        "cloudwatch:GetMetricStatistics": (
            "cloudwatch", "get_metric_statistics",
            {"Namespace": "AWS/Lambda", "MetricName": "Invocations", "StartTime": moment,
             "EndTime": moment, "Period": 60, "Statistics": ["Sum"]},
        ),
        "tag:GetResources": ("resourcegroupstaggingapi", "get_resources", {"ResourcesPerPage": 1}),
    }  # fmt: skip
