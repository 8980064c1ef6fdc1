"""Event notifications of a bucket.

The whole configuration is replaced at each put, so every change here reads, merges and writes; and
S3 checks at the put that it may reach the destination, which takes a moment to become true.
Source: PutBucketNotificationConfiguration in the Amazon S3 API Reference.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from workshop_lib.errors import ResourceNotReadyError
from workshop_lib.waits import telling

OBJECT_CREATED = "s3:ObjectCreated:*"
# By S3's kinds of destination: the configuration's list, and the field that holds the ARN.
DESTINATIONS = {
    "LambdaFunctionConfigurations": "LambdaFunctionArn",
    "QueueConfigurations": "QueueArn",
    "TopicConfigurations": "TopicArn",
}
RETRY_PAUSES_SECONDS = (1, 2, 4, 8, 15)


@dataclass(frozen=True)
class NotificationRule:
    """One rule: which events, on which keys, go where."""

    id: str
    destination_arn: str
    events: tuple[str, ...]
    prefix: str = ""
    suffix: str = ""


def list_notifications(s3: Any, bucket: str) -> list[NotificationRule]:
    """Return the bucket's rules."""
    configuration = _read_configuration(s3, bucket)
    return [
        _read_rule(rule, rule[arn_field])
        for kind, arn_field in DESTINATIONS.items()
        for rule in configuration.get(kind, [])
    ]


def notify_function(
    s3: Any,
    bucket: str,
    *,
    function_arn: str,
    notification_id: str,
    prefix: str = "",
    suffix: str = "",
) -> NotificationRule:
    """Have S3 call a function for every object created; all other rules stay.

    S3 must be allowed to call the function before.

    Args:
        s3: the client.
        bucket: whose objects.
        function_arn: what is called.
        notification_id: names the rule; a rule of this name is replaced.
        prefix: only keys that begin so.
        suffix: only keys that end so.

    Raises:
        ResourceNotReadyError: S3 says that it may not call the function.
        ClientError: another rule overlaps with this one.
    """
    wanted = NotificationRule(notification_id, function_arn, (OBJECT_CREATED,), prefix, suffix)
    if wanted in list_notifications(s3, bucket):
        return wanted
    configuration = _without(_read_configuration(s3, bucket), {notification_id})
    configuration.setdefault("LambdaFunctionConfigurations", []).append(_write_rule(wanted))
    with telling("S3 to learn of the permission to call the function"):
        _put_patiently(s3, bucket, configuration)
    return wanted


def stop_notifications(s3: Any, bucket: str, *, notification_id: str | None = None) -> None:
    """Remove the rule of this name, or all rules when no name is given."""
    rules = [rule.id for rule in list_notifications(s3, bucket)]
    unwanted = {rule for rule in rules if notification_id in (None, rule)}
    if unwanted:
        configuration = _without(_read_configuration(s3, bucket), unwanted)
        s3.put_bucket_notification_configuration(
            Bucket=bucket, NotificationConfiguration=configuration
        )


def _read_configuration(s3: Any, bucket: str) -> dict[str, Any]:
    answer = s3.get_bucket_notification_configuration(Bucket=bucket)
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def _without(configuration: dict[str, Any], unwanted: Collection[str]) -> dict[str, Any]:
    kept = {
        kind: [rule for rule in configuration[kind] if rule["Id"] not in unwanted]
        for kind in DESTINATIONS
        if kind in configuration
    }
    return {**configuration, **kept}


def _put_patiently(s3: Any, bucket: str, configuration: dict[str, Any]) -> None:
    for pause in (*RETRY_PAUSES_SECONDS, None):
        try:
            s3.put_bucket_notification_configuration(
                Bucket=bucket, NotificationConfiguration=configuration
            )
        except ClientError as error:
            if "validate the following destination" not in str(error):
                raise
            if pause is None:
                raise ResourceNotReadyError(
                    f"S3 may not call what {bucket} should notify: {error}",
                    "Give s3.amazonaws.com permission first, with functions.allow_invocation.",
                ) from error
            time.sleep(pause)
        else:
            return


def _read_rule(rule: dict[str, Any], destination_arn: str) -> NotificationRule:
    filters = {
        entry["Name"].lower(): entry["Value"]
        for entry in rule.get("Filter", {}).get("Key", {}).get("FilterRules", [])
    }
    return NotificationRule(
        rule["Id"],
        destination_arn,
        tuple(rule["Events"]),
        filters.get("prefix", ""),
        filters.get("suffix", ""),
    )


def _write_rule(rule: NotificationRule) -> dict[str, Any]:
    filters = {"prefix": rule.prefix, "suffix": rule.suffix}
    filter_rules = [{"Name": name, "Value": value} for name, value in filters.items() if value]
    request: dict[str, Any] = {
        "Id": rule.id,
        "LambdaFunctionArn": rule.destination_arn,
        "Events": list(rule.events),
    }
    if filter_rules:
        request["Filter"] = {"Key": {"FilterRules": filter_rules}}
    return request
