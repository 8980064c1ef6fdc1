"""One invocation: what goes in, what comes out, and the lines that AWS writes around it."""

from __future__ import annotations

import json
import math
import signal
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from workshop_lib.local_cloud.lambda_runtime.processes import Exit, LogRecord

MEGABYTE = 1024 * 1024
TAIL_BYTES = 4096
TAG = "RequestId"


@dataclass(frozen=True)
class Invocation:
    """An event on its way into a function; ``payload`` is JSON."""

    request_id: str
    payload: bytes
    trace_id: str
    client_context: str | None = None


@dataclass(frozen=True)
class InvocationResult:
    """What the caller of Invoke gets.

    ``function_error`` is None, or ``Unhandled`` with an error document for payload; ``log_tail`` is
    the last 4 KB of the log.
    """

    payload: bytes
    function_error: str | None
    log_tail: bytes
    executed_version: str
    request_id: str


@dataclass
class Outcome:
    """How one run in an environment went.

    Durations are in milliseconds, ``peak_memory`` in bytes; ``status`` is AWS's word in REPORT
    (``error``, ``timeout``), empty after success.
    """

    payload: bytes
    duration: float = 0.0
    function_error: str | None = None
    status: str = ""
    error_type: str = ""
    peak_memory: int = 0
    reusable: bool = True
    notes: list[str] = field(default_factory=list)


def describe_failure(error_type: str, message: str) -> bytes:
    """Return the error document that Lambda itself writes, not the function."""
    return json.dumps({"errorType": error_type, "errorMessage": message}).encode()


def describe_timeout(
    request_id: str, seconds: float, handler_seconds: float | None = None
) -> Outcome:
    """Return the outcome of a run that was ended because its time was over.

    Args:
        request_id: of the invocation.
        seconds: the function's timeout.
        handler_seconds: what of it the handler had; by default all.
    """
    words = f"Task timed out after {seconds:.2f} seconds"
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return Outcome(
        describe_failure("Sandbox.Timedout", f"{TAG}: {request_id} Error: {words}"),
        duration=(seconds if handler_seconds is None else handler_seconds) * 1000,
        function_error="Unhandled",
        status="timeout",
        reusable=False,
        notes=[f"{now} {request_id} {words}"],
    )


def describe_exit(request_id: str, reason: str, error_type: str = "Runtime.ExitError") -> Outcome:
    """Return the outcome of a run whose process ended, by itself or for a limit."""
    message = f"{TAG}: {request_id} Error: {reason}"
    return Outcome(
        describe_failure(error_type, message),
        function_error="Unhandled",
        status="error",
        error_type=error_type,
        reusable=False,
        notes=[message, error_type],
    )


def describe_init_error(payload: bytes, request_id: str) -> Outcome:
    """Return the outcome of an initialisation that the function's own code ended."""
    document: dict[str, Any] = json.loads(payload)
    error_type = str(document.get("errorType", ""))
    answer = json.dumps({**document, "requestId": request_id}, ensure_ascii=False).encode()
    return Outcome(answer, 0.0, "Unhandled", "error", error_type, reusable=False)


def name_exit(ended: Exit) -> str:
    """Say how a process ended, in the words of AWS's runtime."""
    if ended.code == 0:
        return "Runtime exited without providing a reason"
    if ended.code > 0:
        return f"Runtime exited with error: exit status {ended.code}"
    name = signal.strsignal(-ended.code) or f"signal {-ended.code}"
    return f"Runtime exited with error: signal: {name.lower()}"


def make_start(invocation: Invocation, version: str) -> LogRecord:
    """Return the START line."""
    return note(f"START {TAG}: {invocation.request_id} Version: {version}")


def make_end(
    invocation: Invocation, outcome: Outcome, memory_size: int, init_duration: float | None
) -> list[LogRecord]:
    """Return what follows a run: notes, END and REPORT.

    Billed is what AWS bills since August 2025: the handler's and the initialisation's time
    together, rounded up to a millisecond.
    """
    billed = math.ceil(outcome.duration + (init_duration or 0.0))
    fields = [
        f"REPORT {TAG}: {invocation.request_id}",
        f"Duration: {outcome.duration:.2f} ms",
        f"Billed Duration: {billed} ms",
        f"Memory Size: {memory_size} MB",
        f"Max Memory Used: {min(math.ceil(outcome.peak_memory / MEGABYTE), memory_size)} MB",
    ]
    if init_duration is not None:
        fields.append(f"Init Duration: {init_duration:.2f} ms")
    if outcome.status:
        fields.append(f"Status: {outcome.status}")
    if outcome.error_type:
        fields.append(f"Error Type: {outcome.error_type}")
    notes = [note(text) for text in outcome.notes]
    end = note(f"END {TAG}: {invocation.request_id}")
    return [*notes, end, note("\t".join(fields) + "\t")]


def make_init_report(
    milliseconds: float, phase: str, status: str, error_type: str = ""
) -> LogRecord:
    """Return the line on an initialisation that failed, in the phase ``init`` or ``invoke``."""
    words = f"INIT_REPORT Init Duration: {milliseconds:.2f} ms\tPhase: {phase}\tStatus: {status}"
    return note(f"{words}\tError Type: {error_type}" if error_type else words)


def note(message: str) -> LogRecord:
    """Return a log record of now."""
    return LogRecord(int(time.time() * 1000), message)


def make_tail(records: list[LogRecord]) -> bytes:
    """Return the last 4 KB of what an invocation logged."""
    text = "".join(f"{record.message}\n" for record in records)
    return text.encode()[-TAIL_BYTES:]
