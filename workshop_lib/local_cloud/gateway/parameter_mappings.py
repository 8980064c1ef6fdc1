"""Values by name: parameter mappings, ``$context.…`` in plain text, JSONPaths.

Requests: ``integration.request.{header|querystring|path}.NAME`` from ``method.request.…``,
``context.…``, ``stageVariables.…`` or a quoted text. Answers: ``method.response.header.NAME`` from
``integration.response.header.…``, ``integration.response.body.JSONPATH`` and the same others.
Authorizers' identity sources and gateway responses' headers are written like requests' sources.
Source: API Gateway developer guide, "Parameter mapping examples for REST APIs".
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from jsonpath_ng.exceptions import JSONPathError
from jsonpath_ng.ext.parser import parse

from workshop_lib.local_cloud.gateway.deployments import Document
from workshop_lib.local_cloud.gateway.executions import Execution
from workshop_lib.local_cloud.gateway.velocity_methods import show_as_java

_LONGEST_PATH = 1024
_VARIABLE = re.compile(
    r"\$(?:\{(?P<braced>[A-Za-z][\w.-]*)\}|(?P<bare>[A-Za-z]\w*(?:\.[A-Za-z_][\w-]*)*))"
)


class JsonPathSyntaxError(ValueError):
    """An expression is not a JSONPath."""


def map_request(execution: Execution) -> dict[str, dict[str, str]]:
    """Return what goes to the integration beside its body: ``header``, ``querystring``, ``path``.

    What has no value is left out.
    """
    mapped: dict[str, dict[str, str]] = {"header": {}, "querystring": {}, "path": {}}
    for target, source in (execution.integration.get("requestParameters") or {}).items():
        place, _, name = target.removeprefix("integration.request.").partition(".")
        value = find_request_value(execution, source)
        if place in mapped and name and value is not None:
            mapped[place][name] = value
    return mapped


def map_response(
    execution: Execution, response: Document, headers: Mapping[str, str], body: str
) -> dict[str, str]:
    """Return the method response's headers by the mappings of an integration response."""
    mapped: dict[str, str] = {}
    for target, source in (response.get("responseParameters") or {}).items():
        name = target.removeprefix("method.response.header.")
        value = _find_response_value(execution, source, headers, body)
        if name != target and value is not None:
            mapped[name] = value
    return mapped


def find_request_value(execution: Execution, source: str) -> str | None:
    """Return what a source of a request stands for, None where the request has no such value."""
    if not source.startswith("method.request."):
        return _find_common_value(execution, source)
    place, _, name = source.removeprefix("method.request.").partition(".")
    request = execution.request
    match place:
        case "header":
            return request.header(name)
        case "multivalueheader":
            return ",".join(request.header_values(name)) or None
        case "querystring":
            return next(reversed(request.query.get(name, ())), None)
        case "multivaluequerystring":
            return ",".join(request.query[name]) if name in request.query else None
        case "path":
            return execution.route.path_parameters.get(name)
        case "body":
            return _find_in_body(request.text, name)
    return None


def _find_response_value(
    execution: Execution, source: str, headers: Mapping[str, str], body: str
) -> str | None:
    if source.startswith("integration.response.header."):
        wanted = source.removeprefix("integration.response.header.").lower()
        return next((value for key, value in headers.items() if key.lower() == wanted), None)
    if source.startswith("integration.response.body"):
        path = source.removeprefix("integration.response.body").removeprefix(".")
        return _find_in_body(body, path)
    return _find_common_value(execution, source)


def _find_common_value(execution: Execution, source: str) -> str | None:
    """Return a quoted text, or a value of the context or the stage."""
    if len(source) > 1 and source.startswith("'") and source.endswith("'"):
        return source[1:-1]
    scope, _, name = source.partition(".")
    value = look_up(execution.scopes.get(scope), name)
    return None if value is None else str(value)


def _find_in_body(body: str, path: str) -> str | None:
    """Return what a JSONPath finds in a body; None where it finds nothing, or no JSON."""
    if not path:
        return body
    try:
        found = find_by_path(json.loads(body), path)
    except (json.JSONDecodeError, JsonPathSyntaxError, RecursionError):
        return None
    return found if found is None or isinstance(found, str) else to_json(found)


# Variables in plain text: access log formats and gateway responses -------------------------------


def replace_variables(
    text: str, scopes: Mapping[str, Any], *, missing: str = "", escape: Callable[[str], str] = str
) -> str:
    """Replace every known ``$scope.name``, also in braces; this is no template language.

    Args:
        text: the format.
        scopes: what the names begin with, such as ``{"context": …, "stageVariables": …}``; names
            that begin with anything else are left as they are.
        missing: what stands for a name that has no value.
        escape: what is done to a value before it is put in.
    """

    def replace(match: re.Match[str]) -> str:
        scope, _, rest = (match["braced"] or match["bare"]).partition(".")
        if scope not in scopes or not rest:
            return match[0]
        value = look_up(scopes[scope], rest)
        return missing if value is None else escape(show_as_java(value))

    return _VARIABLE.sub(replace, text)


def look_up(tree: Any, dotted_name: str) -> Any:
    """Return what stands at a dotted name in nested mappings, or None."""
    for part in dotted_name.split("."):
        tree = tree.get(part) if isinstance(tree, Mapping) else None
    return tree


# JSON --------------------------------------------------------------------------------------------


def find_by_path(document: Any, path: str) -> Any:
    """Return what a JSONPath finds in a document; None where it finds nothing.

    A path that can find several things (``$..name``, ``$.items[*]``) gives a list.

    Raises:
        JsonPathSyntaxError: the path cannot be read.
    """
    if path in ("$", ""):
        return document
    found = [match.value for match in _compile(path).find(document)]
    finds_many = (
        any(sign in path for sign in "*?:") or ".." in path or re.search(r",.*\[|\[.*,", path)
    )
    return found if finds_many else next(iter(found), None)


@lru_cache(maxsize=512)
def _compile(path: str) -> Any:
    if len(path) > _LONGEST_PATH:
        raise JsonPathSyntaxError(f"A JSONPath may have {_LONGEST_PATH} characters.")
    try:
        return parse(path if path.startswith("$") else f"$.{path}")
    except (JSONPathError, ValueError) as error:
        raise JsonPathSyntaxError(f"Invalid JSONPath {path!r}: {error}") from error


def to_json(value: Any) -> str:
    """Return a value as JSON text, as ``$input.json`` gives it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
