"""What SNS delivers of a published message: to whom, and in which envelope.

Source: Amazon SNS developer guide, "Parsing message formats" and "Verifying the signatures of
Amazon SNS messages"; AWS Lambda developer guide, "Using Lambda with Amazon SNS".
"""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import replace
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from moto.sns.utils import FilterPolicyMatcher

from workshop_lib.local_cloud.events.deliveries import Deliveries, Delivery
from workshop_lib.local_cloud.lambda_runtime.lineages import find_trace_header
from workshop_lib.local_cloud.moto_hooks.moments import tell_timestamp

PRINCIPAL = "sns.amazonaws.com"


def deliver_message(
    deliveries: Deliveries,
    subscription: Any,
    message: str,
    message_id: str,
    subject: str | None = None,
    message_attributes: dict[str, Any] | None = None,
    message_structure: str | None = None,
    **further: Any,
) -> None:
    """Have a message delivered to one subscriber; called inside Publish, under moto's lock."""
    settings, policy = subscription.attributes, subscription._filter_policy
    if policy:
        matcher = FilterPolicyMatcher(policy, settings.get("FilterPolicyScope"))
        if not matcher.matches(message_attributes, message):
            return
    if message_structure == "json":
        message = subscription._parse_message_structure(message, subscription.protocol)
    given = message_attributes or {}
    attributes = {name: (one["Type"], _to_text(one["Value"])) for name, one in given.items()}
    envelope = make_envelope(subscription, message_id, subject, message, attributes)
    # One that is None or empty is left out for a queue.
    body = json.dumps(
        {key: one for key, one in envelope.items() if one not in (None, {})}, indent=2
    )
    is_raw = str(settings.get("RawMessageDelivery")).lower() == "true"
    redrive = settings.get("RedrivePolicy") or "{}"
    redrive = json.loads(redrive) if isinstance(redrive, str) else redrive
    delivery = Delivery(
        message_id, PRINCIPAL, subscription.topic.arn, subscription.endpoint, body,
        find_trace_header(),
        dead_letter_queue=redrive.get("deadLetterTargetArn"), dead_letter=body,
    )  # fmt: skip
    if subscription.protocol == "lambda":
        event = make_lambda_event(subscription, envelope)
        delivery = replace(delivery, body=json.dumps(event))
    elif is_raw:
        delivery = replace(delivery, body=message, attributes=attributes)
    deliveries.submit(delivery)


def make_envelope(
    subscription: Any,
    message_id: str,
    subject: str | None,
    message: str,
    attributes: dict[str, tuple[str, str]],
) -> dict[str, Any]:
    """Return what SNS tells of a message, signed with this cloud's own key."""
    topic_arn = subscription.topic.arn
    base = f"https://sns.{topic_arn.split(':')[3]}.amazonaws.com"
    key, certificate_id = make_signing_key()
    envelope = {
        "Type": "Notification",
        "MessageId": message_id,
        "TopicArn": topic_arn,
        "Subject": subject,
        "Message": message,
        "Timestamp": tell_timestamp(),
    }
    # Version 1 signs names and values, sorted, a line each.
    signed = [(name, value) for name, value in sorted(envelope.items()) if value is not None]
    to_sign = "".join(f"{name}\n{value}\n" for name, value in signed).encode()
    signature = key.sign(to_sign, padding.PKCS1v15(), hashes.SHA1())  # noqa: S303 - defined so
    return envelope | {
        "SignatureVersion": "1",
        "Signature": base64.b64encode(signature).decode(),
        "SigningCertURL": f"{base}/SimpleNotificationService-{certificate_id}.pem",
        "UnsubscribeURL": f"{base}/?Action=Unsubscribe&SubscriptionArn={subscription.arn}",
        "MessageAttributes": {
            name: {"Type": kind, "Value": value} for name, (kind, value) in attributes.items()
        },
    }


def make_lambda_event(subscription: Any, envelope: dict[str, Any]) -> dict[str, Any]:
    """Return the event that a function gets; some names differ from those in the envelope."""
    record = {
        "EventSource": "aws:sns",
        "EventVersion": "1.0",
        "EventSubscriptionArn": subscription.arn,
        "Sns": {name.replace("URL", "Url"): value for name, value in envelope.items()},
    }
    return {"Records": [record]}


def _to_text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


@lru_cache(maxsize=1)
def make_signing_key() -> tuple[rsa.RSAPrivateKey, str]:
    """Return this cloud's own key and the id of its certificate."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key, secrets.token_hex(16)
