"""A new user's shell: `workshop cloud start`, `eval "$(workshop cloud env)"`, and the AWS CLI."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

START = """
set -e
workshop cloud start
eval "$(workshop cloud env)"
env | grep ^AWS_
"""


@dataclass(frozen=True)
class Outcome:
    """What a command printed, and its exit status."""

    status: int
    printed: str
    complained: str


@dataclass(frozen=True)
class Shell:
    """A shell in a folder of its own, with the variables that `workshop cloud env` has set."""

    folder: Path
    variables: dict[str, str]

    def try_aws(self, *arguments: str, **variables: str) -> Outcome:
        """Run the AWS CLI, with further variables if need be."""
        done = subprocess.run(
            ["aws", *arguments], env=self.variables | variables, cwd=self.folder,
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        return Outcome(done.returncode, done.stdout, done.stderr)

    def aws(self, *arguments: str, **variables: str) -> str:
        """Run the AWS CLI, which succeeds, and return what it prints."""
        outcome = self.try_aws(*arguments, **variables)
        assert (0, "") == (outcome.status, outcome.complained)
        return outcome.printed

    def read(self, *arguments: str, **variables: str) -> Any:
        """Run the AWS CLI, which succeeds, and return the JSON it prints."""
        return json.loads(self.aws(*arguments, **variables))

    def client(self, service: str) -> Any:
        """Return boto3's client, which asks once and checks nothing before it asks."""
        return boto3.client(
            service,
            region_name="us-east-1",
            endpoint_url=self.variables["AWS_ENDPOINT_URL"],
            aws_access_key_id=self.variables["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.variables["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=self.variables.get("AWS_SESSION_TOKEN"),
            config=Config(retries={"total_max_attempts": 1}, parameter_validation=False),
        )


@dataclass(frozen=True)
class Refusal:
    """What AWS answers to a call that it does not carry out."""

    status: int
    code: str
    message: str


def read_refusal(call: Any, **parameters: Any) -> Refusal:
    """Return how a call is refused."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    answer = caught.value.response
    status = answer["ResponseMetadata"]["HTTPStatusCode"]
    return Refusal(status, answer["Error"]["Code"], answer["Error"]["Message"])


@pytest.fixture(scope="package")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """The shell of somebody who has just installed the workshop; her cloud ends with the tests."""
    if shutil.which("bash") is None:
        pytest.skip("these commands are for a POSIX shell")
    folder = tmp_path_factory.mktemp("new-user")
    variables = {
        "HOME": str(folder),
        "WORKSHOP_HOME": str(folder / "workshop"),
        "WORKSHOP_ATTENDEE": "anna",
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])),
        "LC_ALL": "C.UTF-8",
    }
    done = subprocess.run(
        ["bash", "-c", START], env=variables, cwd=folder,
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert 0 == done.returncode, done.stderr
    lines = [line for line in done.stdout.splitlines() if line.startswith("AWS_")]
    set_variables = dict(line.split("=", 1) for line in lines)
    yield Shell(folder, variables | set_variables)
    subprocess.run(["workshop", "cloud", "stop"], env=variables, check=True, timeout=60)
