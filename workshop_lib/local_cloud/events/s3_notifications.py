"""S3's notifications: from what happened to an object to functions, queues and topics."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from workshop_lib.local_cloud.configuration import ACCOUNT_ID
from workshop_lib.local_cloud.events.causes import (
    find_principal_id,
    find_source_address,
    find_trace_header,
)
from workshop_lib.local_cloud.events.permissions import DeliveryPermissions
from workshop_lib.local_cloud.events.s3_records import (
    ObjectEvent,
    make_s3_event,
    make_sequencer,
    make_test_event,
)
from workshop_lib.local_cloud.events.s3_rules import (
    ACTIONS,
    SERVICE,
    NotificationRule,
    check_rules,
    read_rules,
)
from workshop_lib.local_cloud.events.senders import (
    DeliveryError,
    publish_to_topic,
    send_to_queue,
)
from workshop_lib.local_cloud.events.tasks import DelayedTasks
from workshop_lib.local_cloud.moto_hooks.moments import tell_datetime

log = logging.getLogger("workshop_lib.local_cloud.events")

SUBJECT = "Amazon S3 Notification"
KIND, TEST_KIND = "s3 delivery", "s3 test event"


@dataclass(frozen=True)
class S3Delivery:
    """An event on its way to one destination."""

    rule: NotificationRule
    event: ObjectEvent

    def describe(self) -> str:
        """Name it for the operator's log."""
        event = self.event
        return f"{event.name} of {event.bucket}/{event.key} → {self.rule.target_arn}"


@dataclass(frozen=True)
class S3TestEvent:
    """What a new destination is told."""

    target_arn: str
    body: str


class S3Notifications:
    """Delivers the events of all buckets.

    Args:
        tasks: runs the deliveries, after the request that caused them has been answered.
        permissions: asked when a configuration is put, and again at each delivery.
        invoke_later: takes a function's ARN, a payload and a trace header.
    """

    def __init__(
        self,
        tasks: DelayedTasks,
        permissions: DeliveryPermissions,
        invoke_later: Callable[[str, bytes, str | None], None],
    ) -> None:
        self._tasks = tasks
        self._permissions = permissions
        self._invoke_later = invoke_later
        tasks.define(KIND, self._deliver)
        tasks.define(TEST_KIND, self._deliver_test)

    def on_event(self, account_id: str, event_name: Any, bucket: Any, key: Any) -> None:
        """Take what moto says has happened; called inside the request, under moto's lock."""
        rules = read_rules(bucket.notification_configuration)
        name = str(getattr(event_name, "value", event_name)).removeprefix("s3:")
        wanted = [rule for rule in rules if rule.matches(name, key.name)]
        if not wanted:
            return
        event = _describe(account_id, name, bucket, key)
        for rule in wanted:
            self._submit(rule, event)

    def check_configuration(self, bucket: Any, configuration: Any) -> None:
        """Refuse a configuration as S3 does, before it replaces the bucket's.

        Raises:
            AwsError: InvalidArgument.
        """
        check_rules(read_rules(configuration), bucket.arn, self._permissions)

    def send_test_events(self, bucket: Any) -> None:
        """Tell each queue and topic of a new configuration that S3 can reach it."""
        rules = read_rules(bucket.notification_configuration)
        targets = dict.fromkeys(rule.target_arn for rule in rules if rule.service != "lambda")
        for target in targets:
            test = S3TestEvent(target, json.dumps(make_test_event(bucket.name)))
            self._tasks.submit(TEST_KIND, f"s3:TestEvent of {bucket.name} → {target}", test)

    def _submit(self, rule: NotificationRule, event: ObjectEvent) -> None:
        delivery = S3Delivery(rule, event)
        self._tasks.submit(KIND, delivery.describe(), delivery)

    def _deliver_test(self, test: S3TestEvent) -> None:
        _send(test.target_arn, test.body, None)

    def _deliver(self, delivery: S3Delivery) -> None:
        name, rule, event = delivery.describe(), delivery.rule, delivery.event
        action = ACTIONS[rule.service]
        if not self._permissions.may_service_perform(
            action, rule.target_arn, SERVICE, event.bucket_arn, ACCOUNT_ID
        ):
            log.error("%s is lost: S3 may not %s there any more.", name, action)
            return
        body = json.dumps(make_s3_event(event, rule.identifier))
        try:
            if rule.service == "lambda":
                self._invoke_later(rule.target_arn, body.encode(), event.trace_header)
            else:
                _send(rule.target_arn, body, event.trace_header)
        except DeliveryError as error:
            log.error("%s is lost: %s", name, error)


def _send(target_arn: str, body: str, trace_header: str | None) -> None:
    if target_arn.split(":")[2] == "sqs":
        send_to_queue(target_arn, body, trace_header=trace_header)
    else:
        publish_to_topic(target_arn, body, SUBJECT, trace_header=trace_header)


def _describe(account_id: str, name: str, bucket: Any, key: Any) -> ObjectEvent:
    version_id = str(getattr(key, "version_id", "") or "")
    return ObjectEvent(
        name=name,
        bucket=bucket.name,
        bucket_arn=bucket.arn,
        region=bucket.region_name,
        account_id=account_id,
        key=key.name,
        size=int(getattr(key, "size", 0) or 0),
        etag=str(getattr(key, "etag", "")).strip('"'),
        version_id=version_id if bucket.is_versioned and version_id != "null" else None,
        principal_id=find_principal_id(),
        source_address=find_source_address(),
        time=tell_datetime(UTC),
        sequencer=make_sequencer(),
        trace_header=find_trace_header(),
    )
