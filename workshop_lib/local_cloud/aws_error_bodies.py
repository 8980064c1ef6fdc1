"""An AWS error in the shape of the caller's protocol.

Sources: the protocol specifications of Smithy (awsQuery, awsJson1_0, restJson1, restXml,
rpcv2Cbor) and the error documents in the S3 API reference.
"""

from __future__ import annotations

import base64
import json
import secrets
import uuid
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
    return secrets.token_hex(8).upper() if protocol == "rest-xml" else str(uuid.uuid4())


def render_error(
    error: AwsError, protocol: Protocol, scope_name: str, request: Request
) -> Response:
    """Return the HTTP answer that carries this error.

    Args:
        error: what to say.
        protocol: the caller's protocol.
        scope_name: the service, for the namespace of a query answer.
        request: an answer to HEAD has no body.
    """
    request_id = make_request_id(protocol)
    headers = {"x-amzn-RequestId": request_id}
    if protocol == "rest-xml":
        host_id = base64.b64encode(secrets.token_bytes(56)).decode("ascii")
        headers = {"x-amz-request-id": request_id, "x-amz-id-2": host_id}
        elements = _list_elements(error, RequestId=request_id, HostId=host_id)
        body: str | bytes = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{elements}</Error>'
        content_type = "application/xml"
    elif protocol == "query":
        body, content_type = _write_query_error(error, request_id, scope_name), "text/xml"
    elif protocol == "cbor":
        headers["smithy-protocol"] = "rpc-v2-cbor"
        body = _encode_text_map({"__type": error.code, "message": error.message})
        content_type = "application/cbor"
    else:
        headers["x-amzn-ErrorType"] = error.code
        is_rest = protocol == "rest-json"
        named = {} if is_rest else {"__type": error.code}
        body = json.dumps({**named, "message": error.message, **error.details})
        content_type = "application/json" if is_rest else "application/x-amz-json-1.0"
    body = b"" if request.method == "HEAD" else body
    return Response(body, error.status, headers, content_type=content_type)


def _write_query_error(error: AwsError, request_id: str, scope_name: str) -> str:
    namespace = QUERY_NAMESPACES.get(scope_name, "")
    attribute = f' xmlns="{namespace}"' if namespace else ""
    fault = "Receiver" if error.status >= 500 else "Sender"
    return (
        f"<ErrorResponse{attribute}><Error><Type>{fault}</Type>{_list_elements(error)}</Error>"
        f"<RequestId>{request_id}</RequestId></ErrorResponse>"
    )


def _list_elements(error: AwsError, **further: str) -> str:
    elements = {"Code": error.code, "Message": error.message, **error.details, **further}
    return "".join(f"<{name}>{escape(text)}</{name}>" for name, text in elements.items())


def _encode_text_map(texts: Mapping[str, str]) -> bytes:
    """Return a small map of text to text in CBOR (RFC 8949, sections 3.1 and 3.2)."""
    encoded = bytes([0xA0 | len(texts)])
    for text in (part for item in texts.items() for part in item):
        data = text.encode()
        encoded += b"\x79" + len(data).to_bytes(2, "big") + data
    return encoded
