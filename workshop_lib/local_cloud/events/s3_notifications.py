"""S3's notifications: a bucket's rules, which S3 refuses, and the records that it delivers.

Source of the records: Amazon S3 user guide, "Event message structure", version 2.1.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.events.deliveries import Deliveries, Delivery, find_service
from workshop_lib.local_cloud.lambda_runtime.lineages import find_trace_header
from workshop_lib.local_cloud.moto_hooks import PRINCIPAL_ID, current_request
from workshop_lib.local_cloud.moto_hooks.moments import draw_bytes, tell_time_ns, tell_timestamp

SUBJECT = "Amazon S3 Notification"
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


class S3Notifications:
    """Takes the events of all buckets to be delivered."""

    def __init__(self, deliveries: Deliveries) -> None:
        self._deliveries = deliveries
        self._last_sequence = 0

    def on_event(self, account_id: str, event_name: Any, bucket: Any, key: Any) -> None:
        """Take what moto says has happened; called inside the request, under moto's lock."""
        name = str(event_name.value)
        rules = read_rules(bucket.notification_configuration)
        wanted = [rule for rule in rules if rule.matches(name, key.name)]
        if not wanted:
            return
        described = _describe_object(name, bucket, key) | {"sequencer": self._make_sequencer()}
        for rule in wanted:
            record = _make_record(account_id, name, bucket, described, rule.identifier)
            self._submit(f"{name} of {key.name}", bucket, rule.target_arn, {"Records": [record]})

    def check_configuration(self, bucket: Any, configuration: Any) -> None:
        """Refuse a configuration as S3 does, before it replaces the bucket's.

        Raises:
            AwsError: InvalidArgument.
        """
        check_rules(read_rules(configuration), bucket.arn, self._deliveries)

    def send_test_events(self, bucket: Any) -> None:
        """Tell each queue and topic of a new configuration that S3 can reach it."""
        rules = read_rules(bucket.notification_configuration)
        for target in dict.fromkeys(rule.target_arn for rule in rules):
            if find_service(target) != "lambda":
                request_id, host_id = _make_ids()
                event = {
                    "Service": "Amazon S3",
                    "Event": "s3:TestEvent",
                    "Time": tell_timestamp(),
                    "Bucket": bucket.name,
                    "RequestId": request_id,
                    "HostId": host_id,
                }
                self._submit("s3:TestEvent", bucket, target, event)

    def _make_sequencer(self) -> str:
        """Return 18 hexadecimal digits, greater each time, also after a restart."""
        self._last_sequence = max(self._last_sequence + 1, tell_time_ns())
        return f"{self._last_sequence:018X}"

    def _submit(self, name: str, bucket: Any, target_arn: str, event: dict[str, Any]) -> None:
        body, trace_header = json.dumps(event), find_trace_header()
        self._deliveries.submit(
            Delivery(name, PRINCIPAL, bucket.arn, target_arn, body, trace_header, SUBJECT)
        )


def _make_record(
    account_id: str, name: str, bucket: Any, described: dict[str, Any], configuration_id: str
) -> dict[str, Any]:
    request_id, host_id = _make_ids()
    request = current_request()
    principal_id = request.environ.get(PRINCIPAL_ID) if request else None
    address = (request.remote_addr if request else None) or "127.0.0.1"
    # An account's id in S3's own form, always the same for an account.
    owner = "A" + base64.b32encode(hashlib.sha256(account_id.encode()).digest()).decode()[:13]
    return {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": bucket.region_name,
        "eventTime": tell_timestamp(),
        "eventName": name.removeprefix("s3:"),
        "userIdentity": {"principalId": f"AWS:{principal_id}" if principal_id else "Anonymous"},
        "requestParameters": {"sourceIPAddress": address},
        "responseElements": {"x-amz-request-id": request_id, "x-amz-id-2": host_id},
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": configuration_id,
            "bucket": {
                "name": bucket.name,
                "ownerIdentity": {"principalId": owner},
                "arn": bucket.arn,
            },
            "object": described,
        },
    }


def _describe_object(name: str, bucket: Any, key: Any) -> dict[str, Any]:
    described: dict[str, Any] = {"key": quote_plus(key.name, safe="/*")}
    if not name.startswith("s3:ObjectRemoved:"):
        described |= {"size": int(key.size), "eTag": key.etag.strip('"')}
    version_id = str(key.version_id or "")
    if bucket.is_versioned and version_id not in ("", "null"):
        described["versionId"] = version_id
    return described


def _make_ids() -> tuple[str, str]:
    """Return a new x-amz-request-id and x-amz-id-2."""
    return draw_bytes(8).hex().upper(), base64.b64encode(draw_bytes(48)).decode()
