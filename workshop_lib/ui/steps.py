"""Work in several steps, shown while it is done: a list that grows, and a bar under it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from markupsafe import Markup

from workshop_lib.ui.progress import Line, in_notebook, open_line
from workshop_lib.ui.views import View, join, visible


class Steps(Protocol):
    """Is told how work goes that takes several steps."""

    def begin(self, title: str) -> None:
        """Hear that a step begins."""

    def end(self, done: str) -> None:
        """Hear what the step has done."""

    def finish(self, words: str) -> None:
        """Hear how it ended."""


@dataclass(frozen=True)
class Step:
    """One step: its title and what it has done."""

    title: str
    done: str


class StepsView(View):
    """One moment of the work.

    Args:
        steps: those that are done.
        total: how many there are.
        now: the title of the one that is under way; empty at the end.
        end: how it ended.
    """

    def __init__(self, steps: list[Step], total: int, now: str = "", end: str = "") -> None:
        self._steps = steps
        self._total = total
        self._now = visible(now)
        self._end = visible(end)

    def body(self) -> Markup:
        """The list, and under it the bar or the last sentence."""
        entries = [
            Markup("<li>✓ <strong>{}</strong><br>{}</li>").format(
                visible(step.title), visible(step.done)
            )
            for step in self._steps
        ]
        return Markup(
            '<ul class="findings">{}</ul><p role="status">{}{}</p>'
        ).format(join(entries), self._bar(), self._last())  # fmt: skip

    def to_text(self) -> str:
        """The same in lines."""
        lines = [f"✓ {visible(step.title)}: {visible(step.done)}" for step in self._steps]
        return "\n".join([*lines, *([self._last()] if self._last() else [])])

    def _last(self) -> str:
        return self._end or (f"{self._now} …" if self._now else "")

    def _bar(self) -> Markup:
        if self._end:
            return Markup()
        return Markup('<progress value="{}" max="{}" aria-label="Steps done"></progress> ').format(
            len(self._steps), self._total
        )


class ShownSteps:
    """Shows work of so many steps where it is done.

    Args:
        total: how many steps.
        line: where; default: under the cell.
    """

    def __init__(self, total: int, line: Line | None = None) -> None:
        self._total = total
        self._line = line or open_line()
        self._steps: list[Step] = []
        self._now = ""

    def begin(self, title: str) -> None:
        """Show that a step begins."""
        self._now = title
        self._line.show(StepsView(self._steps, self._total, title))

    def end(self, done: str) -> None:
        """Show what the step has done."""
        self._steps.append(Step(self._now, done))

    def finish(self, words: str) -> None:
        """Leave the whole list and how it ended."""
        self._line.show(StepsView(self._steps, self._total, end=words))
        self._line.close()


class SaidSteps:
    """Tells each step, when it is done, in a sentence.

    Args:
        say: is told the sentences.
    """

    def __init__(self, say: Callable[[str], object]) -> None:
        self._say = say
        self._title = ""

    def begin(self, title: str) -> None:
        """Keep the title until the step is done."""
        self._title = title

    def end(self, done: str) -> None:
        """Say what was done."""
        self._say(f"{self._title}: {done}.")

    def finish(self, words: str) -> None:
        """Say how it ended."""
        self._say(words)


def open_steps(total: int) -> Steps:
    """Return what shows so many steps: a list under the cell, or lines in a terminal."""
    return ShownSteps(total) if in_notebook() else SaidSteps(print)
