"""Answers as learners give them: anything at all, made into plain data within bounds."""

from __future__ import annotations

import json
import reprlib
from collections.abc import Iterable
from typing import Any

from workshop_lib.checks.outcomes import WrongAnswerError

MOST_CHARACTERS = 20_000
MOST_ENTRIES = 1_000
DEEPEST = 12

_short = reprlib.Repr()
_short.maxstring = _short.maxother = 60


def has_dots(answer: object) -> bool:
    """Tell whether the dots of an untouched cell are still in the answer, however deep."""
    return any(held is ... for held in _walk(answer, MOST_ENTRIES))


def shorten(answer: object) -> str:
    """The answer in a few characters, whatever it is."""
    try:
        return _short.repr(answer)
    except Exception:  # noqa: BLE001  an answer's own code may raise anything
        return f"an object of type {type(answer).__name__}"


def plain(answer: object, *, called: str = "answer") -> Any:
    """The answer as plain data: dictionaries, lists, texts, numbers, truth values, None.

    Args:
        answer: anything.
        called: what the answer is called in messages, such as "policy".

    Raises:
        WrongAnswerError: it is, or holds, something else, or it is far too large.
    """
    count = 0

    def copy(value: Any, depth: int) -> Any:
        nonlocal count
        count += 1
        if count > MOST_ENTRIES or depth > DEEPEST:
            raise WrongAnswerError(
                f"The {called} is far larger than it need be.", "Write the smallest that does it."
            )
        if type(value) is dict:
            return {copy(name, depth + 1): copy(held, depth + 1) for name, held in value.items()}
        if type(value) in (list, tuple, set, frozenset):
            return [copy(held, depth + 1) for held in value]
        return _plain_single(value, called)

    return copy(answer, 0)


def text(answer: object, *, called: str = "answer") -> str:
    """The answer as a text, without white space around it.

    Raises:
        WrongAnswerError: it is no text, empty, or far too long.
    """
    value = plain(answer, called=called)
    if not isinstance(value, str):
        raise WrongAnswerError(
            f"The {called} should be a text; this is {shorten(answer)}.",
            'Write it in quotes: "…".',
        )
    if not value.strip():
        raise WrongAnswerError(f"The {called} is empty.", "Write it between the quotes.")
    return value.strip()


def number(answer: object, *, called: str = "answer") -> float:
    """The answer as a number; a text that is one counts, a truth value does not.

    Raises:
        WrongAnswerError: it is no number.
    """
    value = plain(answer, called=called)
    if isinstance(value, int | float) and not isinstance(value, bool) and value == value:
        return float(value)
    try:
        return float(str(value).replace(",", "").replace("_", "")) if type(value) is str else _no()
    except ValueError as error:
        raise WrongAnswerError(
            f"The {called} should be a number; this is {shorten(answer)}.", "Write digits only."
        ) from error


def _where(text: str, error: ValueError) -> str:
    """What is wrong with a text that begins as JSON does; of another it would say nothing."""
    return f": {error}" if text.lstrip().startswith(("{", "[")) else ""


def document(answer: object, *, called: str = "answer") -> Any:
    """The answer as the dictionary or list that it is, or that it is the JSON of.

    Raises:
        WrongAnswerError: it is neither.
    """
    value = plain(answer, called=called)
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError as error:
            raise WrongAnswerError(
                f"The {called} is a text, and not the JSON of anything{_where(value, error)}.",
                "Write a dictionary: names and values in braces.",
            ) from error
    if not isinstance(value, dict | list):
        raise WrongAnswerError(
            f"The {called} should be a dictionary; this is {shorten(answer)}.",
            "Write names and values in braces: {…}.",
        )
    return value


def listed(value: Any) -> list[Any]:
    """A list as it is, anything else as a list of one: AWS lets many things be either."""
    return value if isinstance(value, list) else [value]


def _plain_single(value: Any, called: str) -> Any:
    if value is None or type(value) in (bool, int, float):
        if type(value) is int and value.bit_length() > 256:
            raise WrongAnswerError(
                f"The {called} is far larger than it need be.", "Count the digits."
            )
        return value
    if type(value) is bytes:
        value = value[: MOST_CHARACTERS + 1].decode("utf-8", "replace")
    if isinstance(value, str):
        if len(value) > MOST_CHARACTERS:
            raise WrongAnswerError(
                f"The {called} has {len(value):,} characters, far more than it need have.",
                "Write the smallest that does it.",
            )
        return str(value)
    raise WrongAnswerError(
        f"The {called} should be plain data; this is {shorten(value)}.",
        "Give the value itself, such as a dictionary or a text.",
    )


def _no() -> float:
    raise ValueError


def _walk(answer: object, budget: int) -> Iterable[object]:
    waiting = [answer]
    while waiting and budget:
        held = waiting.pop()
        budget -= 1
        yield held
        # Only the built-in collections: going through others would run a stranger's code.
        if type(held) is dict:
            waiting.extend(list(held.values())[:budget])
        elif type(held) in (list, tuple):
            waiting.extend(held[:budget])  # type: ignore[index]
