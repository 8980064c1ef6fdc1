"""CloudWatch, CloudWatch Logs, KMS and tagging: what their calls need.

Source: Service authorization reference of each service.
"""

from __future__ import annotations

import base64
import binascii

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.permissions.calls import Call
from workshop_lib.local_cloud.permissions.contexts import ContextValue
from workshop_lib.local_cloud.permissions.requirements import (
    Requirement,
    ResourceFacts,
    Rule,
    on_everything,
    on_new,
    on_resource,
)

# What moto writes before the rest of a ciphertext.
KEY_ID_BYTES = 36
_LOG_GROUP_OPERATIONS = (
    "DeleteLogGroup", "PutRetentionPolicy", "DeleteRetentionPolicy", "DescribeLogStreams",
    "FilterLogEvents", "TagResource", "UntagResource", "ListTagsForResource",
)  # fmt: skip
_LOG_STREAM_OPERATIONS = ("CreateLogStream", "DeleteLogStream", "PutLogEvents", "GetLogEvents")
_KEY_OPERATIONS = (
    "DescribeKey", "EnableKey", "DisableKey", "Encrypt", "GenerateDataKey",
    "GetKeyPolicy", "PutKeyPolicy", "ListResourceTags", "TagResource", "UntagResource",
    "ScheduleKeyDeletion", "CancelKeyDeletion",
)  # fmt: skip


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


def _find_group_arns(call: Call, facts: ResourceFacts) -> tuple[str, ...]:
    return log_group_arns(call.region, call.account_id, _find_group(call))


def _on_log_stream(operation: str) -> Rule:
    def rule(call: Call, facts: ResourceFacts) -> list[Requirement]:
        group, stream = _find_group(call), str(call.get("logStreamName") or "")
        arn = log_stream_arn(call.region, call.account_id, group, stream)
        tagged = log_group_arns(call.region, call.account_id, group)[1]
        return [Requirement(f"logs:{operation}", (arn,), tagged=tagged)]

    return rule


def _describe_log_groups(call: Call, facts: ResourceFacts) -> list[Requirement]:
    return [Requirement("logs:DescribeLogGroups", log_group_arns(call.region, call.account_id, ""))]


def _key_arn(call: Call, facts: ResourceFacts, key_id: str) -> str:
    found = facts.find_key_arn(call.region, key_id)
    return found or f"arn:aws:kms:{call.region}:{call.account_id}:key/{key_id}"


def _find_key(call: Call, facts: ResourceFacts) -> tuple[str, ...]:
    return (_key_arn(call, facts, str(call.get("KeyId") or "")),)


def _decrypt(call: Call, facts: ResourceFacts) -> list[Requirement]:
    """Require the key that the ciphertext names; moto decrypts with it, whatever KeyId says."""
    try:
        sealed = base64.b64decode(str(call.get("CiphertextBlob") or ""))
    except binascii.Error as error:
        raise AwsError("SerializationException", f"CiphertextBlob: {error}", 400) from error
    arn = _key_arn(call, facts, sealed[:KEY_ID_BYTES].decode("ascii", "replace"))
    given = call.get("KeyId")
    if given and _key_arn(call, facts, str(given)) != arn:
        message = "The key ID in the request does not identify a CMK that can perform this "
        raise AwsError("IncorrectKeyException", f"{message}operation.", 400)
    return [Requirement("kms:Decrypt", (arn,), tagged=arn)]


def _find_everything(call: Call, facts: ResourceFacts) -> tuple[str, ...]:
    return ("*",)


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


def _put_metrics(call: Call, facts: ResourceFacts) -> list[Requirement]:
    context: dict[str, ContextValue] = {"cloudwatch:namespace": str(call.get("Namespace"))}
    return [Requirement("cloudwatch:PutMetricData", ("*",), context)]


LOGS_RULES: dict[str, Rule] = {
    "DescribeLogGroups": _describe_log_groups,
    **on_new("logs", "CreateLogGroup", _find_group_arns),
    **on_resource("logs", _find_group_arns, _LOG_GROUP_OPERATIONS),
    **{operation: _on_log_stream(operation) for operation in _LOG_STREAM_OPERATIONS},
}

KMS_RULES: dict[str, Rule] = {
    "Decrypt": _decrypt,
    **on_new("kms", "CreateKey", _find_everything),
    **on_resource("kms", _find_key, _KEY_OPERATIONS),
    **{operation: _on_alias(operation) for operation in ("CreateAlias", "DeleteAlias")},
    **on_everything("kms", "ListKeys", "ListAliases"),
}

CLOUDWATCH_RULES: dict[str, Rule] = {
    "PutMetricData": _put_metrics,
    **on_everything("cloudwatch", "GetMetricData", "GetMetricStatistics", "ListMetrics"),
}

# It only looks: setting tags by way of it would need the right to each resource's own tags as well.
TAGGING_RULES: dict[str, Rule] = on_everything("tag", "GetResources", "GetTagKeys", "GetTagValues")
