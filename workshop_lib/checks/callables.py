"""Answers that are functions: called with care, what they return made into plain data."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from workshop_lib.checks.answers import plain, shorten
from workshop_lib.checks.outcomes import WrongAnswerError


def call_answer(answer: Any, *arguments: Any, shown: str) -> Any:
    """Return as plain data what an answer that is a function returns.

    The function gets copies, so that it cannot change what the check compares with. One that never
    ends has to be interrupted by the learner, like any other cell.

    Args:
        answer: anything; a function is right.
        arguments: what it is called with.
        shown: the arguments in words, such as "an event of two records".

    Raises:
        WrongAnswerError: it is no function, it raises, or it returns something strange.
    """
    if not callable(answer):
        raise WrongAnswerError(
            f"The answer should be a function; this is {shorten(answer)}.",
            "Define it, and give the check its name, without parentheses.",
        )
    try:
        returned = answer(*deepcopy(arguments))
    # What a learner writes may raise anything, and may call exit().
    except (Exception, SystemExit) as error:
        raise WrongAnswerError(
            f"Called with {shown}, your function raised {shorten(error)}.",
            "Call it yourself in a cell below: the traceback names the line.",
        ) from error
    if returned is None:
        raise WrongAnswerError(
            f"Called with {shown}, your function returned None.",
            "Let it end with return and the value.",
        )
    return plain(returned, called="value that your function returned")
