"""Waiting with progress, in a terminal and in a real kernel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from workshop_lib.errors import ResourceNotReadyError
from workshop_lib.ui.progress import show_waiting, wait_until


def after(times: int, answer: Any = "here") -> Callable[[], Any]:
    """A check that is false this many times."""
    asked = iter([None] * times)
    return lambda: next(asked, answer)


def test_the_answer_is_handed_back(capsys: pytest.CaptureFixture[str]) -> None:
    """Waiting ends with what the check answered, and leaves one line that says how long it took."""
    assert "here" == wait_until(after(2), "the thumbnail", timeout_seconds=30, poll=0.1)

    written = capsys.readouterr().err
    assert written.startswith("The thumbnail: there after ")
    assert 1 == len(written.splitlines())


def test_what_does_not_come_is_an_error_with_a_next_step(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """After the limit an error says what was waited for, how long, and what to do."""
    with pytest.raises(ResourceNotReadyError) as caught:
        wait_until(lambda: None, "the item", timeout_seconds=0, poll=0, next_step="Look there.")

    assert "Waited 0 s for the item, and it did not come." == caught.value.what
    assert "Look there." == caught.value.next_step
    assert "The item: not there after" in capsys.readouterr().err


def test_it_is_asked_once_at_least() -> None:
    """Even without time to wait, what is there already is found."""
    assert "here" == wait_until(after(0), "it", timeout_seconds=0)


def test_what_is_there_already_was_not_waited_for(capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody reads of zero seconds."""
    wait_until(after(0), "the thumbnail")

    assert "The thumbnail: there at once.\n" == capsys.readouterr().err


def test_an_error_of_the_check_ends_the_waiting(capsys: pytest.CaptureFixture[str]) -> None:
    """What goes wrong while asking is not swallowed, nor told as something that did not come."""

    def fail() -> None:
        raise LookupError("refused")

    with pytest.raises(LookupError, match="refused"):
        wait_until(fail, "it")
    assert capsys.readouterr().err.startswith("It: an error after ")


def test_stopping_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """Interrupted by the attendee, the line says that it was stopped."""
    with pytest.raises(KeyboardInterrupt), show_waiting("the log", 5):
        raise KeyboardInterrupt

    assert "The log: stopped after" in capsys.readouterr().err


def test_a_notebook_keeps_one_line() -> None:
    """In a kernel the display changes in place: one output is left, and it tells the end."""
    source = (
        "from workshop_lib.ui.progress import wait_until\n"
        "asked = iter([0, 0, 0])\n"
        "wait_until(lambda: next(asked, 'here'), 'the <b>item</b>', poll=0.1);"
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    NotebookClient(notebook, kernel_name="python3").execute()

    (output,) = notebook.cells[0].outputs
    assert output["data"]["text/plain"].startswith("The <b>item</b>: there after ")
    assert "&lt;b&gt;item&lt;/b&gt;" in output["data"]["text/html"]
    assert "<progress" not in output["data"]["text/html"]
