"""Parameter mappings: which value of the request or the answer becomes which header or parameter.

Requests: ``integration.request.{header|querystring|path}.NAME`` from ``method.request.…``,
``context.…``, ``stageVariables.…`` or a quoted text. Answers: ``method.response.header.NAME`` from
``integration.response.header.…``, ``integration.response.body.JSONPATH`` and the same others.
Authorizers' identity sources and gateway responses' headers are written like requests' sources.
Source: API Gateway developer guide, "Parameter mapping examples for REST APIs".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workshop_lib.local_cloud.gateway.configurations import IntegrationResponse
from workshop_lib.local_cloud.gateway.context_variables import look_up
from workshop_lib.local_cloud.gateway.executions import Execution
from workshop_lib.local_cloud.gateway.json_paths import JsonPathSyntaxError, find_by_path
from workshop_lib.local_cloud.gateway.velocity import to_json


@dataclass
class IntegrationParameters:
    """What goes to the integration beside its body."""

    headers: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    path: dict[str, str] = field(default_factory=dict)


def map_request(execution: Execution) -> IntegrationParameters:
    """Return the integration's parameters by the mappings; what has no value is left out."""
    mapped = IntegrationParameters()
    places = {"header": mapped.headers, "querystring": mapped.query, "path": mapped.path}
    for target, source in execution.integration.request_parameters.items():
        place, _, name = target.removeprefix("integration.request.").partition(".")
        value = find_request_value(execution, source)
        if place in places and name and value is not None:
            places[place][name] = value
    return mapped


def map_response(
    execution: Execution, response: IntegrationResponse, headers: Mapping[str, str], body: str
) -> dict[str, str]:
    """Return the method response's headers by the mappings of an integration response."""
    mapped: dict[str, str] = {}
    for target, source in response.parameters.items():
        name = target.removeprefix("method.response.header.")
        value = _response_value(execution, source, headers, body)
        if name != target and value is not None:
            mapped[name] = value
    return mapped


def find_request_value(execution: Execution, source: str) -> str | None:
    """Return what a source of a request stands for, None where the request has no such value."""
    place, _, name = source.removeprefix("method.request.").partition(".")
    request = execution.request
    if not source.startswith("method.request."):
        return _common_value(execution, source)
    if place == "header":
        return request.header(name)
    if place == "querystring":
        return request.query_value(name)
    if place == "path":
        return execution.path_parameters.get(name)
    if place == "multivalueheader":
        wanted = name.lower()
        values = [value for key, value in request.headers.items() if key.lower() == wanted]
        return ",".join(values[0]) if values else None
    if place == "multivaluequerystring":
        return ",".join(request.query[name]) if name in request.query else None
    if place == "body":
        return _body_value(request.text, name)
    return None


def _response_value(
    execution: Execution, source: str, headers: Mapping[str, str], body: str
) -> str | None:
    if source.startswith("integration.response.header."):
        wanted = source.removeprefix("integration.response.header.").lower()
        return next((value for key, value in headers.items() if key.lower() == wanted), None)
    if source.startswith("integration.response.body"):
        path = source.removeprefix("integration.response.body").removeprefix(".")
        return _body_value(body, path)
    return _common_value(execution, source)


def _common_value(execution: Execution, source: str) -> str | None:
    """Return a quoted text, or a value of the context or the stage."""
    if len(source) > 1 and source.startswith("'") and source.endswith("'"):
        return source[1:-1]
    scope, _, name = source.partition(".")
    scopes: dict[str, Any] = {
        "context": execution.context,
        "stageVariables": execution.stage.variables,
    }
    value = look_up(scopes.get(scope), name)
    return None if value is None else str(value)


def _body_value(body: str, path: str) -> str | None:
    """Return what a JSONPath finds in a body; None where it finds nothing, or no JSON."""
    if not path:
        return body
    try:
        found = find_by_path(json.loads(body), path)
    except (json.JSONDecodeError, JsonPathSyntaxError, RecursionError):
        return None
    if found is None or isinstance(found, str):
        return found
    return to_json(found)
