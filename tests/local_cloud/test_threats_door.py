"""What a client that keeps to no rule of HTTP can do to the door: little, and not for long."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import httpx
import pytest
from waitress.server import create_server

from workshop_lib.local_cloud.door.http_channels import CloudChannel
from workshop_lib.local_cloud.launcher import RunningCloud

END = "\r\n\r\n"


def exchange(port: int, text: str | bytes, seconds: float = 20) -> bytes:
    """Send these bytes and return all that comes back before the door closes or is silent."""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as connection:
        # Refused before all was sent: the answer may still be there.
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(text.encode("latin-1") if isinstance(text, str) else text)
        return read_all(connection)


def read_all(connection: socket.socket) -> bytes:
    received = b""
    try:
        while data := connection.recv(65536):
            received += data
    except ConnectionResetError:
        return received
    return received


def is_served(port: int) -> bool:
    """Tell whether the next client gets an answer of the cloud."""
    return 403 == httpx.get(f"http://127.0.0.1:{port}/", trust_env=False).status_code


def test_the_reason_is_awss(local_cloud: RunningCloud) -> None:
    """The status line says Forbidden, not FORBIDDEN, whoever answers."""
    host = f"Host: 127.0.0.1:{local_cloud.port}\r\nConnection: close"
    for target, line in (
        ("/", b"HTTP/1.1 403 Forbidden\r\n"),
        ("/_website/no-such-bucket/", b"HTTP/1.1 404 Not Found\r\n"),
        ("/no-such-bucket/key", b"HTTP/1.1 404 Not Found\r\n"),
    ):
        answer = exchange(local_cloud.port, f"GET {target} HTTP/1.1\r\n{host}{END}")
        assert answer.startswith(line), (target, answer[:100])


@pytest.mark.parametrize(
    "lines",
    [
        ["GET"], ["GET / HTTP/1.1 extra"], ["get / HTTP/1.1"], ["\x00\x01\x02"],
        ["GET  / HTTP/1.1"], ["GET / HTTP/1.1", "no colon"], ["GET / HTTP/1.1", "bad name: x"],
        ["GET / HTTP/1.1", "Name : x"], ["GET / HTTP/1.1", ": empty"],
        ["GET / HTTP/1.1", "X: a\nHost: b"], ["GET / HTTP/1.1", "X: a\rb"],
        ["GET / HTTP/1.1", "Content-Length: -1"], ["GET / HTTP/1.1", "Content-Length: +1"],
        ["GET / HTTP/1.1", "Content-Length: 1_0"], ["GET / HTTP/1.1", "Content-Length: 0x10"],
        ["\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"],
    ],
)  # fmt: skip
def test_what_is_no_http_is_refused(local_cloud: RunningCloud, lines: list[str]) -> None:
    """A malformed request line or header gets 400 and the connection is closed."""
    request = "\r\n".join([*lines, f"Host: 127.0.0.1:{local_cloud.port}"]) + END
    answer = exchange(local_cloud.port, request)
    assert answer.startswith(b"HTTP/1.0 400 Bad Request") or answer.startswith(
        b"HTTP/1.1 400 Bad Request"
    ), answer[:200]
    assert b"Traceback" not in answer
    assert is_served(local_cloud.port)


@pytest.mark.parametrize(
    "lines",
    [
        ["Content-Length: 5", "Transfer-Encoding: chunked"],
        ["Transfer-Encoding: chunked", "Content-Length: 5"],
        ["Content-Length: 5", "Content-Length: 6"],
        ["Content-Length: 5", "Content-Length: 5"],
        ["Content-Length: 5, 5"],
        ["Transfer-Encoding: chunked", "Transfer-Encoding: identity"],
        ["Transfer-Encoding: xchunked"], ["Transfer-Encoding: chunked, identity"],
        ["Transfer-Encoding: \x0bchunked"], ["Transfer-Encoding : chunked"],
        ["Transfer-Encoding:", " chunked"],
        ["X: one", " two"], ["X: one", "\ttwo"],
        ["Host: 127.0.0.1:{port}"], ["Host: evil.example"],
    ],
)  # fmt: skip
def test_two_readings_of_one_request_are_refused(
    local_cloud: RunningCloud, lines: list[str]
) -> None:
    """Lengths that disagree, folded headers and a second Host: refused, and nothing after it read.

    The request smuggled behind it gets no answer: the connection is closed with the first.
    """
    port = local_cloud.port
    head = "\r\n".join(["POST / HTTP/1.1", f"Host: 127.0.0.1:{port}", *lines]).format(port=port)
    smuggled = f"0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: 127.0.0.1:{port}{END}"
    answer = exchange(port, head + END + smuggled)
    assert answer.split(b" ")[1] in (b"400", b"501"), answer[:200]
    assert 1 == answer.count(b"HTTP/1.")
    assert "/smuggled" not in local_cloud.log_path.read_text()
    assert is_served(port)


def test_chunks_of_an_old_version_are_refused(local_cloud: RunningCloud) -> None:
    """HTTP/1.0 has no chunks: a body that claims them has no length that both sides know."""
    host = f"Host: 127.0.0.1:{local_cloud.port}"
    request = f"POST / HTTP/1.0\r\n{host}\r\nTransfer-Encoding: chunked{END}0{END}"
    assert b" 400 " in exchange(local_cloud.port, request).split(b"\r\n")[0]


@pytest.mark.parametrize(
    "body",
    ["zz\r\nabc\r\n0\r\n\r\n", "-1\r\n", "5\r\nabcdefgh\r\n0\r\n\r\n",
     "5;=\x01\r\nabcde\r\n0\r\n\r\n",
     "0x5\r\nabcde\r\n0\r\n\r\n", "f\n" * 5000, "1" * 10_000, "0\r\nX: " + "y" * 100_000],
    ids=["no number", "negative", "too long", "extension", "prefix", "line feed", "endless size",
         "endless trailer"],
)  # fmt: skip
def test_bad_chunks_are_refused(local_cloud: RunningCloud, body: str) -> None:
    """A chunked body that is malformed, or whose lines do not end, gets 400 or is cut off."""
    host = f"Host: 127.0.0.1:{local_cloud.port}"
    head = f"POST / HTTP/1.1\r\n{host}\r\nTransfer-Encoding: chunked"
    answer = exchange(local_cloud.port, head + END + body)
    assert not answer or b" 400 " in answer.split(b"\r\n")[0], answer[:200]
    assert is_served(local_cloud.port)


def test_headers_without_an_end_are_refused(local_cloud: RunningCloud) -> None:
    """More than 64 KB of header, in one line or in many, gets 431."""
    host = f"Host: 127.0.0.1:{local_cloud.port}"
    for filler in ("X: " + "y" * 70_000, "\r\n".join(f"X-{n}: y" for n in range(9000))):
        answer = exchange(local_cloud.port, f"GET / HTTP/1.1\r\n{host}\r\n{filler}")
        assert b" 431 " in answer.split(b"\r\n")[0]
    assert is_served(local_cloud.port)


def test_a_strangers_body_is_not_kept(local_cloud: RunningCloud) -> None:
    """Who names no key is refused a body of 100 MB before it is sent, and an endless one midway."""
    head = f"PUT /b/k HTTP/1.1\r\nHost: 127.0.0.1:{local_cloud.port}\r\n"
    answer = exchange(local_cloud.port, f"{head}Content-Length: 100000000{END}")
    assert b" 413 " in answer.split(b"\r\n")[0]
    chunk = b"100000\r\n" + bytes(0x100000) + b"\r\n"
    endless = f"{head}Transfer-Encoding: chunked{END}".encode() + chunk * 70
    answer = exchange(local_cloud.port, endless)
    assert not answer or b" 413 " in answer.split(b"\r\n")[0]
    assert is_served(local_cloud.port)


def test_many_connections_keep_nobody_out(local_cloud: RunningCloud) -> None:
    """Six hundred connections that say nothing or stop half-way, and the next client is served."""
    idle = []
    try:
        for number in range(600):
            connection = socket.create_connection(("127.0.0.1", local_cloud.port), timeout=20)
            if number % 2:
                connection.sendall(b"GET / HTTP/1.1\r\nHost: ")
            idle.append(connection)
        assert is_served(local_cloud.port)
    finally:
        for connection in idle:
            connection.close()


@pytest.fixture(scope="module")
def hurried_port() -> Iterator[int]:
    """The cloud's own connections with less patience, before an application that says hello."""

    def hello(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        start_response("200 OK", [("Content-Length", "5")])
        return [b"hello"]

    hurried = type(
        "HurriedChannel", (CloudChannel,),
        {"patience_seconds": 0.5, "slowest_bytes_per_second": 1000},
    )  # fmt: skip
    server = create_server(hello, host="127.0.0.1", port=0, threads=2, asyncore_use_poll=True)
    server.channel_class = hurried
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield int(server.effective_port)
    server.task_dispatcher.shutdown()
    server.asyncore.close_all(server._map)
    thread.join(5)


class TestSlowClients:
    """Before the cloud's own connections, with less patience."""

    @pytest.mark.parametrize(
        "start",
        ["G", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ",
         f"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000{END}abc",
         f"PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked{END}5\r\nab"],
        ids=["first byte", "first line", "header", "body", "chunk"],
    )  # fmt: skip
    def test_a_byte_now_and_then_does_not_hold_a_connection(
        self, hurried_port: int, start: str
    ) -> None:
        """Who sends a byte at a time is let go, however regularly the bytes come."""
        with socket.create_connection(("127.0.0.1", hurried_port), timeout=20) as connection:
            connection.sendall(start.encode())
            connection.settimeout(0.2)
            received = self._drip(connection)
        assert b"" == received

    def _drip(self, connection: socket.socket) -> bytes:
        for _ in range(100):
            try:
                connection.sendall(b"a")
                return connection.recv(1000)
            except TimeoutError:
                continue
            except (BrokenPipeError, ConnectionResetError):
                return b""
        pytest.fail("the door still listens after a hundred drips")

    def test_a_steady_sender_is_served(self, hurried_port: int) -> None:
        """A body that comes at a fair rate may take longer than the patience for a header."""
        with socket.create_connection(("127.0.0.1", hurried_port), timeout=20) as connection:
            connection.sendall(f"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 20000{END}".encode())
            for _ in range(10):
                connection.sendall(b"x" * 2000)
                threading.Event().wait(0.1)
            assert connection.recv(1000).startswith(b"HTTP/1.1 200 OK")


def test_nobody_is_named_in_a_refusal(local_cloud: RunningCloud) -> None:
    """A refusal names no program, no version and no file of this machine."""
    host = f"Host: 127.0.0.1:{local_cloud.port}\r\nConnection: close"
    for request in ("GET", f"GET / HTTP/1.1\r\n{host}"):
        answer = exchange(local_cloud.port, request + END).lower()
        for word in (b"waitress", b"python", b"werkzeug", b"moto", b"server:", b"/home/"):
            assert word not in answer, word
