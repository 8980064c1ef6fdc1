"""Invoking functions: cold, warm, and as many as go."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.benchmarks.clouds import REGION, RunningCloud
from tests.benchmarks.figures import median
from tests.benchmarks.functions import PRINTING, SILENT, create_function, create_role

PAYLOAD = b'{"n": 1}'


def measure_invocations(
    cloud: RunningCloud, *, cold: int = 9, warm: int = 100, seconds: float = 3.0
) -> dict[str, float]:
    """Return milliseconds and invocations per second, by name.

    Args:
        cold: how many functions are invoked for the first time.
        warm: how often a function is invoked again, one after the other.
        seconds: how long as many invocations are made as go.
    """
    role = create_role(cloud)
    names = [f"cold-{number}" for number in range(cold)]
    for name in names:
        create_function(cloud, role, name, SILENT)
    for kind, code in (("silent", SILENT), ("printing", PRINTING)):
        create_function(cloud, role, kind, code)
    # What is prepared in the background is prepared.
    time.sleep(2)
    # The client makes what it needs for its first call, which is no part of the cloud's time.
    cloud.client("lambda").list_functions()
    found = {"cold ms": median([_invoke(cloud, name) for name in names])}
    for kind in ("silent", "printing"):
        _invoke(cloud, kind)
        found[f"warm {kind} ms"] = median([_invoke(cloud, kind) for _ in range(warm)])
    for clients in (1, 8):
        found[f"per second, {clients}"] = _measure_rate(cloud, "printing", clients, seconds)
    return found


def _invoke(cloud: RunningCloud, name: str) -> float:
    started = time.perf_counter()
    answer = cloud.client("lambda").invoke(FunctionName=name, Payload=PAYLOAD)
    taken = (time.perf_counter() - started) * 1000
    if json.loads(answer["Payload"].read()) != json.loads(PAYLOAD):
        raise RuntimeError(f"{cloud.name} answered {answer}")
    return taken


def _measure_rate(cloud: RunningCloud, name: str, clients: int, seconds: float) -> float:
    """Count invocations by clients that do nothing else: one request, signed once."""
    send = sign_once(cloud, "lambda", "POST", f"/2015-03-31/functions/{name}/invocations", PAYLOAD)
    counts = [0] * clients
    deadline = time.perf_counter() + seconds

    def work(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", cloud.port, timeout=60)
        while time.perf_counter() < deadline:
            status, body = send(connection)
            if status != 200:
                raise RuntimeError(f"{cloud.name} answered {status} {body!r}")
            counts[number] += 1
        connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(clients)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - started)


def sign_once(
    cloud: RunningCloud, service: str, method: str, path: str, body: bytes,
    headers: dict[str, str] | None = None,
) -> Callable[[http.client.HTTPConnection], tuple[int, bytes]]:  # fmt: skip
    """Return what sends one request again and again: the client costs next to nothing."""
    request = AWSRequest(method, f"{cloud.endpoint}{path}", headers or {}, data=body)
    SigV4Auth(Credentials(cloud.key_id, cloud.secret), service, REGION).add_auth(request)
    signed = dict(request.headers.items())

    def send(connection: http.client.HTTPConnection) -> tuple[int, bytes]:
        connection.request(method, path, body, signed)
        answer = connection.getresponse()
        return answer.status, answer.read()

    return send
