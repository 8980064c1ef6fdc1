"""What SQS refuses is refused here with AWS's status, code and sentence."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conformance.conftest import Refusal, Shell, read_refusal

QUEUE = "queue-that-stands"
ARN = "arn:aws:sqs:us-east-1:123456789012"
HANDLE = "zz"


def wrong(sentence: str) -> Refusal:
    return Refusal(400, "InvalidParameterValue", sentence)


def wrong_value(value: object, parameter: str, reason: str) -> Refusal:
    return wrong(f"Value {value} for parameter {parameter} is invalid. Reason: {reason}")


def wrong_attribute(name: str, reason: str = "") -> Refusal:
    sentence = f"Invalid value for the parameter {name}.{reason}"
    return Refusal(400, "InvalidAttributeValue", sentence)


def wrong_redrive(value: str, reason: str) -> Refusal:
    return wrong_value(value, "RedrivePolicy", reason)


def send(**attribute: Any) -> dict[str, Any]:
    return {"MessageBody": "x", "MessageAttributes": {"a": attribute}}


WRONG_NAME = wrong(
    "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length"
)
NO_HANDLE = Refusal(
    400, "ReceiptHandleIsInvalid", f'The input receipt handle "{HANDLE}" is not a valid receipt '
    "handle.",
)  # fmt: skip
PREFIXES = "You must use only the following supported type prefixes: Binary, Number, String."

NEW_QUEUES: list[tuple[dict[str, Any], Refusal]] = [
    ({"QueueName": "a b"}, WRONG_NAME),
    ({"QueueName": "a" * 81}, WRONG_NAME),
    ({"QueueName": "standard.fifo"}, WRONG_NAME),
    (
        {"QueueName": QUEUE, "Attributes": {"VisibilityTimeout": "77"}},
        Refusal(
            400,
            "QueueAlreadyExists",
            "A queue already exists with the same name and a different value for attribute "
            "VisibilityTimeout",
        ),
    ),
]
CALLS: list[tuple[str, dict[str, Any], Refusal]] = [
    ("receive_message", {"MaxNumberOfMessages": 11},
     wrong_value(11, "MaxNumberOfMessages", "Must be between 1 and 10, if provided.")),
    ("receive_message", {"MaxNumberOfMessages": 0},
     wrong_value(0, "MaxNumberOfMessages", "Must be between 1 and 10, if provided.")),
    ("receive_message", {"WaitTimeSeconds": 21},
     wrong_value(21, "WaitTimeSeconds", "Must be >= 0 and <= 20, if provided.")),
    ("receive_message", {"VisibilityTimeout": 43201},
     wrong_value(43201, "VisibilityTimeout", "Must be >= 0 and <= 43200, if provided.")),
    ("send_message", {"MessageBody": ""},
     Refusal(400, "MissingParameter", "The request must contain the parameter MessageBody.")),
    ("send_message", {"MessageBody": "x", "DelaySeconds": -1},
     wrong_value(-1, "DelaySeconds", "DelaySeconds must be >= 0 and <= 900.")),
    ("send_message", {"MessageBody": "x" * (1024 * 1024 + 1)},
     wrong("One or more parameters are invalid. Reason: Message must be shorter than 1048576 "
           "bytes.")),
    ("send_message", send(DataType="Text", StringValue="x"),
     wrong(f"The type of message (user) attribute 'a' is invalid. {PREFIXES}")),
    ("send_message", send(DataType="String", StringValue=""),
     wrong("Message (user) attribute 'a' must contain a non-empty value of type 'String'.")),
    ("send_message", send(DataType="String", BinaryValue=b"x"),
     wrong("Message (user) attribute 'a' with type 'String' must use field 'String'.")),
    ("send_message", send(DataType="Number", StringValue="one"),
     wrong("Can't cast the value of message (user) attribute 'a' to a number.")),
    ("delete_message", {"ReceiptHandle": HANDLE}, NO_HANDLE),
    ("change_message_visibility", {"ReceiptHandle": HANDLE, "VisibilityTimeout": 1}, NO_HANDLE),
]  # fmt: skip
NO_DEAD_LETTERS = json.dumps({"deadLetterTargetArn": f"{ARN}:none", "maxReceiveCount": 3})
TOO_SELDOM = json.dumps({"deadLetterTargetArn": f"{ARN}:{QUEUE}", "maxReceiveCount": 0})
ATTRIBUTES: list[tuple[str, str, Refusal]] = [
    ("Colour", "red", Refusal(400, "InvalidAttributeName", "Unknown Attribute Colour.")),
    ("VisibilityTimeout", "43201", wrong_attribute("VisibilityTimeout")),
    ("Policy", "{", wrong_attribute("Policy")),
    ("Policy", "[]", wrong_attribute("Policy")),
    ("RedrivePolicy", "{",
     wrong_attribute("RedrivePolicy", " Reason: Redrive policy is not a valid JSON map.")),
    ("RedrivePolicy", "{}",
     wrong_redrive("{}", "Redrive policy does not contain mandatory attribute: maxReceiveCount.")),
    ("RedrivePolicy", '{"maxReceiveCount": 3}',
     wrong_redrive(
         '{"maxReceiveCount": 3}',
         "Redrive policy does not contain mandatory attribute: deadLetterTargetArn.",
     )),
    ("RedrivePolicy", '{"deadLetterTargetArn": "dummy", "maxReceiveCount": 42}',
     wrong_redrive('{"deadLetterTargetArn": "dummy", "maxReceiveCount": 42}',
                   "Invalid value for deadLetterTargetArn.")),
    ("RedrivePolicy", TOO_SELDOM,
     wrong_redrive(TOO_SELDOM, "Invalid value for maxReceiveCount: 0, valid values are from 1 to "
                               "1000 both inclusive.")),
    ("RedrivePolicy", NO_DEAD_LETTERS,
     wrong_redrive(NO_DEAD_LETTERS, "Dead letter target does not exist.")),
]  # fmt: skip


@pytest.fixture(scope="module")
def sqs(shell: Shell) -> Any:
    """SQS with a queue, QUEUE."""
    client = shell.client("sqs")
    client.create_queue(QueueName=QUEUE, Attributes={"DelaySeconds": "0"})
    return client


@pytest.fixture(scope="module")
def url(sqs: Any) -> str:
    """The queue's URL."""
    found: str = sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"]
    return found


@pytest.mark.parametrize(("parameters", "expected"), NEW_QUEUES)
def test_a_queue_that_cannot_be(sqs: Any, parameters: dict[str, Any], expected: Refusal) -> None:
    """A queue has a name of its kind, and is made again only as it is."""
    assert expected == read_refusal(sqs.create_queue, **parameters)


def test_a_queue_made_again(sqs: Any, url: str) -> None:
    """The attributes that a queue has may be given again, however they are written."""
    dead_letters = {"deadLetterTargetArn": f"{ARN}:{QUEUE}", "maxReceiveCount": "3"}
    attributes = {"DelaySeconds": "0", "RedrivePolicy": json.dumps(dead_letters)}
    made = sqs.create_queue(QueueName="made-again", Attributes=attributes)["QueueUrl"]
    assert made == sqs.create_queue(QueueName="made-again", Attributes=attributes)["QueueUrl"]


@pytest.mark.parametrize(("operation", "parameters", "expected"), CALLS)
def test_a_call_that_is_refused(
    sqs: Any, url: str, operation: str, parameters: dict[str, Any], expected: Refusal
) -> None:
    """Messages and their attributes, and how many are received and for how long."""
    assert expected == read_refusal(getattr(sqs, operation), QueueUrl=url, **parameters)


@pytest.mark.parametrize(("name", "value", "expected"), ATTRIBUTES)
def test_an_attribute_that_cannot_be(
    sqs: Any, url: str, name: str, value: str, expected: Refusal
) -> None:
    """A queue's attributes are checked when they are set and when the queue is made."""
    attributes = {name: value}
    assert expected == read_refusal(sqs.set_queue_attributes, QueueUrl=url, Attributes=attributes)
    assert expected == read_refusal(sqs.create_queue, QueueName="new", Attributes=attributes)


def test_the_handle_of_a_message_that_has_gone(sqs: Any, url: str) -> None:
    """It may be deleted again, and not be hidden."""
    sqs.send_message(QueueUrl=url, MessageBody="x")
    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    handle = message["ReceiptHandle"]
    sqs.delete_message(QueueUrl=url, ReceiptHandle=handle)
    sqs.delete_message(QueueUrl=url, ReceiptHandle=handle)

    reason = "Message does not exist or is not available for visibility timeout change."
    assert wrong_value(handle, "ReceiptHandle", reason) == read_refusal(
        sqs.change_message_visibility, QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=1
    )


def test_a_queue_that_is_not_there(sqs: Any, url: str) -> None:
    """The code is the one that SQS keeps from its older protocol."""
    sentence = "The specified queue does not exist."
    expected = Refusal(400, "AWS.SimpleQueueService.NonExistentQueue", sentence)
    assert expected == read_refusal(sqs.get_queue_url, QueueName="none")
    assert expected == read_refusal(sqs.receive_message, QueueUrl=f"{url}-none")
