"""The checksums that S3 compares with what it receives.

Source: S3 user guide, "Checking object integrity for data uploads in Amazon S3".
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

from workshop_lib.local_cloud.aws_errors import AwsError


@cache
def _find_model(name: str) -> Any:
    # Here, because most senders never ask for one of its sums.
    import anycrc

    return anycrc.Model(name)


def _compute_crc(model: str, size: int, body: bytes) -> bytes:
    return int(_find_model(model).calc(body)).to_bytes(size, "big")


CHECKSUMS: dict[str, Callable[[bytes], bytes]] = {
    "x-amz-checksum-crc32": lambda body: zlib.crc32(body).to_bytes(4, "big"),
    "x-amz-checksum-crc32c": partial(_compute_crc, "CRC32C", 4),
    "x-amz-checksum-crc64nvme": partial(_compute_crc, "CRC64-NVME", 8),
    "x-amz-checksum-sha1": lambda body: hashlib.sha1(body, usedforsecurity=False).digest(),
    "x-amz-checksum-sha256": lambda body: hashlib.sha256(body).digest(),
}


def compare_checksums(headers: Mapping[str, str], body: bytes) -> None:
    """Compare a body with the checksums among its headers or trailers, names in lower case.

    Raises:
        AwsError: ``BadDigest`` for one that does not match.
    """
    for name, value in headers.items():
        if name in CHECKSUMS:
            computed = base64.b64encode(CHECKSUMS[name](body)).decode("ascii")
            if computed != value:
                message = f"The {name} you specified did not match what we received."
                raise AwsError("BadDigest", message, 400)
