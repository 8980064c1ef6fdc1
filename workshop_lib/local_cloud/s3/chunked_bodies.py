"""Bodies sent in aws-chunked encoding: decoded, and each chunk's signature verified.

Source: S3 API reference, "Signature calculations for the authorization header: transferring
payload in multiple chunks" and "… including trailing headers".
"""

from __future__ import annotations

import base64
import hashlib
import re
from io import BytesIO

from werkzeug import Request

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.s3.checksums import compare_checksums
from workshop_lib.local_cloud.signing.signature_errors import format_compact, mismatch
from workshop_lib.local_cloud.signing.signatures import STREAMING_PAYLOADS, SignedRequest, fits

EMPTY_HASH = hashlib.sha256(b"").hexdigest()
LINE_LIMIT = 4096
CHUNK_HEADER = re.compile(
    r"(?P<size>[0-9a-f]{1,8})(;(chunk-signature=)?(?P<signature>.*))?", re.IGNORECASE
)
# Sixteen bytes in base64.
MD5_PATTERN = re.compile(r"[A-Za-z0-9+/]{22}==")


def decode_body(request: Request, signed: SignedRequest) -> tuple[bytes, dict[str, str]]:
    """Return the plain body and the trailing headers of a streamed upload.

    A body that is not streamed comes back as it is.

    Raises:
        AwsError: a chunk is malformed, or its signature, length or checksum is wrong.
    """
    body = request.get_data()
    if signed.payload not in STREAMING_PAYLOADS:
        return body, {}
    chunks = _ChunkReader(body, signed)
    decoded = chunks.read_all()
    length = request.headers.get("X-Amz-Decoded-Content-Length", "")
    if not length.isdecimal():
        raise AwsError(
            "MissingContentLength", "You must provide the Content-Length HTTP header.", 411
        )
    if int(length) != len(decoded):
        message = (
            "You did not provide the number of bytes specified by the Content-Length HTTP header"
        )
        raise AwsError("IncompleteBody", message, 400)
    trailers = chunks.read_trailers()
    compare_checksums(trailers, decoded)
    return decoded, trailers


def check_digests(request: Request, body: bytes) -> None:
    """Compare the body with the checksums in the request's headers.

    Raises:
        AwsError: ``BadDigest`` for one that does not match, ``InvalidDigest`` for an MD5 that is
            none.
    """
    compare_checksums({name.lower(): value for name, value in request.headers}, body)
    sent = request.headers.get("Content-MD5")
    if sent is None:
        return
    digest = base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode("ascii")
    if not MD5_PATTERN.fullmatch(sent):
        message = "The Content-MD5 you specified was invalid."
        raise AwsError("InvalidDigest", message, 400, {"Content-MD5": sent})
    if sent != digest:
        message = "The Content-MD5 you specified did not match what we received."
        details = {"ExpectedDigest": sent, "CalculatedDigest": digest}
        raise AwsError("BadDigest", message, 400, details)


class _ChunkReader:
    def __init__(self, body: bytes, signed: SignedRequest) -> None:
        self._stream = BytesIO(body)
        self._signed = signed
        self._is_signed = "AWS4" in signed.payload
        self._previous = signed.claim.signature

    def read_all(self) -> bytes:
        decoded, size = bytearray(), -1
        while size != 0:
            header = CHUNK_HEADER.fullmatch(self._read_line())
            if header is None:
                raise _malformed()
            size = int(header["size"], 16)
            data = self._stream.read(size)
            if len(data) < size:
                raise _malformed()
            if self._is_signed:
                digests = EMPTY_HASH, hashlib.sha256(data).hexdigest()
                self._verify("AWS4-HMAC-SHA256-PAYLOAD", header["signature"] or "", *digests)
            if size and self._stream.read(2) != b"\r\n":
                raise _malformed()
            decoded += data
        return bytes(decoded)

    def read_trailers(self) -> dict[str, str]:
        trailers: dict[str, str] = {}
        while line := self._read_line(may_end=True):
            name, separator, value = line.partition(":")
            if not separator:
                raise _malformed()
            trailers[name.strip().lower()] = value.strip()
        if self._is_signed and "TRAILER" in self._signed.payload:
            signature = trailers.pop("x-amz-trailer-signature", "")
            canonical = "".join(f"{name}:{value}\n" for name, value in sorted(trailers.items()))
            digest = hashlib.sha256(canonical.encode()).hexdigest()
            self._verify("AWS4-HMAC-SHA256-TRAILER", signature, digest)
        return trailers

    def _read_line(self, *, may_end: bool = False) -> str:
        line = self._stream.readline(LINE_LIMIT)
        if not line.isascii() or not (line.endswith(b"\n") or (may_end and not line)):
            raise _malformed()
        return line.decode("ascii").removesuffix("\n").rstrip("\r")

    def _verify(self, kind: str, signature: str, *hashes: str) -> None:
        claim = self._signed.claim
        moment = format_compact(claim.signed_at)
        string_to_sign = "\n".join((kind, moment, claim.scope, self._previous, *hashes))
        if not fits(self._signed.signing_key, string_to_sign, signature):
            raise mismatch("rest-xml", claim.access_key_id, signature, string_to_sign)
        self._previous = signature


def _malformed() -> AwsError:
    message = "The request body is not well-formed aws-chunked data."
    return AwsError("IncompleteBody", message, 400)
