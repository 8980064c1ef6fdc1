"""A bucket's notification rules: which events they match, and which configurations S3 refuses."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.events.deliveries import Deliveries, find_service

PRINCIPAL = "s3.amazonaws.com"
REASONS = {
    "lambda": "Not authorized to invoke function [{}]",
    "sqs": "Permissions on the destination queue do not allow S3 to publish notifications from "
    "this bucket",
    "sns": "Permissions on the destination topic do not allow S3 to publish notifications from "
    "this bucket",
}


@dataclass(frozen=True)
class NotificationRule:
    """One rule; ``events`` are such as ``s3:ObjectCreated:*``."""

    identifier: str
    target_arn: str
    events: tuple[str, ...]
    prefix: str = ""
    suffix: str = ""

    def matches(self, event_name: str, key: str) -> bool:
        """Tell whether the rule wants an event of a key."""
        wanted = any(_covers(pattern, event_name) for pattern in self.events)
        return wanted and key.startswith(self.prefix) and key.endswith(self.suffix)

    def overlaps(self, other: NotificationRule) -> bool:
        """Tell whether an event could match both rules."""
        return (
            any(
                _covers(one, another) or _covers(another, one)
                for one, another in itertools.product(self.events, other.events)
            )
            and (self.prefix.startswith(other.prefix) or other.prefix.startswith(self.prefix))
            and (self.suffix.endswith(other.suffix) or other.suffix.endswith(self.suffix))
        )


def read_rules(configuration: Any | None) -> list[NotificationRule]:
    """Read moto's NotificationConfiguration; None has no rules."""
    if configuration is None:
        return []
    kinds = (configuration.cloud_function, configuration.queue, configuration.topic)
    return [_read_rule(notification) for notification in itertools.chain(*kinds)]


def _read_rule(notification: Any) -> NotificationRule:
    filters = (notification.filters or {}).get("S3Key", {}).get("FilterRule", [])
    values = {rule["Name"].lower(): rule.get("Value") or "" for rule in filters}
    events = tuple(notification.events)
    return NotificationRule(notification.id, notification.arn, events, **values)


def check_rules(rules: Sequence[NotificationRule], bucket_arn: str, deliveries: Deliveries) -> None:
    """Refuse rules as S3 does.

    Raises:
        AwsError: InvalidArgument, two rules overlap or a destination has given no permission.
    """
    for one, another in itertools.combinations(rules, 2):
        if one.overlaps(another):
            raise AwsError("InvalidArgument", _describe_overlap(one, another))
    targets = dict.fromkeys(rule.target_arn for rule in rules)
    refused = [arn for arn in targets if not deliveries.may_deliver(PRINCIPAL, bucket_arn, arn)]
    if refused:
        details = {}
        for number, arn in enumerate(refused, start=1):
            details[f"ArgumentName{number}"] = arn
            details[f"ArgumentValue{number}"] = REASONS[find_service(arn)].format(arn)
        message = "Unable to validate the following destination configurations"
        raise AwsError("InvalidArgument", message, 400, details)


def _describe_overlap(one: NotificationRule, another: NotificationRule) -> str:
    if not any((one.prefix, one.suffix, another.prefix, another.suffix)):
        return (
            "Configurations overlap. Configurations on the same bucket cannot share a common "
            "event type."
        )
    return (
        "Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if "
        "the prefixes are overlapping for the same event type."
    )


def _covers(pattern: str, event_name: str) -> bool:
    if pattern.endswith(":*"):
        return event_name.startswith(pattern[:-1])
    return pattern == event_name
