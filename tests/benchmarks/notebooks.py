"""All eight notebooks beside papermill on eight notebooks with nothing in them."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import nbformat

from tests.benchmarks.environments import ROOT, ensure_environment


def measure_notebooks(folder: Path, count: int = 8) -> dict[str, float]:
    """Return the seconds of all lessons in one run, and of as many empty notebooks one by one.

    The lessons' seconds are the whole run's: with what a lesson waits for, such as a retry, and
    with the local cloud's start and end. So their ratio is an upper bound.
    """
    python = ensure_environment("workshop")
    empty = folder / "empty.ipynb"
    empty.parent.mkdir(parents=True, exist_ok=True)
    notebook = nbformat.v4.new_notebook()
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, empty)
    papermill = [str(python), "-m", "papermill", "--no-progress-bar", "--no-log-output"]
    started = time.perf_counter()
    for number in range(count):
        _run([*papermill, str(empty), str(folder / f"empty-{number}.ipynb")], folder)
    nothing = time.perf_counter() - started
    lessons = [str(number) for number in range(1, count + 1)]
    started = time.perf_counter()
    _run([str(python.with_name("workshop")), "run", *lessons], folder)
    return {"lessons s": time.perf_counter() - started, "empty s": nothing}


def _run(command: list[str], folder: Path) -> None:
    variables = {"WORKSHOP_HOME": str(folder / "home"), "WORKSHOP_ATTENDEE": "bench"}
    with (folder / "output.log").open("ab") as log:
        subprocess.run(
            command, check=True, cwd=ROOT, env=os.environ | variables, stdout=log, stderr=log
        )
