"""A request to an API's method, in one form wherever it came from (HTTP, a test, another stage)."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote

from werkzeug import Request

MAXIMUM_BODY_BYTES = 10 * 1024 * 1024
HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


@dataclass(frozen=True)
class MethodRequest:
    """What the client sent.

    ``headers`` and ``query`` hold every value in order; ``raw_path`` starts with ``/``, without the
    stage, and is percent-encoded as it was sent: only so is a slash inside a part not a separator.
    """

    http_method: str
    raw_path: str
    headers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    query: Mapping[str, Sequence[str]] = field(default_factory=dict)
    body: bytes = b""
    source_ip: str = "127.0.0.1"
    protocol: str = "HTTP/1.1"
    too_large: bool = False

    @property
    def path(self) -> str:
        """The decoded path."""
        return unquote(self.raw_path)

    def header(self, name: str) -> str | None:
        """Return the last value of a header, its name in any case, or None."""
        wanted = name.lower()
        for key, values in self.headers.items():
            if key.lower() == wanted and values:
                return values[-1]
        return None

    def query_value(self, name: str) -> str | None:
        """Return the last value of a query parameter, or None."""
        values = self.query.get(name)
        return values[-1] if values else None

    @property
    def media_type(self) -> str:
        """The body's content type without parameters; JSON when the client named none."""
        content_type = self.header("Content-Type") or "application/json"
        return content_type.split(";")[0].strip().lower()

    def choose_media_type(self, offered: Iterable[str]) -> str | None:
        """Return which type to answer with: what the client accepts, else JSON, else the first."""
        types = list(offered)
        accepted = (self.header("Accept") or "").split(",")
        wanted = [part.split(";")[0].strip().lower() for part in accepted]
        return next((one for one in (*wanted, "application/json", *types) if one in types), None)

    @property
    def text(self) -> str:
        """The body as text; what is not UTF-8 is replaced, as the gateway does."""
        return self.body.decode("utf-8", "replace")


def read_request(request: Request, path: str) -> MethodRequest:
    """Read a werkzeug request for a percent-encoded path; a body over the limit is left unread."""
    too_large = (request.content_length or 0) > MAXIMUM_BODY_BYTES
    headers = group_values([*request.headers.items()])
    headers.update(_forwarding_headers(request))
    return MethodRequest(
        http_method=request.method,
        raw_path="/" + path.lstrip("/"),
        headers=headers,
        query=group_values(parse_qsl(request.query_string.decode("latin-1"), True)),
        body=b"" if too_large else request.get_data(),
        source_ip=request.remote_addr or "127.0.0.1",
        protocol=request.environ.get("SERVER_PROTOCOL", "HTTP/1.1"),
        too_large=too_large,
    )


def _forwarding_headers(request: Request) -> dict[str, list[str]]:
    """Return what the gateway says of the client's connection, in headers of its own."""
    client = request.remote_addr or "127.0.0.1"
    before = request.headers.get("X-Forwarded-For")
    trace = request.headers.get("X-Amzn-Trace-Id")
    return {
        "X-Amzn-Trace-Id": [trace or f"Root=1-{int(time.time()):08x}-{secrets.token_hex(12)}"],
        "X-Forwarded-For": [f"{before}, {client}" if before else client],
        "X-Forwarded-Port": [request.environ.get("SERVER_PORT", "80")],
        "X-Forwarded-Proto": [request.scheme],
    }


def group_values(pairs: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """Return every value of each name, names and values in the order they came."""
    grouped: dict[str, list[str]] = {}
    for name, value in pairs:
        grouped.setdefault(name, []).append(value)
    return grouped


def last_values(grouped: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return the last value of each name: the gateway's single-value view."""
    return {name: values[-1] for name, values in grouped.items() if values}
