"""SNS's deliveries: from a published message to its subscribers."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from moto.sns.utils import FilterPolicyMatcher

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.changes import changes
from workshop_lib.local_cloud.configuration import ACCOUNT_ID
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
KIND = "sns delivery"
ACTIONS = {"lambda": "lambda:InvokeFunction", "sqs": "sqs:SendMessage"}
# Tries of a delivery to AWS's own services: at once, a second apart, backing off, to the end.
IMMEDIATE_TRIES = 3
EARLY_TRIES = 2
BACKING_OFF_TRIES = 10
LAST_TRIES = 100_000
SHORTEST_SECONDS, LONGEST_SECONDS = 1.0, 20.0
# However short AWS's waits are made, a service that fails is not asked without pause.
LEAST_WAIT = 0.02


def find_delay(tries: int) -> float | None:
    """Return the seconds that SNS waits after so many failed tries; None when it gives up.

    Source: Amazon SNS developer guide, "Amazon SNS message delivery retries".
    """
    if tries < IMMEDIATE_TRIES:
        return 0.0
    late = tries - IMMEDIATE_TRIES - EARLY_TRIES
    if late < 0:
        return SHORTEST_SECONDS
    if late < BACKING_OFF_TRIES:
        growth = LONGEST_SECONDS / SHORTEST_SECONDS
        return float(SHORTEST_SECONDS * growth ** (late / (BACKING_OFF_TRIES - 1)))
    return LONGEST_SECONDS if late < BACKING_OFF_TRIES + LAST_TRIES else None


@dataclass(frozen=True)
class Subscriber:
    """Where one subscription's messages go."""

    protocol: str
    endpoint: str
    raw: bool
    dead_letter_queue: str | None


@dataclass(frozen=True)
class SnsDelivery:
    """A message on its way to one subscriber."""

    subscriber: Subscriber
    message: TopicMessage
    trace_header: str | None
    tries: int = 1

    def describe(self) -> str:
        """Name it for the operator's log."""
        message = self.message
        return f"SNS {message.topic_arn} → {self.subscriber.endpoint} ({message.message_id})"


class SnsDeliveries:
    """Delivers the messages of all topics.

    Args:
        tasks: runs the deliveries, after the publisher has been answered.
        permissions: asked at each delivery.
        invoke_later: takes a function's ARN, a payload and a trace header.
        time_scale: what the waits between tries are multiplied with.
        next_delay: the seconds to wait after so many failed tries, None to give up.
    """

    def __init__(
        self,
        tasks: DelayedTasks,
        permissions: DeliveryPermissions,
        invoke_later: Callable[[str, bytes, str | None], None],
        time_scale: float = 1.0,
        next_delay: Callable[[int], float | None] = find_delay,
    ) -> None:
        self._tasks = tasks
        self._permissions = permissions
        self._invoke_later = invoke_later
        self._time_scale = time_scale
        self._next_delay = next_delay
        self._try_again = changes.define("sns try failed", self._submit_again)
        tasks.define(KIND, self._deliver)

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
        delivery = SnsDelivery(subscriber, delivered, find_trace_header())
        self._tasks.submit(KIND, delivery.describe(), delivery)

    def _submit_again(
        self, *, subscriber: dict[str, Any], message: dict[str, Any], trace_header: str | None,
        tries: int, delay: float, replaces: str | None,
    ) -> None:  # fmt: skip
        attributes = {name: tuple(value) for name, value in message["attributes"].items()}
        delivery = SnsDelivery(
            Subscriber(**subscriber),
            TopicMessage(**(message | {"attributes": attributes})),
            trace_header,
            tries,
        )
        self._tasks.submit(KIND, delivery.describe(), delivery, delay, replaces=replaces)

    def _deliver(self, delivery: SnsDelivery) -> None:
        """Try once. SNS tries again when a service fails, not when it refuses."""
        name, subscriber, message = delivery.describe(), delivery.subscriber, delivery.message
        trace_header, tries = delivery.trace_header, delivery.tries
        try:
            self._send(subscriber, message, trace_header)
        except DeliveryError as error:
            log.error("%s is not delivered: %s", name, error)
            self._bury(name, subscriber, message, "403", error)
        except AwsError:
            # Ours: nothing can be written now, and the task is tried again as it is.
            raise
        except Exception as error:
            delay = self._next_delay(tries)
            if delay is None:
                log.exception("%s is given up after %d tries", name, tries)
                self._bury(name, subscriber, message, "500", error)
                return
            wait = max(delay * self._time_scale, LEAST_WAIT) if delay else 0.0
            log.warning("%s: try %d failed, the next in %.1f s: %s", name, tries, wait, error)
            self._try_again(
                subscriber=asdict(subscriber),
                message=asdict(message),
                trace_header=trace_header,
                tries=tries + 1,
                delay=wait,
                replaces=self._tasks.find_running(),
            )

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
        if not self._permissions.may_service_perform(
            action, target_arn, SERVICE, topic_arn, ACCOUNT_ID
        ):
            raise DeliveryError(f"its policy does not let {SERVICE} {action} for {topic_arn}")

    def _bury(
        self,
        name: str,
        subscriber: Subscriber,
        message: TopicMessage,
        code: str,
        error: Exception,
    ) -> None:
        """Send what could not be delivered to the subscription's dead-letter queue."""
        queue = subscriber.dead_letter_queue
        if queue is None:
            return
        attributes = {
            "RequestID": ("String", message.message_id),
            "ErrorCode": ("String", code),
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
