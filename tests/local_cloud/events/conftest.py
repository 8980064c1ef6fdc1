"""Functions, queues, buckets and topics for the tests, created over HTTP in one local cloud."""

from __future__ import annotations

import io
import itertools
import json
import os
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
EVERYTHING = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}


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

    def receive(self, count: int = 1, seconds: float = 15.0) -> list[dict[str, Any]]:
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

    def bodies(self, count: int = 1, seconds: float = 15.0) -> list[Any]:
        """Return the JSON bodies of messages."""
        return [json.loads(message["Body"]) for message in self.receive(count, seconds)]


@dataclass(frozen=True)
class Listener:
    """A function that passes on to a queue what it was invoked with."""

    name: str
    arn: str
    queue: Queue


def make_zip(files: Mapping[str, str | bytes]) -> bytes:
    """Return a zip of these files."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in files.items():
            opened.writestr(name, content)
    return archive.getvalue()


@pytest.fixture(scope="session")
def role_arn(client: Callable[..., Any]) -> str:
    """A role that Lambda may assume and that may do everything."""
    iam = client("iam")
    role = iam.create_role(RoleName="event-tests", AssumeRolePolicyDocument=json.dumps(TRUST))[
        "Role"
    ]
    iam.put_role_policy(
        RoleName="event-tests", PolicyName="all", PolicyDocument=json.dumps(EVERYTHING)
    )
    return str(role["Arn"])


@pytest.fixture(scope="session")
def zip_files() -> Callable[[Mapping[str, str | bytes]], bytes]:
    """Make zips."""
    return make_zip


@pytest.fixture
def make_function(client: Callable[..., Any], role_arn: str) -> Iterator[Callable[..., str]]:
    """Create functions from source text or files; deleted after the test."""
    functions = client("lambda")
    created: list[str] = []
    numbers = itertools.count(1)

    def make(code: str | Mapping[str, str | bytes], **settings: Any) -> str:
        files = {"handler.py": code} if isinstance(code, str) else code
        name = settings.pop("FunctionName", f"f{next(numbers)}-{abs(hash(str(files))):x}"[:40])
        functions.create_function(
            **{
                "FunctionName": name,
                "Runtime": "python3.13",
                "Role": role_arn,
                "Handler": "handler.handler",
                "Code": {"ZipFile": make_zip(files)},
                **settings,
            }
        )
        created.append(name)
        return name

    yield make
    for name in created:
        functions.delete_function(FunctionName=name)


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
