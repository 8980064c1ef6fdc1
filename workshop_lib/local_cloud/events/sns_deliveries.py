"""SNS's deliveries: from a published message to its subscribers."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from moto.sns.utils import FilterPolicyMatcher

from workshop_lib.local_cloud.events.causes import find_trace_header
from workshop_lib.local_cloud.events.permissions import DeliveryPermissions
from workshop_lib.local_cloud.events.senders import DeliveryError, send_to_queue
from workshop_lib.local_cloud.events.sns_envelopes import (
    TopicMessage,
    make_envelope,
    make_lambda_event,
    make_timestamp,
)
from workshop_lib.local_cloud.events.tasks import DelayedTasks

log = logging.getLogger("workshop_lib.local_cloud.events")

SERVICE = "sns.amazonaws.com"
ACTIONS = {"lambda": "lambda:InvokeFunction", "sqs": "sqs:SendMessage"}


@dataclass(frozen=True)
class Subscriber:
    """Where one subscription's messages go."""

    protocol: str
    endpoint: str
    raw: bool
    dead_letter_queue: str | None


class SnsDeliveries:
    """Delivers the messages of all topics.

    Args:
        tasks: runs the deliveries, after the publisher has been answered.
        permissions: asked at each delivery.
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

    def on_delivery(
        self,
        subscription: Any,
        message: str,
        message_id: str,
        subject: str | None = None,
        message_attributes: dict[str, Any] | None = None,
        message_structure: str | None = None,
        **further: Any,
    ) -> None:
        """Take a message for one subscription; called inside Publish, under moto's lock."""
        if not _wants(subscription, message, message_attributes):
            return
        if message_structure == "json":
            message = subscription._parse_message_structure(message, subscription.protocol)
        subscriber = _read_subscriber(subscription)
        delivered = TopicMessage(
            message_id=message_id,
            topic_arn=subscription.topic.arn,
            subscription_arn=subscription.arn,
            subject=subject,
            message=message,
            attributes=_read_attributes(message_attributes),
            timestamp=make_timestamp(),
        )
        trace_header = find_trace_header()
        name = f"SNS {delivered.topic_arn} → {subscriber.endpoint} ({message_id})"
        self._tasks.submit(name, lambda: self._deliver(name, subscriber, delivered, trace_header))

    def _deliver(
        self, name: str, subscriber: Subscriber, message: TopicMessage, trace_header: str | None
    ) -> None:
        try:
            self._send(subscriber, message, trace_header)
        except DeliveryError as error:
            log.error("%s is not delivered: %s", name, error)
            self._bury(name, subscriber, message, error)

    def _send(
        self, subscriber: Subscriber, message: TopicMessage, trace_header: str | None
    ) -> None:
        action = ACTIONS.get(subscriber.protocol)
        if action is None:
            raise DeliveryError(
                f"the local cloud sends nothing by {subscriber.protocol}, only to queues and "
                "functions"
            )
        self._check_permission(action, subscriber.endpoint, message.topic_arn)
        if subscriber.protocol == "lambda":
            payload = json.dumps(make_lambda_event(message)).encode()
            self._invoke_later(subscriber.endpoint, payload, trace_header)
        elif subscriber.raw:
            send_to_queue(subscriber.endpoint, message.message, message.attributes, trace_header)
        else:
            body = json.dumps(make_envelope(message), indent=2)
            send_to_queue(subscriber.endpoint, body, trace_header=trace_header)

    def _check_permission(self, action: str, target_arn: str, topic_arn: str) -> None:
        if not self._permissions.may_service(SERVICE, action, target_arn, topic_arn):
            raise DeliveryError(f"its policy does not let {SERVICE} {action} for {topic_arn}")

    def _bury(
        self, name: str, subscriber: Subscriber, message: TopicMessage, error: DeliveryError
    ) -> None:
        """Send what could not be delivered to the subscription's dead-letter queue."""
        queue = subscriber.dead_letter_queue
        if queue is None:
            return
        attributes = {
            "RequestID": ("String", message.message_id),
            "ErrorCode": ("String", "403"),
            "ErrorMessage": ("String", str(error)[:1024]),
        }
        try:
            self._check_permission("sqs:SendMessage", queue, message.topic_arn)
            send_to_queue(queue, json.dumps(make_envelope(message), indent=2), attributes)
        except DeliveryError as second:
            log.error("%s is lost: %s", name, second)


def _wants(subscription: Any, message: str, attributes: dict[str, Any] | None) -> bool:
    """Ask the subscription's filter policy, in its present scope."""
    policy = subscription._filter_policy
    if not policy:
        return True
    matcher = FilterPolicyMatcher(policy, subscription.attributes.get("FilterPolicyScope"))
    return bool(matcher.matches(attributes, message))


def _read_subscriber(subscription: Any) -> Subscriber:
    attributes = subscription.attributes
    redrive = attributes.get("RedrivePolicy") or "{}"
    policy = json.loads(redrive) if isinstance(redrive, str) else redrive
    return Subscriber(
        subscription.protocol,
        subscription.endpoint,
        str(attributes.get("RawMessageDelivery")).lower() == "true",
        policy.get("deadLetterTargetArn"),
    )


def _read_attributes(attributes: dict[str, Any] | None) -> dict[str, tuple[str, str]]:
    return {
        name: (value["Type"], _to_text(value["Value"]))
        for name, value in (attributes or {}).items()
    }


def _to_text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
