"""The Invoke API as HTTP: reading its requests, checking their size, writing its answers."""

from __future__ import annotations

import base64
import binascii
import json
import re
import uuid
from dataclasses import dataclass
from typing import NoReturn
from urllib.parse import unquote

from werkzeug import Request, Response

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.lambda_runtime.invocations import InvocationResult
from workshop_lib.local_cloud.lambda_runtime.lineages import HEADER as TRACE_HEADER

SYNCHRONOUS_BYTES = 6_291_456
ASYNCHRONOUS_BYTES = 1_048_576
INVOCATION_TYPES = ("RequestResponse", "Event", "DryRun")
PATH = re.compile(r"/\d{4}-\d{2}-\d{2}/functions/(?P<name>.+)/(?P<api>invocations|invoke-async)/?$")


@dataclass(frozen=True)
class InvokeRequest:
    """A call of Invoke; ``payload`` is JSON, ``client_context`` decoded."""

    function_name: str
    qualifier: str | None
    invocation_type: str
    payload: bytes
    wants_log: bool
    client_context: str | None
    trace_header: str | None
    request_id: str


def read_invoke(request: Request) -> InvokeRequest:
    """Read a call of Invoke, or of the older InvokeAsync.

    Raises:
        AwsError: the payload is too large or not JSON, or the type of invocation unknown.
    """
    matched = PATH.match(request.path)
    if matched is None:
        raise AwsError("UnknownOperationException", "", 404)
    default = "Event" if matched["api"] == "invoke-async" else "RequestResponse"
    invocation_type = request.headers.get("X-Amz-Invocation-Type", default)
    if invocation_type not in INVOCATION_TYPES:
        raise AwsError(
            "InvalidParameterValueException", f"Unknown invocation type {invocation_type}."
        )
    return InvokeRequest(
        function_name=unquote(matched["name"]),
        qualifier=request.args.get("Qualifier"),
        invocation_type=invocation_type,
        payload=check_payload(request.get_data(), invocation_type),
        wants_log=request.headers.get("X-Amz-Log-Type") == "Tail",
        client_context=_read_client_context(request.headers.get("X-Amz-Client-Context")),
        trace_header=request.headers.get(TRACE_HEADER),
        request_id=str(uuid.uuid4()),
    )


def check_payload(payload: bytes, invocation_type: str = "RequestResponse") -> bytes:
    """Return an invocation's payload, ``{}`` for none.

    Raises:
        AwsError: RequestTooLargeException 413, or InvalidRequestContentException.
    """
    bound = ASYNCHRONOUS_BYTES if invocation_type == "Event" else SYNCHRONOUS_BYTES
    if len(payload) > bound:
        raise AwsError(
            "RequestTooLargeException",
            f"Request must be smaller than {bound} bytes for the InvokeFunction operation",
            413,
        )
    try:
        json.loads((payload or b"{}").decode(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise AwsError(
            "InvalidRequestContentException",
            f"Could not parse request body into json: Could not parse payload into json: {error}",
        ) from error
    return payload or b"{}"


def make_response(call: InvokeRequest, result: InvocationResult) -> Response:
    """Return the answer to a synchronous call."""
    response = Response(result.payload, 200, content_type="application/json")
    response.headers["X-Amz-Executed-Version"] = result.executed_version
    if result.function_error:
        response.headers["X-Amz-Function-Error"] = result.function_error
    if call.wants_log:
        response.headers["X-Amz-Log-Result"] = base64.b64encode(result.log_tail).decode()
    return identify(response, result.request_id)


def identify(response: Response, request_id: str) -> Response:
    """Give an answer its request id."""
    response.headers["x-amzn-RequestId"] = request_id
    return response


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _read_client_context(encoded: str | None) -> str | None:
    if not encoded:
        return None
    try:
        text = base64.b64decode(encoded, validate=True).decode()
        values = json.loads(text)
    except (binascii.Error, ValueError) as error:
        raise AwsError(
            "InvalidRequestContentException", f"Client context must be a valid Json: {error}"
        ) from error
    return text if isinstance(values, dict) else None
