"""Calling a function, and reading what Lambda reports of the call."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from typing import Any

REPORT_FIELD = re.compile(r"\t?([A-Z][A-Za-z ]+): ([\d.]+) (?:ms|MB)")


@dataclass(frozen=True)
class Report:
    """The REPORT line of one call: milliseconds and megabytes.

    ``init_ms`` is None when the call found a warm environment.
    """

    duration_ms: float
    billed_ms: int
    memory_mb: int
    max_memory_mb: int
    init_ms: float | None


@dataclass(frozen=True)
class Invocation:
    """What came of one call.

    ``status`` is Lambda's HTTP status: 200 for an answer (also when the function failed), 202 for
    an event that was taken. ``error`` is None, or ``Unhandled`` when the function raised; then
    ``payload`` tells the error. ``log_lines`` are the last 4 KB of the log.
    """

    status: int
    payload: Any
    error: str | None
    log_lines: tuple[str, ...]
    request_id: str
    report: Report | None


def invoke_function(
    lambda_: Any, name: str, event: Any, *, asynchronously: bool = False
) -> Invocation:
    """Call a function with an event and return what came of it.

    Args:
        lambda_: the client.
        name: name or ARN.
        event: anything that JSON can carry.
        asynchronously: only hand the event over; there is no payload and no log then.
    """
    how = {"InvocationType": "Event"} if asynchronously else {"LogType": "Tail"}
    answer = lambda_.invoke(FunctionName=name, Payload=json.dumps(event).encode(), **how)
    body = answer["Payload"].read()
    log = base64.b64decode(answer.get("LogResult", "")).decode("utf-8", errors="replace")
    return Invocation(
        status=answer["StatusCode"],
        payload=json.loads(body) if body else None,
        error=answer.get("FunctionError"),
        log_lines=tuple(log.splitlines()),
        request_id=answer["ResponseMetadata"].get("RequestId", ""),
        report=parse_report(log),
    )


def parse_report(log: str) -> Report | None:
    """Return what the last REPORT line of a log says, or None when there is none."""
    lines = [line for line in log.splitlines() if line.startswith("REPORT RequestId:")]
    if not lines:
        return None
    fields = dict(REPORT_FIELD.findall(lines[-1]))
    return Report(
        duration_ms=float(fields["Duration"]),
        billed_ms=int(float(fields["Billed Duration"])),
        memory_mb=int(fields["Memory Size"]),
        max_memory_mb=int(fields["Max Memory Used"]),
        init_ms=float(fields["Init Duration"]) if "Init Duration" in fields else None,
    )
