"""What a worker and the server say to each other.

A message is two lengths of four bytes, big-endian, then a JSON header, then a payload.
"""

from __future__ import annotations

import json
import os
import struct
import sys
import threading
from typing import Any

LENGTHS = struct.Struct(">II")
FORK_REQUEST = struct.Struct(">Q")
RECORD_SEPARATOR = "\x1e"


class Channel:
    """The worker's end of the conversation, over two descriptors that no child inherits."""

    def __init__(self, request_descriptor: int, reply_descriptor: int) -> None:
        self.requests = os.fdopen(request_descriptor, "rb")
        self.replies = os.fdopen(reply_descriptor, "wb")

    def receive(self) -> tuple[dict[str, Any], bytes]:
        """Return the next message; the process ends where the other side is gone."""
        lengths = self.requests.read(LENGTHS.size)
        if len(lengths) < LENGTHS.size:
            os._exit(0)
        header_length, payload_length = LENGTHS.unpack(lengths)
        header: dict[str, Any] = json.loads(self.requests.read(header_length))
        return header, self.requests.read(payload_length)

    def send(self, header: dict[str, Any], payload: bytes = b"") -> None:
        """Send one message."""
        encoded = json.dumps(header).encode()
        self.replies.write(LENGTHS.pack(len(encoded), len(payload)) + encoded + payload)
        self.replies.flush()


class Output:
    """The function's log as the server reads it: lines, some of them marked.

    A marked line starts with a secret prefix, and is one log record with its newlines replaced, or
    the end of an invocation.
    """

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.prefix = ""
        self.lock = threading.Lock()

    def write_record(self, text: str) -> None:
        """Write a text of several lines as one log record."""
        folded = text.rstrip("\n").replace("\n", RECORD_SEPARATOR)
        self._write(f"{self.prefix}{folded}\n")

    def write_end(self) -> None:
        """Mark that everything the invocation printed has been written."""
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except (OSError, ValueError, AttributeError) as error:
                self.write_record(f"[WARN] What the function printed is incomplete: {error}")
        self._write(f"{self.prefix}\n")

    def _write(self, text: str) -> None:
        data = memoryview(text.encode("utf-8", "replace"))
        with self.lock:
            while data:
                data = data[os.write(self.descriptor, data) :]
