"""What a worker and the server say to each other.

A message is two lengths of four bytes, big-endian, then a JSON header, then a payload.
"""

from __future__ import annotations

import json
import struct
from typing import IO, Any

LENGTHS = struct.Struct(">II")
# An answer is 6 MB at most; who sends more is not ours any more.
HEADER_BYTES = 64 * 1024
PAYLOAD_BYTES = 8 * 1024 * 1024
FORK_REQUEST = b"fork"


def write_message(stream: IO[bytes], header: dict[str, Any], payload: bytes = b"") -> None:
    """Send one message."""
    encoded = json.dumps(header).encode()
    stream.write(LENGTHS.pack(len(encoded), len(payload)) + encoded + payload)
    stream.flush()


def read_message(stream: IO[bytes]) -> tuple[dict[str, Any], bytes] | None:
    """Return the next message, None at the end.

    Raises:
        ValueError: it is out of bounds, or no message.
    """
    lengths = stream.read(LENGTHS.size)
    if len(lengths) < LENGTHS.size:
        return None
    header_length, payload_length = LENGTHS.unpack(lengths)
    if header_length > HEADER_BYTES or payload_length > PAYLOAD_BYTES:
        raise ValueError("a message out of bounds")
    return json.loads(stream.read(header_length)), stream.read(payload_length)
