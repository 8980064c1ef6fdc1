"""Signature Version 4, verified: whoever calls must know a secret key of this cloud.

Source: IAM user guide, "AWS Signature Version 4 for API requests"; S3 API reference,
"Authenticating requests (AWS Signature Version 4)".
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal

from werkzeug import Request

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.identities import Identity
from workshop_lib.local_cloud.moto_hooks import UNDERSCORED_HEADERS
from workshop_lib.local_cloud.services import Protocol, find_protocol
from workshop_lib.local_cloud.signing import signature_errors
from workshop_lib.local_cloud.signing.canonical_requests import canonical_requests
from workshop_lib.local_cloud.signing.claims import (
    ALGORITHM,
    SignatureClaim,
    read_claim,
    read_scope_name,
)

UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"
STREAMING_PAYLOADS = frozenset({
    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
    "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
})  # fmt: skip
SHA256_PATTERN = re.compile(r"[0-9a-f]{64}")
SKEW = timedelta(seconds=signature_errors.SKEW_SECONDS)

FindIdentity = Callable[[str], Identity | None]


@dataclass(frozen=True)
class SignedRequest:
    """What a verified signature proves: that the claim is true, and whose it is.

    ``signing_key`` is bound to one day, Region and service; it verifies the chunks of a streamed
    body, whose chain begins with the claim's signature.
    """

    identity: Identity
    claim: SignatureClaim
    signing_key: bytes = field(repr=False)
    payload: str = UNSIGNED_PAYLOAD

    @property
    def service(self) -> str:
        """The service it is signed for."""
        return self.claim.service

    @property
    def region(self) -> str:
        """The Region it is signed for."""
        return self.claim.region

    @property
    def way(self) -> Literal["header", "query", "form"]:
        """Where the signature was."""
        return self.claim.way


def verify_signature(request: Request, find_identity: FindIdentity, now: datetime) -> SignedRequest:
    """Verify the signature in a request's header or query.

    Args:
        request: as received; its body is read.
        find_identity: who holds a key, None if nobody does.
        now: the moment of the request, UTC.

    Raises:
        AwsError: AWS's refusal, in the words of the caller's protocol.
    """
    protocol = find_protocol(read_scope_name(request), request)
    claim = read_claim(request, protocol)
    check_time(claim, now, protocol)
    identity = identify(claim, find_identity, now, protocol)
    _check_signed_headers(request, claim, protocol)
    payload = _read_payload_hash(request, claim)
    forms = canonical_requests(request, claim.service, claim.signed_headers, payload)
    signing_key = derive_signing_key(identity.secret_access_key, claim.scope)
    _compare(claim, signing_key, forms, protocol)
    _check_payload(request, payload)
    return SignedRequest(identity, claim, signing_key, payload)


def check_time(claim: SignatureClaim, now: datetime, protocol: Protocol) -> None:
    """Refuse a signature from another time: skewed, expired, or of another day than its scope.

    Raises:
        AwsError: AWS's refusal.
    """
    if claim.date != f"{claim.signed_at:%Y%m%d}":
        raise signature_errors.bad_signature(
            protocol,
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from "
            f"HTTP: '{claim.date}' != '{claim.signed_at:%Y%m%d}'.",
        )
    if claim.expires_seconds is None:
        if abs(now - claim.signed_at) > SKEW:
            raise signature_errors.skewed(protocol, claim.signed_at, now)
        return
    if claim.signed_at > now + SKEW:
        raise AwsError("AccessDenied", "Request is not valid yet", 403)
    ends = claim.signed_at + timedelta(seconds=claim.expires_seconds)
    if now >= ends:
        raise signature_errors.expired_url(protocol, ends, now, claim.expires_seconds)


def identify(
    claim: SignatureClaim, find_identity: FindIdentity, now: datetime, protocol: Protocol
) -> Identity:
    """Return who holds the claimed key, if the session token is the right one and still valid.

    Raises:
        AwsError: AWS's refusal.
    """
    identity = find_identity(claim.access_key_id)
    if identity is None or (identity.session_token and not claim.session_token):
        raise signature_errors.unknown_key(protocol, claim.access_key_id)
    token = claim.session_token or ""
    if not hmac.compare_digest(token.encode(), (identity.session_token or "").encode()):
        raise signature_errors.wrong_token(protocol, token)
    if identity.expires is not None and now >= identity.expires:
        raise signature_errors.expired_token(protocol, token)
    return identity


@lru_cache(maxsize=256)
def derive_signing_key(secret_access_key: str, scope: str) -> bytes:
    """Return the key of one day, Region and service, which a credential scope names."""
    key = f"AWS4{secret_access_key}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


def fits(signing_key: bytes, text: str, signature: str) -> bool:
    """Tell whether a signature is that of a string to sign."""
    expected = hmac.digest(signing_key, text.encode(), "sha256").hex()
    return hmac.compare_digest(expected.encode(), signature.encode())


def _compare(
    claim: SignatureClaim, signing_key: bytes, canonical_forms: list[str], protocol: Protocol
) -> None:
    for canonical_request in canonical_forms:
        string_to_sign = "\n".join((
            ALGORITHM,
            signature_errors.format_compact(claim.signed_at),
            claim.scope,
            hashlib.sha256(canonical_request.encode()).hexdigest(),
        ))  # fmt: skip
        if fits(signing_key, string_to_sign, claim.signature):
            return
    raise signature_errors.mismatch(
        protocol, claim.access_key_id, claim.signature, string_to_sign, canonical_request
    )


def _check_signed_headers(request: Request, claim: SignatureClaim, protocol: Protocol) -> None:
    """Refuse headers that steer AWS but are not signed: anyone on the way could have added them."""
    if "host" not in claim.signed_headers:
        message = "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."
        raise signature_errors.bad_signature(protocol, message)
    underscored = {name.lower() for name in request.environ.get(UNDERSCORED_HEADERS, {}).values()}
    present = {name.lower() for name, _ in request.headers}
    present = underscored | present - {name.replace("_", "-") for name in underscored}
    steering = {name for name in present if name.startswith("x-amz-")}
    unsigned = sorted(steering - set(claim.signed_headers))
    if unsigned:
        message = "There were headers present in the request which were not signed"
        if protocol != "rest-xml":
            raise AwsError("SignatureDoesNotMatch", message, 403)
        raise AwsError("AccessDenied", message, 403, {"HeadersNotSigned": ", ".join(unsigned)})


def _read_payload_hash(request: Request, claim: SignatureClaim) -> str:
    """Return what stands for the body in the canonical request."""
    if claim.service != "s3":
        return hashlib.sha256(request.get_data()).hexdigest()
    payload = request.headers.get("X-Amz-Content-Sha256") or request.args.get(
        "X-Amz-Content-Sha256", UNSIGNED_PAYLOAD if claim.way == "query" else ""
    )
    if not payload:
        message = "Missing required header for this request: x-amz-content-sha256"
        raise AwsError("InvalidRequest", message, 400)
    known = payload == UNSIGNED_PAYLOAD or payload in STREAMING_PAYLOADS
    if not known and not SHA256_PATTERN.fullmatch(payload):
        message = (
            "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, "
            "STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a "
            "valid sha256 value."
        )
        raise AwsError("InvalidArgument", message, 400, {"ArgumentName": "x-amz-content-sha256"})
    return payload


def _check_payload(request: Request, payload: str) -> None:
    if not SHA256_PATTERN.fullmatch(payload):
        return
    computed = hashlib.sha256(request.get_data()).hexdigest()
    if not hmac.compare_digest(computed, payload):
        message = "The provided 'x-amz-content-sha256' header does not match what was computed."
        details = {"ClientComputedContentSHA256": payload, "S3ComputedContentSHA256": computed}
        raise AwsError("XAmzContentSHA256Mismatch", message, 400, details)
