"""How many environments there are: bounded, the longest idle let go first."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from moto.awslambda.models import lambda_backends
from moto.iam.models import iam_backends

from tests.local_cloud.conftest import TRUST
from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.configuration import ACCOUNT_ID, CloudConfiguration
from workshop_lib.local_cloud.identities import open_role_session
from workshop_lib.local_cloud.lambda_runtime import LambdaRuntime

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
