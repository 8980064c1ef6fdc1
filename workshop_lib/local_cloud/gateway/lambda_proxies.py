"""AWS_PROXY: the event that a function gets of a request, and what it may answer.

A REQUEST authorizer gets the event too; payload format 1.0. Source: API Gateway developer guide,
"Input format" and "Output format of a Lambda function for proxy integration".
"""

from __future__ import annotations

import base64
import binascii
import fnmatch
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from workshop_lib.local_cloud.gateway.executions import Answer, Execution
from workshop_lib.local_cloud.gateway.function_calls import GatewayServices, call_function
from workshop_lib.local_cloud.gateway.gateway_responses import GatewayError, configuration_fault
from workshop_lib.local_cloud.gateway.method_requests import HEADER_NAME, last_values, plain_type
from workshop_lib.local_cloud.gateway.velocity_methods import show_as_java

# What $context knows and requestContext does not show.
_NOT_SHOWN = frozenset({"error", "integration", "requestOverride", "responseOverride"})
_KNOWN_KEYS = frozenset({"statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"})


def answer_with_proxy(execution: Execution, services: GatewayServices) -> Answer:
    """Return what the function answered to the whole request.

    Raises:
        GatewayError: the function failed or its answer is malformed (502), and all that
            ``call_function`` raises.
    """
    request, body = execution.request, None
    is_base64 = bool(request.body) and _is_binary(execution, request.media_type)
    if request.body:
        body = base64.b64encode(request.body).decode() if is_base64 else request.text
    event = {**make_event(execution), "body": body, "isBase64Encoded": is_base64}
    result = call_function(execution, services, json.dumps(event).encode())
    if result.function_error:
        raise _malformed("the function failed")
    return _read_answer(execution, result.payload)


def make_event(execution: Execution) -> dict[str, Any]:
    """Return what every event says of the request: all but the body."""
    request, context = execution.request, execution.context
    return {
        "resource": execution.route.resource["path"],
        "path": request.path,
        "httpMethod": request.http_method,
        "headers": last_values(request.headers) or None,
        "multiValueHeaders": _list_values(request.headers),
        "queryStringParameters": last_values(request.query) or None,
        "multiValueQueryStringParameters": _list_values(request.query),
        "pathParameters": dict(execution.route.path_parameters) or None,
        "stageVariables": execution.scopes["stageVariables"] or None,
        "requestContext": {name: context[name] for name in context if name not in _NOT_SHOWN},
    }


def _list_values(grouped: Mapping[str, Sequence[str]]) -> dict[str, list[str]] | None:
    return {name: list(values) for name, values in grouped.items()} or None


def _is_binary(execution: Execution, media_type: str) -> bool:
    """Say whether the API treats a media type as binary (``*/*``: all are)."""
    patterns = execution.configuration.binary_media_types
    return any(fnmatch.fnmatchcase(media_type, pattern) for pattern in patterns)


def _malformed(reason: str) -> GatewayError:
    return configuration_fault(f"Malformed Lambda proxy response ({reason})", "DEFAULT_5XX", 502)


def _read_answer(execution: Execution, payload: bytes) -> Answer:
    """Return the client's answer from what the function returned; without a status it is a 200."""
    document = _read_document(payload)
    headers = _read_headers(document)
    body = _read_body(execution, document, headers)
    if _find_content_type(headers) is None:
        headers.append(("Content-Type", "application/json"))
    status = document.get("statusCode", 200)
    if isinstance(status, bool) or not re.fullmatch(r"[1-5]\d\d", str(status)):
        raise _malformed(f"statusCode must be a whole number from 100 to 599, and is {status!r}")
    return Answer(int(status), headers, body)


def _read_document(payload: bytes) -> dict[str, Any]:
    try:
        document = json.loads(payload or b"null")
    except ValueError as error:
        raise _malformed(f"it is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise _malformed(f"it must be an object, not {type(document).__name__}")
    unknown = sorted(set(document) - _KNOWN_KEYS)
    if unknown:
        raise _malformed(f"unknown top-level key {', '.join(unknown)}")
    return document


def _read_headers(document: dict[str, Any]) -> list[tuple[str, str]]:
    """Return every header; ``multiValueHeaders`` wins over ``headers`` for the same name."""
    many = document.get("multiValueHeaders") or {}
    single = document.get("headers") or {}
    if not isinstance(many, dict) or not isinstance(single, dict):
        raise _malformed("headers and multiValueHeaders must be objects")
    for name, values in many.items():
        if not isinstance(values, list):
            raise _malformed(f"multiValueHeaders.{name} must be a list")
    taken = {name.lower() for name in many}
    pairs = [(name, value) for name, values in many.items() for value in values]
    pairs += [(name, value) for name, value in single.items() if name.lower() not in taken]
    return [_read_header(name, value) for name, value in pairs]


def _read_header(name: str, value: Any) -> tuple[str, str]:
    if isinstance(value, dict | list):
        raise _malformed(f"the value of header {name} must be a text, not {type(value).__name__}")
    if not HEADER_NAME.fullmatch(name):
        raise _malformed(f"{name!r} is no header name")
    text = "" if value is None else show_as_java(value)
    if re.search(r"[\r\n\x00]", text):
        raise _malformed(f"the value of header {name} has a line break")
    return name, text


def _read_body(
    execution: Execution, document: dict[str, Any], headers: list[tuple[str, str]]
) -> bytes:
    body = document.get("body")
    if body is None:
        return b""
    if not isinstance(body, str):
        raise _malformed(f"body must be a string (json.dumps it), not {type(body).__name__}")
    execution.log.trace(f"Method response body after transformations: {body}")
    if document.get("isBase64Encoded") is not True or not _wants_binary(execution, headers):
        return body.encode("utf-8", "replace")
    try:
        return base64.b64decode(body, validate=True)
    except binascii.Error as error:
        raise _malformed(f"body is said to be Base64, and is not: {error}") from error


def _wants_binary(execution: Execution, headers: list[tuple[str, str]]) -> bool:
    """Say whether the answer is decoded: the first type the client accepts decides.

    A client that names none is asked for by the answer's own content type.
    """
    accepted = plain_type((execution.request.header("Accept") or "").split(",")[0])
    return _is_binary(execution, accepted or plain_type(_find_content_type(headers) or ""))


def _find_content_type(headers: list[tuple[str, str]]) -> str | None:
    return next((value for name, value in headers if name.lower() == "content-type"), None)
