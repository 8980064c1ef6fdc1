"""Queues, buckets, topics and listening functions, created over HTTP in one local cloud."""

from __future__ import annotations

import itertools
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

LISTENER = """
import boto3, json, os
sqs = boto3.client("sqs")
def handler(event, context):
    sqs.send_message(QueueUrl=os.environ["QUEUE_URL"], MessageBody=json.dumps(event))
"""


@dataclass(frozen=True)
class Queue:
    """A queue that a test looks into."""

    sqs: Any
    url: str
    arn: str

    def receive(self, count: int = 1, seconds: float = 60.0) -> list[dict[str, Any]]:
        """Return this many messages, fewer when the seconds are over first; they are deleted."""
        messages: list[dict[str, Any]] = []
        deadline = time.monotonic() + seconds
        while len(messages) < count and time.monotonic() < deadline:
            found = self.sqs.receive_message(
                QueueUrl=self.url,
                MaxNumberOfMessages=min(10, count - len(messages)),
                MessageAttributeNames=["All"],
                WaitTimeSeconds=1,
            ).get("Messages", [])
            for message in found:
                self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
            messages += found
        return messages

    def bodies(self, count: int = 1) -> list[Any]:
        """Return the JSON bodies of messages."""
        return [json.loads(message["Body"]) for message in self.receive(count)]

    def all_bodies(self, count: int) -> list[Any]:
        """Return the JSON bodies of this many messages, and of any that come within a second."""
        messages = self.receive(count) + self.receive(10, 1.0)
        return [json.loads(message["Body"]) for message in messages]


@dataclass(frozen=True)
class Listener:
    """A function that passes on to a queue what it was invoked with."""

    name: str
    arn: str
    queue: Queue


@pytest.fixture
def make_queue(client: Callable[..., Any]) -> Callable[..., Queue]:
    """Create queues; ``allow`` names a service that may send to it."""
    sqs = client("sqs")
    numbers = itertools.count(1)

    def make(allow: str | None = None, source_arn: str = "*", **attributes: str) -> Queue:
        name = f"queue-{os.urandom(4).hex()}-{next(numbers)}"
        arn = f"arn:aws:sqs:us-east-1:123456789012:{name}"
        if allow:
            statement = {
                "Effect": "Allow",
                "Principal": {"Service": allow},
                "Action": "sqs:SendMessage",
                "Resource": arn,
                "Condition": {"ArnLike": {"aws:SourceArn": source_arn}},
            }
            policy = {"Version": "2012-10-17", "Statement": [statement]}
            attributes["Policy"] = json.dumps(policy)
        url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        return Queue(sqs, url, arn)

    return make


@pytest.fixture
def listener(
    make_function: Callable[..., str], make_queue: Callable[..., Queue]
) -> Callable[..., Listener]:
    """Create functions that send each event they get to a queue."""

    def make(code: str = LISTENER, **settings: Any) -> Listener:
        queue = make_queue()
        variables = {"QUEUE_URL": queue.url}
        name = make_function(code, Environment={"Variables": variables}, **settings)
        return Listener(name, f"arn:aws:lambda:us-east-1:123456789012:function:{name}", queue)

    return make


@pytest.fixture
def bucket(client: Callable[..., Any]) -> str:
    """A bucket of this test."""
    name = f"events-{os.urandom(6).hex()}"
    client("s3").create_bucket(Bucket=name)
    return name


@pytest.fixture
def topic_arn(client: Callable[..., Any]) -> str:
    """A topic of this test."""
    return str(client("sns").create_topic(Name=f"topic-{os.urandom(6).hex()}")["TopicArn"])
