"""Waiting for SQS messages without keeping everyone else out of moto.

moto waits inside the call, and every call into moto is made under one lock; so the wait is ours and
moto is asked again and again, each time without waiting.

Source: SQS developer guide, "Amazon SQS short and long polling".
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode

from moto.sqs.models import sqs_backends
from werkzeug import Request, Response

from workshop_lib.local_cloud.configuration import ACCOUNT_ID
from workshop_lib.local_cloud.door.received_requests import replace_body
from workshop_lib.local_cloud.moto_hooks import REGION, moto_lock

LONGEST_WAIT_SECONDS = 20
POLL_SECONDS = 0.1


def find_wait(request: Request) -> int | None:
    """Return the seconds that a ReceiveMessage waits; None for other calls and wrong waits."""
    parameters = _read_parameters(request)
    if not _is_receive(request, parameters):
        return None
    wait = _read_wait(parameters, request.environ[REGION])
    return wait if 0 <= wait <= LONGEST_WAIT_SECONDS else None


def has_messages(request: Request) -> bool:
    """Tell whether the queue of a ReceiveMessage has messages that it would receive or move."""
    with moto_lock:
        queue = _find_queue(_read_parameters(request), request.environ[REGION])
        return queue is not None and bool(queue.messages)


def poll(request: Request, wait_seconds: int, receive: Callable[[Request], Response]) -> Response:
    """Receive messages, asking again and again while there are none.

    Args:
        receive: receives without waiting.
    """
    parameters = _read_parameters(request) | {"WaitTimeSeconds": 0}
    request = replace_body(request, _write_parameters(request, parameters))
    deadline = time.monotonic() + wait_seconds
    has_gone = request.environ.get("waitress.client_disconnected", lambda: False)
    while True:
        response = receive(request)
        found = b"ReceiptHandle" in response.get_data()
        if found or response.status_code != 200 or time.monotonic() >= deadline or has_gone():
            return response
        time.sleep(POLL_SECONDS)


def _is_receive(request: Request, parameters: dict[str, Any]) -> bool:
    target = request.headers.get("X-Amz-Target", "")
    return "ReceiveMessage" in (target.rpartition(".")[2], parameters.get("Action"))


def _read_wait(parameters: dict[str, Any], region: str) -> int:
    wait = parameters.get("WaitTimeSeconds")
    if wait is None:
        with moto_lock:
            queue = _find_queue(parameters, region)
        wait = queue.receive_message_wait_time_seconds if queue else 0
    try:
        return int(wait)
    except (TypeError, ValueError):
        return -1


def _find_queue(parameters: dict[str, Any], region: str) -> Any | None:
    queue_name = str(parameters.get("QueueUrl", "")).rpartition("/")[2]
    return sqs_backends[ACCOUNT_ID][region].queues.get(queue_name)


def _is_json(request: Request) -> bool:
    return "X-Amz-Target" in request.headers


def _read_parameters(request: Request) -> dict[str, Any]:
    body = request.get_data()
    if not _is_json(request):
        return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    try:
        parameters = json.loads(body)
    except ValueError:
        return {}
    return parameters if isinstance(parameters, dict) else {}


def _write_parameters(request: Request, parameters: dict[str, Any]) -> bytes:
    text = json.dumps(parameters) if _is_json(request) else urlencode(parameters)
    return text.encode()
