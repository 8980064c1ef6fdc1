"""CloudWatch, CloudWatch Logs, KMS, tagging and Rekognition: what their calls need.

Source: Service authorization reference of each service.
"""

from __future__ import annotations

from workshop_lib.local_cloud.permissions.calls import Call
from workshop_lib.local_cloud.permissions.contexts import ContextValue
from workshop_lib.local_cloud.permissions.requirements import (
    Requirement,
    ResourceFacts,
    Rule,
    list_tag_keys,
    name_tag_keys,
    on_everything,
)

_LOG_GROUP_OPERATIONS = (
    "CreateLogGroup", "DeleteLogGroup", "PutRetentionPolicy", "DeleteRetentionPolicy",
    "DescribeLogStreams", "FilterLogEvents", "ListTagsLogGroup", "TagLogGroup",
    "UntagLogGroup", "DescribeMetricFilters", "PutMetricFilter", "DeleteMetricFilter",
    "DescribeSubscriptionFilters", "PutSubscriptionFilter", "DeleteSubscriptionFilter",
    "GetLogGroupFields",
)  # fmt: skip
_LOG_STREAM_OPERATIONS = ("CreateLogStream", "DeleteLogStream", "PutLogEvents", "GetLogEvents")
_KEY_OPERATIONS = (
    "DescribeKey", "EnableKey", "DisableKey", "Encrypt", "Decrypt", "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext", "GetKeyPolicy", "PutKeyPolicy", "ListKeyPolicies",
    "EnableKeyRotation", "DisableKeyRotation", "GetKeyRotationStatus", "ListResourceTags",
    "TagResource", "UntagResource", "ScheduleKeyDeletion", "CancelKeyDeletion",
    "UpdateKeyDescription",
)  # fmt: skip
_ALARM_OPERATIONS = ("PutMetricAlarm", "DeleteAlarms", "DescribeAlarms")


def log_group_arns(region: str, account_id: str, group: str) -> tuple[str, ...]:
    """Return both spellings of a log group: CloudWatch Logs' own, and the one without a tail.

    The service decides on ``…:log-group:NAME:log-stream:``, which ``…:log-group:NAME:*`` meets;
    the authorization reference writes the ARN without a tail.
    """
    arn = f"arn:aws:logs:{region}:{account_id}:log-group:{group}"
    return (f"{arn}:log-stream:", arn)


def log_stream_arn(region: str, account_id: str, group: str, stream: str) -> str:
    """Return a log stream's ARN."""
    return f"arn:aws:logs:{region}:{account_id}:log-group:{group}:log-stream:{stream}"


def _find_group(call: Call) -> str:
    identifier = str(
        call.get("logGroupName") or call.get("logGroupIdentifier") or call.get("resourceArn") or ""
    )
    if identifier.startswith("arn:"):
        return identifier.split(":", 6)[-1].removesuffix(":*")
    return identifier


def _on_log_group(operation: str) -> Rule:
    def rule(call: Call, facts: ResourceFacts) -> list[Requirement]:
        arns = log_group_arns(call.region, call.account_id, _find_group(call))
        context = {**list_tag_keys(call.get("tags")), **name_tag_keys(call.get("tagKeys"))}
        required = [Requirement(f"logs:{operation}", arns, context, tagged=arns[1])]
        if operation == "CreateLogGroup" and call.get("tags"):
            required.append(Requirement("logs:TagResource", arns, context))
        return required

    return rule


def _on_log_stream(operation: str) -> Rule:
    def rule(call: Call, facts: ResourceFacts) -> list[Requirement]:
        group, stream = _find_group(call), str(call.get("logStreamName") or "")
        arn = log_stream_arn(call.region, call.account_id, group, stream)
        tagged = log_group_arns(call.region, call.account_id, group)[1]
        return [Requirement(f"logs:{operation}", (arn,), tagged=tagged)]

    return rule


def _describe_log_groups(call: Call, facts: ResourceFacts) -> list[Requirement]:
    return [Requirement("logs:DescribeLogGroups", log_group_arns(call.region, call.account_id, ""))]


def _start_query(call: Call, facts: ResourceFacts) -> list[Requirement]:
    named = [call.get("logGroupName"), *(call.get("logGroupNames") or ())]
    identified = call.get("logGroupIdentifiers") or ()
    groups = [name for name in named if name]
    groups += [name.split(":", 6)[-1].removesuffix(":*") for name in identified]
    return [
        Requirement("logs:StartQuery", log_group_arns(call.region, call.account_id, group))
        for group in groups
    ]


def _get_query_results(call: Call, facts: ResourceFacts) -> list[Requirement]:
    # A query that does not exist searches the group without a name.
    groups = facts.list_query_groups(call.region, str(call.get("queryId"))) or [""]
    return [
        Requirement("logs:GetQueryResults", log_group_arns(call.region, call.account_id, group))
        for group in groups
    ]


def _key_arn(call: Call, facts: ResourceFacts, key_id: str) -> str:
    found = facts.find_key_arn(call.region, key_id)
    return found or f"arn:aws:kms:{call.region}:{call.account_id}:key/{key_id}"


def _on_key(operation: str) -> Rule:
    def rule(call: Call, facts: ResourceFacts) -> list[Requirement]:
        arn = _key_arn(call, facts, str(call.get("KeyId") or ""))
        context = {**list_tag_keys(call.get("Tags")), **name_tag_keys(call.get("TagKeys"))}
        return [Requirement(f"kms:{operation}", (arn,), context, tagged=arn)]

    return rule


def _on_alias(operation: str) -> Rule:
    def rule(call: Call, facts: ResourceFacts) -> list[Requirement]:
        alias = str(call.get("AliasName"))
        key_id = str(call.get("TargetKeyId") or alias)
        arns = (
            f"arn:aws:kms:{call.region}:{call.account_id}:{alias}",
            _key_arn(call, facts, key_id),
        )
        return [Requirement(f"kms:{operation}", (arn,)) for arn in arns]

    return rule


def _create_key(call: Call, facts: ResourceFacts) -> list[Requirement]:
    tags = list_tag_keys(call.get("Tags"))
    required = [Requirement("kms:CreateKey", ("*",), tags)]
    if tags:
        required.append(Requirement("kms:TagResource", ("*",), tags))
    return required


def _on_alarm(operation: str) -> Rule:
    def rule(call: Call, facts: ResourceFacts) -> list[Requirement]:
        names = call.get("AlarmNames") or [call.get("AlarmName") or "*"]
        prefix = f"arn:aws:cloudwatch:{call.region}:{call.account_id}:alarm:"
        return [Requirement(f"cloudwatch:{operation}", (prefix + name,)) for name in names]

    return rule


def _put_metrics(call: Call, facts: ResourceFacts) -> list[Requirement]:
    context: dict[str, ContextValue] = {"cloudwatch:namespace": str(call.get("Namespace"))}
    return [Requirement("cloudwatch:PutMetricData", ("*",), context)]


LOGS_RULES: dict[str, Rule] = {
    "DescribeLogGroups": _describe_log_groups,
    "StartQuery": _start_query,
    "GetQueryResults": _get_query_results,
    **{operation: _on_log_group(operation) for operation in _LOG_GROUP_OPERATIONS},
    **{operation: _on_log_stream(operation) for operation in _LOG_STREAM_OPERATIONS},
    **{
        operation: _on_log_group(operation)
        for operation in ("TagResource", "UntagResource", "ListTagsForResource")
    },
    **on_everything("logs", "StopQuery", "DescribeQueries"),
}

KMS_RULES: dict[str, Rule] = {
    "CreateKey": _create_key,
    **{operation: _on_key(operation) for operation in _KEY_OPERATIONS},
    **{
        operation: _on_alias(operation)
        for operation in ("CreateAlias", "UpdateAlias", "DeleteAlias")
    },
    **on_everything("kms", "ListKeys", "ListAliases", "GenerateRandom"),
}

CLOUDWATCH_RULES: dict[str, Rule] = {
    "PutMetricData": _put_metrics,
    **{operation: _on_alarm(operation) for operation in _ALARM_OPERATIONS},
    **on_everything(
        "cloudwatch",
        "GetMetricData",
        "GetMetricStatistics",
        "ListMetrics",
        "DescribeAlarmsForMetric",
    ),
}

TAGGING_RULES: dict[str, Rule] = on_everything(
    "tag", "GetResources", "GetTagKeys", "GetTagValues", "TagResources", "UntagResources"
)

REKOGNITION_RULES: dict[str, Rule] = on_everything("rekognition", "DetectLabels")
