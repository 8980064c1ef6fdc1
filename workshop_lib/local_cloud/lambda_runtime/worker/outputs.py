"""What a function prints and logs, as the server reads it."""

from __future__ import annotations

import logging
import os
import sys
import threading

RECORD_SEPARATOR = "\x1e"


class Output:
    """The function's log: lines, some of them marked.

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
