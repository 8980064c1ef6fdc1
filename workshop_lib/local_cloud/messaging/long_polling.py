"""Waiting for SQS messages without keeping everyone else out of moto.

Every call into moto is made under one lock; so the wait is ours, and moto is asked again and again.

Source: SQS developer guide, "Amazon SQS short and long polling".
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from moto.sqs.models import sqs_backends
from werkzeug import Request, Response

from workshop_lib.local_cloud.configuration import ACCOUNT_ID
from workshop_lib.local_cloud.moto_hooks import CALL, moto_lock

LONGEST_WAIT_SECONDS = 20
POLL_SECONDS = 0.1


def find_wait(request: Request) -> int | None:
    """Return the seconds that a ReceiveMessage waits; None for other calls and wrong waits."""
    call = request.environ[CALL]
    if call.operation != "ReceiveMessage":
        return None
    wait, queue = call.get("WaitTimeSeconds"), _find_queue(request)
    if wait is None:
        wait = int(queue.receive_message_wait_time_seconds) if queue else 0
    return wait if 0 <= wait <= LONGEST_WAIT_SECONDS else None


def has_messages(request: Request) -> bool:
    """Tell whether the queue of a ReceiveMessage has messages that it would receive or move."""
    with moto_lock:
        queue = _find_queue(request)
        return queue is not None and bool(queue.messages)


def poll(request: Request, wait_seconds: int, receive: Callable[[Request], Response]) -> Response:
    """Receive messages, asking again and again while there are none.

    Args:
        receive: receives without waiting.
    """
    deadline = time.monotonic() + wait_seconds
    has_gone = request.environ.get("waitress.client_disconnected", lambda: False)
    while True:
        response = receive(request)
        found = b"ReceiptHandle" in response.get_data()
        if found or response.status_code != 200 or time.monotonic() >= deadline or has_gone():
            return response
        time.sleep(POLL_SECONDS)


def _find_queue(request: Request) -> Any | None:
    call = request.environ[CALL]
    name = str(call.get("QueueUrl")).rpartition("/")[2]
    with moto_lock:
        return sqs_backends[ACCOUNT_ID][call.region].queues.get(name)
