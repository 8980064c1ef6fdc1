"""A run of the whole workshop in the terminal: home, progress, result, clean-up."""

from __future__ import annotations

import secrets
import shutil
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from workshop_lib import cleanup, models
from workshop_lib.aws import tables
from workshop_lib.cloud import Cloud, connect
from workshop_lib.errors import LessonError
from workshop_lib.lessons import LESSONS, Lesson
from workshop_lib.local_cloud import launcher
from workshop_lib.naming import Names
from workshop_lib.progress import Progress as AttendeeProgress
from workshop_lib.rehearsals import admit_attendee
from workshop_lib.runs import environment_variables, run_notebook
from workshop_lib.settings import ATTENDEE_ALPHABET, Settings, read_settings
from workshop_lib.tallies import tally_answers
from workshop_lib.workshop import open_lesson

RESULTS_SHOWN = 10


class WorkshopRun:
    """One run of some lessons' notebooks.

    Args:
        numbers: the lessons to run, in any order; all when empty.
        variables: settings that replace the environment's.
        mine: run with the attendee's own home and id, and leave what was built.
        folder: where executed notebooks go, and the run's own home.
        with_solutions: put the solutions into the exercises, and hold every check to be right.
        as_attendee: be a user of the local cloud who has the attendee's policy and no more, and
            clean up as her.
        as_site: write the executed notebooks as a site to hand out, too.

    Raises:
        LessonError: a run of mine with solutions, which would spoil the attendee's progress.
    """

    def __init__(
        self,
        numbers: Sequence[int],
        variables: Mapping[str, str],
        *,
        mine: bool,
        folder: Path,
        with_solutions: bool = False,
        as_attendee: bool = False,
        as_site: bool = False,
    ) -> None:
        if mine and as_attendee:
            raise LessonError(
                "A run as the attendee needs a cloud of its own.",
                "Leave out either --mine or --as-attendee.",
            )
        if mine and with_solutions:
            raise LessonError(
                "A run with solutions would answer your own exercises for you.",
                "Leave out either --mine or --solutions.",
            )
        self._with_solutions = with_solutions
        self._as_attendee = as_attendee
        self._as_site = as_site
        self._lessons = _choose_lessons(numbers)
        self._mine = mine
        self._folder = folder
        self._variables = dict(variables)

    def execute(self, console: Console) -> None:
        """Run the notebooks, show what was recognised, and clean up unless it is mine.

        Raises:
            NotebookFailedError: a cell failed.
            LessonError: with solutions, a check was not right or a checkpoint not reached.
        """
        own = {} if self._mine else self._own_variables()
        with ExitStack() as stack:
            stack.enter_context(environment_variables(self._variables | own))
            settings = read_settings()
            if not self._mine:
                stack.callback(self._clean_up, settings, console)
            cloud = connect(settings)
            if self._as_attendee:
                identity = admit_attendee(cloud, settings.attendee, settings.home)
                stack.enter_context(environment_variables(identity))
                settings = read_settings()
                cloud = connect(settings)
                stack.callback(_remove_everything, cloud, settings, console)
            self._run_notebooks(console)
            _show_results(cloud, settings, console)
            progress = AttendeeProgress(settings.home)
            if self._as_site:
                self._write_site(progress, console)
            self._show_answers(progress, console)

    def _own_variables(self) -> dict[str, str]:
        settings = read_settings()
        model = models.find_model(settings.model, settings.home)
        attendee = "run-" + "".join(secrets.choice(ATTENDEE_ALPHABET) for _ in range(8))
        own = {
            "WORKSHOP_HOME": str(self._folder / "home"),
            "WORKSHOP_ATTENDEE": attendee,
            "WORKSHOP_PORT": "",
        }
        return own | ({"WORKSHOP_MODEL": str(model.parent)} if model else {})

    def _run_notebooks(self, console: Console) -> None:
        gaps = find_gaps(self._lessons)
        with _LessonProgress(console, len(self._lessons)) as progress:
            for lesson in self._lessons:
                if lesson in gaps:
                    open_lesson(lesson.number).catch_up(console.print)
                run_notebook(
                    lesson.stem, self._folder, progress, with_solutions=self._with_solutions
                )
        console.print(f"The executed notebooks are in {self._folder}.", highlight=False)

    def _write_site(self, progress: AttendeeProgress, console: Console) -> None:
        from workshop_lib.run_handouts import write_handout

        words = tally_answers(self._lessons, progress).words
        page = write_handout(self._folder, self._lessons, words, self._folder / "site")
        console.print(f"The site begins at {page.as_uri()}.", highlight=False, soft_wrap=True)

    def _show_answers(self, progress: AttendeeProgress, console: Console) -> None:
        tally = tally_answers(self._lessons, progress)
        console.print(f"Exercises: {tally.words}.", highlight=False)
        if self._with_solutions and tally.unsolved:
            raise LessonError(
                f"With the solutions in place, these are not right: {', '.join(tally.unsolved)}.",
                f"Read the outcomes in the executed notebooks, {self._folder}.",
            )

    def _clean_up(self, settings: Settings, console: Console) -> None:
        if settings.target == "aws":
            _remove_everything(connect(settings), settings, console)
        else:
            launcher.stop(settings.home / "cloud")
            shutil.rmtree(settings.home, ignore_errors=True)


class _LessonProgress:
    """Two bars: the lessons, and the cells of the one that runs."""

    def __init__(self, console: Console, lessons: int) -> None:
        self._console = console
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
        )
        self._all = self._progress.add_task("Lessons", total=lessons)
        self._one: Any = None
        self._began = 0.0

    def __enter__(self) -> _LessonProgress:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def begin_notebook(self, stem: str, cells: int) -> None:
        self._one = self._progress.add_task(stem, total=cells)
        self._began = time.monotonic()

    def end_cell(self) -> None:
        self._progress.advance(self._one)

    def end_notebook(self, stem: str) -> None:
        seconds = time.monotonic() - self._began
        self._progress.remove_task(self._one)
        self._progress.advance(self._all)
        self._console.print(f"[green]✓[/green] {stem}  [dim]{seconds:.0f} s[/dim]", highlight=False)


def _remove_everything(cloud: Cloud, settings: Settings, console: Console) -> None:
    names = Names(settings.attendee, cloud.account_id, cloud.region)
    for degree in (cleanup.MINIMUM, cleanup.FULL):
        cleanup.remove_with_proof(cloud, names, degree.find(cloud, names), console.print, degree)
    console.print(cleanup.FULL.proved)


def find_gaps(lessons: Sequence[Lesson]) -> list[Lesson]:
    """Return those lessons before which one is left out, so that it has to be built."""
    numbers = [0, *(lesson.number for lesson in lessons)]
    return [
        lesson
        for lesson, before in zip(lessons, numbers, strict=False)
        if lesson.number > before + 1
    ]


def _choose_lessons(numbers: Sequence[int]) -> list[Lesson]:
    known = {lesson.number: lesson for lesson in LESSONS}
    unknown = sorted(set(numbers) - set(known))
    if unknown:
        raise LessonError(
            f"There is no lesson {unknown[0]}.", f"Choose from 1 to {max(known)}, such as 1 2 3."
        )
    return [known[number] for number in sorted(set(numbers) or known)]


def _show_results(cloud: Cloud, settings: Settings, console: Console) -> None:
    names = Names(settings.attendee, cloud.account_id, cloud.region)
    client = cloud.client("dynamodb")
    if tables.describe_table(client, names.table) is None:
        return
    items = tables.list_newest_items(client, names.table, limit=RESULTS_SHOWN)
    if not items:
        return
    recognisers = sorted({item["recogniser"] for item in items})
    table = Table(
        "picture", "result", "confidence",
        title="What was recognised", caption=f"by {', '.join(recognisers)}",
    )  # fmt: skip
    for item in items:
        name = item["name"].rsplit("/", 1)[-1]
        table.add_row(name, item["result"] or item["error"], f"{float(item['confidence']):.0%}")
    console.print(table)
