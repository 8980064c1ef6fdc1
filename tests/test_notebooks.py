"""All eight notebooks, run as an attendee runs them: by papermill in order, and cell by cell."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import nbformat
import psutil
import pytest

from workshop_lib.lessons import LESSONS
from workshop_lib.local_cloud import launcher

PROJECT = Path(__file__).parent.parent
NOTEBOOKS = PROJECT / "notebooks"
RUN_SECONDS = 600


@pytest.fixture
def environment(tmp_path, weights):
    """The environment of someone who starts with an empty home; its cloud is ended after."""
    home = tmp_path / "home"
    yield os.environ | weights | {"WORKSHOP_HOME": str(home), "WORKSHOP_ATTENDEE": "test"}
    launcher.stop(home / "cloud")


@pytest.mark.timeout(RUN_SECONDS)
def test_the_whole_workshop_runs_in_order(environment, weights):
    """`workshop run` executes all eight lessons, ends well and tells what the photo shows."""
    executed = PROJECT / "build" / "run"

    outcome = _run([sys.executable, "-m", "workshop_lib", "run"], environment)

    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    assert [f"✓ {lesson.stem}" for lesson in LESSONS] == [
        " ".join(line.split()[:2]) for line in outcome.stdout.splitlines() if "✓" in line
    ]
    # With the weights the cup is recognised; without them the result says that no model was used.
    assert ("cup" if weights else "no model") in outcome.stdout
    for lesson in LESSONS:
        assert [] == _errors_in(executed / f"{lesson.stem}.ipynb")


@pytest.mark.timeout(RUN_SECONDS)
def test_with_the_solutions_every_check_holds(environment):
    """`workshop run --solutions` ends well, with every exercise right; untouched notebooks stay."""
    outcome = _run([sys.executable, "-m", "workshop_lib", "run", "--solutions"], environment)

    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    exercises = sum(len(lesson.exercises) for lesson in LESSONS)
    assert f"Exercises: {exercises} correct, 0 incorrect, 0 not attempted." in outcome.stdout


def test_solutions_are_not_for_a_run_of_mine(environment):
    """`workshop run --mine --solutions` is refused: it would answer the attendee's exercises."""
    command = [sys.executable, "-m", "workshop_lib", "run", "--mine", "--solutions"]

    outcome = _run(command, environment)

    assert outcome.returncode == 1
    assert "Leave out either --mine or --solutions." in outcome.stderr


def test_a_failing_cell_is_named(environment, tmp_path):
    """A notebook that stops is an error that names notebook, cell and error, with status 1."""
    notebook = NOTEBOOKS / f"{LESSONS[0].stem}.ipynb"
    broken = tmp_path / notebook.name
    content = nbformat.read(notebook, as_version=4)
    content.cells = [nbformat.v4.new_code_cell("1 / 0")]
    nbformat.write(content, broken)
    code = (
        "import sys; from pathlib import Path; from workshop_lib import cli, runs;"
        f"runs.NOTEBOOKS = Path({str(tmp_path)!r});"
        "sys.argv = ['workshop', 'run', '1']; cli.main()"
    )

    outcome = _run([sys.executable, "-c", code], environment)

    assert outcome.returncode == 1
    assert f"{LESSONS[0].stem}.ipynb stopped at cell 0" in outcome.stderr
    assert "1 / 0" in outcome.stderr
    assert "ZeroDivisionError: division by zero" in outcome.stderr


@pytest.mark.timeout(RUN_SECONDS)
def test_each_cell_runs_and_runs_again(environment):
    """nbval executes each notebook cell by cell, twice in a row on the same cloud."""
    # Listed twice, so that every notebook meets what it has built itself.
    notebooks = [str(NOTEBOOKS / f"{lesson.stem}.ipynb") for lesson in LESSONS]
    command = [sys.executable, "-m", "pytest", "--nbval-lax", "-q", "-p", "no:cacheprovider"]

    for _ in range(2):
        outcome = _run([*command, *notebooks], environment)
        assert outcome.returncode == 0, outcome.stdout[-6000:]


def test_a_lesson_that_does_not_exist_is_said(environment):
    """`workshop run 9` names the lessons there are, and runs nothing."""
    outcome = _run([sys.executable, "-m", "workshop_lib", "run", "9"], environment)

    assert outcome.returncode == 1
    assert "There is no lesson 9." in outcome.stderr
    assert "Choose from 1 to 8" in outcome.stderr


def _run(command, environment):
    return subprocess.run(
        command,
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=RUN_SECONDS,
        check=False,
    )


def _errors_in(notebook):
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    outputs = (output for cell in cells for output in cell.get("outputs", []))
    return [output for output in outputs if output["output_type"] == "error"]


def test_ctrl_c_leaves_nothing_running(environment):
    """Ctrl-C in the middle of a run ends it with status 130, its kernel and its own cloud."""
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "workshop_lib", "run"],
        cwd=PROJECT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    for line in process.stdout:
        if "✓" in line:
            break
    started = psutil.Process(process.pid).children(recursive=True)
    cloud = launcher.status(PROJECT / "build" / "run" / "home" / "cloud")

    # As a terminal does: to the whole group in the foreground.
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)

    assert 130 == process.returncode
    assert "Traceback" not in said
    assert [] == [child for child in started if child.is_running()]
    assert not psutil.pid_exists(cloud.pid)
