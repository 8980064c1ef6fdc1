"""Waiting for the cloud, with progress: one line that changes in place and stays as the end."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar

from markupsafe import Markup

from workshop_lib.errors import ResourceNotReadyError
from workshop_lib.ui.views import View, visible

Answer = TypeVar("Answer")

NOTICED_SECONDS = 0.1
# What is nearly there is asked for soon again, what takes its time more seldom.
FIRST_PAUSE, PAUSE_GROWTH = 0.1, 1.5
NEXT_STEP = "Read the function's log and the queue of failures; then run the cell again."


class WaitingView(View):
    """One moment of waiting."""

    def __init__(self, what: str, waited: float, limit: float, end: str = "") -> None:
        self._what = visible(what)
        self._waited = waited
        self._limit = limit
        self._end = end

    def body(self) -> Markup:
        """A bar while it lasts, a sentence afterwards."""
        bar = Markup() if self._end else self._bar()
        return Markup('<p role="status">{}{}</p>').format(bar, self.to_text())

    def to_text(self) -> str:
        """What is waited for, and since when."""
        if self._end:
            return f"{self._what[:1].upper()}{self._what[1:]}: {self._end}."
        return f"Waiting for {self._what}: {self._waited:.0f} s of at most {self._limit:.0f} s"

    def _bar(self) -> Markup:
        share = min(self._waited / self._limit, 1) if self._limit else 1
        return Markup('<progress value="{:.3f}" max="1" aria-label="Time"></progress> ').format(
            share
        )


class Line(Protocol):
    """A place that shows one view after the other."""

    def show(self, view: View) -> None:
        """Show this view in place of the one before."""

    def close(self) -> None:
        """Leave the last view where it is."""


class Waiting:
    """A waiting that is shown; call `update` now and then, so that the time moves on."""

    def __init__(self, what: str, limit: float, line: Line) -> None:
        self._what = what
        self._limit = limit
        self._line = line
        self._started = time.monotonic()
        self.update()

    @property
    def waited(self) -> float:
        """Seconds since the waiting began."""
        return time.monotonic() - self._started

    def update(self) -> None:
        """Show how long it has lasted."""
        self._line.show(WaitingView(self._what, self.waited, self._limit))

    def end(self, words: str) -> None:
        """Leave a sentence in place of the bar."""
        self._line.show(WaitingView(self._what, self.waited, self._limit, words))
        self._line.close()


@contextmanager
def show_waiting(what: str, seconds: float) -> Iterator[Waiting]:
    """Show that something is waited for, and at the end how long it took.

    Args:
        what: what is waited for, such as "the thumbnail".
        seconds: how long at most.
    """
    waiting = Waiting(what, seconds, open_line())
    try:
        yield waiting
    except BaseException as error:
        waiting.end(f"{_end_of(error)} after {waiting.waited:.1f} s")
        raise
    waited = waiting.waited
    waiting.end("there at once" if waited < NOTICED_SECONDS else f"there after {waited:.1f} s")


def _end_of(error: BaseException) -> str:
    if isinstance(error, KeyboardInterrupt):
        return "stopped"
    return "not there" if isinstance(error, ResourceNotReadyError) else "an error"


def wait_until(
    check: Callable[[], Answer],
    describe: str,
    timeout_seconds: float = 60,
    poll: float = 0.5,
    next_step: str = NEXT_STEP,
) -> Answer:
    """Return what `check` answers as soon as that is true, waiting with progress.

    Args:
        check: asks whether it is so yet; it is asked once at least.
        describe: what is waited for, such as "the thumbnail".
        timeout_seconds: how long at most.
        poll: seconds between two questions, after some that follow each other sooner.
        next_step: what to do when it does not come.

    Raises:
        ResourceNotReadyError: it did not come in time.
    """
    pause = min(FIRST_PAUSE, poll)
    with show_waiting(describe, timeout_seconds) as waiting:
        while not (answer := check()):
            if waiting.waited >= timeout_seconds:
                raise ResourceNotReadyError(
                    f"Waited {timeout_seconds:g} s for {describe}, and it did not come.", next_step
                )
            waiting.update()
            time.sleep(pause)
            pause = min(pause * PAUSE_GROWTH, poll)
    return answer


def in_notebook() -> bool:
    """Tell whether displays can change in place: in a kernel, and not in a terminal's IPython."""
    if "IPython" not in sys.modules:
        return False
    from IPython import get_ipython

    return hasattr(get_ipython(), "kernel")


def open_line() -> Line:
    """Return where a view can change in place: under the cell, or on the terminal's line."""
    return _NotebookLine() if in_notebook() else _TerminalLine(sys.stderr)


class _NotebookLine:
    def __init__(self) -> None:
        self._handle: Any = None

    def show(self, view: View) -> None:
        from IPython.display import display

        if self._handle is None:
            self._handle = display(view, display_id=True)
        else:
            self._handle.update(view)

    def close(self) -> None:
        """The last display stays by itself."""


class _TerminalLine:
    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._last = ""

    def show(self, view: View) -> None:
        text = view.to_text()
        if self._stream.isatty():
            self._stream.write(f"\r{text.ljust(len(self._last))}")
            self._stream.flush()
        self._last = text

    def close(self) -> None:
        """Where a line cannot change in place, only the last one is written."""
        self._stream.write("\n" if self._stream.isatty() else f"{self._last}\n")
        self._stream.flush()
