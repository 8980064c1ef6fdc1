"""The launcher's two signed calls to a local cloud; no proxy and no AWS setting touches them."""

from __future__ import annotations

import hmac
import http.client
import json
import secrets
from dataclasses import dataclass
from typing import Any

from workshop_lib.local_cloud.configuration import DEFAULT_REGION
from workshop_lib.local_cloud.credentials import Credentials

CONTROL_SERVICE = "workshop-cloud"
NONCE_HEADER = "X-Workshop-Nonce"
PROOF_HEADER = "X-Workshop-Proof"
ANSWER_SECONDS = 5.0
ANSWER_BYTES = 4096


@dataclass(frozen=True)
class Answer:
    """A cloud that has proved to be this home's."""

    pid: int
    time_scale: float | None
    recovery: dict[str, Any] | None = None


def make_proof(secret_access_key: str, nonce: str) -> str:
    """Return what only a holder of the secret can answer to a nonce."""
    return hmac.digest(secret_access_key.encode(), f"cloud:{nonce}".encode(), "sha256").hex()


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
    proof = response.headers.get(PROOF_HEADER, "")
    expected = make_proof(credentials.secret_access_key, nonce)
    if response.status != 200 or not hmac.compare_digest(proof.encode(), expected.encode()):
        return None
    status = json.loads(body)
    # A cloud that an older version started says less; it can still be used and ended.
    return Answer(int(status["pid"]), status.get("time_scale"), status.get("recovery"))


def _sign(
    port: int, credentials: Credentials, method: str, path: str, nonce: str
) -> dict[str, str]:
    # Imported here: who only reads a status need not wait for it before there is a cloud to ask.
    import botocore.auth
    import botocore.awsrequest
    import botocore.credentials

    key = botocore.credentials.Credentials(credentials.access_key_id, credentials.secret_access_key)
    url = f"http://127.0.0.1:{port}{path}"
    request = botocore.awsrequest.AWSRequest(method, url, headers={NONCE_HEADER: nonce})
    botocore.auth.SigV4Auth(key, CONTROL_SERVICE, DEFAULT_REGION).add_auth(request)
    return dict(request.headers.items())
