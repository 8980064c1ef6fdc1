"""The event that a Lambda proxy integration (and a REQUEST authorizer) receives.

Payload format 1.0. Source: API Gateway developer guide, "Input format of a Lambda function for
proxy integration".
"""

from __future__ import annotations

import base64
import fnmatch
from collections.abc import Mapping, Sequence
from typing import Any

from workshop_lib.local_cloud.gateway.executions import Execution
from workshop_lib.local_cloud.gateway.method_requests import last_values

# What $context knows and requestContext does not show.
_NOT_SHOWN = frozenset({"error", "integration", "requestOverride", "responseOverride"})


def proxy_event(execution: Execution) -> dict[str, Any]:
    """Return the event of a Lambda proxy integration."""
    body, is_base64 = _event_body(execution)
    return {**request_event(execution), "body": body, "isBase64Encoded": is_base64}


def request_event(execution: Execution) -> dict[str, Any]:
    """Return what every event says of the request: all but the body."""
    request = execution.request
    return {
        "resource": execution.resource.path,
        "path": request.path,
        "httpMethod": request.http_method,
        "headers": last_values(request.headers) or None,
        "multiValueHeaders": _every_value(request.headers),
        "queryStringParameters": last_values(request.query) or None,
        "multiValueQueryStringParameters": _every_value(request.query),
        "pathParameters": dict(execution.path_parameters) or None,
        "stageVariables": dict(execution.stage.variables) or None,
        "requestContext": _request_context(execution),
    }


def is_binary(media_type: str, binary_media_types: Sequence[str]) -> bool:
    """Say whether a media type is one that the API treats as binary (``*/*``: all are)."""
    return any(fnmatch.fnmatchcase(media_type, pattern) for pattern in binary_media_types)


def _event_body(execution: Execution) -> tuple[str | None, bool]:
    request = execution.request
    if not request.body:
        return None, False
    if is_binary(request.media_type, execution.configuration.binary_media_types):
        return base64.b64encode(request.body).decode(), True
    return request.text, False


def _every_value(grouped: Mapping[str, Sequence[str]]) -> dict[str, list[str]] | None:
    return {name: list(values) for name, values in grouped.items()} or None


def _request_context(execution: Execution) -> dict[str, Any]:
    return {name: value for name, value in execution.context.items() if name not in _NOT_SHOWN}
