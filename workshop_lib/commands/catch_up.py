"""`workshop catch-up`: the beginning of a lesson, from wherever one is."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.progress import Progress

from workshop_lib.commands.terminals import console, say_connected, show_progress


class _ProgressSteps:
    """Moves a bar on, and leaves a line for each step that is done."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress = progress
        self._task = progress.add_task("Looking", total=total)
        self._title = ""

    def begin(self, title: str) -> None:
        self._title = title
        self._progress.update(self._task, description=title)

    def end(self, done: str) -> None:
        self._progress.advance(self._task)
        self._say(f"✓ {self._title}\n  {done}")

    def finish(self, words: str) -> None:
        self._say(words)

    def _say(self, words: str) -> None:
        self._progress.console.print(words, highlight=False, markup=False)


def catch_up(
    number: Annotated[
        int | None,
        typer.Argument(help="The lesson that you want to begin; without it, all are built."),
    ] = None,
) -> None:
    """Bring any state to the beginning of a lesson; only what is missing is built.

    Without a number the whole application is built, and its doors are opened again after
    `workshop clean minimum`.
    """
    from workshop_lib import catching_up
    from workshop_lib.lessons import LESSONS
    from workshop_lib.workshop import open_lesson

    lesson = open_lesson(LESSONS[-1].number if number is None else number)
    say_connected(lesson.cloud)
    with show_progress() as progress:
        if number is None:
            last = lesson.number
            catching_up.catch_up(lesson, _ProgressSteps(progress, last), last)
            console.print(
                f"Your website: {lesson.browser_website_url}", highlight=False, soft_wrap=True
            )
        else:
            catching_up.catch_up(lesson, _ProgressSteps(progress, number - 1))
            console.print(f"Open {lesson.lesson.stem}.ipynb and begin.", highlight=False)
