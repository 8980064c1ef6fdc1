"""What SQS refuses of queues and messages, where moto would not.

Source: SQS API reference, CreateQueue, SetQueueAttributes, SendMessage, ReceiveMessage and
DeleteMessage; sentences from recorded answers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import Any

from workshop_lib.local_cloud.aws_errors import AwsError, left_out
from workshop_lib.local_cloud.messaging.message_attributes import Words, find_fault

RANGES = {
    "DelaySeconds": range(901),
    "MaximumMessageSize": range(1024, 1024 * 1024 + 1),
    "MessageRetentionPeriod": range(60, 14 * 24 * 3600 + 1),
    "ReceiveMessageWaitTimeSeconds": range(21),
    "VisibilityTimeout": range(12 * 3600 + 1),
}
ATTRIBUTES = (*RANGES, "Policy", "RedrivePolicy")
OTHER_ATTRIBUTES = (
    "RedriveAllowPolicy", "KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds", "SqsManagedSseEnabled",
    "FifoQueue", "ContentBasedDeduplication", "DeduplicationScope", "FifoThroughputLimit",
)  # fmt: skip
NAME = re.compile(r"[a-zA-Z0-9_-]{1,80}")
QUEUE_ARN = re.compile(r"arn:aws[\w-]*:sqs:[\w-]+:\d{12}:[\w.-]+")
RECEIVE_COUNTS = range(1, 1001)
MESSAGE_COUNTS = range(1, 11)
MOST_ATTRIBUTES = 10
ATTRIBUTE_NAME = re.compile(r"[\w.-]+", re.ASCII)
# moto's own.
RECEIPT_HANDLE = re.compile(r"[a-z]{185}")
WORDS = Words(
    "The type of message (user) attribute '{name}' is invalid. You must use only the following "
    "supported type prefixes: Binary, Number, String.",
    "Message (user) attribute '{name}' must contain a non-empty value of type '{data_type}'.",
    "Message (user) attribute '{name}' with type '{data_type}' must use field '{field}'.",
    "Can't cast the value of message (user) attribute '{name}' to a number.",
)
# The characters of XML 1.0, which a message's body is made of.
BODY = re.compile("[\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*")


def check_queue_attributes(attributes: Mapping[str, str]) -> None:
    """Check the names of a queue's attributes, and their values that are numbers.

    Raises:
        AwsError: ``InvalidAttributeName``, ``InvalidAttributeValue``, or what is left out.
    """
    for name, value in attributes.items():
        if name in OTHER_ATTRIBUTES:
            raise left_out(f"the attribute {name} of queues")
        if name not in ATTRIBUTES:
            raise AwsError("InvalidAttributeName", f"Unknown Attribute {name}.")
        if name in RANGES and not (str(value).isdecimal() and int(value) in RANGES[name]):
            raise _refuse_attribute(name)
        if name == "Policy" and value and not isinstance(_read_json(value), dict):
            raise _refuse_attribute(name)


def check_queue_name(name: str) -> None:
    """Check a new queue's name."""
    if not NAME.fullmatch(name):
        raise refuse(
            "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length"
        )


def check_redrive_policy(text: str, queue_arns: Collection[str]) -> None:
    """Check where a queue leaves what nobody could handle.

    Args:
        text: the policy; an empty one takes it away.
        queue_arns: the queues that there are.
    """
    if not text:
        return
    policy = _read_json(text)
    if not isinstance(policy, dict):
        raise _refuse_attribute("RedrivePolicy", " Reason: Redrive policy is not a valid JSON map.")
    for name in ("maxReceiveCount", "deadLetterTargetArn"):
        if name not in policy:
            what = f"Redrive policy does not contain mandatory attribute: {name}."
            raise refuse_value(text, "RedrivePolicy", what)
    arn, count = str(policy["deadLetterTargetArn"]), str(policy["maxReceiveCount"])
    if not QUEUE_ARN.fullmatch(arn):
        raise refuse_value(text, "RedrivePolicy", "Invalid value for deadLetterTargetArn.")
    if not (count.isdecimal() and int(count) in RECEIVE_COUNTS):
        what = f"Invalid value for maxReceiveCount: {count}, valid values are from 1 to 1000 both"
        raise refuse_value(text, "RedrivePolicy", f"{what} inclusive.")
    if arn not in queue_arns:
        raise refuse_value(text, "RedrivePolicy", "Dead letter target does not exist.")


def check_same(held: Mapping[str, Any], attributes: Mapping[str, str]) -> None:
    """Check that a queue that stands is made again with the attributes that it has.

    Raises:
        AwsError: ``QueueAlreadyExists``.
    """
    for name, value in attributes.items():
        present = "" if held.get(name) is None else str(held[name])
        if _read_attribute(present) != _read_attribute(value):
            what = "A queue already exists with the same name and a different value for attribute"
            raise AwsError("QueueAlreadyExists", f"{what} {name}")


def _read_attribute(text: str) -> Any:
    """Read an attribute so that two that mean the same are equal."""
    read = _read_json(text)
    if isinstance(read, dict) and "maxReceiveCount" in read:
        return {**read, "maxReceiveCount": int(read["maxReceiveCount"])}
    return read


def _read_json(text: str) -> Any:
    """Read a policy or a number; what is no JSON is itself."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def refuse(sentence: str) -> AwsError:
    """Return the error for a parameter that SQS does not take."""
    return AwsError("InvalidParameterValue", sentence)


def refuse_value(value: object, parameter: str, reason: str) -> AwsError:
    """Return the error for a value of a parameter, and what is wrong with it."""
    return refuse(f"Value {value} for parameter {parameter} is invalid. Reason: {reason}")


def _refuse_attribute(name: str, reason: str = "") -> AwsError:
    message = f"Invalid value for the parameter {name}.{reason}"
    return AwsError("InvalidAttributeValue", message)


def check_reception(call: Mapping[str, Any]) -> None:
    """Check how many messages a call receives, how long it waits and how long it hides them."""
    count = call.get("MaxNumberOfMessages")
    if count is not None and count not in MESSAGE_COUNTS:
        what = "Must be between 1 and 10, if provided."
        raise refuse_value(count, "MaxNumberOfMessages", what)
    for parameter, attribute in (
        ("WaitTimeSeconds", "ReceiveMessageWaitTimeSeconds"),
        ("VisibilityTimeout", "VisibilityTimeout"),
    ):
        value, highest = call.get(parameter), RANGES[attribute][-1]
        if value is not None and value not in RANGES[attribute]:
            what = f"Must be >= 0 and <= {highest}, if provided."
            raise refuse_value(value, parameter, what)


def check_delay(seconds: int | None) -> None:
    """Check how long a message is held back."""
    if seconds is not None and seconds not in RANGES["DelaySeconds"]:
        raise refuse_value(seconds, "DelaySeconds", "DelaySeconds must be >= 0 and <= 900.")


def check_handle(handle: str) -> None:
    """Check that a receipt handle is one, whether or not its message is still there.

    Raises:
        AwsError: ``ReceiptHandleIsInvalid``.
    """
    if not RECEIPT_HANDLE.fullmatch(handle):
        message = f'The input receipt handle "{handle}" is not a valid receipt handle.'
        raise AwsError("ReceiptHandleIsInvalid", message)


def check_message_attributes(attributes: Mapping[str, Mapping[str, Any]]) -> None:
    """Check the attributes of a message."""
    if len(attributes) > MOST_ATTRIBUTES:
        count = f"[{len(attributes)}] exceeds the allowed maximum [{MOST_ATTRIBUTES}]"
        raise refuse(f"Number of message attributes {count}.")
    for name, attribute in attributes.items():
        if not ATTRIBUTE_NAME.fullmatch(name):
            raise refuse(
                "Message (user) attributes name can only contain upper and lower score characters, "
                "digits, periods, hyphens and underscores. "
            )
        if not attribute.get("DataType"):
            what = "must contain a non-empty message attribute type."
            raise refuse(f"The message (user) attribute '{name}' {what}")
        fault = find_fault(name, attribute, WORDS)
        if fault is not None:
            raise refuse(fault)


def check_body(body: str | None) -> None:
    """Check what a message says.

    Raises:
        AwsError: ``MissingParameter`` or ``InvalidMessageContents``.
    """
    if not body:
        message = "The request must contain the parameter MessageBody."
        raise AwsError("MissingParameter", message)
    if not BODY.fullmatch(body):
        message = "Invalid characters found in the message body."
        raise AwsError("InvalidMessageContents", message)
