"""A load of changes, each with what its caller was told: the promise that must be kept."""

from __future__ import annotations

import hashlib
import itertools
import json
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from tests.local_cloud.conftest import EVERYTHING, TRUST, make_zip

BUCKET, TABLE, TOPIC, QUEUE, FUNCTION = (
    "crash-bucket",
    "crash-table",
    "crash-topic",
    "crash",
    "crash-echo",
)
SERVICES = ("s3", "dynamodb", "sqs", "sns", "iam", "lambda", "logs")
CODE = """
import boto3, json, os
sqs = boto3.client("sqs")
def handler(event, context):
    sqs.send_message(QueueUrl=os.environ["QUEUE_URL"], MessageBody=json.dumps(event))
"""
OPEN_QUEUE = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}
    ],
}


@dataclass
class Promises:
    """What has been acknowledged."""

    versions: dict[tuple[str, str], str] = field(default_factory=dict)
    items: dict[str, str] = field(default_factory=dict)
    counters: dict[str, int] = field(default_factory=dict)
    # Whoever was not answered may have been heard or not.
    unanswered: dict[str, int] = field(default_factory=dict)
    messages: set[str] = field(default_factory=set)
    roles: dict[str, str] = field(default_factory=dict)
    uploads: dict[str, tuple[str, str]] = field(default_factory=dict)
    logs: set[str] = field(default_factory=set)
    sealed: dict[str, bytes] = field(default_factory=dict)


def build(client: Callable[..., Any]) -> None:
    """Make what the load needs: a versioned bucket that tells a queue, a topic, a function."""
    sqs = client("sqs")
    url = sqs.create_queue(QueueName=QUEUE, Attributes={"Policy": json.dumps(OPEN_QUEUE)})[
        "QueueUrl"
    ]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"][
        "QueueArn"
    ]
    s3 = client("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_notification_configuration(
        Bucket=BUCKET,
        NotificationConfiguration={
            "QueueConfigurations": [{"QueueArn": arn, "Events": ["s3:ObjectCreated:*"]}]
        },
    )
    topic = client("sns").create_topic(Name=TOPIC)["TopicArn"]
    client("sns").subscribe(
        TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"}
    )
    client("dynamodb").create_table(
        TableName=TABLE, BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    )  # fmt: skip
    client("logs").create_log_group(logGroupName="crash")
    client("logs").create_log_stream(logGroupName="crash", logStreamName="crash")
    role = client("iam").create_role(RoleName="crash", AssumeRolePolicyDocument=json.dumps(TRUST))[
        "Role"
    ]["Arn"]
    client("iam").put_role_policy(
        RoleName="crash", PolicyName="all", PolicyDocument=json.dumps(EVERYTHING)
    )
    client("lambda").create_function(
        FunctionName=FUNCTION, Runtime="python3.13", Handler="handler.handler", Role=role,
        Code={"ZipFile": make_zip({"handler.py": CODE})},
        Environment={"Variables": {"QUEUE_URL": url}},
    )  # fmt: skip


class Load:
    """Threads that change a cloud until it dies, and remember what they were told.

    Args:
        made: clients by service; they are used by all threads, and by all loads.
        promises: goes on with these.
        seed: of what is done, and with what.
    """

    def __init__(self, made: dict[str, Any], promises: Promises, seed: int) -> None:
        self.promises = promises
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._acknowledged = itertools.count()
        self.acknowledged = 0
        self._errors: list[BaseException] = []
        self._threads = [
            threading.Thread(target=self._work, args=(made, number, seed)) for number in range(4)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def wait(self, count: int, seconds: float = 60) -> None:
        """Wait until so many changes have been acknowledged."""
        deadline = time.monotonic() + seconds
        while self.acknowledged < count and time.monotonic() < deadline:
            time.sleep(0.01)

    def stop(self) -> None:
        """Wait for all threads to have noticed."""
        self._stopped.set()
        for thread in self._threads:
            thread.join(60)
        assert [] == self._errors

    def _work(self, made: dict[str, Any], number: int, seed: int) -> None:
        chance = random.Random(f"{seed}-{number}")
        acts = [
            self._put, self._put, self._item, self._count, self._send, self._publish, self._role,
            self._upload, self._invoke, self._log,
        ]  # fmt: skip
        for step in itertools.count():
            if self._stopped.is_set():
                return
            name = f"{seed}-{number}-{step}"
            try:
                chance.choice(acts)(made, name, chance, number)
                self.acknowledged = next(self._acknowledged)
            except (BotoCoreError, ClientError) as error:
                # A cloud that dies answers nothing; an answer that is an error would be a bug.
                if isinstance(error, ClientError):
                    self._errors.append(error)
                return

    def _put(self, made: Any, name: str, chance: random.Random, number: int) -> None:
        body = chance.randbytes(chance.choice([10, 5000, 40_000, 300_000]))
        key = f"key-{number}-{chance.randrange(5)}"
        version = made["s3"].put_object(Bucket=BUCKET, Key=key, Body=body)["VersionId"]
        with self._lock:
            self.promises.versions[key, version] = hashlib.sha256(body).hexdigest()
            self.promises.messages.add(version)

    def _item(self, made: Any, name: str, chance: random.Random, number: int) -> None:
        item = f"item-{number}-{chance.randrange(5)}"
        with self._lock:
            self.promises.items.pop(item, None)
        made["dynamodb"].put_item(TableName=TABLE, Item={"id": {"S": item}, "value": {"S": name}})
        with self._lock:
            self.promises.items[item] = name

    def _count(self, made: Any, name: str, chance: random.Random, number: int) -> None:
        counter = f"counter-{number}"
        unanswered = self.promises.unanswered
        unanswered[counter] = unanswered.get(counter, 0) + 1
        made["dynamodb"].update_item(
            TableName=TABLE, Key={"id": {"S": counter}}, UpdateExpression="ADD n :one",
            ExpressionAttributeValues={":one": {"N": "1"}},
        )  # fmt: skip
        unanswered[counter] -= 1
        self.promises.counters[counter] = self.promises.counters.get(counter, 0) + 1

    def _send(self, made: Any, name: str, chance: random.Random, number: int) -> None:
        url = made["sqs"].get_queue_url(QueueName=QUEUE)["QueueUrl"]
        made["sqs"].send_message(QueueUrl=url, MessageBody=f"sent-{name}")
        self.promises.messages.add(f"sent-{name}")

    def _publish(self, made: Any, name: str, chance: random.Random, number: int) -> None:
        topic = f"arn:aws:sns:us-east-1:123456789012:{TOPIC}"
        made["sns"].publish(TopicArn=topic, Message=f"published-{name}")
        self.promises.messages.add(f"published-{name}")

    def _role(self, made: Any, name: str, chance: random.Random, number: int) -> None:
        made_role = made["iam"].create_role(
            RoleName=f"role-{name}", AssumeRolePolicyDocument=json.dumps(TRUST)
        )["Role"]
        self.promises.roles[made_role["RoleName"]] = made_role["RoleId"]

    def _upload(self, made: Any, name: str, chance: random.Random, number: int) -> None:
        begun = made["s3"].create_multipart_upload(Bucket=BUCKET, Key=f"upload-{name}")
        part = made["s3"].upload_part(
            Bucket=BUCKET, Key=begun["Key"], UploadId=begun["UploadId"], PartNumber=1,
            Body=chance.randbytes(50_000),
        )  # fmt: skip
        self.promises.uploads[begun["Key"]] = begun["UploadId"], part["ETag"]

    def _invoke(self, made: Any, name: str, chance: random.Random, number: int) -> None:
        payload = json.dumps(f"invoked-{name}")
        made["lambda"].invoke(FunctionName=FUNCTION, InvocationType="Event", Payload=payload)
        self.promises.messages.add(f"invoked-{name}")

    def _log(self, made: Any, name: str, chance: random.Random, number: int) -> None:
        made["logs"].put_log_events(
            logGroupName="crash", logStreamName="crash",
            logEvents=[{"timestamp": int(time.time() * 1000), "message": f"logged-{name}"}],
        )  # fmt: skip
        self.promises.logs.add(f"logged-{name}")


def check(made: dict[str, Any], promises: Promises) -> None:
    """Compare what stands in a cloud with what was promised; messages are checked at the end."""
    s3, dynamodb = made["s3"], made["dynamodb"]
    for (key, version), digest in promises.versions.items():
        body = s3.get_object(Bucket=BUCKET, Key=key, VersionId=version)["Body"].read()
        assert digest == hashlib.sha256(body).hexdigest(), key
    found = {
        item["id"]["S"]: item
        for page in dynamodb.get_paginator("scan").paginate(TableName=TABLE)
        for item in page["Items"]
    }
    assert promises.items == {name: found[name]["value"]["S"] for name in promises.items}
    for name, count in promises.counters.items():
        counted = int(found[name]["n"]["N"])
        assert count <= counted <= count + promises.unanswered[name], name
    roles = {
        role["RoleName"]: role["RoleId"]
        for page in made["iam"].get_paginator("list_roles").paginate()
        for role in page["Roles"]
    }
    assert promises.roles.items() <= roles.items()
    for key, (upload_id, etag) in promises.uploads.items():
        parts = s3.list_parts(Bucket=BUCKET, Key=key, UploadId=upload_id)["Parts"]
        assert [etag] == [part["ETag"] for part in parts]
    logged = {
        event["message"]
        for page in made["logs"].get_paginator("filter_log_events").paginate(logGroupName="crash")
        for event in page["events"]
    }
    assert promises.logs <= logged


def check_messages(made: dict[str, Any], promises: Promises, seconds: float = 60) -> None:
    """Receive until every message and event has arrived that was accepted at any time.

    Args:
        seconds: without a new one, after which no more will come.
    """
    sqs = made["sqs"]
    url = sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"]
    missing, deadline = set(promises.messages), time.monotonic() + seconds
    while missing and time.monotonic() < deadline:
        received = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
        messages = received.get("Messages", [])
        names = set().union(*(_read_names(message["Body"]) for message in messages))
        if missing & names:
            missing -= names
            deadline = time.monotonic() + seconds
        for message in messages:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    assert set() == missing


def _read_names(body: str) -> set[str]:
    if not body.startswith("{"):
        return {body.strip('"')}
    records = json.loads(body).get("Records", [])
    return {record["s3"]["object"].get("versionId", "") for record in records}
