"""One invocation: what goes in, what comes out, and how a run that ends badly is described."""

from __future__ import annotations

import json
import signal
from dataclasses import dataclass, field
from typing import Any

from workshop_lib.local_cloud.lambda_runtime.processes import Exit
from workshop_lib.local_cloud.moto_hooks.moments import tell_timestamp

TAG = "RequestId"


@dataclass(frozen=True)
class Invocation:
    """An event on its way into a function; ``payload`` is JSON, the ARN as its caller named it."""

    request_id: str
    payload: bytes
    trace_id: str
    function_arn: str


@dataclass(frozen=True)
class InvocationResult:
    """What the caller of Invoke gets.

    ``function_error`` is None, or ``Unhandled`` with an error document for payload; ``log_tail`` is
    the last 4 KB of the log.
    """

    payload: bytes
    function_error: str | None
    log_tail: bytes
    request_id: str


@dataclass
class Outcome:
    """How one run in an environment, or its loading, went.

    ``duration`` is in milliseconds, ``peak_memory`` in bytes; ``status`` is AWS's word in REPORT
    (``error``, ``timeout``), empty where the environment can go on.
    """

    payload: bytes = b""
    duration: float = 0.0
    function_error: str | None = None
    status: str = ""
    error_type: str = ""
    peak_memory: int = 0
    notes: list[str] = field(default_factory=list)


def describe_timeout(request_id: str, seconds: float) -> Outcome:
    """Return the outcome of a run that was ended because its time was over."""
    words = f"Task timed out after {seconds:.2f} seconds"
    outcome = _fail("timeout", "Sandbox.Timedout", f"{TAG}: {request_id} Error: {words}")
    outcome.duration, outcome.error_type = seconds * 1000, ""
    outcome.notes = [f"{tell_timestamp()} {request_id} {words}"]
    return outcome


def describe_exit(request_id: str, reason: str) -> Outcome:
    """Return the outcome of a run whose process ended, by itself or for a limit."""
    message, error_type = f"{TAG}: {request_id} Error: {reason}", "Runtime.ExitError"
    outcome = _fail("error", error_type, message)
    outcome.notes = [message, error_type]
    return outcome


def describe_init_error(request_id: str, payload: bytes) -> Outcome:
    """Return the outcome of an initialisation that the function's own code ended."""
    document: dict[str, Any] = json.loads(payload)
    answer = json.dumps({**document, "requestId": request_id}, ensure_ascii=False).encode()
    return Outcome(
        answer, 0.0, "Unhandled", status="error", error_type=str(document.get("errorType", ""))
    )


def name_exit(ended: Exit) -> str:
    """Say how a process ended, in the words of AWS's runtime."""
    if ended.code == 0:
        return "Runtime exited without providing a reason"
    if ended.code > 0:
        return f"Runtime exited with error: exit status {ended.code}"
    name = signal.strsignal(-ended.code) or f"signal {-ended.code}"
    return f"Runtime exited with error: signal: {name.lower()}"


def _fail(status: str, error_type: str, message: str) -> Outcome:
    """Return an outcome with the error document that Lambda itself writes, not the function."""
    document = json.dumps({"errorType": error_type, "errorMessage": message}).encode()
    return Outcome(document, 0.0, "Unhandled", status, error_type)
