"""A request as the front door hands it on: one reading of path, body and headers for everybody."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes

from werkzeug import Request

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.moto_hooks import BUCKET, KEY
from workshop_lib.local_cloud.s3.addresses import S3Address

FORM_MEMORY_BYTES = 64 * 1024 * 1024


class ReceivedRequest(Request):
    """A request whose body is read whole; the server bounds its size."""

    max_form_memory_size = FORM_MEMORY_BYTES

    def __init__(self, environ: dict[str, Any]) -> None:
        super().__init__(environ)
        # werkzeug keeps the body after this, for everyone who reads it or its form later.
        self.get_data(cache=True)


def receive_request(environ: dict[str, Any]) -> Request:
    """Return a request as it was sent.

    Raises:
        AwsError: its target is not a path.
    """
    if not environ["REQUEST_URI"].startswith("/"):
        raise AwsError("InvalidURI", "Couldn't parse the specified URI.", 400)
    return ReceivedRequest(environ)


def replace_body(request: Request, body: bytes, **changes: Any) -> Request:
    """Return the same request with another body and changed environ entries."""
    environ = {key: value for key, value in request.environ.items() if key != "werkzeug.request"}
    environ |= {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body)), **changes}
    return ReceivedRequest({key: value for key, value in environ.items() if value is not None})


def replace_path(request: Request, path: str, **changes: Any) -> Request:
    """Return the same request with another path, given encoded; the query stays."""
    query = request.environ.get("QUERY_STRING", "")
    decoded = unquote_to_bytes(path).decode("latin-1")
    return replace_body(
        request,
        request.get_data(),
        PATH_INFO=decoded,
        SCRIPT_NAME="",
        RAW_URI=f"{path}?{query}" if query else path,
        **changes,
    )


def address_s3(request: Request, address: S3Address, port: int) -> Request:
    """Return an S3 request in path style under the plain host, whatever style it was sent in."""
    changes = {BUCKET: address.bucket, KEY: address.key, "HTTP_HOST": f"127.0.0.1:{port}"}
    return replace_path(request, address.path, **changes)
