"""How an exercise went: not attempted, incorrect or correct, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal["not attempted", "incorrect", "correct"]


@dataclass(frozen=True)
class Outcome:
    """What a check found.

    Args:
        status: one of three.
        message: what was found, a sentence or two.
        next_step: what to do now; empty where nothing is left to do.
    """

    status: Status
    message: str
    next_step: str = ""


class WrongAnswerError(Exception):
    """An answer is wrong; checks raise it where they find out, and `judge` makes it an outcome.

    It never reaches a learner, so it stands beside the tree of the workshop's errors.

    Args:
        message: what is wrong, a sentence.
        next_step: what to do about it, a sentence.
    """

    def __init__(self, message: str, next_step: str) -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step


def require(condition: bool, message: str, next_step: str) -> None:
    """Go on when the condition holds.

    Raises:
        WrongAnswerError: it does not; with this message and next step.
    """
    if not condition:
        raise WrongAnswerError(message, next_step)
