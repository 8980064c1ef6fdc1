"""A verified request as plain data, and back: the same for whoever answers it, now or later."""

from __future__ import annotations

import sys
from dataclasses import asdict, replace
from datetime import datetime
from io import BytesIO
from typing import Any

from werkzeug import Request

from workshop_lib.local_cloud.identities import Identity
from workshop_lib.local_cloud.moto_hooks import (
    ALLOWED_RESOURCES,
    SIGNED_REQUEST,
)
from workshop_lib.local_cloud.received_requests import ReceivedRequest
from workshop_lib.local_cloud.signing.signatures import SignedRequest

# Secrets and proofs, which have done their work and are nobody's to keep.
DROPPED = frozenset({"HTTP_AUTHORIZATION", "HTTP_X_AMZ_SECURITY_TOKEN"})
PLAIN = (str, bool, dict, type(None))
SERVERS = ("wsgi.", "werkzeug.", "waitress.")


def keep_request(request: Request) -> dict[str, Any]:
    """Return a request's environ as JSON can hold it; its body is kept beside it."""
    kept: dict[str, Any] = {
        name: value
        for name, value in request.environ.items()
        if isinstance(value, PLAIN) and name not in DROPPED and not name.startswith(SERVERS)
    }
    signed = request.environ.get(SIGNED_REQUEST)
    kept[SIGNED_REQUEST] = None if signed is None else _keep_signed(signed)
    if ALLOWED_RESOURCES in request.environ:
        kept[ALLOWED_RESOURCES] = sorted(request.environ[ALLOWED_RESOURCES])
    return kept


def read_kept_request(kept: dict[str, Any], body: bytes) -> Request:
    """Return the request again."""
    signed = kept[SIGNED_REQUEST]
    environ = kept | {
        SIGNED_REQUEST: None if signed is None else _read_signed(signed),
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
        # So that werkzeug reads it as it is, and not piece by piece.
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.url_scheme": "http",
        "wsgi.version": (1, 0),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    if ALLOWED_RESOURCES in kept:
        environ[ALLOWED_RESOURCES] = frozenset(kept[ALLOWED_RESOURCES])
    return ReceivedRequest(environ)


def _keep_signed(signed: SignedRequest) -> dict[str, Any]:
    identity = replace(signed.identity, secret_access_key="", session_token=None)
    described = asdict(identity)
    if identity.expires is not None:
        described["expires"] = identity.expires.isoformat()
    return {
        "identity": described,
        "service": signed.service,
        "region": signed.region,
        "way": signed.way,
        "signed_at": signed.signed_at.isoformat(),
        "payload": signed.payload,
    }


def _read_signed(kept: dict[str, Any]) -> SignedRequest:
    identity = dict(kept["identity"])
    if identity["expires"] is not None:
        identity["expires"] = datetime.fromisoformat(identity["expires"])
    return SignedRequest(
        Identity(**identity),
        kept["service"],
        kept["region"],
        kept["way"],
        datetime.fromisoformat(kept["signed_at"]),
        signature="",
        signing_key=b"",
        payload=kept["payload"],
    )
