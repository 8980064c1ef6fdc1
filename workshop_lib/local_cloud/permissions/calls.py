"""An HTTP request, read as a call: which operation of which service, with which parameters.

Operations and parameters come from botocore's own service models, by moto's router and parsers;
the body is read once and stays readable for whoever answers the request.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote

from botocore.exceptions import UnknownServiceError
from moto.core.parse import PROTOCOL_PARSERS, RequestParserError
from moto.core.request import Request as MotoRequest
from moto.core.request import determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.utils import get_service_model
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Request

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.permissions.ambiguities import (
    FORM_TYPE,
    refuse_ambiguity,
    refuse_foreign_subresources,
    unknown_operation,
)
from workshop_lib.local_cloud.s3.form_uploads import is_form_upload, read_form

# What a signature's scope calls a service, and what botocore calls it, where they differ.
_MODEL_NAMES = {"monitoring": "cloudwatch", "tagging": "resourcegroupstaggingapi"}
POST_OBJECT = "PostObject"


@dataclass(frozen=True)
class Call:
    """One call of an AWS operation.

    Attributes:
        service: botocore's name, such as ``s3`` or ``cloudwatch``.
        operation: the API's name, such as ``PutObject``; ``PostObject`` for S3's browser form.
        parameters: as boto3 would name them; binary values stay in base64.
        headers, arguments: the request's, header names in lower case.
        received: seconds since 1970.
        reads_form: whether the parameters are in a form in the body.
    """

    service: str
    operation: str
    parameters: Mapping[str, Any]
    region: str
    account_id: str
    method: str = "POST"
    path: str = "/"
    headers: Mapping[str, str] = field(default_factory=dict)
    arguments: Mapping[str, str] = field(default_factory=dict)
    remote_address: str = "127.0.0.1"
    received: float = field(default_factory=time.time)
    caller_arn: str = ""
    reads_form: bool = False

    def get(self, name: str) -> Any:
        """Return a parameter, or None when the call does not have it."""
        return self.parameters.get(name)

    def find_header(self, name: str) -> str | None:
        """Return an ``x-amz-…`` value, which a presigned URL may carry in its query."""
        lowered = {key.lower(): value for key, value in self.arguments.items()}
        return self.headers.get(name.lower(), lowered.get(name.lower()))


def read_call(
    request: Request, service: str, region: str, account_id: str, caller_arn: str = ""
) -> Call:
    """Read a request as a call.

    Args:
        caller_arn: whose call it is; a few IAM operations are about the caller unless told.

    Raises:
        AwsError: the request is none of the service's operations, or could be read as two.
    """
    name = _MODEL_NAMES.get(service, service)
    operation, parameters = _read_operation(request, name)
    is_query = request.method == "POST" and request.mimetype == FORM_TYPE
    return Call(
        name, operation, parameters, region, account_id, request.method, read_raw_path(request),
        headers={name.lower(): value for name, value in request.headers.items()},
        arguments=dict(parse_qsl(request.query_string.decode(), keep_blank_values=True)),
        remote_address=request.remote_addr or "127.0.0.1",
        caller_arn=caller_arn,
        reads_form=operation == POST_OBJECT or (name != "s3" and is_query),
    )  # fmt: skip


def _read_operation(request: Request, service: str) -> tuple[str, dict[str, Any]]:
    if service == "s3" and is_form_upload(request):
        bucket = request.path.strip("/")
        form = read_form(request, bucket)
        fields = {"ACL": form.fields.get("acl"), "Tagging": form.fields.get("tagging")}
        return POST_OBJECT, {"Bucket": bucket, "Key": form.key, **fields}
    try:
        protocol = determine_request_protocol(get_service_model(service), request.content_type)
        # A query's action is in its body; elsewhere the operation is known without it.
        body = request.get_data() if protocol == "query" else b""
        refuse_ambiguity(request, service, protocol, body)
        copy = _copy_request(request, body)
        operation, in_path = get_service_router(service).match(copy)
        if operation.name == POST_OBJECT:
            # moto takes any POST for a form; only a browser's multipart form names its key.
            raise NotFound
        refuse_foreign_subresources(service, operation, request)
        _refuse_second_reading(request, service, protocol, (operation.name, in_path))
    except (NotFound, NotImplementedError, UnknownServiceError) as error:
        raise unknown_operation(service, f"{request.method} {request.path}") from error
    # An object's bytes say nothing about permissions and may be many; a GET's say nothing at all.
    says_nothing = operation.has_streaming_input or request.method in ("GET", "HEAD", "DELETE")
    body = b"" if says_nothing else request.get_data()
    return operation.name, _parse_parameters(copy, protocol, operation, in_path, body)


def _parse_parameters(
    request: MotoRequest, protocol: str, operation: Any, in_path: dict[str, Any], body: bytes
) -> dict[str, Any]:
    # A binary parameter stays in base64: a function's zip is not decoded to decide on it.
    parser = PROTOCOL_PARSERS[protocol](operation, blob_parser=lambda value: value)
    _require_json(operation, protocol, body)
    values: MultiDict[str, str] = MultiDict(request.args)
    if protocol == "query":
        values.update(parse_qsl(body.decode(), keep_blank_values=True))
    described = {
        "method": request.method, "url_path": request.raw_path, "url_params": in_path,
        "headers": request.headers, "body": body, "values": values,
    }  # fmt: skip
    try:
        parsed: dict[str, Any] = parser.parse(described)
    except (ValueError, TypeError, AttributeError, RequestParserError) as error:
        message = f"The request for {operation.name} cannot be read: {error}"
        raise AwsError("SerializationException", message) from error
    return {**in_path, **parsed}


def _require_json(operation: Any, protocol: str, body: bytes) -> None:
    """Refuse a body that is no JSON; the parser would take it for an empty one."""
    payload = operation.input_shape.serialization.get("payload") if operation.input_shape else None
    if protocol not in ("json", "rest-json") or payload or not body:
        return
    try:
        json.loads(body)
    except ValueError as error:
        raise AwsError("SerializationException", f"The body is not JSON: {error}") from error


def _refuse_second_reading(
    request: Request, service: str, protocol: str, reading: tuple[str, dict[str, Any]]
) -> None:
    """Refuse a path that means one operation as sent and another once decoded."""
    if service == "s3" or not protocol.startswith("rest"):
        return
    if request.path == read_raw_path(request):
        return
    decoded = _copy_request(request, b"", path=request.path)
    operation, in_path = get_service_router(service).match(decoded)
    if (operation.name, in_path) != reading:
        raise NotFound


def _copy_request(request: Request, body: bytes, path: str | None = None) -> MotoRequest:
    query = request.query_string.decode()
    url = f"http://{request.host}{path or read_raw_path(request)}{'?' if query else ''}{query}"
    headers = {name: value for name, value in request.headers.items() if name != "Content-Length"}
    return MotoRequest.from_primitives(request.method, url, headers, body)


def read_raw_path(request: Request) -> str:
    """Return the path as it was sent; an encoded slash in a key is not a slash of the path."""
    sent = str(request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or "")
    return sent.split("?", 1)[0] or quote(request.path)
