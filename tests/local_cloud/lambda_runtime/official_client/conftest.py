"""AWS's own runtime interface client, run against a Runtime API that hands out one event at a time.

The client is `awslambdaric`, the program inside AWS's managed Python runtimes. It is installed into
a folder of its own under ``build/``, once, and runs on the interpreter that runs the workers.
"""

from __future__ import annotations

import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

CLIENT = "awslambdaric==4.2.2"
FOLDER = Path(__file__).parents[4] / "build" / f"{CLIENT}-{sys.implementation.cache_tag}"
API = "/2018-06-01/runtime"
ANSWER_SECONDS = 20.0
# Type, length, microseconds since 1970: what stands before each record of the runtime's log.
FRAME = struct.Struct(">IIQ")


@dataclass(frozen=True)
class RuntimeAnswer:
    """What the client posted: ``response``, ``error`` or ``init/error``; or its exit status.

    ``records`` are its log's: what was printed, line by line, then what it framed.
    """

    kind: str
    body: bytes
    content_type: str = ""
    error_type: str = ""
    status: int | None = None
    records: tuple[str, ...] = ()

    @property
    def document(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass
class RuntimeApi:
    """The Runtime API of one execution environment, on a loopback port.

    Source: AWS Lambda developer guide, "Using the Lambda runtime API for custom runtimes".
    """

    events: SimpleQueue[tuple[bytes, dict[str, str]]] = field(default_factory=SimpleQueue)
    answers: SimpleQueue[RuntimeAnswer] = field(default_factory=SimpleQueue)

    def serve(self) -> ThreadingHTTPServer:
        """Begin to answer; return the server."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), make_request_handler(self))
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        return server


def make_request_handler(api: RuntimeApi) -> type[BaseHTTPRequestHandler]:
    """Return the class that answers the client."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Head and body in one write: two would wait for the client's delayed acknowledgement.
        wbufsize = -1
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            assert f"{API}/invocation/next" == self.path
            payload, headers = api.events.get()
            self.answer(200, payload, headers)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            kind = "init/error" if self.path == f"{API}/init/error" else self.path.split("/")[-1]
            error_type = self.headers.get("Lambda-Runtime-Function-Error-Type", "")
            content_type = self.headers.get("Content-Type", "")
            self.answer(202, b'{"status":"OK"}', {})
            api.answers.put(RuntimeAnswer(kind, body, content_type, error_type))

        def answer(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: Any) -> None:
            """Keep the tests' output to the tests."""

    return Handler


class OfficialClient:
    """One process of AWS's client with one function; ``context`` holds its settings."""

    def __init__(self, handler: str, folder: Path, variables: Mapping[str, str]) -> None:
        self.api = RuntimeApi()
        self.server = self.api.serve()
        self.frames, frames_end = os.pipe()
        os.set_blocking(self.frames, False)
        environment = {
            **variables,
            "PATH": os.defpath,
            "LANG": "en_US.UTF-8",
            "TZ": ":UTC",
            "PYTHONPATH": f"{folder}{os.pathsep}{FOLDER}",
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self.server.server_port}",
            "_LAMBDA_TELEMETRY_LOG_FD": str(frames_end),
        }
        self.process = subprocess.Popen(
            [sys.executable, "-S", "-X", "utf8", "-m", "awslambdaric", handler],
            env=environment,
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=[frames_end],
        )
        os.close(frames_end)
        assert self.process.stdout is not None
        self.printed = self.process.stdout.fileno()
        os.set_blocking(self.printed, False)
        threading.Thread(target=self.tell_exit, daemon=True).start()

    def tell_exit(self) -> None:
        """Let whoever waits for an answer learn that there will be none."""
        status = self.process.wait()
        self.api.answers.put(RuntimeAnswer("exit", b"", status=status))

    def answer(self) -> RuntimeAnswer:
        """Return the client's next answer and what it has logged before."""
        given = self.api.answers.get(timeout=ANSWER_SECONDS)
        records = (*drain(self.printed).decode().splitlines(), *read_frames(drain(self.frames)))
        return RuntimeAnswer(
            given.kind, given.body, given.content_type, given.error_type, given.status, records
        )

    def invoke(self, payload: bytes, headers: Mapping[str, str]) -> RuntimeAnswer:
        """Hand out an event and return what comes of it."""
        now = time.time() * 1000
        self.api.events.put(
            (payload, {"Lambda-Runtime-Deadline-Ms": f"{now + 60_000:.0f}"} | headers)
        )
        return self.answer()

    def end(self) -> None:
        """End the process and the Runtime API."""
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()
        os.close(self.frames)
        self.server.shutdown()
        self.server.server_close()


def drain(descriptor: int) -> bytes:
    """Return what a pipe holds now."""
    chunks = []
    while True:
        try:
            chunk = os.read(descriptor, 65536)
        except BlockingIOError:
            break
        if not chunk:
            break
        chunks.append(chunk)
    return b"".join(chunks)


def read_frames(data: bytes) -> list[str]:
    """Return the records of a framed log."""
    records = []
    while data:
        _, length, _ = FRAME.unpack(data[: FRAME.size])
        records.append(data[FRAME.size : FRAME.size + length].decode().rstrip("\n"))
        data = data[FRAME.size + length :]
    return records


@pytest.fixture(scope="session")
def official_client() -> None:
    """AWS's client, installed; without Linux or a package index the test is skipped, save in CI."""
    if sys.platform != "linux":
        pytest.skip("AWS's runtime interface client runs on Linux only")
    if FOLDER.is_dir():
        return
    FOLDER.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FOLDER.parent) as temporary:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        pip += ["--only-binary", ":all:", "--target", f"{temporary}/made", CLIENT]
        done = subprocess.run(pip, capture_output=True, text=True, check=False)
        if done.returncode and not os.environ.get("CI"):
            pytest.skip(f"{CLIENT} cannot be installed: {done.stderr.strip()[-300:]}")
        assert 0 == done.returncode, done.stderr
        if not FOLDER.is_dir():
            shutil.move(f"{temporary}/made", FOLDER)


@pytest.fixture
def start_official(
    official_client: None, tmp_path: Path
) -> Iterator[Callable[..., OfficialClient]]:
    """Start AWS's client with a function's files; ended after the test."""
    started: list[OfficialClient] = []

    def start(
        files: Mapping[str, str], handler: str, variables: Mapping[str, str]
    ) -> OfficialClient:
        folder = tmp_path / "task"
        folder.mkdir()
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
        started.append(OfficialClient(handler, folder, variables))
        return started[-1]

    yield start
    for client in started:
        client.end()
