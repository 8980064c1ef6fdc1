"""Bucket and key of an S3 request, byte for byte as the caller means them.

Source: S3 user guide, "Virtual hosting of general purpose buckets" and "Naming Amazon S3 objects".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes

from workshop_lib.local_cloud.aws_errors import AwsError

# moto also takes the longer, older names; which are allowed is its decision at creation.
BUCKET_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,254}")
KEY_BYTES = 1024


@dataclass(frozen=True)
class S3Address:
    """A bucket and a key; None where the request names none."""

    bucket: str | None
    key: str | None

    @property
    def path(self) -> str:
        """The path-style path, encoded in the one way S3 clients do."""
        if self.bucket is None:
            return "/"
        return f"/{self.bucket}" + (f"/{quote(self.key, safe='/~')}" if self.key else "")


def read_address(path: str, host_bucket: str | None = None) -> S3Address:
    """Read a path as it was sent, in path style or under a bucket's own host name.

    Raises:
        AwsError: the bucket's name cannot be one, or the key is not UTF-8 or is too long.
    """
    rest = path.removeprefix("/")
    bucket, _, key = (host_bucket, "", rest) if host_bucket is not None else rest.partition("/")
    if not bucket:
        if key:
            raise AwsError("InvalidBucketName", "The specified bucket is not valid.", 400)
        return S3Address(None, None)
    if not BUCKET_PATTERN.fullmatch(bucket):
        details = {"BucketName": bucket}
        raise AwsError("InvalidBucketName", "The specified bucket is not valid.", 400, details)
    return S3Address(bucket, _decode_key(key))


def _decode_key(encoded: str) -> str | None:
    try:
        key = unquote_to_bytes(encoded.encode("latin-1")).decode("utf-8")
    except UnicodeError as error:
        raise AwsError("InvalidURI", "Couldn't parse the specified URI.", 400) from error
    size = len(key.encode())
    if size > KEY_BYTES:
        details = {"Size": str(size), "MaxSizeAllowed": str(KEY_BYTES)}
        raise AwsError("KeyTooLongError", "Your key is too long", 400, details)
    return key or None
