"""The clouds that are compared: each a process of its own, started, measured and ended here."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import psutil
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tests.benchmarks.environments import ensure_environment

REGION = "us-east-1"
ANSWER_SECONDS = 60.0
KEY_ID, SECRET = "AKIABENCHMARKBENCHM0", "benchmark/benchmark/benchmark/benchmark0"


@dataclass
class RunningCloud:
    """A cloud that runs for a measurement.

    Attributes:
        first_answer: seconds from its start to the first answer to a call of an API.
    """

    name: str
    port: int
    process: subprocess.Popen[bytes]
    key_id: str
    secret: str
    first_answer: float = 0.0
    _clients: dict[str, Any] = field(default_factory=dict)

    @property
    def endpoint(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def client(self, service: str) -> Any:
        """Return boto3's client of a service; one for all."""
        if service not in self._clients:
            self._clients[service] = make_client(service, self.port, self.key_id, self.secret)
        return self._clients[service]

    def measure_memory(self) -> float:
        """Return the megabytes of all its processes; what they share counts once (PSS)."""
        root = psutil.Process(self.process.pid)
        total = 0
        for process in (root, *root.children(recursive=True)):
            try:
                total += process.memory_full_info().pss
            except psutil.NoSuchProcess:
                continue
        return total / 1e6

    def kill(self) -> None:
        """End it at once, with everything it has started."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        self.process.kill()
        self.process.wait()
        for child in children:
            if child.is_running():
                child.kill()

    def stop(self) -> None:
        """End it as it wants to be ended."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.kill()


def make_client(service: str, port: int, key_id: str, secret: str) -> Any:
    """Return a client that makes one attempt and sees no configuration."""
    settings: dict[str, Any] = {"retries": {"total_max_attempts": 1}, "max_pool_connections": 16}
    if service == "s3":
        settings |= {"s3": {"addressing_style": "path"}}
    return boto3.client(
        service,
        region_name=REGION,
        endpoint_url=f"http://127.0.0.1:{port}",
        aws_access_key_id=key_id,
        aws_secret_access_key=secret,
        config=Config(**settings),
    )


def start_workshop(home: Path) -> RunningCloud:
    """Start our local cloud in a home, which it keeps."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    keys = home / "credentials.json"
    if not keys.exists():
        keys.write_text(json.dumps({"access_key_id": KEY_ID, "secret_access_key": SECRET}))
        keys.chmod(0o600)
    python = ensure_environment("workshop")
    return _start(
        "workshop",
        lambda port: [
            str(python), "-m", "workshop_lib.local_cloud", "--home", str(home), "--port", str(port),
        ],
        home,
    )  # fmt: skip


def start_ministack(home: Path, *, auth: bool = False) -> RunningCloud:
    """Start ministack, with its check of signatures and policies or without."""
    python = ensure_environment("ministack")
    return _start(
        "ministack with auth" if auth else "ministack",
        lambda port: [str(python), "-m", "ministack"],
        home,
        lambda port: {
            "GATEWAY_PORT": str(port), "BIND_HOST": "127.0.0.1", "MINISTACK_HOST": "127.0.0.1",
            "AUTH": str(auth).lower(), "LAMBDA_EXECUTOR": "local",
            "AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET, "TMPDIR": str(home),
        },
    )  # fmt: skip


def start_moto(home: Path) -> RunningCloud:
    """Start moto's own server, which checks nothing."""
    python = ensure_environment("moto")
    return _start(
        "moto",
        lambda port: [
            str(python), "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port),
        ],
        home,
    )  # fmt: skip


def _start(
    name: str,
    command: Callable[[int], list[str]],
    home: Path,
    variables: Callable[[int], dict[str, str]] = lambda port: {},
) -> RunningCloud:
    home.mkdir(parents=True, exist_ok=True)
    port = _find_port()
    client = make_client("s3", port, KEY_ID, SECRET)
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    with (home / "output.log").open("ab") as log:
        started = time.perf_counter()
        process = subprocess.Popen(
            command(port), stdout=log, stderr=log, cwd=home, env=kept | variables(port)
        )
    cloud = RunningCloud(name, port, process, KEY_ID, SECRET)
    while time.perf_counter() - started < ANSWER_SECONDS:
        try:
            client.list_buckets()
        except (BotoCoreError, ClientError):
            if process.poll() is not None:
                break
            time.sleep(0.005)
        else:
            cloud.first_answer = time.perf_counter() - started
            return cloud
    process.kill()
    tail = (home / "output.log").read_text(errors="replace")[-2000:]
    raise RuntimeError(f"{name} does not answer:\n{tail}")


def _find_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
