"""The server's side of worker processes: their pipes, their messages, their end."""

from __future__ import annotations

import os
import secrets
import signal
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import IO, Any

import psutil

from workshop_lib.local_cloud.lambda_runtime.worker.messages import (
    RECORD_SEPARATOR,
    read_message,
    write_message,
)

# What one invocation may log; AWS cuts a record at 256 KB.
RECORD_BYTES = 256 * 1024
LOG_BYTES = 1024 * 1024
CHUNK_BYTES = 64 * 1024
DRAIN_SECONDS = 2.0
EXIT_SECONDS = 5.0


@dataclass(frozen=True)
class LogRecord:
    """One record of a function's log and when it was written, in milliseconds since 1970."""

    timestamp: int
    message: str


@dataclass(frozen=True)
class Reply:
    """A message of a worker: its header's kind (result, error, ready, init_error) and payload."""

    kind: str
    header: dict[str, Any]
    payload: bytes


@dataclass(frozen=True)
class Exit:
    """A worker has ended: its exit code, negative for the signal that ended it."""

    code: int


class OutputReader:
    """Collects what a function prints, as log records, in bounded memory."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.prefix = secrets.token_hex(16)
        self._marker = self.prefix.encode()
        self._stream = stream
        self._lock = threading.Lock()
        self._records: list[LogRecord] = []
        self._size = 0
        self._ended = threading.Event()
        self._closed = threading.Event()
        threading.Thread(target=self._read, name="lambda-output", daemon=True).start()

    def take(self, ended: bool = False) -> list[LogRecord]:
        """Return the records of the invocation that has just ended, and begin anew.

        Args:
            ended: whether the worker has ended too; then this is all that it left.
        """
        (self._closed if ended else self._ended).wait(DRAIN_SECONDS)
        with self._lock:
            records, self._records, self._size = self._records, [], 0
            self._ended.clear()
        return records

    def take_now(self) -> list[LogRecord]:
        """Return the records there are of the invocation that goes on; its bound stays."""
        with self._lock:
            records, self._records = self._records, []
        return records

    def _read(self) -> None:
        rest = b""
        with self._stream:
            while chunk := os.read(self._stream.fileno(), CHUNK_BYTES):
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    self._accept(line)
                if len(rest) > RECORD_BYTES:
                    self._accept(rest)
                    rest = b""
        if rest:
            self._accept(rest)
        self._ended.set()
        self._closed.set()

    def _accept(self, line: bytes) -> None:
        printed, marker, record = line.partition(self._marker)
        if printed or not marker:
            self._add(printed.decode("utf-8", "replace"))
        if record:
            self._add(record.decode("utf-8", "replace").replace(RECORD_SEPARATOR, "\n"))
        elif marker:
            self._ended.set()

    def _add(self, message: str) -> None:
        with self._lock:
            if self._size > LOG_BYTES:
                return
            self._size += len(message) + 1
            if self._size > LOG_BYTES:
                message = f"[WARN] The invocation logged over {LOG_BYTES} bytes; the rest is lost."
            self._records.append(LogRecord(int(time.time() * 1000), message[:RECORD_BYTES]))


class WorkerProcess:
    """A process that runs one function; who starts it reports its end to :meth:`note_exit`."""

    def __init__(
        self, pid: int, requests: IO[bytes], replies: IO[bytes], output: IO[bytes]
    ) -> None:
        self.pid = pid
        self.output = OutputReader(output)
        self._requests = requests
        self._messages: SimpleQueue[Reply | Exit] = SimpleQueue()
        self._exited = threading.Event()
        threading.Thread(
            target=self._read_replies, args=(replies,), name="lambda-replies", daemon=True
        ).start()

    @property
    def alive(self) -> bool:
        """Whether the process has not ended yet."""
        return not self._exited.is_set()

    def send(self, header: dict[str, Any], payload: bytes = b"") -> None:
        """Send a message; to a worker that has ended it is lost, and :meth:`receive` says so."""
        try:
            write_message(self._requests, header, payload)
        except (OSError, ValueError):
            self.end()

    def receive(self, seconds: float) -> Reply | Exit | None:
        """Return the worker's next message or its end; None when the seconds have passed."""
        try:
            return self._messages.get(timeout=max(seconds, 0.001))
        except Empty:
            return None

    def note_exit(self, code: int) -> None:
        """Record that the process has ended."""
        self._exited.set()
        self._messages.put(Exit(code))

    def end(self) -> None:
        """End the process and everything that it has started, and wait until it is gone."""
        if self.alive:
            end_process_tree(self.pid)
        self._exited.wait(EXIT_SECONDS)
        # Unsent bytes for a process that is gone: closing has done all that it can.
        with suppress(OSError):
            self._requests.close()

    def _read_replies(self, replies: IO[bytes]) -> None:
        with replies:
            try:
                while message := read_message(replies):
                    self._messages.put(Reply(message[0]["kind"], *message))
            except (ValueError, KeyError, TypeError):
                # The function has written over the worker's own channel: nothing it says can
                # be trusted, and its end is the answer.
                end_process_tree(self.pid)


def end_process_tree(pid: int) -> None:
    """Kill a process, its group and its descendants, whatever sessions they have opened."""
    descendants: list[psutil.Process] = []
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        process.suspend()
        descendants = process.children(recursive=True)
    for descendant in descendants:
        with suppress(psutil.Error):
            descendant.kill()
    # It may have ended by itself in the meantime (macOS says so by EPERM).
    with suppress(psutil.Error, ProcessLookupError, PermissionError):
        if os.name == "posix":
            os.killpg(pid, signal.SIGKILL)
        else:
            psutil.Process(pid).kill()
