"""What a function behind AWS_PROXY may answer, and how it becomes the client's answer.

Source: API Gateway developer guide, "Output format of a Lambda function for proxy integration".
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import Any

from workshop_lib.local_cloud.gateway.executions import Answer, Execution
from workshop_lib.local_cloud.gateway.gateway_responses import (
    GatewayError,
    malformed_answer_fault,
)
from workshop_lib.local_cloud.gateway.method_requests import HEADER_NAME
from workshop_lib.local_cloud.gateway.proxy_events import is_binary
from workshop_lib.local_cloud.gateway.velocity_methods import show_as_java

_KNOWN_KEYS = frozenset({"statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"})


def read_proxy_answer(execution: Execution, payload: bytes) -> Answer:
    """Return the client's answer from what the function returned.

    Raises:
        GatewayError: it is malformed (502); the log says how.
    """
    document = _read_document(payload)
    headers = _read_headers(document)
    body = _read_body(execution, document, headers)
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", "application/json"))
    return Answer(_read_status(document), headers, body)


def _malformed(reason: str) -> GatewayError:
    return malformed_answer_fault(
        f"Execution failed due to configuration error: Malformed Lambda proxy response ({reason})"
    )


def _read_document(payload: bytes) -> dict[str, Any]:
    try:
        document = json.loads(payload or b"null")
    except ValueError as error:
        raise _malformed(f"it is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise _malformed(f"it must be an object, and is {_json_kind(document)}")
    unknown = sorted(set(document) - _KNOWN_KEYS)
    if unknown:
        raise _malformed(f"unknown top-level key {', '.join(unknown)}")
    return document


def _read_status(document: dict[str, Any]) -> int:
    """Return the status; an answer without one is a 200."""
    status = document.get("statusCode", 200)
    if isinstance(status, bool) or not re.fullmatch(r"[1-5]\d\d", str(status)):
        raise _malformed(f"statusCode must be a whole number from 100 to 599, and is {status!r}")
    return int(status)


def _read_headers(document: dict[str, Any]) -> list[tuple[str, str]]:
    """Return every header; ``multiValueHeaders`` wins over ``headers`` for the same name."""
    many = document.get("multiValueHeaders") or {}
    single = document.get("headers") or {}
    if not isinstance(many, dict) or not isinstance(single, dict):
        raise _malformed("headers and multiValueHeaders must be objects")
    pairs: list[tuple[str, str]] = []
    for name, values in many.items():
        if not isinstance(values, list):
            raise _malformed(f"multiValueHeaders.{name} must be a list")
        pairs += [_read_header(name, value) for value in values]
    taken = {name.lower() for name in many}
    pairs += [_read_header(name, single[name]) for name in single if name.lower() not in taken]
    return pairs


def _read_header(name: str, value: Any) -> tuple[str, str]:
    if isinstance(value, dict | list):
        raise _malformed(f"the value of header {name} must be a text, and is {_json_kind(value)}")
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
        raise _malformed(f"body must be a string (json.dumps it), and is {_json_kind(body)}")
    execution.log.trace(f"Method response body after transformations: {body}")
    if document.get("isBase64Encoded") is True and _wants_binary(execution, headers):
        try:
            return base64.b64decode(body, validate=True)
        except binascii.Error as error:
            raise _malformed(f"body is said to be Base64, and is not: {error}") from error
    return body.encode("utf-8", "replace")


def _wants_binary(execution: Execution, headers: list[tuple[str, str]]) -> bool:
    """Say whether the answer is decoded: the first type the client accepts decides.

    A client that names none is asked for by the answer's own content type.
    """
    accepted = (execution.request.header("Accept") or "").split(",")[0].split(";")[0].strip()
    own = next((value for name, value in headers if name.lower() == "content-type"), "")
    media_type = accepted or own.split(";")[0].strip()
    return is_binary(media_type.lower(), execution.configuration.binary_media_types)


def _json_kind(value: Any) -> str:
    kinds = {dict: "an object", list: "a list", str: "a string", bool: "a boolean"}
    if value is None:
        return "null"
    return kinds.get(type(value), "a number")
