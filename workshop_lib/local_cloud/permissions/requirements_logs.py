"""Amazon CloudWatch Logs: which actions on which log groups and streams a call needs.

Source: Service authorization reference, "… for Amazon CloudWatch Logs".
"""

from __future__ import annotations

from workshop_lib.local_cloud.permissions.calls import Call
from workshop_lib.local_cloud.permissions.requirements import (
    Requirement,
    Rule,
    on_new,
    on_resource,
)
from workshop_lib.local_cloud.permissions.resources import MotoResources

_GROUP_OPERATIONS = (
    "DeleteLogGroup", "PutRetentionPolicy", "DeleteRetentionPolicy", "DescribeLogStreams",
    "FilterLogEvents", "TagResource", "UntagResource", "ListTagsForResource", "DescribeLogGroups",
)  # fmt: skip
_STREAM_OPERATIONS = ("CreateLogStream", "PutLogEvents", "GetLogEvents")


def log_group_arns(region: str, account_id: str, group: str) -> tuple[str, ...]:
    """Return both spellings of a log group: CloudWatch Logs' own, and the one without a tail.

    The service decides on ``…:log-group:NAME:log-stream:``, which ``…:log-group:NAME:*`` meets;
    the authorization reference writes the ARN without a tail.
    """
    arn = f"arn:aws:logs:{region}:{account_id}:log-group:{group}"
    return (f"{arn}:log-stream:", arn)


def _find_group(call: Call) -> tuple[str, ...]:
    """Return the ARNs of the group that a call names; of none, they are those of all groups."""
    names = ("logGroupName", "logGroupIdentifier", "resourceArn")
    named = next((str(call.get(name)) for name in names if call.get(name)), "")
    if not named.startswith("arn:"):
        return log_group_arns(call.region, call.account_id, named)
    arn = named.removesuffix(":*")
    return (f"{arn}:log-stream:", arn)


def _on_stream(operation: str) -> Rule:
    def rule(call: Call, resources: MotoResources) -> list[Requirement]:
        first, group = _find_group(call)
        arn = f"{first}{call.get('logStreamName') or ''}"
        return [Requirement(f"logs:{operation}", (arn,), tagged=group)]

    return rule


RULES: dict[str, Rule] = {
    **on_new("logs", "CreateLogGroup", _find_group),
    **on_resource("logs", _find_group, _GROUP_OPERATIONS),
    **{operation: _on_stream(operation) for operation in _STREAM_OPERATIONS},
}
