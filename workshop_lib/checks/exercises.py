"""Exercises, as data plus a check; and `judge`, which lets no answer crash one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
from botocore.exceptions import BotoCoreError, ClientError

from workshop_lib.checks.answers import has_dots, shorten
from workshop_lib.checks.evidence import Evidence
from workshop_lib.checks.outcomes import Outcome, WrongAnswerError
from workshop_lib.errors import LessonError, WorkshopError

UNTOUCHED = "The dots are still there."
# A message may quote the answer, which may be long.
LONGEST_MESSAGE = 500


@dataclass(frozen=True)
class Exercise:
    """Something to work out.

    Args:
        name: the notebook's cell is tagged ``exercise-NAME``, its solution's block named so.
        question: what to do, a sentence or two.
        hints: what helps, from a nudge to nearly the answer.
        check: looks at the answer; raises WrongAnswerError for a wrong one and returns nothing
            for a right one.
        why: why a right answer is right.
    """

    name: str
    question: str
    hints: tuple[str, ...]
    check: Callable[[Any, Evidence], None]
    why: str


def judge(exercise: Exercise, answer: Any, evidence: Evidence) -> Outcome:
    """Return how an exercise went, whatever the answer is.

    Raises:
        WorkshopError: the cloud could not be asked; that says nothing about the answer.
    """
    if has_dots(answer):
        return Outcome("not attempted", UNTOUCHED, f"{exercise.question} Write it over the dots.")
    try:
        exercise.check(answer, evidence)
    except WrongAnswerError as wrong:
        return Outcome("incorrect", _cut(wrong.message), _cut(wrong.next_step))
    except WorkshopError:
        raise
    except (ClientError, BotoCoreError, httpx.HTTPError) as error:
        raise LessonError(
            f"The check of {exercise.name} could not ask the cloud: {error}",
            "Run the notebook's cells above again, then this one.",
        ) from error
    # An answer may be an object whose every method raises, or a function that exits.
    except (Exception, SystemExit) as error:  # noqa: BLE001
        return Outcome(
            "incorrect",
            f"The check cannot use {shorten(answer)}: {type(error).__name__}.",
            f'Read the question again; lesson.hint("{exercise.name}") helps.',
        )
    return Outcome("correct", exercise.why)


def _cut(message: str) -> str:
    return message if len(message) <= LONGEST_MESSAGE else f"{message[:LONGEST_MESSAGE]}…"
