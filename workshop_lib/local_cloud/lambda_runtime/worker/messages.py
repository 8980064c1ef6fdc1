"""What a worker and the server say to each other, and what the function logs.

A message is two lengths of four bytes, big-endian, then a JSON header, then a payload.
"""

from __future__ import annotations

import json
import logging
import os
import struct
import sys
import threading
from typing import IO, Any

LENGTHS = struct.Struct(">II")
# An answer is 6 MB at most; who sends more is not ours any more.
HEADER_BYTES = 64 * 1024
PAYLOAD_BYTES = 8 * 1024 * 1024
FORK_REQUEST = b"fork"
RECORD_SEPARATOR = "\x1e"


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


class LambdaLogHandler(logging.Handler):
    """Sends the root logger's records to the function's log, each with its request id.

    The format is AWS's; times are UTC.
    """

    def __init__(self, output: Output) -> None:
        super().__init__()
        self.output = output
        self.request_id = ""
        line = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s"
        self.setFormatter(logging.Formatter(line, "%Y-%m-%dT%H:%M:%S"))

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        try:
            record.aws_request_id = self.request_id
            self.output.write_record(self.format(record))
        except Exception:  # noqa: BLE001 - logging's own contract: a bad record is reported, not raised
            self.handleError(record)
