"""Which resource and method a request's path and verb belong to.

Order of preference at each step of the path: a literal part, then ``{parameter}``, then
``{parameter+}`` (greedy); a method of the request's own name before ``ANY``.
Source: API Gateway developer guide, "Set up a proxy integration with a proxy resource".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from workshop_lib.local_cloud.gateway.configurations import ApiConfiguration, Method, Resource


@dataclass(frozen=True)
class Route:
    """A resource's method, and what the path's parameters were."""

    resource: Resource
    method: Method
    path_parameters: Mapping[str, str]


def find_route(configuration: ApiConfiguration, http_method: str, raw_path: str) -> Route | None:
    """Return the route of a request, or None where no resource has such a path and method.

    The path is percent-encoded; its parameters come back decoded.
    """
    parts = [unquote(part) for part in _split(raw_path)]
    best: tuple[tuple[int, ...], Route] | None = None
    for resource in configuration.resources:
        method = resource.methods.get(http_method) or resource.methods.get("ANY")
        if method is None:
            continue
        match = _match_path(_split(resource.path), parts)
        if match is None:
            continue
        rank, parameters = match
        if best is None or rank < best[0]:
            best = (rank, Route(resource, method, parameters))
    return None if best is None else best[1]


def _split(path: str) -> list[str]:
    trimmed = path.strip("/")
    return trimmed.split("/") if trimmed else []


def _match_path(
    template: list[str], parts: list[str]
) -> tuple[tuple[int, ...], dict[str, str]] | None:
    """Return how specific the match is (lower first) and the parameters, or None."""
    rank: list[int] = []
    parameters: dict[str, str] = {}
    for position, piece in enumerate(template):
        if position >= len(parts):
            return None
        if piece.startswith("{") and piece.endswith("+}"):
            parameters[piece[1:-2]] = "/".join(parts[position:])
            return (*rank, 2), parameters
        if piece.startswith("{") and piece.endswith("}"):
            parameters[piece[1:-1]] = parts[position]
            rank.append(1)
        elif piece == parts[position]:
            rank.append(0)
        else:
            return None
    return (tuple(rank), parameters) if len(parts) == len(template) else None
