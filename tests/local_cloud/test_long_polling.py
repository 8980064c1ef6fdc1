"""Long polls wait for messages, and keep nobody else from the cloud meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from workshop_lib.local_cloud.launcher import RunningCloud

Client = Callable[..., Any]


@pytest.fixture(scope="module")
def sqs(client: Client) -> Any:
    return client("sqs")


def test_a_message_that_comes_while_waiting(sqs: Any) -> None:
    """A message sent during the wait ends it; others are answered meanwhile."""
    url = sqs.create_queue(QueueName="polled")["QueueUrl"]
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(sqs.receive_message, QueueUrl=url, WaitTimeSeconds=20)
        time.sleep(0.3)
        # Would never be answered in time if the wait held the lock on moto.
        sqs.send_message(QueueUrl=url, MessageBody="hello")
        messages = waiting.result(timeout=10)["Messages"]
    assert ["hello"] == [message["Body"] for message in messages]


def test_a_queue_that_waits_by_itself(sqs: Any) -> None:
    """A queue's own waiting time holds where the call names none."""
    attributes = {"ReceiveMessageWaitTimeSeconds": "20"}
    url = sqs.create_queue(QueueName="patient", Attributes=attributes)["QueueUrl"]
    later = threading.Timer(0.3, sqs.send_message, kwargs={"QueueUrl": url, "MessageBody": "late"})
    later.start()
    assert "late" == sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"]


def test_no_wait(sqs: Any) -> None:
    """An empty queue answers at once when nobody asks it to wait."""
    url = sqs.create_queue(QueueName="empty")["QueueUrl"]
    assert "Messages" not in sqs.receive_message(QueueUrl=url, WaitTimeSeconds=0)


def test_too_long_a_wait(sqs: Any) -> None:
    """More than twenty seconds are refused."""
    url = sqs.create_queue(QueueName="too-long")["QueueUrl"]
    with pytest.raises(sqs.exceptions.ClientError, match="WaitTimeSeconds"):
        sqs.receive_message(QueueUrl=url, WaitTimeSeconds=21)


def test_the_older_protocol(sqs: Any, local_cloud: RunningCloud) -> None:
    """Clients of the query protocol wait as well."""
    url = sqs.create_queue(QueueName="older")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="hello")
    body = f"Action=ReceiveMessage&Version=2012-11-05&WaitTimeSeconds=5&QueueUrl={url}"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    request = AWSRequest("POST", local_cloud.endpoint_url, headers, data=body)
    keys = Credentials(local_cloud.access_key_id, local_cloud.secret_access_key)
    SigV4Auth(keys, "sqs", "us-east-1").add_auth(request)
    answer = httpx.post(
        local_cloud.endpoint_url, content=body, headers=dict(request.headers.items()),
        trust_env=False,
    )  # fmt: skip
    assert (200, True) == (answer.status_code, "<Body>hello</Body>" in answer.text), answer.text
