"""What caused an event: the request behind it, and the chain of invocations it belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from workshop_lib.local_cloud.lambda_runtime.lineages import HEADER
from workshop_lib.local_cloud.moto_hooks import PRINCIPAL_ID, current_request

_trace_header: ContextVar[str | None] = ContextVar("trace_header", default=None)


def find_trace_header() -> str | None:
    """Return the X-Amzn-Trace-Id of what happens now.

    It is that of the request that moto answers, or of the delivery that publishes or sends.
    """
    request = current_request()
    if request is not None:
        return request.headers.get(HEADER)
    return _trace_header.get()


@contextmanager
def carry_trace(trace_header: str | None) -> Iterator[None]:
    """Let what is done inside count as part of this chain."""
    token = _trace_header.set(trace_header)
    try:
        yield
    finally:
        _trace_header.reset(token)


def find_principal_id() -> str:
    """Return who made the request, as S3's records name them."""
    request = current_request()
    principal_id = request.environ.get(PRINCIPAL_ID) if request is not None else None
    return f"AWS:{principal_id}" if principal_id else "Anonymous"


def find_source_address() -> str:
    """Return the address that the request came from."""
    request = current_request()
    return (request.remote_addr if request is not None else None) or "127.0.0.1"
