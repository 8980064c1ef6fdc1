"""SNS's deliveries: from a published message to its subscribers, in SNS's envelope.

Source: Amazon SNS developer guide, "Parsing message formats" and "Verifying the signatures of
Amazon SNS messages"; AWS Lambda developer guide, "Using Lambda with Amazon SNS".
"""

from __future__ import annotations

import base64
import json
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from moto.sns.utils import FilterPolicyMatcher

from workshop_lib.local_cloud.configuration import ACCOUNT_ID
from workshop_lib.local_cloud.events.senders import ACTIONS, Attributes, DeliveryError, send
from workshop_lib.local_cloud.events.tasks import DelayedTasks
from workshop_lib.local_cloud.lambda_runtime.lineages import find_trace_header
from workshop_lib.local_cloud.moto_hooks.moments import tell_datetime

if TYPE_CHECKING:
    from workshop_lib.local_cloud.permissions.authorizer import Authorizer

log = logging.getLogger("workshop_lib.local_cloud.events")

SERVICE = "sns.amazonaws.com"
KIND = "sns delivery"
PROTOCOLS = ("lambda", "sqs")


@dataclass(frozen=True)
class SnsDelivery:
    """A message on its way to one subscriber; ``attributes`` are types and values."""

    protocol: str
    endpoint: str
    raw: bool
    dead_letter_queue: str | None
    message_id: str
    topic_arn: str
    subscription_arn: str
    subject: str | None
    message: str
    attributes: Attributes
    timestamp: str
    trace_header: str | None

    def describe(self) -> str:
        """Name it for the operator's log."""
        return f"SNS {self.topic_arn} → {self.endpoint} ({self.message_id})"


class SnsDeliveries:
    """Delivers the messages of all topics.

    Args:
        tasks: runs the deliveries, after the publisher has been answered.
        authorizer: is asked at each delivery.
        enqueue: takes asynchronous invocations, :meth:`InvocationQueue.enqueue`.
    """

    def __init__(
        self, tasks: DelayedTasks, authorizer: Authorizer, enqueue: Callable[..., None]
    ) -> None:
        self._tasks = tasks
        self._authorizer = authorizer
        self._enqueue = enqueue
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
        settings, policy = subscription.attributes, subscription._filter_policy
        if policy:
            matcher = FilterPolicyMatcher(policy, settings.get("FilterPolicyScope"))
            if not matcher.matches(message_attributes, message):
                return
        if message_structure == "json":
            message = subscription._parse_message_structure(message, subscription.protocol)
        redrive = settings.get("RedrivePolicy") or "{}"
        redrive = json.loads(redrive) if isinstance(redrive, str) else redrive
        delivery = SnsDelivery(
            protocol=subscription.protocol,
            endpoint=subscription.endpoint,
            raw=str(settings.get("RawMessageDelivery")).lower() == "true",
            dead_letter_queue=redrive.get("deadLetterTargetArn"),
            message_id=message_id,
            topic_arn=subscription.topic.arn,
            subscription_arn=subscription.arn,
            subject=subject,
            message=message,
            attributes={
                name: (value["Type"], _to_text(value["Value"]))
                for name, value in (message_attributes or {}).items()
            },
            timestamp=tell_datetime(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            trace_header=find_trace_header(),
        )
        self._tasks.submit(KIND, delivery.describe(), delivery)

    def _deliver(self, delivery: SnsDelivery) -> None:
        try:
            self._send(delivery)
        except DeliveryError as error:
            log.error("%s is not delivered: %s", delivery.describe(), error)
            self._bury(delivery, error)

    def _send(self, delivery: SnsDelivery) -> None:
        if delivery.protocol not in PROTOCOLS:
            raise DeliveryError(
                f"the local cloud sends nothing by {delivery.protocol}, only to queues and "
                "functions"
            )
        self._check_permission(delivery, delivery.protocol, delivery.endpoint)
        if delivery.protocol == "lambda":
            event = json.dumps(make_lambda_event(delivery)).encode()
            self._enqueue(delivery.endpoint, event, "SNS", delivery.trace_header)
        elif delivery.raw:
            attributes = delivery.attributes
            send(delivery.endpoint, delivery.message, delivery.trace_header, attributes=attributes)
        else:
            send(delivery.endpoint, _write_envelope(delivery), delivery.trace_header)

    def _check_permission(self, delivery: SnsDelivery, service: str, target_arn: str) -> None:
        action, topic = ACTIONS[service], delivery.topic_arn
        if not self._authorizer.may_service_perform(action, target_arn, SERVICE, topic, ACCOUNT_ID):
            raise DeliveryError(f"its policy does not let {SERVICE} {action} for {topic}")

    def _bury(self, delivery: SnsDelivery, error: DeliveryError) -> None:
        """Send what could not be delivered to the subscription's dead-letter queue."""
        queue = delivery.dead_letter_queue
        if queue is None:
            return
        attributes = {
            "RequestID": ("String", delivery.message_id),
            "ErrorCode": ("String", "403"),
            "ErrorMessage": ("String", str(error)[:1024]),
        }
        try:
            self._check_permission(delivery, "sqs", queue)
            send(queue, _write_envelope(delivery), None, attributes=attributes)
        except DeliveryError as second:
            log.error("%s is lost: %s", delivery.describe(), second)


def make_envelope(delivery: SnsDelivery) -> dict[str, Any]:
    """Return the JSON document that a queue gets."""
    notification = _make_notification(delivery, "URL")
    return {name: value for name, value in notification.items() if value not in (None, {})}


def make_lambda_event(delivery: SnsDelivery) -> dict[str, Any]:
    """Return the event that a function gets; some names differ from those in the envelope."""
    record = {
        "EventSource": "aws:sns",
        "EventVersion": "1.0",
        "EventSubscriptionArn": delivery.subscription_arn,
        "Sns": _make_notification(delivery, "Url"),
    }
    return {"Records": [record]}


def _make_notification(delivery: SnsDelivery, url: str) -> dict[str, Any]:
    base = f"https://sns.{delivery.topic_arn.split(':')[3]}.amazonaws.com"
    unsubscribe = f"{base}/?Action=Unsubscribe&SubscriptionArn={delivery.subscription_arn}"
    key, certificate_id = _make_signing_key()
    notification: dict[str, Any] = {
        "Type": "Notification",
        "MessageId": delivery.message_id,
        "TopicArn": delivery.topic_arn,
        "Subject": delivery.subject,
        "Message": delivery.message,
        "Timestamp": delivery.timestamp,
    }
    # Version 1 signs names and values, sorted, a line each.
    signed = [(name, value) for name, value in sorted(notification.items()) if value is not None]
    to_sign = "".join(f"{name}\n{value}\n" for name, value in signed).encode()
    signature = key.sign(to_sign, padding.PKCS1v15(), hashes.SHA1())  # noqa: S303 - defined so
    return notification | {
        "SignatureVersion": "1",
        "Signature": base64.b64encode(signature).decode(),
        f"SigningCert{url}": f"{base}/SimpleNotificationService-{certificate_id}.pem",
        f"Unsubscribe{url}": unsubscribe,
        "MessageAttributes": {
            name: {"Type": kind, "Value": value}
            for name, (kind, value) in delivery.attributes.items()
        },
    }


def _write_envelope(delivery: SnsDelivery) -> str:
    return json.dumps(make_envelope(delivery), indent=2)


def _to_text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


@lru_cache(maxsize=1)
def _make_signing_key() -> tuple[rsa.RSAPrivateKey, str]:
    """Return this cloud's own key and the id of its certificate."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key, secrets.token_hex(16)
