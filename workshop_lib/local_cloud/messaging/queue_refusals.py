"""What SQS refuses of queues and messages, where moto would not.

Source: SQS API reference, CreateQueue, SetQueueAttributes and SendMessage.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from workshop_lib.local_cloud.aws_errors import AwsError, left_out

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
            message = f"Invalid value for the parameter {name}."
            raise AwsError("InvalidAttributeValue", message)


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
