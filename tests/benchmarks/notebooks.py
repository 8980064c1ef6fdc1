"""All eight notebooks beside papermill on eight notebooks with nothing in them."""

from __future__ import annotations

import os
import re
import subprocess
import time
from pathlib import Path

import nbformat

from tests.benchmarks.environments import ROOT, ensure_environment, find_weights

EXECUTED = ROOT / "build" / "run"
# What a cell lets pass because it teaches that something takes time: a URL that expires, a timeout,
# a message that does not come.
TAUGHT_WAIT = re.compile(r"waits-(\d+)-seconds")


def measure_notebooks(folder: Path, count: int = 8) -> dict[str, float]:
    """Return the seconds of all lessons in one run, and of as many empty notebooks one by one.

    The lessons' seconds are the whole run's, with the local cloud's start and end, and with what a
    lesson waits for, such as a picture that is recognised. Only the waits that are taught are taken
    off: so many seconds as their cells are tagged with, and no more than those cells took.
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
    whole = time.perf_counter() - started
    executed = (next(EXECUTED.glob(f"{number:02}_*.ipynb")) for number in range(1, count + 1))
    taught = sum(sum_taught_waits(nbformat.read(file, nbformat.NO_CONVERT)) for file in executed)
    return {"lessons s": whole - taught, "taught waits s": taught, "empty s": nothing}


def sum_taught_waits(executed: nbformat.NotebookNode) -> float:
    """Return the seconds that an executed notebook's cells let pass because they teach it."""
    return sum(
        min(float(seconds), cell.metadata.papermill.duration)
        for cell in executed.cells
        for tag in cell.metadata.get("tags", ())
        for seconds in TAUGHT_WAIT.findall(tag)
    )


def _run(command: list[str], folder: Path) -> None:
    variables = {"WORKSHOP_HOME": str(folder / "home"), "WORKSHOP_ATTENDEE": "bench"}
    # Without them a run would first try to fetch them, and wait for a network.
    if weights := find_weights(folder / "home"):
        variables["WORKSHOP_MODEL"] = str(weights.parent)
    with (folder / "output.log").open("ab") as log:
        subprocess.run(
            command, check=True, cwd=ROOT, env=os.environ | variables, stdout=log, stderr=log
        )
