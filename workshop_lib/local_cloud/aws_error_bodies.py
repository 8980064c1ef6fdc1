"""An AWS error in the shape of the caller's protocol.

Sources: the protocol specifications of Smithy (awsQuery, awsJson1_0, restJson1, restXml,
rpcv2Cbor) and the error documents in the S3 API reference.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping
from xml.sax.saxutils import escape

from werkzeug import Request, Response

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.services import Protocol

QUERY_NAMESPACES = {
    "iam": "https://iam.amazonaws.com/doc/2010-05-08/",
    "sts": "https://sts.amazonaws.com/doc/2011-06-15/",
    "sns": "http://sns.amazonaws.com/doc/2010-03-31/",
    "sqs": "http://queue.amazonaws.com/doc/2012-11-05/",
    "monitoring": "http://monitoring.amazonaws.com/doc/2010-08-01/",
}


def make_request_id(protocol: Protocol) -> str:
    """Return a new request id as AWS writes it: 16 hexadecimal digits in S3, else a UUID."""
    if protocol == "rest-xml":
        return secrets.token_hex(8).upper()
    digits = secrets.token_hex(16)
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def render_error(
    error: AwsError, protocol: Protocol, scope_name: str, request: Request
) -> Response:
    """Return the HTTP answer that carries this error.

    Args:
        error: what to say.
        protocol: the caller's protocol.
        scope_name: the service, for the namespace of a query answer.
        request: an S3 error names its resource; an answer to HEAD has no body.
    """
    request_id = make_request_id(protocol)
    if protocol == "rest-xml":
        response = _render_s3_error(error, request_id, request)
    elif protocol == "query":
        response = _render_query_error(error, request_id, scope_name)
    elif protocol == "cbor":
        response = _render_cbor_error(error, request_id)
    else:
        response = _render_json_error(error, request_id, rest=protocol == "rest-json")
    if request.method == "HEAD":
        response.set_data(b"")
    return response


def _render_s3_error(error: AwsError, request_id: str, request: Request) -> Response:
    host_id = base64.b64encode(secrets.token_bytes(56)).decode("ascii")
    elements = {"Code": error.code, "Message": error.message, **error.details}
    elements.update({"RequestId": request_id, "HostId": host_id})
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{_render_elements(elements)}</Error>'
    headers = {"x-amz-request-id": request_id, "x-amz-id-2": host_id}
    return Response(body, error.status, headers, content_type="application/xml")


def _render_query_error(error: AwsError, request_id: str, scope_name: str) -> Response:
    namespace = QUERY_NAMESPACES.get(scope_name, "")
    attribute = f' xmlns="{namespace}"' if namespace else ""
    fault = "Receiver" if error.status >= 500 else "Sender"
    elements = {"Type": fault, "Code": error.code, "Message": error.message, **error.details}
    body = (
        f"<ErrorResponse{attribute}><Error>{_render_elements(elements)}</Error>"
        f"<RequestId>{request_id}</RequestId></ErrorResponse>"
    )
    headers = {"x-amzn-RequestId": request_id}
    return Response(body, error.status, headers, content_type="text/xml")


def _render_json_error(error: AwsError, request_id: str, *, rest: bool) -> Response:
    headers = {"x-amzn-RequestId": request_id, "x-amzn-ErrorType": error.code}
    document = {"__type": error.code, "message": error.message, **error.details}
    if rest:
        del document["__type"]
    content_type = "application/json" if rest else "application/x-amz-json-1.0"
    return Response(json.dumps(document), error.status, headers, content_type=content_type)


def _render_cbor_error(error: AwsError, request_id: str) -> Response:
    headers = {"x-amzn-RequestId": request_id, "smithy-protocol": "rpc-v2-cbor"}
    body = _encode_text_map({"__type": error.code, "message": error.message})
    return Response(body, error.status, headers, content_type="application/cbor")


def _render_elements(elements: Mapping[str, str]) -> str:
    return "".join(f"<{name}>{escape(text)}</{name}>" for name, text in elements.items())


def _encode_text_map(texts: Mapping[str, str]) -> bytes:
    """Return a small map of text to text in CBOR (RFC 8949, sections 3.1 and 3.2)."""
    encoded = bytes([0xA0 | len(texts)])
    for text in (part for item in texts.items() for part in item):
        data = text.encode()
        encoded += b"\x79" + len(data).to_bytes(2, "big") + data
    return encoded
