"""What SNS refuses of topics, subscriptions and messages, where moto would not.

Source: SNS API reference, CreateTopic, SetTopicAttributes, Subscribe, SetSubscriptionAttributes and
Publish; SNS developer guide, "Subscription filter policy constraints"; sentences from recorded
answers, without the line and column that SNS adds to some of a filter policy's.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from workshop_lib.local_cloud.aws_errors import AwsError, left_out

LARGEST_MESSAGE = 256 * 1024
LONGEST_SUBJECT = 100
TOPIC_ATTRIBUTES = ("DisplayName", "Policy", "KmsMasterKeyId")
# The key that AWS manages for SNS in every account.
MANAGED_KEY = "alias/aws/sns"
OTHER_ATTRIBUTES = re.compile(
    r"DeliveryPolicy|TracingConfig|SignatureVersion|ContentBasedDeduplication|ArchivePolicy"
    r"|Fifo(ThroughputScope|Topic)|DataProtectionPolicy|ReplayPolicy|SubscriptionRoleArn"
    r"|(HTTP|Lambda|SQS|Firehose|Application)(Success|Failure)Feedback(RoleArn|SampleRate)"
)
QUEUE_ARN = re.compile(r"arn:aws[\w-]*:sqs:[\w-]*:\d{12}:.+")
_MAIL = (re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"), "Email address")
_PROTOCOL = "Endpoint must match the specified protocol"
ENDPOINTS = {
    "lambda": (
        re.compile(r"arn:aws[\w-]*:lambda:[\w-]+:\d{12}:function:.+"),
        "Lambda endpoint ARN",
    ),
    "sqs": (QUEUE_ARN, "SQS endpoint ARN"),
    "email": _MAIL,
    "email-json": _MAIL,
    "http": (re.compile(r"http://.+"), _PROTOCOL),
    "https": (re.compile(r"https://.+"), _PROTOCOL),
}
OTHER_PROTOCOLS = ("sms", "application", "firehose")
SUBSCRIPTION_ATTRIBUTES = (
    "RawMessageDelivery", "FilterPolicy", "FilterPolicyScope", "RedrivePolicy",
)  # fmt: skip
SCOPES = ("MessageBody", "MessageAttributes")
TEXT_OPERATORS = ("prefix", "suffix", "equals-ignore-case")
ARN_ELEMENTS = 6


def refuse(reason: str) -> AwsError:
    """Return the error for a parameter that SNS does not take."""
    return AwsError("InvalidParameter", f"Invalid parameter: {reason}", 400)


def check_arn(member: str, arn: str) -> None:
    """Check that what a call names is an ARN at all."""
    count = arn.count(":") + 1
    if count < ARN_ELEMENTS:
        what = f"An ARN must have at least {ARN_ELEMENTS} elements, not {count}"
        raise refuse(f"{member} Reason: {what}")


def check_topic_attribute(name: str, value: str | None) -> None:
    """Check that a topic has such an attribute.

    Raises:
        AwsError: ``InvalidParameter``, or what is left out.
    """
    if OTHER_ATTRIBUTES.fullmatch(name):
        raise left_out(f"the attribute {name} of topics")
    if name not in TOPIC_ATTRIBUTES:
        raise refuse("AttributeName")
    if name == "Policy" and value and not isinstance(_read_json(value, "Policy Error: null"), dict):
        raise refuse("Policy Error: null")
    if name == "KmsMasterKeyId" and value and value != MANAGED_KEY:
        raise left_out(f"keys of KMS for topics beside {MANAGED_KEY}")


def check_tags(tags: Sequence[Mapping[str, str]]) -> None:
    """Check that no key is given twice."""
    if len({tag.get("Key") for tag in tags}) < len(tags):
        raise refuse("Duplicated keys are not allowed.")


def check_endpoint(protocol: str, endpoint: str) -> None:
    """Check that an endpoint is one of its protocol."""
    if protocol in OTHER_PROTOCOLS:
        raise left_out(f"subscriptions by {protocol}")
    if protocol not in ENDPOINTS:
        raise refuse(f"Amazon SNS does not support this protocol string: {protocol}")
    pattern, name = ENDPOINTS[protocol]
    if not pattern.fullmatch(endpoint):
        raise refuse(name)


def check_message(message: str, subject: str | None, structure: str | None) -> None:
    """Check what is published, its attributes apart."""
    if not message:
        raise refuse("Empty message")
    if subject is not None and not _is_subject(subject):
        raise refuse("Subject")
    if structure not in (None, "json"):
        raise refuse("MessageStructure")
    if structure == "json":
        default = _read_json(message, "Message Structure - JSON message body failed to parse")
        if not isinstance(default, dict) or not isinstance(default.get("default"), str):
            raise refuse("Message Structure - No default entry in JSON message body")


def _is_subject(text: str) -> bool:
    has_controls = any(unicodedata.category(character) == "Cc" for character in text)
    return 0 < len(text) <= LONGEST_SUBJECT and not has_controls


def check_size(message: str, attributes: Mapping[str, Mapping[str, Any]]) -> None:
    """Check that a message is not too long; names, types and values of its attributes count."""
    parts = [message, *attributes]
    parts += [part for attribute in attributes.values() for part in attribute.values()]
    if sum(map(_measure, parts)) > LARGEST_MESSAGE:
        raise refuse("Message too long")


def _measure(part: Any) -> int:
    return len(part if isinstance(part, bytes) else str(part).encode("utf-8", "surrogatepass"))


def check_subscription_attribute(name: str, value: str) -> None:
    """Check one attribute of a subscription, as far as moto does not.

    Raises:
        AwsError: ``InvalidParameter``, or what is left out.
    """
    if OTHER_ATTRIBUTES.fullmatch(name):
        raise left_out(f"the attribute {name} of subscriptions")
    if name not in SUBSCRIPTION_ATTRIBUTES:
        raise refuse("AttributeName")
    wrong = f"{name}: Invalid value [{value}]."
    if name == "RawMessageDelivery" and value.lower() not in ("true", "false"):
        raise refuse(f"{wrong} Must be true or false.")
    if name == "FilterPolicyScope" and value not in SCOPES:
        raise refuse(f"{wrong} Please use either MessageBody or MessageAttributes")
    if name not in ("FilterPolicy", "RedrivePolicy") or not value:
        return
    document = _read_json(value, f"{name}: failed to parse JSON.")
    if name == "FilterPolicy":
        if not isinstance(document, dict):
            raise refuse("FilterPolicy: Filter is not an object")
        _check_filter(document)
    elif not isinstance(document, dict) or not QUEUE_ARN.fullmatch(
        str(document.get("deadLetterTargetArn"))
    ):
        raise refuse("RedrivePolicy: deadLetterTargetArn is an invalid arn")


def _read_json(text: str, failure: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise refuse(failure) from error


def _check_filter(policy: dict[str, Any]) -> None:
    """Check what moto takes, or fails on: empty lists, and operators with other operands."""
    for rule in policy.values():
        if isinstance(rule, dict):
            _check_filter(rule)
        elif isinstance(rule, list) and not rule:
            raise refuse("FilterPolicy: Empty arrays are not allowed")
        for value in rule if isinstance(rule, list) else ():
            if isinstance(value, dict):
                _check_match(value)


def _check_match(match: dict[str, Any]) -> None:
    if len(match) != 1:
        raise refuse("FilterPolicy: Only one key allowed in match expression")
    ((operator, operand),) = match.items()
    if operator == "cidr":
        raise left_out("the operator cidr of filter policies")
    if operator in TEXT_OPERATORS and not isinstance(operand, str):
        raise refuse(f"FilterPolicy: {operator} match pattern must be a string")
    if operator == "numeric" and not isinstance(operand, list):
        raise refuse("FilterPolicy: Value of numeric must be an array.")
