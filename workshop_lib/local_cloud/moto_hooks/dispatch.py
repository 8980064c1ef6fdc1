"""How a request reaches moto's app of one service, under one lock."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextvars import ContextVar
from io import BytesIO
from threading import Lock, RLock
from typing import Any
from urllib.parse import quote

from flask import Flask
from moto.moto_server import werkzeug_app
from werkzeug import Request, Response

from workshop_lib.local_cloud.moto_hooks.answers import correct

moto_lock = RLock()

# What the front door has verified about a request, for whoever handles it after.
# Who signed it: the key, and the unique id of whom it belongs to; neither where nobody did.
ACCESS_KEY_ID = "workshop.access_key_id"
PRINCIPAL_ID = "workshop.principal_id"
REGION = "workshop.region"
BUCKET = "workshop.bucket"
KEY = "workshop.key"
UNDERSCORED_HEADERS = "workshop.underscored_headers"
# How permissions have read it; for as long as the request is in hand.
CALL = "workshop.call"
# The operation that was authorised, and whether its parameters are in a form in the body.
OPERATION = "workshop.operation"
READS_FORM = "workshop.reads_form"
# The ARNs of those objects of a DeleteObjects that its caller may delete, as keys.
ALLOWED_RESOURCES = "workshop.allowed_resources"

ANONYMOUS_KEY_ID = "AKIAIOSFODNN7EXAMPLE"
# Query parameters of a presigned URL; moto would take some of them for the object's metadata.
SIGNATURE_PARAMETERS = frozenset({
    "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-expires", "x-amz-signedheaders",
    "x-amz-signature", "x-amz-security-token", "x-amz-content-sha256",
})  # fmt: skip
DROPPED_HEADERS = ("HTTP_X_MOTO_ACCOUNT_ID", "HTTP_ORIGIN", "HTTP_TRANSFER_ENCODING")

_apps: dict[str, Flask] = {}
_apps_lock = Lock()
_late_hooks: dict[str, list[Callable[[], object]]] = {}
_current_request: ContextVar[Request | None] = ContextVar("current_request", default=None)


def call_moto(service: str, request: Request) -> Response:
    """Let moto's app of one service answer a request that the front door has verified.

    Args:
        service: moto's name of the service.
        request: its environ carries :data:`ACCESS_KEY_ID` and :data:`REGION`, for S3 also
            :data:`BUCKET` and :data:`KEY`.

    Raises:
        NotImplementedError: moto does not have the operation.
    """
    app = load_service(service)
    environ = _make_moto_environ(service, request)
    with moto_lock:
        token = _current_request.set(request)
        try:
            response = Response.from_app(app, environ, buffered=True)
            return correct(service, request.environ.get(OPERATION, ""), response)
        finally:
            _current_request.reset(token)


def current_request() -> Request | None:
    """Return the request that moto answers now, for the hooks; None outside of one."""
    return _current_request.get()


def load_service(service: str) -> Flask:
    """Return the app of one service, importing it at its first use.

    One thread imports at a time: moto's packages import each other in circles, and two threads that
    enter such a circle at two places would each meet the other's half-made module.
    """
    if service not in _apps:
        with _apps_lock:
            if service not in _apps:
                app = werkzeug_app.create_backend_app(service)
                for install in _late_hooks.get(service, ()):
                    install()
                _apps[service] = app
    return _apps[service]


def hook_at_load(service: str, install: Callable[[], object]) -> None:
    """Have hooks installed once a service is loaded, for those that take time to import."""
    _late_hooks.setdefault(service, []).append(install)


# The request as moto sees it -------------------------------------------------------------------


def _make_moto_environ(service: str, request: Request) -> dict[str, Any]:
    body = request.get_data()
    environ = dict(request.environ)
    for header in DROPPED_HEADERS:
        environ.pop(header, None)
    environ["wsgi.input"] = BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    environ["QUERY_STRING"] = _drop_signature(environ.get("QUERY_STRING", ""))
    environ["HTTP_AUTHORIZATION"] = _make_authorization(service, environ)
    environ["moto.preserved_header_names"] = environ.get(UNDERSCORED_HEADERS, {})
    if service == "s3":
        _address_s3(environ)
    return environ


def _drop_signature(query: str) -> str:
    pairs = query.split("&")
    kept = [pair for pair in pairs if pair.partition("=")[0].lower() not in SIGNATURE_PARAMETERS]
    return "&".join(kept)


def _make_authorization(service: str, environ: dict[str, Any]) -> str:
    """Return the header from which moto learns who calls, the same for every way of signing.

    moto does not verify it; requests allowed without a signature get the key of nobody.
    """
    key_id = environ.get(ACCESS_KEY_ID) or ANONYMOUS_KEY_ID
    scope = f"{key_id}/20150830/{environ[REGION]}/{service}/aws4_request"
    return f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=verified"


def _address_s3(environ: dict[str, Any]) -> None:
    """Set the path from which moto's S3 reads bucket and key, so that every key survives.

    moto takes both from RAW_URI. Flask routes by PATH_INFO, and would merge double slashes and
    resolve nothing else; a fixed name keeps it to its two routes.
    """
    bucket, key = environ.get(BUCKET), environ.get(KEY)
    path = "/" if bucket is None else f"/{bucket}"
    environ["PATH_INFO"] = path if not key else f"{path}/key"
    environ["RAW_URI"] = path if not key else f"{path}/{quote(key, safe='/~')}"
    # moto decodes these itself, and would take our decoded body for an encoded one.
    if re.match("STREAMING-", environ.get("HTTP_X_AMZ_CONTENT_SHA256", "")):
        environ["HTTP_X_AMZ_CONTENT_SHA256"] = "UNSIGNED-PAYLOAD"
