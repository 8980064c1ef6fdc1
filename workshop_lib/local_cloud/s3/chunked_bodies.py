"""Bodies sent in aws-chunked encoding: decoded, and each chunk's signature verified.

Source: S3 API reference, "Signature calculations for the authorization header: transferring
payload in multiple chunks" and "… including trailing headers".
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

from werkzeug import Request

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.s3.checksums import compare_checksums
from workshop_lib.local_cloud.signing.signature_errors import format_compact, mismatch
from workshop_lib.local_cloud.signing.signatures import STREAMING_PAYLOADS, SignedRequest, fits

EMPTY_HASH = hashlib.sha256(b"").hexdigest()
LINE_LIMIT = 4096
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
    if not hmac.compare_digest(sent.encode(), digest.encode()):
        message = "The Content-MD5 you specified did not match what we received."
        details = {"ExpectedDigest": sent, "CalculatedDigest": digest}
        raise AwsError("BadDigest", message, 400, details)


class _ChunkReader:
    def __init__(self, body: bytes, signed: SignedRequest) -> None:
        self._body = body
        self._position = 0
        self._signed = signed
        self._is_signed = "AWS4" in signed.payload
        self._previous = signed.claim.signature

    def read_all(self) -> bytes:
        decoded = bytearray()
        while True:
            size, signature = self._read_chunk_header()
            data = self._take(size)
            if self._is_signed:
                self._verify_chunk(signature, data)
            if size == 0:
                return bytes(decoded)
            decoded += data
            self._expect_line_end()

    def read_trailers(self) -> dict[str, str]:
        trailers: dict[str, str] = {}
        while line := self._read_line(may_end=True):
            name, separator, value = line.partition(":")
            if not separator:
                raise _malformed()
            trailers[name.strip().lower()] = value.strip()
        if self._signed.payload.startswith("STREAMING-AWS4") and "TRAILER" in self._signed.payload:
            self._verify_trailers(trailers)
        return trailers

    def _read_chunk_header(self) -> tuple[int, str]:
        size, _, extension = self._read_line().partition(";")
        try:
            length = int(size, 16) if size.isalnum() else -1
        except ValueError:
            length = -1
        if length < 0:
            raise _malformed()
        return length, extension.removeprefix("chunk-signature=")

    def _read_line(self, *, may_end: bool = False) -> str:
        end = self._body.find(b"\n", self._position, self._position + LINE_LIMIT)
        if end < 0:
            if may_end and self._position >= len(self._body):
                return ""
            raise _malformed()
        line = self._body[self._position : end].rstrip(b"\r")
        self._position = end + 1
        try:
            return line.decode("ascii")
        except UnicodeDecodeError as error:
            raise _malformed() from error

    def _take(self, size: int) -> bytes:
        data = self._body[self._position : self._position + size]
        if len(data) < size:
            raise _malformed()
        self._position += size
        return data

    def _expect_line_end(self) -> None:
        if self._take(2) != b"\r\n":
            raise _malformed()

    def _verify_chunk(self, signature: str, data: bytes) -> None:
        self._verify("AWS4-HMAC-SHA256-PAYLOAD", signature, EMPTY_HASH,
                     hashlib.sha256(data).hexdigest())  # fmt: skip

    def _verify_trailers(self, trailers: dict[str, str]) -> None:
        signature = trailers.pop("x-amz-trailer-signature", "")
        canonical = "".join(f"{name}:{value}\n" for name, value in sorted(trailers.items()))
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        self._verify("AWS4-HMAC-SHA256-TRAILER", signature, digest)

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
