"""How many environments there are: bounded, the longest idle let go first."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest
from moto.awslambda.models import lambda_backends
from moto.iam.models import iam_backends

from tests.local_cloud.conftest import TRUST
from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.configuration import ACCOUNT_ID, CloudConfiguration
from workshop_lib.local_cloud.identities import open_role_session
from workshop_lib.local_cloud.lambda_runtime import LambdaRuntime, packages, pools
from workshop_lib.local_cloud.lambda_runtime.packages import PackageStore
from workshop_lib.local_cloud.lambda_runtime.supervision import list_descendants

CODE = """
import os, pathlib, time
def handler(event, context):
    if "until" in event:
        pathlib.Path(event["running"]).touch()
        while not os.path.exists(event["until"]):
            time.sleep(0.02)
    return os.getpid()
"""


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[LambdaRuntime]:
    """A runtime that runs two functions at a time, at most."""
    configuration = CloudConfiguration(tmp_path, 1)
    made = LambdaRuntime(
        configuration,
        open_role_session,
        may_assume_role=lambda role_arn: True,
        concurrent_executions=2,
    )
    made.start()
    yield made
    made.stop()


@pytest.fixture
def names(zip_files: Callable[..., bytes]) -> Iterator[list[str]]:
    """Three functions with the same code, made straight in moto."""
    iam = iam_backends[ACCOUNT_ID]["aws"]
    iam.create_role("pools", json.dumps(TRUST), "/", None, "", [], "3600")
    code = base64.b64encode(zip_files({"handler.py": CODE})).decode()
    functions = lambda_backends[ACCOUNT_ID]["us-east-1"]
    made = ["pool-a", "pool-b", "pool-c"]
    for name in made:
        functions.create_function({
            "FunctionName": name, "Handler": "handler.handler", "Runtime": "python3.13",
            "Role": f"arn:aws:iam::{ACCOUNT_ID}:role/pools", "Code": {"ZipFile": code},
        })  # fmt: skip
    yield made
    for name in made:
        functions.delete_function(name)
    iam.delete_role("pools")


def test_the_longest_idle_environment_makes_room(runtime: LambdaRuntime, names: list[str]) -> None:
    """With room for two, a third function ends the first one's process; the second stays warm."""
    first, second, third = (int(runtime.invoke(name, b"{}").payload) for name in names)

    assert second == int(runtime.invoke(names[1], b"{}").payload)
    assert third == int(runtime.invoke(names[2], b"{}").payload)
    assert first != int(runtime.invoke(names[0], b"{}").payload)


def wait_for(*files: Path) -> None:
    """Wait until these files are there; the test's own timeout is the bound."""
    while not all(file.exists() for file in files):
        time.sleep(0.02)


def test_more_at_the_same_time_than_the_bound_is_refused(
    runtime: LambdaRuntime, names: list[str], folder_in_reach: Path
) -> None:
    """The third is TooManyRequestsException with AWS's reason; afterwards there is room again."""
    end = folder_in_reach / "end"
    running = [folder_in_reach / name for name in names[:2]]
    threads = [
        threading.Thread(
            target=runtime.invoke,
            args=(name, json.dumps({"until": str(end), "running": str(file)}).encode()),
        )
        for name, file in zip(names, running, strict=False)
    ]
    for thread in threads:
        thread.start()
    wait_for(*running)
    with pytest.raises(AwsError) as caught:
        runtime.invoke(names[2], b"{}")
    end.touch()
    for thread in threads:
        thread.join()

    assert 429 == caught.value.status
    assert "ConcurrentInvocationLimitExceeded" == caught.value.details["Reason"]
    assert int(runtime.invoke(names[2], b"{}").payload) > 0


def test_stopping_ends_every_process(runtime: LambdaRuntime, names: list[str]) -> None:
    """After stop() the workers are gone."""
    pids = [int(runtime.invoke(name, b"{}").payload) for name in names[:2]]

    runtime.stop()

    assert not any(psutil.pid_exists(pid) for pid in pids)


def test_a_role_that_was_deleted_refuses_the_cold_start(
    runtime: LambdaRuntime, names: list[str]
) -> None:
    """AccessDeniedException in AWS's words."""
    function = lambda_backends[ACCOUNT_ID]["us-east-1"].get_function(names[0])
    function.role = f"arn:aws:iam::{ACCOUNT_ID}:role/gone"

    with pytest.raises(AwsError, match="cannot be assumed by Lambda") as caught:
        runtime.invoke(names[0], b"{}")

    assert ("AccessDeniedException", 403) == (caught.value.code, caught.value.status)


@pytest.fixture
def lone_runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LambdaRuntime]:
    """A runtime on a machine with one processor."""
    monkeypatch.setattr(pools, "PROCESSORS", 1)
    made = LambdaRuntime(
        CloudConfiguration(tmp_path, 1), open_role_session, may_assume_role=lambda role_arn: True
    )
    yield made
    made.stop()


def hold(folder: Path, name: str) -> tuple[Path, Path, bytes]:
    """Return a file that tells that an invocation runs, one that ends it, and its payload."""
    running, until = folder / f"running-{name}", folder / f"until-{name}"
    return running, until, json.dumps({"running": str(running), "until": str(until)}).encode()


def test_an_event_waits_for_a_warm_environment(
    lone_runtime: LambdaRuntime, names: list[str], folder_in_reach: Path
) -> None:
    """With one processor and one at work, the next event waits; a caller who waits does not."""
    running, until, payload = hold(folder_in_reach, "warm")
    with ThreadPoolExecutor() as threads:
        first = threads.submit(lone_runtime.invoke, names[0], payload)
        wait_for(running)
        patient = threads.submit(lone_runtime.invoke, names[0], b"{}", patience_seconds=60)
        hasty = lone_runtime.invoke(names[0], b"{}", patience_seconds=0.05)
        until.touch()
        pids = [int(result.payload) for result in (first.result(), patient.result(), hasty)]

    assert pids[1] in (pids[0], pids[2])
    assert pids[0] != pids[2]


def test_an_environment_of_former_code_is_no_room_for_an_event(
    lone_runtime: LambdaRuntime,
    names: list[str],
    folder_in_reach: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An event that may wait does, where the only idle environment has another configuration."""
    running, until, payload = hold(folder_in_reach, "former")
    pool, started = lone_runtime._pool, list[str]()
    make = pool._make_environment
    with ThreadPoolExecutor() as threads:
        first = threads.submit(lone_runtime.invoke, names[0], payload)
        wait_for(running)
        lone_runtime.invoke(names[0], b"{}")
        function = lambda_backends[ACCOUNT_ID]["us-east-1"].get_function(names[0])
        function.environment_vars = {"NEW": "1"}
        monkeypatch.setattr(
            pool, "_make_environment", lambda function: started.append("new") or make(function)
        )
        event = threads.submit(lone_runtime.invoke, names[0], b"{}", patience_seconds=60)
        time.sleep(0.3)
        early = list(started)
        until.touch()
        pids = {int(result.result().payload) for result in (first, event)}

    assert ([], ["new"], 2) == (early, started, len(pids))


def test_what_processes_start_is_found() -> None:
    """Children of children, also those that a thread has started, as psutil finds them."""
    code = """
        import subprocess, sys, threading
        inner = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'input()']).wait()"
        start = lambda: subprocess.Popen([sys.executable, "-c", inner])
        start()
        threading.Thread(target=lambda: start().wait()).start()
        print("started", flush=True)
        input()
    """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        made = psutil.Process(process.pid)
        while len(expected := {one.pid for one in made.children(recursive=True)}) < 4:
            time.sleep(0.02)
        assert expected == {one.pid for one in list_descendants(made)}
        for one in made.children(recursive=True):
            one.kill()
        process.kill()


def test_many_who_unpack_the_same_unpack_it_once(
    tmp_path: Path, zip_files: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Environments that start together share the work."""
    store, unpacked, begin = PackageStore(tmp_path), [], threading.Barrier(4)
    plain = packages._extract

    def extract(opened: Any, entry: Any, folder: Path, remaining: int) -> int:
        unpacked.append(entry.filename)
        time.sleep(0.05)
        return plain(opened, entry, folder, remaining)

    monkeypatch.setattr(packages, "_extract", extract)
    archive = zip_files({"handler.py": CODE})

    def unpack(number: int) -> Path:
        begin.wait()
        return store.unpack([archive])

    with ThreadPoolExecutor(4) as threads:
        assert 1 == len(set(threads.map(unpack, range(4))))
    assert ["handler.py"] == unpacked
