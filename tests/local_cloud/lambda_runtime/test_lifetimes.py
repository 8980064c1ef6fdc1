"""How long environments load, live and keep their credentials; the bounds are small here."""

from __future__ import annotations

import base64
import itertools
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest
from moto.awslambda.models import lambda_backends
from moto.iam.models import iam_backends
from moto.logs.models import logs_backends

from tests.local_cloud.conftest import TRUST
from workshop_lib.local_cloud.configuration import ACCOUNT_ID, CloudConfiguration
from workshop_lib.local_cloud.identities import Identity, open_role_session
from workshop_lib.local_cloud.lambda_runtime import LambdaRuntime

REGION = "us-east-1"
PROCESS = "import os\ndef handler(event, context):\n    return os.getpid()\n"
KEY = "import os\ndef handler(event, context):\n    return os.environ['AWS_ACCESS_KEY_ID']\n"
# Sleeps while it is loaded for the first time (the file tells), and a little the second time.
SLOW_ONCE = (
    "import os, time\n"
    "print('loading')\n"
    "path = {path!r}\n"
    "first = not os.path.exists(path)\n"
    "open(path, 'a').close()\n"
    "time.sleep({first} if first else {second})\n"
    "def handler(event, context):\n    time.sleep({handler})\n    return 'done'\n"
)

MakeRuntime = Callable[..., LambdaRuntime]
MakeFunction = Callable[..., str]


@pytest.fixture
def make_runtime(tmp_path: Path) -> Iterator[MakeRuntime]:
    """Start runtimes with bounds of their own; stopped after the test."""
    made: list[LambdaRuntime] = []

    def make(open_session: Any = open_role_session, **bounds: Any) -> LambdaRuntime:
        made.append(
            LambdaRuntime(
                CloudConfiguration(tmp_path, 1),
                open_session,
                may_assume_role=lambda role_arn: True,
                **bounds,
            )
        )
        made[-1].start()
        return made[-1]

    yield make
    for runtime in made:
        runtime.stop()


@pytest.fixture
def make_function(zip_files: Callable[..., bytes]) -> Iterator[MakeFunction]:
    """Make functions straight in moto."""
    iam = iam_backends[ACCOUNT_ID]["aws"]
    iam.create_role("lifetimes", json.dumps(TRUST), "/", None, "", [], "3600")
    functions = lambda_backends[ACCOUNT_ID][REGION]
    made: list[str] = []
    numbers = itertools.count()

    def make(code: str, **settings: Any) -> str:
        made.append(f"lifetime-{next(numbers)}")
        functions.create_function({
            "FunctionName": made[-1], "Handler": "handler.handler", "Runtime": "python3.13",
            "Role": f"arn:aws:iam::{ACCOUNT_ID}:role/lifetimes",
            "Code": {"ZipFile": base64.b64encode(zip_files({"handler.py": code})).decode()},
            **settings,
        })  # fmt: skip
        return made[-1]

    yield make
    for name in made:
        functions.delete_function(name)
        logs_backends[ACCOUNT_ID][REGION].groups.pop(f"/aws/lambda/{name}", None)
    iam.delete_role("lifetimes")


def read_messages(name: str) -> list[str]:
    """Return what CloudWatch Logs has of a function."""
    group = logs_backends[ACCOUNT_ID][REGION].groups.get(f"/aws/lambda/{name}")
    streams = group.streams.values() if group else ()
    return [event.message for stream in streams for event in stream.events]


def read_milliseconds(report: str, field: str) -> float:
    """Return a duration in a REPORT line."""
    found = re.search(rf"\t{field}: ([\d.]+) ms", report)
    assert found is not None, report
    return float(found[1])


def test_a_function_that_loads_too_long_gets_a_second_chance_in_its_invocation(
    make_runtime: MakeRuntime, make_function: MakeFunction, folder_in_reach: Path
) -> None:
    """It loads twice; the second time is part of Duration, there is no Init Duration, one stream.

    Source: AWS Lambda developer guide, "Understanding the Lambda execution environment lifecycle".
    """
    runtime = make_runtime(init_seconds=0.5)
    code = SLOW_ONCE.format(
        path=str(folder_in_reach / "seen-early"), first=30, second=0.3, handler=0.2
    )
    name = make_function(code, Timeout=5)

    result = runtime.invoke(name, b"{}")

    lines = read_messages(name)
    report = lines[-1]
    assert (b'"done"', None) == (result.payload, result.function_error)
    assert re.fullmatch(
        r"INIT_REPORT Init Duration: \S+ ms\tPhase: init\tStatus: timeout", lines[1]
    )
    assert ["loading", "loading"] == [lines[0], lines[2]]
    assert lines[3].startswith("START ")
    assert read_milliseconds(report, "Duration") >= 500
    assert "Init Duration" not in report
    assert 1 == len(logs_backends[ACCOUNT_ID][REGION].groups[f"/aws/lambda/{name}"].streams)


def test_the_second_chance_and_the_handler_share_the_functions_time(
    make_runtime: MakeRuntime, make_function: MakeFunction, folder_in_reach: Path
) -> None:
    """0.8 s to load and 0.8 s to run are over a timeout of 1 s, though each is not."""
    runtime = make_runtime(init_seconds=0.3)
    code = SLOW_ONCE.format(
        path=str(folder_in_reach / "seen-late"), first=30, second=0.8, handler=0.8
    )
    name = make_function(code, Timeout=1)

    result = runtime.invoke(name, b"{}")

    assert "Sandbox.Timedout" == json.loads(result.payload)["errorType"]
    assert "Task timed out after 1.00 seconds" in result.log_tail.decode()
    assert 1000 == round(read_milliseconds(read_messages(name)[-1], "Duration"))


def test_a_function_that_never_loads_times_out(
    make_runtime: MakeRuntime, make_function: MakeFunction
) -> None:
    """Both phases are reported, and the answer is the function's timeout."""
    runtime = make_runtime(init_seconds=0.3)
    name = make_function("import time\ntime.sleep(60)\ndef handler(e, c):\n    pass\n", Timeout=1)

    result = runtime.invoke(name, b"{}")

    phases = re.findall(r"Phase: (\w+)\tStatus: (\w+)", "\n".join(read_messages(name)))
    assert [("init", "timeout"), ("invoke", "timeout")] == phases
    assert "Sandbox.Timedout" == json.loads(result.payload)["errorType"]


def test_environments_that_are_not_used_are_let_go(
    make_runtime: MakeRuntime, make_function: MakeFunction
) -> None:
    """After idle_seconds the process is gone, and the next call is a cold start."""
    runtime = make_runtime(idle_seconds=0.4)
    name = make_function(PROCESS)
    pid = int(runtime.invoke(name, b"{}").payload)

    psutil.wait_procs([psutil.Process(pid)], timeout=10)

    assert not psutil.pid_exists(pid)
    assert b"Init Duration" in runtime.invoke(name, b"{}").log_tail


def test_an_environment_is_replaced_before_its_credentials_expire(
    make_runtime: MakeRuntime, make_function: MakeFunction
) -> None:
    """With credentials that end soon each call has new ones; with others it keeps them."""
    expiries = [timedelta(minutes=5), timedelta(hours=1)]

    def open_session(role_arn: str, name: str) -> Identity:
        return replace(open_role_session(role_arn, name), expires=datetime.now(UTC) + expiries[0])

    runtime, name = make_runtime(open_session), make_function(KEY)
    first, second = (runtime.invoke(name, b"{}").payload for _ in range(2))
    del expiries[0]
    third, fourth = (runtime.invoke(name, b"{}").payload for _ in range(2))

    assert 3 == len({first, second, third})
    assert third == fourth


def test_a_log_can_be_read_while_the_function_runs(
    make_runtime: MakeRuntime, make_function: MakeFunction, folder_in_reach: Path
) -> None:
    """What is printed is in CloudWatch Logs before the end, and is there once after it."""
    go_on = folder_in_reach / "go-on"
    code = (
        "import os, time\ndef handler(event, context):\n    print('before')\n"
        f"    while not os.path.exists({str(go_on)!r}):\n        time.sleep(0.02)\n"
        "    print('after')\n"
    )
    runtime, name = make_runtime(), make_function(code, Timeout=30)
    invocation = threading.Thread(target=runtime.invoke, args=(name, b"{}"))
    invocation.start()
    deadline = time.monotonic() + 20
    while "before" not in read_messages(name) and time.monotonic() < deadline:
        time.sleep(0.02)
    early = read_messages(name)
    go_on.touch()
    invocation.join()

    assert "before" == early[-1]
    assert "after" not in early
    lines = read_messages(name)
    assert early == lines[: len(early)]
    assert ["after"] == [line for line in lines[len(early) :] if line[:3] not in ("END", "REP")]
