"""Every way to start a worker gives the same worker: forked, prepared as a spare, from nothing."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from workshop_lib.local_cloud.lambda_runtime.processes import Exit, Reply, WorkerProcess
from workshop_lib.local_cloud.lambda_runtime.starters import (
    PlainStarter,
    SpareStarter,
    WorkerStarter,
    ZygoteStarter,
)
from workshop_lib.local_cloud.lambda_runtime.supervision import Supervisor

CODE = """
import os, sys
def handler(event, context):
    if event == "exit":
        sys.exit(4)
    import boto3
    print("printed")
    return [event, context.function_name, sorted(os.environ), "PIL" in sys.modules]
"""
HEADER = {"request_id": "r", "invoked_function_arn": "a", "timeout_seconds": 9, "trace_id": "t"}


def settle(worker: WorkerProcess, folder: Path) -> None:
    """Hand a worker its function and wait until it is ready."""
    (folder / "own_handler.py").write_text(CODE)
    worker.send({
        "output_prefix": worker.output.prefix,
        "environment": {"AWS_LAMBDA_FUNCTION_NAME": "f"},
        "handler": "own_handler.handler",
        "task_root": str(folder),
        "search_path": [str(folder)],
        "bytecode_directory": str(folder / "bytecode"),
        "roots": {str(folder): "/var/task"},
        "resource_limits": {"RLIMIT_CORE": 0},
        "scratch": str(folder),
    })  # fmt: skip
    message = worker.receive(20)
    assert isinstance(message, Reply), message
    assert "ready" == message.kind
    worker.output.take()


STARTERS: list[Any] = [PlainStarter, SpareStarter]
if hasattr(os, "fork"):
    STARTERS.append(ZygoteStarter)


@pytest.fixture(scope="module", params=STARTERS, ids=lambda starter: starter.__name__)
def starter(
    request: pytest.FixtureRequest,
) -> Iterator[PlainStarter | SpareStarter | ZygoteStarter]:
    """Each of the ways."""
    made = request.param()
    yield made
    made.close()


@pytest.fixture
def worker(
    starter: PlainStarter | SpareStarter | ZygoteStarter, tmp_path: Path
) -> Iterator[WorkerProcess]:
    """A worker that has loaded its function."""
    if isinstance(starter, ZygoteStarter):
        assert starter.wait_ready(20)
    started = starter.start_worker()
    settle(started, tmp_path)
    yield started
    started.end()


def test_a_worker_answers_and_logs(worker: WorkerProcess) -> None:
    """Request and reply, its own environment and nothing else, and what it printed."""
    worker.send(HEADER, b'"event"')
    reply = worker.receive(20)

    assert isinstance(reply, Reply)
    assert "result" == reply.kind
    event, name, variables, has_pillow = json.loads(reply.payload)
    assert ("event", "f", False) == (event, name, has_pillow)
    assert {"AWS_LAMBDA_FUNCTION_NAME", "_X_AMZN_TRACE_ID"} == set(variables)
    assert ["printed"] == [record.message for record in worker.output.take()]


def test_a_workers_exit_code_is_known(worker: WorkerProcess) -> None:
    """The end of a worker comes with how it ended."""
    worker.send(HEADER, b'"exit"')

    assert Exit(4) == worker.receive(20)
    assert not worker.alive


def test_ending_a_worker_waits_until_it_is_gone(worker: WorkerProcess) -> None:
    """After end() there is no process any more."""
    worker.end()

    assert not worker.alive
    assert not psutil.pid_exists(worker.pid) or is_zombie(worker.pid)


def test_a_worker_that_has_ended_before_it_was_watched_is_an_exit(
    worker: WorkerProcess, tmp_path: Path
) -> None:
    """A process that is gone at once is no failure of the cloud: its exit code is the answer."""
    worker.send(HEADER, b'"exit"')
    wait_for(lambda: not worker.alive)

    assert Exit(4) == Supervisor(worker, 128, tmp_path, 512).wait(5)


def is_zombie(pid: int) -> bool:
    """Tell whether a process has ended and is only not collected yet."""
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


@pytest.fixture
def chooser() -> Iterator[WorkerStarter]:
    """The starter that chooses the way."""
    made = WorkerStarter()
    made.open()
    yield made
    made.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_zygote_that_was_killed_is_replaced(chooser: WorkerStarter, tmp_path: Path) -> None:
    """Its workers end with it; functions start slowly once, then from a new zygote."""
    first = chooser.start_worker(frozenset())
    zygote = psutil.Process(first.pid).parent()
    assert zygote is not None
    zygote.kill()
    assert wait_for(lambda: not first.alive)

    second = chooser.start_worker(frozenset())
    settle(second, tmp_path)
    third = chooser.start_worker(frozenset())
    settle(third, tmp_path)

    assert os.getpid() == psutil.Process(second.pid).ppid()
    assert psutil.Process(third.pid).ppid() not in (os.getpid(), zygote.pid)
    second.end()
    third.end()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_workers_end_when_the_server_does(tmp_path: Path) -> None:
    """A server that is killed leaves no process behind: neither zygote nor busy worker."""
    program = tmp_path / "server.py"
    program.write_text(
        "import sys, time\n"
        "from pathlib import Path\n"
        "from workshop_lib.local_cloud.lambda_runtime.starters import WorkerStarter\n"
        "starter = WorkerStarter()\n"
        "worker = starter.start_worker(frozenset())\n"
        "print(worker.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    with psutil.Popen([sys.executable, str(program)], stdout=-1) as server:
        pid = int(server.stdout.readline())
        zygote = psutil.Process(pid).parent()
        assert zygote is not None
        server.kill()

    assert wait_for(lambda: is_zombie(pid) and is_zombie(zygote.pid))


@pytest.mark.parametrize("name", ["json", "boto3"])
def test_nothing_is_preloaded_where_code_has_a_module_of_that_name(
    chooser: WorkerStarter, name: str
) -> None:
    """Such a function gets a new interpreter."""
    worker = chooser.start_worker(frozenset({name}))

    assert os.getpid() == psutil.Process(worker.pid).ppid()
    worker.end()


def wait_for(holds: Callable[[], bool], seconds: float = 10.0) -> bool:
    """Wait until something holds."""
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.02)
    return holds()
