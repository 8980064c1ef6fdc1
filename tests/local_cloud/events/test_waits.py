"""Waits, retries and ages of deliveries, with small bounds and a clock of the test's own."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from moto.awslambda.models import lambda_backends
from moto.iam.models import iam_backends
from moto.sqs.models import sqs_backends

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.configuration import ACCOUNT_ID
from workshop_lib.local_cloud.events.invocations import InvocationQueue, QueuedInvocation
from workshop_lib.local_cloud.events.tasks import DelayedTasks
from workshop_lib.local_cloud.lambda_runtime.invocations import InvocationResult

REGION = "us-east-1"
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT_ID}:function:waits"
LETTERS = f"arn:aws:sqs:{REGION}:{ACCOUNT_ID}:waits-letters"


class Everything:
    """Permissions that allow all."""

    def may_service_perform(self, *asked: object) -> bool:
        return True

    def may_role_perform(self, *asked: object) -> bool:
        return True


@pytest.fixture
def tasks() -> Iterator[DelayedTasks]:
    """Tasks at work."""
    made = DelayedTasks()
    made.start()
    yield made
    made.stop()


@pytest.fixture
def letters() -> Iterator[Callable[[], list[Any]]]:
    """A queue for what cannot be delivered; read by calling it."""
    sqs = sqs_backends[ACCOUNT_ID][REGION]
    queue = sqs.create_queue("waits-letters", {})
    yield lambda: list(queue.messages)
    sqs.delete_queue("waits-letters")


def test_a_task_in_the_place_of_another_leaves_no_moment_without_one(tasks: DelayedTasks) -> None:
    """Who waits for the end of all does not find all ended between a try and the next."""
    tasks.define("try", lambda subject: None)
    tasks.submit("try", "first", None, 60.0)
    (first,) = tasks.list_tasks()
    counts: list[int] = []
    condition = tasks._condition
    notify_all = condition.notify_all

    def count_and_notify() -> None:
        counts.append(len(tasks._tasks))
        notify_all()

    condition.notify_all = count_and_notify  # type: ignore[method-assign]
    tasks.submit("try", "second", None, 60.0, replaces=first.identifier)

    assert [1] == counts
    assert ["second"] == [task.name for task in tasks.list_tasks()]


@pytest.fixture
def function(zip_files: Callable[..., bytes]) -> Iterator[None]:
    """A function whose events may be a minute old and go to the letters after it."""
    lambda_may = {
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    trust = {"Version": "2012-10-17", "Statement": [lambda_may]}
    role = iam_backends[ACCOUNT_ID]["aws"].create_role(
        "waits", json.dumps(trust), "/", None, "", [], "3600"
    )
    functions = lambda_backends[ACCOUNT_ID][REGION]
    functions.create_function({
        "FunctionName": "waits", "Handler": "handler.handler", "Runtime": "python3.13",
        "Role": role.arn, "Code": {"ZipFile": base64.b64encode(zip_files({"a": ""})).decode()},
    })  # fmt: skip
    functions.put_function_event_invoke_config(
        "waits",
        {
            "MaximumEventAgeInSeconds": 60,
            "DestinationConfig": {"OnFailure": {"Destination": LETTERS}},
        },
    )
    yield
    functions.delete_function("waits")
    iam_backends[ACCOUNT_ID]["aws"].delete_role("waits")


def test_an_event_over_its_age_is_given_up(
    tasks: DelayedTasks, letters: Callable[[], list[Any]], function: None
) -> None:
    """Throttled for a minute, it is tried no more: EventAgeExceeded, and no response."""
    clock = [1000.0]
    tried: list[float] = []

    def invoke(function_arn: str, payload: bytes, **further: Any) -> InvocationResult:
        tried.append(clock[0])
        clock[0] += 25
        raise AwsError("TooManyRequestsException", "Rate Exceeded.", 429)

    queue = InvocationQueue(tasks, invoke, Everything(), 0.01, now=lambda: clock[0])
    queue.accept(QueuedInvocation(FUNCTION, b'{"n": 1}', "Invoke", accepted=clock[0]))

    assert tasks.wait_idle(10)
    assert [1000, 1025, 1050] == tried
    (letter,) = letters()
    record = json.loads(letter.body)
    assert "EventAgeExceeded" == record["requestContext"]["condition"]
    assert {"n": 1} == record["requestPayload"]
    assert "responsePayload" not in record


def test_an_event_throttled_for_hours_is_not_lost(
    tasks: DelayedTasks, letters: Callable[[], list[Any]], function: None
) -> None:
    """However often it had to wait, it waits five minutes at most, and arrives."""
    answers = [AwsError("TooManyRequestsException", "Rate Exceeded.", 429)]
    arrived: list[bytes] = []

    def invoke(function_arn: str, payload: bytes, **further: Any) -> InvocationResult:
        if answers:
            raise answers.pop()
        arrived.append(payload)
        return InvocationResult(b"null", None, b"", "id")

    queue = InvocationQueue(tasks, invoke, Everything(), 0.0001)
    queue.accept(QueuedInvocation(FUNCTION, b'{"n": 1}', "Invoke", throttles=5000))

    assert tasks.wait_idle(10)
    assert [b'{"n": 1}'] == arrived
    assert [] == letters()
