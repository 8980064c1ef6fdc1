"""The launcher's two signed calls to a local cloud; no proxy and no AWS setting touches them."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from workshop_lib.local_cloud.credentials import Credentials

SERVICE = "workshop-cloud"
REGION = "us-east-1"
ANSWER_SECONDS = 5.0
ANSWER_BYTES = 4096
SIGNED_HEADERS = "host;x-amz-date;x-workshop-nonce"


@dataclass(frozen=True)
class Answer:
    """A cloud that has proved to be this home's."""

    pid: int
    time_scale: float | None
    recovery: dict[str, Any] | None = None


def ask_status(port: int, credentials: Credentials) -> Answer | None:
    """Return the cloud behind this port; None when nobody, or somebody else, answers."""
    return _call(port, credentials, "GET", "/_cloud/status")


def ask_to_shut_down(port: int, credentials: Credentials) -> Answer | None:
    """Ask the cloud to end; it may be gone before its answer arrives."""
    return _call(port, credentials, "POST", "/_cloud/shutdown")


def _call(port: int, credentials: Credentials, method: str, path: str) -> Answer | None:
    nonce = secrets.token_hex(16)
    headers = _sign(port, credentials, method, path, nonce)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)
    try:
        connection.request(method, path, headers=headers)
        response = connection.getresponse()
        body = response.read(ANSWER_BYTES)
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    proof = response.headers.get("X-Workshop-Proof", "")
    expected = hmac.digest(
        credentials.secret_access_key.encode(), f"cloud:{nonce}".encode(), "sha256"
    ).hex()
    if response.status != 200 or not hmac.compare_digest(proof.encode(), expected.encode()):
        return None
    status = json.loads(body)
    # A cloud that an older version started says less; it can still be used and ended.
    return Answer(int(status["pid"]), status.get("time_scale"), status.get("recovery"))


def _sign(
    port: int, credentials: Credentials, method: str, path: str, nonce: str
) -> dict[str, str]:
    """Return the headers of a signed request without a body or a query.

    botocore could sign it, but its import alone takes longer than an answer; what is signed is so
    little that Signature Version 4 comes down to these lines.
    """
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    headers = {"host": f"127.0.0.1:{port}", "x-amz-date": moment, "x-workshop-nonce": nonce}
    lines = "".join(f"{name}:{value}\n" for name, value in sorted(headers.items()))
    empty = hashlib.sha256(b"").hexdigest()
    canonical = "\n".join((method, path, "", lines, SIGNED_HEADERS, empty))
    scope = f"{moment[:8]}/{REGION}/{SERVICE}/aws4_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    key = f"AWS4{credentials.secret_access_key}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    text = f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{digest}"
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    authorization = (
        f"AWS4-HMAC-SHA256 Credential={credentials.access_key_id}/{scope}, "
        f"SignedHeaders={SIGNED_HEADERS}, Signature={signature}"
    )
    return headers | {"authorization": authorization}
