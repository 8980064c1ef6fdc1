"""A request as the front door hands it on: one reading of path, body and headers for everybody.

The server bounds every body. Before a large one is read into memory, its sender must name a key of
this cloud and a time that is now: what a stranger's web page cannot do.
"""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes

from werkzeug import Request

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.moto_hooks import BUCKET, KEY
from workshop_lib.local_cloud.s3.addresses import S3Address
from workshop_lib.local_cloud.s3.form_uploads import is_form_upload
from workshop_lib.local_cloud.services import find_protocol
from workshop_lib.local_cloud.signing.claims import is_signed, read_claim, read_scope_name
from workshop_lib.local_cloud.signing.signatures import FindIdentity, check_time, identify

# Above API Gateway's own bound, which answers for itself.
STRANGER_BYTES = 12 * 1024 * 1024
FORM_BYTES = 64 * 1024 * 1024


# In a request's environ: why the disk did not take its body; empty where it did.
LOST_BODY = "workshop.lost_body"


class ReceivedRequest(Request):
    """A request whose body is read whole; the server bounds its size."""

    max_form_memory_size = FORM_BYTES

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


def check_body_is_whole(request: Request) -> None:
    """Refuse a request whose body could not be kept while it came in.

    Raises:
        AwsError: InsufficientStorage 507.
    """
    reason = request.environ.get(LOST_BODY)
    if reason:
        sentence = f"Nothing was changed: the disk did not take the request's body ({reason})."
        raise AwsError("InsufficientStorage", sentence, 507)


def check_body_size(request: Request, find_identity: FindIdentity, now: datetime) -> None:
    """Refuse a body that is too large for what is known of its sender.

    Raises:
        AwsError: EntityTooLarge for a stranger's; the signature's own refusal for an unknown key.
    """
    size = request.content_length or 0
    if size <= STRANGER_BYTES:
        return
    if is_signed(request):
        protocol = find_protocol(read_scope_name(request), request)
        claim = read_claim(request, protocol)
        check_time(claim, now, protocol)
        identify(claim, find_identity, now, protocol)
        return
    bound = FORM_BYTES if is_form_upload(request) else STRANGER_BYTES
    if size > bound:
        raise AwsError(
            "EntityTooLarge",
            "Your proposed upload exceeds the maximum allowed size",
            400,
            {"ProposedSize": str(size), "MaxSizeAllowed": str(bound)},
        )
