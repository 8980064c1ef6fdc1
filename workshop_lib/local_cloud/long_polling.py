"""Waiting for SQS messages without keeping everyone else out of moto.

moto waits inside the call, and every call into moto is made under one lock; so the wait is ours and
moto is asked again and again, each time without waiting.

Source: SQS developer guide, "Amazon SQS short and long polling".
"""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import parse_qsl, urlencode

from moto.sqs.models import sqs_backends
from werkzeug import Request, Response

from workshop_lib.local_cloud.configuration import ACCOUNT_ID
from workshop_lib.local_cloud.moto_hooks import REGION, call_moto, moto_lock
from workshop_lib.local_cloud.received_requests import replace_body

LONGEST_WAIT_SECONDS = 20
POLL_SECONDS = 0.1


def call_sqs(request: Request) -> Response:
    """Let moto answer an SQS request, waiting for messages where the caller asks for it."""
    parameters = _read_parameters(request)
    if not _is_receive(request, parameters):
        return call_moto("sqs", request)
    wait = _read_wait(parameters, request.environ[REGION])
    if not 0 <= wait <= LONGEST_WAIT_SECONDS:
        return call_moto("sqs", request)
    return _poll(request, _write_parameters(request, parameters | {"WaitTimeSeconds": 0}), wait)


def _poll(request: Request, body: bytes, wait_seconds: float) -> Response:
    deadline = time.monotonic() + wait_seconds
    has_gone = request.environ.get("waitress.client_disconnected", lambda: False)
    while True:
        response = call_moto("sqs", replace_body(request, body))
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
        queue_name = str(parameters.get("QueueUrl", "")).rpartition("/")[2]
        with moto_lock:
            queue = sqs_backends[ACCOUNT_ID][region].queues.get(queue_name)
        wait = queue.receive_message_wait_time_seconds if queue else 0
    try:
        return int(wait)
    except (TypeError, ValueError):
        return -1


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
