"""The eight lessons in the hands of people: cells run twice, out of order, a kernel lost midway.

The cells are those of the notebooks, in another order; kernels and the local cloud are real.
"""

import json
import time
from contextlib import suppress

import nbformat
import psutil
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from workshop_lib.lessons import LESSONS
from workshop_lib.local_cloud import launcher
from workshop_lib.places import NOTEBOOKS

pytestmark = [pytest.mark.long, pytest.mark.timeout(3000)]

CELL_SECONDS = 300
# The local cloud ends connections that were idle for two minutes.
LUNCH_SECONDS = 150


@pytest.fixture
def code_cells(tmp_path, weights, monkeypatch):
    """A function that returns a lesson's code, cell by cell; kernels start with an empty home."""
    variables = weights | {"WORKSHOP_HOME": str(tmp_path / "home"), "WORKSHOP_ATTENDEE": "test"}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    def read(lesson):
        notebook = nbformat.read(NOTEBOOKS / f"{lesson.stem}.ipynb", nbformat.NO_CONVERT)
        return [cell.source for cell in notebook.cells if cell.cell_type == "code"]

    yield read
    launcher.stop(tmp_path / "home" / "cloud")


def run_cells(sources, *, to_the_end=True):
    """Run cells in a kernel of their own; return those that failed.

    ``Run All`` stops at the first error; who runs cells one by one goes on to the end.
    """
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in sources],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    client = NotebookClient(
        notebook,
        timeout=CELL_SECONDS,
        allow_errors=to_the_end,
        resources={"metadata": {"path": str(NOTEBOOKS)}},
    )
    with suppress(CellExecutionError):
        client.execute()
    return [cell for cell in notebook.cells if errors_of(cell)]


def errors_of(cell):
    return [output for output in cell.outputs if output.output_type == "error"]


def tell(cells):
    return [(cell.source, errors_of(cell)[0].evalue) for cell in cells]


def test_every_cell_may_run_twice(code_cells):
    """Shift-Enter pressed twice on each cell of each lesson ends well."""
    for lesson in LESSONS:
        twice = [source for source in code_cells(lesson) for _ in range(2)]

        assert [] == tell(run_cells(twice)), lesson.stem


def test_a_kernel_lost_in_the_middle_of_a_lesson_loses_nothing(code_cells):
    """After half a lesson and a restart, the lesson runs from its beginning to its end."""
    for lesson in LESSONS:
        cells = code_cells(lesson)

        assert [] == tell(run_cells(cells[: len(cells) // 2])), lesson.stem
        assert [] == tell(run_cells(cells)), lesson.stem


def test_cells_out_of_order_say_what_to_do_and_harm_nothing(code_cells):
    """Run from the last cell to the first, each error is explained; in order, all is well then."""
    for lesson in LESSONS:
        first, *others = code_cells(lesson)

        failed = run_cells([first, *reversed(others)])

        assert [] == tell(cell for cell in failed if not is_explained(cell)), lesson.stem
        assert [] == tell(run_cells([first, *others])), lesson.stem


def test_a_notebook_opened_in_the_wrong_order_says_what_to_do(code_cells, monkeypatch):
    """Where nothing stands that it builds on, the first error says so; catching up mends it."""
    for lesson in LESSONS[1:]:
        monkeypatch.setenv("WORKSHOP_ATTENDEE", f"early-{lesson.number}")
        first, *others = code_cells(lesson)

        failed = run_cells([first, *others], to_the_end=False)

        assert [True] == [is_explained(cell) for cell in failed], lesson.stem
        assert [] == tell(run_cells([first, "lesson.catch_up()", *others])), lesson.stem


def test_a_laptop_closed_over_lunch_goes_on(application):
    """Asleep for longer than an idle connection lives, cloud and functions go on afterwards."""
    lesson = application
    cloud = psutil.Process(launcher.status(lesson.settings.home / "cloud").pid)
    asleep = [cloud, *cloud.children(recursive=True)]
    for process in asleep:
        process.suspend()
    time.sleep(LUNCH_SECONDS)
    for process in reversed(asleep):
        process.resume()

    key = lesson.upload(lesson.pictures[0])

    assert lesson.wait_until(lambda: lesson.find_thumbnail(key), "the thumbnail")
    assert lesson.wait_until(lambda: lesson.find_result(key), "the result")
    assert "reached" in lesson.checkpoint().to_text()


def is_explained(cell):
    """Whether the page says under the error what to do next."""
    shown = [dict(output) for output in cell.outputs if output.output_type != "error"]
    return any(words in json.dumps(shown) for words in ("Next:", "To do:"))
