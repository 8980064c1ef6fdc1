"""A request to an API's method, in one form wherever it came from (HTTP, a test, another stage).

Also which method it is for. Order of preference at each step of the path: a literal part, then
``{parameter}``, then ``{parameter+}`` (greedy); a method of the request's own name before ``ANY``.
Source: API Gateway developer guide, "Set up a proxy integration with a proxy resource".
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote

from werkzeug import Request

from workshop_lib.local_cloud.gateway.deployments import Document

MAXIMUM_BODY_BYTES = 10 * 1024 * 1024
HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


@dataclass(frozen=True)
class MethodRequest:
    """What the client sent.

    ``headers`` and ``query`` hold every value in order; ``raw_path`` starts with ``/``, without the
    stage, and is percent-encoded as it was sent: only so is a slash inside a part not a separator.
    ``depth`` counts stages that called stages.
    """

    http_method: str
    raw_path: str
    headers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    query: Mapping[str, Sequence[str]] = field(default_factory=dict)
    body: bytes = b""
    source_ip: str = "127.0.0.1"
    protocol: str = "HTTP/1.1"
    too_large: bool = False
    depth: int = 0

    @property
    def path(self) -> str:
        """The decoded path."""
        return unquote(self.raw_path)

    @property
    def text(self) -> str:
        """The body as text; what is not UTF-8 is replaced, as the gateway does."""
        return self.body.decode("utf-8", "replace")

    @property
    def media_type(self) -> str:
        """The body's content type without parameters; JSON when the client named none."""
        return plain_type(self.header("Content-Type") or "application/json")

    def header_values(self, name: str) -> Sequence[str]:
        """Return every value of a header, its name in any case."""
        wanted = name.lower()
        return next((values for key, values in self.headers.items() if key.lower() == wanted), ())

    def header(self, name: str) -> str | None:
        """Return the last value of a header, its name in any case, or None."""
        return next(reversed(self.header_values(name)), None)

    def choose_media_type(self, offered: Iterable[str]) -> str | None:
        """Return which type to answer with: what the client accepts, else JSON, else the first."""
        types = list(offered)
        wanted = [plain_type(part) for part in (self.header("Accept") or "").split(",")]
        return next((one for one in (*wanted, "application/json", *types) if one in types), None)


def plain_type(content_type: str) -> str:
    """Return a media type in lower case, without its parameters."""
    return content_type.split(";")[0].strip().lower()


def read_request(request: Request, path: str) -> MethodRequest:
    """Read a werkzeug request for a percent-encoded path; a body over the limit is left unread."""
    too_large = (request.content_length or 0) > MAXIMUM_BODY_BYTES
    return MethodRequest(
        http_method=request.method,
        raw_path="/" + path.lstrip("/"),
        headers=group_values([*request.headers.items()]) | _forwarding_headers(request),
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


def group_values(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Return every value of each name, names and values in the order they came."""
    grouped: dict[str, list[str]] = {}
    for name, value in pairs:
        grouped.setdefault(name, []).append(value)
    return grouped


def last_values(grouped: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return the last value of each name: the gateway's single-value view."""
    return {name: values[-1] for name, values in grouped.items() if values}


@dataclass(frozen=True)
class Route:
    """A resource's method, and what the path's parameters were, decoded."""

    resource: Document
    method: Document
    path_parameters: Mapping[str, str]


def find_route(resources: Iterable[Document], http_method: str, raw_path: str) -> Route | None:
    """Return the route of a request, or None where no resource has such a path and method."""
    parts = [unquote(part) for part in _split(raw_path)]
    found: list[tuple[list[int], Route]] = []
    for resource in resources:
        methods = resource.get("resourceMethods") or {}
        method = methods.get(http_method) or methods.get("ANY")
        template = _split(resource["path"])
        parameters = _match_parts(template, parts)
        if method is not None and parameters is not None:
            rank = [piece.startswith("{") + piece.endswith("+}") for piece in template]
            found.append((rank, Route(resource, method, parameters)))
    return min(found, key=lambda one: one[0])[1] if found else None


def _split(path: str) -> list[str]:
    trimmed = path.strip("/")
    return trimmed.split("/") if trimmed else []


def _match_parts(template: list[str], parts: list[str]) -> dict[str, str] | None:
    """Return the parameters, or None where the path is another."""
    parameters: dict[str, str] = {}
    if template and template[-1].endswith("+}") and len(parts) > len(template):
        last = len(template) - 1
        parts = [*parts[:last], "/".join(parts[last:])]
    if len(parts) != len(template):
        return None
    for piece, part in zip(template, parts, strict=True):
        if piece.startswith("{"):
            parameters[piece.strip("{+}")] = part
        elif piece != part:
            return None
    return parameters
