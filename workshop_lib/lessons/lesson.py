"""What a lesson is, as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from workshop_lib.checks.checkpoints import Requirement
from workshop_lib.checks.exercises import Exercise
from workshop_lib.checks.quizzes import Quiz
from workshop_lib.lessons.builds import Workplace


@dataclass(frozen=True)
class Lesson:
    """One hands-on.

    Args:
        number: its place in the day, from 1.
        stem: the one name of its notebook, slides and solutions.
        title: a few words.
        thesis: the one sentence to remember.
        minutes: how long it takes.
        services: keys of the design tokens' services.
        needs: the numbers of the lessons that must have been done.
        parts: the parts that it adds to the architecture, by their ids.
        functions: the functions that it makes or changes.
        build: makes all that the lesson leaves behind; twice is once.
        exercises: what there is to work out.
        quizzes: the questions at its end.
        requirements: what the checkpoint looks for.
        hints: for steps that are no exercises, by their names.
    """

    number: int
    stem: str
    title: str
    thesis: str
    minutes: int
    services: tuple[str, ...]
    needs: tuple[int, ...]
    parts: tuple[str, ...]
    functions: tuple[str, ...]
    build: Callable[[Workplace], None]
    exercises: tuple[Exercise, ...] = ()
    quizzes: tuple[Quiz, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    hints: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
