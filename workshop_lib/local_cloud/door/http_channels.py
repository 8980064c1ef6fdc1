"""waitress's connections: bounded in time and number, strict in what a request is, and with the
one header that WSGI servers drop and S3 needs.

A server normally ignores headers with an underscore, since WSGI cannot tell them from those with a
hyphen. S3's user metadata may have them (``x-amz-meta-my_key``), and clients sign them; so those,
and no others, are kept beside the headers under the name they were sent with.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from http import HTTPStatus
from typing import Any

from waitress.buffers import OverflowableBuffer
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.receiver import ChunkedReceiver, FixedStreamReceiver
from waitress.task import WSGITask
from waitress.utilities import BadRequest

from workshop_lib.local_cloud.door.received_requests import FORM_BYTES, LOST_BODY
from workshop_lib.local_cloud.moto_hooks import UNDERSCORED_HEADERS

KEPT_PREFIX = b"x-amz-meta-"
METADATA_NAME = re.compile(rb"(?m)^X-Amz-Meta-[^:\r\n]+")
SINGLE_HEADERS = frozenset({b"host", b"content-length", b"transfer-encoding", b"authorization"})
# What is not signed is kept on disk until it is whole; the largest that may be is a form upload.
STRANGER_BYTES = FORM_BYTES + 1024 * 1024
NAMED_KEY = re.compile(rb"(?i)AWS4-HMAC-SHA256\s+Credential=|X-Amz-Credential=")
CHUNK_LINE_BYTES = 4096
TRAILER_BYTES = 16 * 1024
# What is longer is sent from where it is, not copied behind its header.
HELD_BYTES = 64 * 1024
REASONS = {status.value: status.phrase for status in HTTPStatus}


class BoundedChunks(ChunkedReceiver):
    """Decodes a chunked body; a size line or a trailer that does not end is an error.

    waitress would keep it all, and search it again from its start with each packet.
    """

    def received(self, data: bytes) -> int:
        """Take bytes of the body; return how many of them belong to it."""
        consumed: int = super().received(data)
        if len(self.control_line) > CHUNK_LINE_BYTES or len(self.trailer) > TRAILER_BYTES:
            self.error = BadRequest("A chunk's size or the trailer is too long")
        return consumed


class LostBody(OverflowableBuffer):
    """Takes bytes and keeps none."""

    def append(self, s: bytes) -> None:
        """Take bytes."""


class CloudParser(HTTPRequestParser):
    """Parses a request that can be read in one way only, and keeps when its first byte came."""

    adj: Any
    body_rcv: Any
    lost_body = ""
    underscored: dict[str, tuple[str, str]]

    def __init__(self, adjustments: Any) -> None:
        super().__init__(adjustments)
        self._began = time.monotonic()

    def received(self, data: bytes) -> int:
        """Take bytes of the request; a body that the disk does not take is read and let go.

        So its sender is told, and not cut off in the middle of a word.
        """
        try:
            return int(super().received(data))
        except OSError as error:
            if not isinstance(self.body_rcv, FixedStreamReceiver):
                raise
            self.body_rcv.buf, self.lost_body = LostBody(1), str(error.strerror)
            return int(super().received(data))

    def is_late(self, patience_seconds: float, bytes_per_second: int) -> bool:
        """Tell whether the sender has taken longer than anyone on this machine needs."""
        allowed = patience_seconds + self.body_bytes_received / bytes_per_second
        return bool(time.monotonic() - self._began > allowed)

    def parse_header(self, header_plus: bytes) -> None:
        """Parse as waitress does, of what is unambiguous; then read what it leaves out."""
        self.underscored = {}
        _refuse_ambiguous_header(header_plus)
        super().parse_header(header_plus)
        if not NAMED_KEY.search(header_plus):
            self.adj = copy(self.adj)
            self.adj.max_request_body_size = STRANGER_BYTES
        if self.chunked:
            self.body_rcv = BoundedChunks(self.body_rcv.buf)
        for line in header_plus.split(b"\r\n")[1:]:
            name, separator, value = line.partition(b":")
            if separator and b"_" in name and name.lower().startswith(KEPT_PREFIX):
                self._keep(name.decode("latin-1"), value.strip(b" \t").decode("latin-1"))

    def _keep(self, name: str, value: str) -> None:
        key = name.upper().replace("-", "_")
        # A name with underscores never stands in for one with hyphens.
        if key not in self.headers:
            self.underscored[f"HTTP_{key}"] = (name, value)


def _refuse_ambiguous_header(header_plus: bytes) -> None:
    """Refuse what two readers could take for two requests (RFC 9112, sections 3.2, 5.2 and 6.1).

    Raises:
        ParsingError: waitress answers it with 400 and closes the connection.
    """
    first_line, *lines = header_plus.split(b"\r\n")
    if any(line.startswith((b" ", b"\t")) for line in lines):
        raise ParsingError("A header is folded over several lines")
    names = [line.partition(b":")[0].lower() for line in lines if line]
    if any(names.count(name) > 1 for name in SINGLE_HEADERS):
        raise ParsingError("A header that must be there once is there twice")
    if b"transfer-encoding" in names:
        if b"content-length" in names:
            raise ParsingError("Content-Length and Transfer-Encoding exclude each other")
        if not first_line.endswith(b" HTTP/1.1"):
            raise ParsingError("Transfer-Encoding needs HTTP/1.1")


class CloudTask(WSGITask):
    """Gives the application the kept headers, and answers with the reasons that AWS sends."""

    channel: CloudChannel
    status: str

    def get_environment(self) -> dict[str, Any]:
        """Return the environ of this request."""
        environ: dict[str, Any] = super().get_environment()
        kept: dict[str, tuple[str, str]] = getattr(self.request, "underscored", {})
        environ.update({key: value for key, (_, value) in kept.items()})
        environ[LOST_BODY] = getattr(self.request, "lost_body", "")
        environ[UNDERSCORED_HEADERS] = {key: name for key, (name, _) in kept.items()}
        return environ

    def write(self, data: bytes) -> None:
        """Send the header together with what comes first, where that is short."""
        with self.channel.hold_short():
            super().write(data)

    def build_response_header(self) -> bytes:
        """Return the header, with metadata names as S3 writes them.

        waitress capitalises every name; clients would read the metadata ``colour`` as ``Colour``.
        werkzeug writes ``403 FORBIDDEN``, where AWS and everybody else write ``403 Forbidden``.
        """
        code = self.status[:3]
        self.status = f"{code} {REASONS.get(int(code), 'Unknown')}"
        header: bytes = super().build_response_header()
        return METADATA_NAME.sub(lambda match: match[0].lower(), header)


class WakesWhenNeeded:
    """The server as one channel sees it: its loop is woken when it has to do with the channel.

    waitress wakes it after every answer. It waits for the next request already while one is at
    work (``channel_request_lookahead``), so mostly there is nothing that it would do.
    """

    def __init__(self, server: Any, channel: CloudChannel) -> None:
        self._server = server
        self._channel = channel

    def __getattr__(self, name: str) -> Any:
        return getattr(self._server, name)

    def pull_trigger(self) -> None:
        """Wake the loop if something is to be sent, closed, or read again."""
        if self._channel.requests or self._channel.writable():
            self._server.pull_trigger()


class CloudChannel(HTTPChannel):
    """A connection that parses and answers as above, and does not stand in others' way.

    A request must have come whole in :attr:`patience_seconds` and what its size adds at
    :attr:`slowest_bytes_per_second`. Beyond :attr:`crowd` connections, each new one takes the place
    of the one that has been quiet for longest and has no request at work.
    """

    parser_class = CloudParser
    task_class = CloudTask
    patience_seconds = 20.0
    slowest_bytes_per_second = 16 * 1024
    crowd = 300
    _held: bytearray | None = None
    _flushing = False

    def __init__(self, server: Any, *arguments: Any, **further: Any) -> None:
        super().__init__(server, *arguments, **further)
        self.server = WakesWhenNeeded(server, self)
        waiting = [channel for channel in server.active_channels.values() if channel.is_waiting]
        if len(server.active_channels) > self.crowd and waiting:
            min(waiting, key=lambda channel: channel.last_activity).will_close = True

    @property
    def is_waiting(self) -> bool:
        """Whether nothing is at work for this connection."""
        return not (self.requests or self.total_outbufs_len or self.will_close)

    def readable(self) -> bool:
        """Tell whether to wait for more; asked about once a second, so late senders end here."""
        request = self.request
        if request is not None and request.is_late(
            self.patience_seconds, self.slowest_bytes_per_second
        ):
            self.will_close = True
        if self._flushing:
            # As if it had been sent; what is left of it wakes the loop.
            waiting = len(self.requests) > self.adj.channel_request_lookahead
            return not (self.will_close or self.close_when_flushed or waiting)
        return bool(super().readable())

    def writable(self) -> bool:
        """Tell whether the loop has something to send, or to close.

        What a thread is sending needs no help. The client often asks again before that thread can
        go on, and waitress's loop would go round and round until it can, standing in its way.
        """
        return not self._flushing and bool(super().writable())

    def send_continue(self) -> None:
        """Say that the body may come; a request without one stays as complete as it is.

        waitress would wait for the body of a request that announces none, until the connection
        has been idle for too long.
        """
        completed = self.request.completed
        super().send_continue()
        self.request.completed = completed

    @contextmanager
    def hold_short(self) -> Iterator[None]:
        """Send what the task at work writes meanwhile at the end, in one call of the system."""
        self._held = bytearray()
        try:
            yield
        finally:
            held, self._held = self._held, None
            super().write_soon(bytes(held))

    def write_soon(self, data: Any) -> int:
        """Take what a task writes; called by one thread at a time."""
        held = self._held
        if held is None:
            return int(super().write_soon(data))
        if isinstance(data, bytes) and len(data) <= HELD_BYTES:
            held += data
            return len(data)
        before, self._held = bytes(held), bytearray()
        super().write_soon(before)
        return int(super().write_soon(data))

    def _flush_some(self, do_close: bool = True) -> bool:
        """Send what is there; one thread at a time, which waitress does not see to everywhere."""
        with self.outbuf_lock:
            self._flushing = True
            try:
                return bool(super()._flush_some(do_close=do_close))
            finally:
                self._flushing = False
