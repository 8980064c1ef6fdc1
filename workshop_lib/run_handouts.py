"""The handout of a run: its executed notebooks, what was recognised, and the bill."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from workshop_lib.architecture import State, part_states
from workshop_lib.diagram import draw_architecture
from workshop_lib.handouts import Findings, write_site
from workshop_lib.lesson_cards import map_states
from workshop_lib.lessons import LESSONS, Lesson
from workshop_lib.workshop import OpenLesson, open_lesson

PICTURES_SHOWN = 12


def write_handout(executed: Path, lessons: Sequence[Lesson], exercises: str, folder: Path) -> Path:
    """Write the site of a run that has just ended, and return its first page.

    Args:
        executed: the folder with the executed notebooks.
        lessons: those that were run.
        exercises: how the exercises went, in words.
        folder: the folder of the site.
    """
    lesson = open_lesson(lessons[-1].number)
    return write_site(executed, lessons, _collect(lesson, exercises), folder)


def states_after(number: int, standing: set[str]) -> dict[str, State]:
    """Return every part's state when a run has ended with the lesson of this number.

    What a later lesson makes is not missing, only not made yet; nothing is under way any more.
    """
    to_come = {part for lesson in LESSONS[number:] for part in lesson.parts}
    states = map_states(len(LESSONS) + 1, standing)
    return states | dict.fromkeys(to_come - standing, "later")


def _collect(lesson: OpenLesson, exercises: str) -> Findings:
    standing = lesson.standing_parts()
    states = states_after(lesson.number, standing)
    cloud = f"AWS, {lesson.region}" if lesson.cloud.endpoint_url is None else "the local cloud"
    return Findings(
        drawing=draw_architecture(part_states(states)),
        results=lesson.gallery(PICTURES_SHOWN).view.to_html() if "db-list" in standing else "",
        bill=lesson.bill().to_html(),
        exercises=exercises,
        where=f"Run on {cloud} on {datetime.now():%Y-%m-%d}.",
    )
