"""What SNS refuses of topics, subscriptions and messages, where moto would not.

Source: SNS API reference, CreateTopic, SetTopicAttributes, Subscribe, SetSubscriptionAttributes and
Publish; SNS developer guide, "Subscription filter policy constraints".
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from workshop_lib.local_cloud.aws_errors import AwsError

LARGEST_MESSAGE = 256 * 1024
LONGEST_SUBJECT = 100
TOPIC_ATTRIBUTES = frozenset({
    "DeliveryPolicy", "DisplayName", "Policy", "TracingConfig", "KmsMasterKeyId",
    "SignatureVersion", "ContentBasedDeduplication", "ArchivePolicy", "FifoThroughputScope",
    "FifoTopic", "DataProtectionPolicy",
    *(f"{protocol}{kind}" for protocol in ("HTTP", "Lambda", "SQS", "Firehose", "Application")
      for kind in ("SuccessFeedbackRoleArn", "FailureFeedbackRoleArn",
                   "SuccessFeedbackSampleRate")),
})  # fmt: skip
PROTOCOLS = frozenset({
    "http", "https", "email", "email-json", "sms", "sqs", "application", "lambda", "firehose",
})  # fmt: skip
ENDPOINTS = {
    "lambda": (
        re.compile(r"arn:aws[\w-]*:lambda:[\w-]+:\d{12}:function:.+"),
        "Lambda endpoint ARN",
    ),
    "sqs": (re.compile(r"arn:aws[\w-]*:sqs:[\w-]*:\d{12}:.+"), "SQS endpoint ARN"),
    "email": (re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"), "Email address"),
    "email-json": (re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"), "Email address"),
    "http": (re.compile(r"http://.+"), "Endpoint must match the specified protocol"),
    "https": (re.compile(r"https://.+"), "Endpoint must match the specified protocol"),
}
SCOPES = ("MessageBody", "MessageAttributes")
TEXT_OPERATORS = ("prefix", "suffix", "equals-ignore-case", "cidr")


def check_topic_attributes(names: Mapping[str, Any]) -> None:
    """Check that a topic has such attributes.

    Raises:
        AwsError: ``InvalidParameter``.
    """
    for name in names:
        if name not in TOPIC_ATTRIBUTES:
            raise refuse("AttributeName")


def refuse(reason: str) -> AwsError:
    """Return the error for a parameter that SNS does not take."""
    return AwsError("InvalidParameter", f"Invalid parameter: {reason}", 400)


def check_endpoint(protocol: str, endpoint: str) -> None:
    """Check that an endpoint is one of its protocol."""
    if protocol not in PROTOCOLS:
        raise refuse(f"Amazon SNS does not support this protocol string: {protocol}")
    pattern, name = ENDPOINTS.get(protocol, (re.compile(".*", re.DOTALL), ""))
    if not pattern.fullmatch(endpoint):
        raise refuse(name)


def check_message(message: str, subject: str | None, structure: str | None) -> None:
    """Check what is published, its attributes apart."""
    if not message:
        raise refuse("Empty message")
    if subject is not None and (not subject or len(subject) > LONGEST_SUBJECT):
        raise refuse("Subject")
    if structure == "json":
        _check_structure(message)
    elif structure is not None:
        raise refuse("MessageStructure")


def _check_structure(message: str) -> None:
    try:
        structure = json.loads(message)
    except ValueError as error:
        raise refuse("Message Structure - JSON message body failed to parse") from error
    if not isinstance(structure, dict) or not isinstance(structure.get("default"), str):
        raise refuse("Message Structure - No default entry in JSON message body")


def check_size(message: str, attributes: Mapping[str, Mapping[str, Any]]) -> None:
    """Check that a message is not too long; names, types and values of its attributes count."""
    size = len(message.encode("utf-8", "surrogatepass"))
    for name, attribute in attributes.items():
        size += sum(_measure(part) for part in (name, *attribute.values()))
    if size > LARGEST_MESSAGE:
        raise refuse("Message too long")


def _measure(part: Any) -> int:
    return len(part if isinstance(part, bytes) else str(part).encode("utf-8", "surrogatepass"))


# Subscriptions -----------------------------------------------------------------------------------


def check_subscription_attribute(name: str, value: str) -> None:
    """Check one attribute of a subscription, as far as moto does not.

    Raises:
        AwsError: ``InvalidParameter``.
    """
    if name == "RawMessageDelivery" and value.lower() not in ("true", "false"):
        raise refuse(
            f"Attributes Reason: RawMessageDelivery: Invalid value [{value}]. "
            "Must be true or false."
        )
    if name == "FilterPolicyScope" and value not in SCOPES:
        raise refuse(
            f"FilterPolicyScope: Invalid value [{value}]. "
            "Please use either MessageBody or MessageAttributes"
        )
    if name == "FilterPolicy" and value:
        _check_filter(_read_object("FilterPolicy", value))
    if name == "RedrivePolicy" and value:
        target = _read_object("RedrivePolicy", value).get("deadLetterTargetArn")
        if not isinstance(target, str) or not ENDPOINTS["sqs"][0].fullmatch(target):
            raise refuse("RedrivePolicy: must contain a deadLetterTargetArn of an SQS queue")


def _read_object(name: str, value: str) -> dict[str, Any]:
    try:
        document = json.loads(value)
    except ValueError as error:
        raise refuse(f"{name}: failed to parse JSON.") from error
    if not isinstance(document, dict):
        raise refuse(f"{name}: must be a JSON object")
    return document


def _check_filter(policy: dict[str, Any]) -> None:
    """Check what moto takes: empty lists, and operators with operands of another type."""
    for name, rule in policy.items():
        if isinstance(rule, dict):
            _check_filter(rule)
        elif isinstance(rule, list):
            if not rule:
                raise refuse(f'FilterPolicy: "{name}" must have at least one value')
            for value in rule:
                _check_operators(value)


def _check_operators(value: Any) -> None:
    for operator, operand in value.items() if isinstance(value, dict) else ():
        if operator in TEXT_OPERATORS and not isinstance(operand, str):
            raise refuse(f"FilterPolicy: {operator} match pattern must be a string")
