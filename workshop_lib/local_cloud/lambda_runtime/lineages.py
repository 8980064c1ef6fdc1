"""The chain of invocations that an event has come through, and where it must stop.

AWS's SDKs send the X-Amzn-Trace-Id of the invocation that they run in along with each call. Its
Lineage counts, for each function, how often this chain has passed through it.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from urllib.parse import unquote

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.moto_hooks import current_request

TRACE_HEADER = "X-Amzn-Trace-Id"
LOOP_LIMIT = 16
REMEMBERED_FUNCTIONS = 32

_trace_header: ContextVar[str | None] = ContextVar("trace_header", default=None)


def find_trace_header() -> str | None:
    """Return the trace header of what happens now.

    It is that of the request that moto answers, or of what is done inside :func:`carry_trace`.
    """
    request = current_request()
    return _trace_header.get() if request is None else request.headers.get(TRACE_HEADER)


@contextmanager
def carry_trace(trace_header: str | None) -> Iterator[None]:
    """Let what is done inside count as part of this chain."""
    token = _trace_header.set(trace_header)
    try:
        yield
    finally:
        _trace_header.reset(token)


def extend_lineage(trace_header: str | None, function_arn: str) -> str:
    """Return the trace header of an invocation that a request with this header causes.

    Args:
        trace_header: of the request.
        function_arn: of the function, without qualifier.

    Raises:
        AwsError: RecursiveInvocationException, the chain has passed 16 times through the function.
    """
    fields = parse_trace(trace_header)
    lineage = _parse_lineage(fields.get("Lineage", ""))
    key = hashlib.sha256(function_arn.encode()).hexdigest()[:8]
    count = lineage.pop(key, 0) + 1
    if count > LOOP_LIMIT:
        raise AwsError(
            "RecursiveInvocationException",
            "Lambda has detected your function being invoked in a recursive loop with other "
            "Amazon Web Services resources and stopped your function's invocation.",
        )
    lineage[key] = count
    kept = list(lineage.items())[-REMEMBERED_FUNCTIONS:]
    root = fields.get("Root") or f"1-{int(time.time()):08x}-{secrets.token_hex(12)}"
    passed = "|".join(f"{name}:{times}" for name, times in kept)
    return f"Root={root};Parent={secrets.token_hex(8)};Sampled=0;Lineage={passed}"


def parse_trace(trace_header: str | None) -> dict[str, str]:
    """Return the fields of a trace header; what is no field is left out."""
    parts = unquote(trace_header or "").split(";")
    pairs = (part.strip().partition("=") for part in parts)
    return {name: value for name, _, value in pairs if value}


def _parse_lineage(text: str) -> dict[str, int]:
    lineage: dict[str, int] = {}
    for part in text.split("|"):
        name, _, times = part.partition(":")
        if len(name) == 8 and times.isascii() and times.isdigit() and len(times) < 6:
            lineage[name] = int(times)
    return lineage
