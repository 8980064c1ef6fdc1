"""Amazon SQS: queues that keep messages until somebody fetches them."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from workshop_lib.errors import ResourceNotReadyError
from workshop_lib.waits import telling

# SQS refuses a queue's name for 60 seconds after a queue of that name was deleted.
RECREATION_PAUSES_SECONDS = (5, 10, 15, 20, 20)


@dataclass(frozen=True)
class Queue:
    """A queue as SQS describes it; the numbers of messages are approximate on AWS."""

    name: str
    url: str
    arn: str
    policy: dict[str, Any] | None
    messages: int
    messages_in_flight: int
    tags: dict[str, str]


@dataclass(frozen=True)
class QueueMessage:
    """A message as received; ``body`` is text as it was sent."""

    id: str
    body: str
    sent: datetime
    received_times: int
    attributes: dict[str, Any]


def allow_topic_to_send(queue_arn: str, topic_arn: str) -> dict[str, Any]:
    """Return the queue policy by which one SNS topic may send to the queue."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "TopicMaySend",
                "Effect": "Allow",
                "Principal": {"Service": "sns.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": queue_arn,
                "Condition": {"ArnEquals": {"aws:SourceArn": topic_arn}},
            }
        ],
    }


def ensure_queue(
    sqs: Any, name: str, *, tags: Mapping[str, str], policy: Mapping[str, Any] | None = None
) -> Queue:
    """Make the queue, or mend its policy and tags.

    Args:
        sqs: the client.
        name: the queue's name.
        tags: those it lacks are added.
        policy: who may send; None leaves the standing policy.

    Raises:
        ResourceNotReadyError: the name was deleted a moment ago.
    """
    queue = describe_queue(sqs, name)
    if queue is None:
        _create_patiently(sqs, name, tags)
        queue = describe_queue(sqs, name)
    if queue is None:
        raise ResourceNotReadyError(f"SQS does not show the queue {name} yet.", "Run this again.")
    if policy is not None and queue.policy != policy:
        sqs.set_queue_attributes(QueueUrl=queue.url, Attributes={"Policy": json.dumps(policy)})
    if lacking := {key: value for key, value in tags.items() if key not in queue.tags}:
        sqs.tag_queue(QueueUrl=queue.url, Tags=lacking)
    return _describe_url(sqs, name, queue.url)


def _create_patiently(sqs: Any, name: str, tags: Mapping[str, str]) -> None:
    for pause in RECREATION_PAUSES_SECONDS:
        try:
            sqs.create_queue(QueueName=name, tags=dict(tags))
        except sqs.exceptions.QueueDeletedRecently:
            with telling(f"SQS to give the name {name} free", after=0):
                time.sleep(pause)
        else:
            return
    raise ResourceNotReadyError(
        f"The queue {name} was deleted a moment ago, and SQS keeps its name for 60 seconds.",
        "Run this again in a minute.",
    )


def describe_queue(sqs: Any, name: str) -> Queue | None:
    """Return what SQS says of a queue, or None when there is none of this name."""
    try:
        url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
        return _describe_url(sqs, name, url)
    except sqs.exceptions.QueueDoesNotExist:
        return None


def _describe_url(sqs: Any, name: str, url: str) -> Queue:
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    policy = attributes.get("Policy")
    return Queue(
        name=name,
        url=url,
        arn=attributes["QueueArn"],
        policy=json.loads(policy) if policy else None,
        messages=int(attributes["ApproximateNumberOfMessages"]),
        messages_in_flight=int(attributes["ApproximateNumberOfMessagesNotVisible"]),
        tags=sqs.list_queue_tags(QueueUrl=url).get("Tags", {}),
    )


def receive_messages(
    sqs: Any, url: str, *, maximum: int = 10, wait_seconds: int = 5, delete: bool = True
) -> list[QueueMessage]:
    """Return up to ``maximum`` messages, waiting at most ``wait_seconds`` for the first.

    Args:
        sqs: the client.
        url: the queue's URL.
        maximum: how many at most.
        wait_seconds: how long to wait for a message, at most 20.
        delete: take them out of the queue; otherwise they come back after the visibility timeout.
    """
    received: list[QueueMessage] = []
    while len(received) < maximum:
        batch = sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=min(10, maximum - len(received)),
            # Only the first fetch waits: the others ask whether there is more.
            WaitTimeSeconds=0 if received else wait_seconds,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        ).get("Messages", [])
        if not batch:
            break
        received += [_read_message(message) for message in batch]
        if delete:
            for message in batch:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return received


def _read_message(message: dict[str, Any]) -> QueueMessage:
    system = message.get("Attributes", {})
    attributes = message.get("MessageAttributes", {})
    return QueueMessage(
        id=message["MessageId"],
        body=message["Body"],
        sent=datetime.fromtimestamp(int(system["SentTimestamp"]) / 1000, UTC),
        received_times=int(system.get("ApproximateReceiveCount", 1)),
        attributes={
            name: value.get("StringValue", value.get("BinaryValue"))
            for name, value in attributes.items()
        },
    )


def delete_queue(sqs: Any, name: str) -> None:
    """Delete a queue with its messages; nothing happens when there is none."""
    try:
        url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
        sqs.delete_queue(QueueUrl=url)
    except sqs.exceptions.QueueDoesNotExist:
        return
