"""What SNS wraps around a message, and how it signs it.

Source: Amazon SNS developer guide, "Parsing message formats" and "Verifying the signatures of
Amazon SNS messages"; AWS Lambda developer guide, "Using Lambda with Amazon SNS".
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from workshop_lib.local_cloud.moto_hooks.moments import tell_datetime


@dataclass(frozen=True)
class TopicMessage:
    """A message as one subscription gets it; ``attributes`` are types and values."""

    message_id: str
    topic_arn: str
    subscription_arn: str
    subject: str | None
    message: str
    attributes: Mapping[str, tuple[str, str]]
    timestamp: str

    @property
    def region(self) -> str:
        """The topic's Region."""
        return self.topic_arn.split(":")[3]


def make_timestamp() -> str:
    """Return the time of publication."""
    return tell_datetime(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def make_envelope(message: TopicMessage) -> dict[str, Any]:
    """Return the JSON document that a queue gets."""
    base = f"https://sns.{message.region}.amazonaws.com"
    envelope: dict[str, Any] = {
        "Type": "Notification",
        "MessageId": message.message_id,
        "TopicArn": message.topic_arn,
        "Subject": message.subject,
        "Message": message.message,
        "Timestamp": message.timestamp,
        "SignatureVersion": "1",
        "Signature": sign(message),
        "SigningCertURL": f"{base}/SimpleNotificationService-{_certificate_id()}.pem",
        "UnsubscribeURL": f"{base}/?Action=Unsubscribe&SubscriptionArn={message.subscription_arn}",
    }
    if message.subject is None:
        del envelope["Subject"]
    if message.attributes:
        envelope["MessageAttributes"] = _describe_attributes(message)
    return envelope


def make_lambda_event(message: TopicMessage) -> dict[str, Any]:
    """Return the event that a function gets; some names differ from those in the envelope."""
    envelope = make_envelope(message)
    notification = {
        "Type": envelope["Type"],
        "MessageId": envelope["MessageId"],
        "TopicArn": envelope["TopicArn"],
        "Subject": message.subject,
        "Message": envelope["Message"],
        "Timestamp": envelope["Timestamp"],
        "SignatureVersion": envelope["SignatureVersion"],
        "Signature": envelope["Signature"],
        "SigningCertUrl": envelope["SigningCertURL"],
        "UnsubscribeUrl": envelope["UnsubscribeURL"],
        "MessageAttributes": _describe_attributes(message),
    }
    record = {
        "EventSource": "aws:sns",
        "EventVersion": "1.0",
        "EventSubscriptionArn": message.subscription_arn,
        "Sns": notification,
    }
    return {"Records": [record]}


def sign(message: TopicMessage) -> str:
    """Sign a message with this cloud's own key, in SNS's signature version 1."""
    signature = _signing_key().sign(
        make_string_to_sign(message).encode(),
        padding.PKCS1v15(),
        hashes.SHA1(),  # noqa: S303 - SNS's version 1 is defined so
    )
    return base64.b64encode(signature).decode()


def make_string_to_sign(message: TopicMessage) -> str:
    """Return what version 1 signs: names and values in this order, a line each."""
    fields = [("Message", message.message), ("MessageId", message.message_id)]
    if message.subject is not None:
        fields.append(("Subject", message.subject))
    fields += [
        ("Timestamp", message.timestamp),
        ("TopicArn", message.topic_arn),
        ("Type", "Notification"),
    ]
    return "".join(f"{name}\n{value}\n" for name, value in fields)


def _describe_attributes(message: TopicMessage) -> dict[str, dict[str, str]]:
    return {
        name: {"Type": kind, "Value": value} for name, (kind, value) in message.attributes.items()
    }


@lru_cache(maxsize=1)
def _signing_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@lru_cache(maxsize=1)
def _certificate_id() -> str:
    return secrets.token_hex(16)
