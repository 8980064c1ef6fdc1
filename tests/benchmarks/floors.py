"""What nothing can be faster than: a process, an import, a round trip, a recognition."""

from __future__ import annotations

import http.client
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from wsgiref.simple_server import WSGIRequestHandler, make_server

from tests.benchmarks.figures import median


def measure_floors(times: int = 9) -> dict[str, float]:
    """Return the milliseconds of each floor."""
    return {
        "fork and exec of Python ms": _median_of(lambda: _run("pass"), times),
        "import boto3 ms": _median_of(lambda: _run("import boto3"), times),
        "loopback HTTP round trip ms": _measure_round_trip(),
    }


def _median_of(act: Callable[[], object], times: int) -> float:
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        act()
        taken.append((time.perf_counter() - started) * 1000)
    return median(taken)


def _run(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True)


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


def _measure_round_trip(count: int = 200) -> float:
    def answer(environ: object, start_response: Callable[..., object]) -> list[bytes]:
        start_response("200 OK", [("Content-Length", "2")])
        return [b"{}"]

    with make_server("127.0.0.1", 0, answer, handler_class=_Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_port

        def ask() -> None:
            connection = http.client.HTTPConnection("127.0.0.1", port)
            connection.request("GET", "/")
            connection.getresponse().read()
            connection.close()

        taken = _median_of(ask, count)
        server.shutdown()
    return taken
