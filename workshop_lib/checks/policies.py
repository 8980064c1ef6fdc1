"""What a policy allows, worked out from its text as IAM does for one identity's policy.

Source: "Policy evaluation logic" and "IAM JSON policy elements" in the IAM User Guide. Conditions
are not evaluated: a statement with one counts as a grant that holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workshop_lib.checks.answers import listed
from workshop_lib.checks.outcomes import WrongAnswerError


def read_statements(policy: Any) -> list[dict[str, Any]]:
    """Return the statements of a policy, or of what is one statement by itself.

    Raises:
        WrongAnswerError: it is no policy; the message names what is missing.
    """
    if isinstance(policy, dict) and "Statement" in policy:
        policy = policy["Statement"]
    statements = listed(policy)
    for statement in statements:
        _require_statement(statement)
    if not statements:
        raise WrongAnswerError("The policy has no statement.", "Write one statement.")
    return statements


def is_allowed(statements: list[dict[str, Any]], action: str, resource: str) -> bool:
    """Tell whether these statements together allow an action on a resource."""
    effects = {
        statement["Effect"] for statement in statements if _applies(statement, action, resource)
    }
    return "Allow" in effects and "Deny" not in effects


def _require_statement(statement: Any) -> None:
    if not isinstance(statement, Mapping):
        raise WrongAnswerError(
            "A statement is a dictionary.", "Write Effect, Action and Resource in braces."
        )
    for names in (("Effect",), ("Action", "NotAction"), ("Resource", "NotResource")):
        if not any(name in statement for name in names):
            raise WrongAnswerError(
                f"The statement has no {names[0]}.",
                "A statement needs Effect, Action and Resource, with capital letters.",
            )
    if statement["Effect"] not in ("Allow", "Deny"):
        raise WrongAnswerError(
            f"The Effect is {statement['Effect']!r}.", 'It is either "Allow" or "Deny".'
        )
    _require_texts(statement)


def _require_texts(statement: Mapping[str, Any]) -> None:
    for name in ("Action", "NotAction", "Resource", "NotResource"):
        values = listed(statement.get(name, []))
        if not all(isinstance(value, str) for value in values):
            raise WrongAnswerError(
                f"The {name} holds something that is no text.", "Write it in quotes."
            )


def _applies(statement: Mapping[str, Any], action: str, resource: str) -> bool:
    return _covers(statement, "Action", action.lower()) and _covers(statement, "Resource", resource)


def _covers(statement: Mapping[str, Any], element: str, value: str) -> bool:
    lower = element == "Action"
    if element in statement:
        return _matches_any(statement[element], value, lower=lower)
    return not _matches_any(statement[f"Not{element}"], value, lower=lower)


def _matches_any(patterns: Any, value: str, *, lower: bool) -> bool:
    return any(
        _matches(pattern.lower() if lower else pattern, value) for pattern in listed(patterns)
    )


def _matches(pattern: str, value: str) -> bool:
    """Match `*` and `?`, going back to the last star only, so that no pattern takes long."""
    at = place = star_place = 0
    star = -1
    while place < len(value):
        if at < len(pattern) and pattern[at] == "*":
            star, star_place, at = at, place, at + 1
        elif at < len(pattern) and pattern[at] in ("?", value[place]):
            at, place = at + 1, place + 1
        elif star >= 0:
            star_place += 1
            at, place = star + 1, star_place
        else:
            return False
    return not pattern[at:].strip("*")
