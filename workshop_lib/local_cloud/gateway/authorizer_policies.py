"""Deciding by the policy that a Lambda authorizer returned whether a method may be called.

Source: API Gateway developer guide, "Output from an API Gateway Lambda authorizer", and the IAM
policy grammar as far as ``execute-api:Invoke`` needs it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

Decision = Literal["Allow", "Deny", "NoMatch"]

_ACTION = "execute-api:Invoke"


class UnusablePolicyError(ValueError):
    """A policy document is not one, or uses what is not evaluated here."""


def decide(policy: Any, method_arn: str) -> Decision:
    """Return what a policy says about calling a method; an explicit Deny wins.

    Raises:
        UnusablePolicyError: the document has no statements, a statement has no effect, or it has
            conditions, which the local cloud does not evaluate for authorizers.
    """
    effects = {
        _effect(statement)
        for statement in _statements(policy)
        if _covers(statement, "Action", _ACTION, ignore_case=True)
        and _covers(statement, "Resource", method_arn)
    }
    if "Deny" in effects:
        return "Deny"
    return "Allow" if "Allow" in effects else "NoMatch"


def _statements(policy: Any) -> list[Mapping[str, Any]]:
    if not isinstance(policy, Mapping) or "Statement" not in policy:
        raise UnusablePolicyError("policyDocument must be an object with a Statement")
    statements = _as_list(policy["Statement"])
    for statement in statements:
        if not isinstance(statement, Mapping):
            raise UnusablePolicyError("each Statement must be an object")
        if statement.get("Condition"):
            raise UnusablePolicyError("a Condition in an authorizer's policy is not evaluated here")
    return statements


def _effect(statement: Mapping[str, Any]) -> str:
    effect = statement.get("Effect")
    if effect not in ("Allow", "Deny"):
        raise UnusablePolicyError(f"Effect must be Allow or Deny, and is {effect!r}")
    return str(effect)


def _covers(
    statement: Mapping[str, Any], element: str, value: str, *, ignore_case: bool = False
) -> bool:
    """Say whether a statement's element, or its Not… form, takes in a value."""
    if element in statement:
        return _matches_any(statement[element], value, ignore_case)
    if f"Not{element}" in statement:
        return not _matches_any(statement[f"Not{element}"], value, ignore_case)
    raise UnusablePolicyError(f"each Statement must have {element} or Not{element}")


def _matches_any(patterns: Any, value: str, ignore_case: bool) -> bool:
    flags = re.DOTALL | (re.IGNORECASE if ignore_case else 0)
    return any(
        re.fullmatch(_as_expression(str(pattern)), value, flags) for pattern in _as_list(patterns)
    )


def _as_expression(pattern: str) -> str:
    runs = re.sub(r"\*+", "*", pattern)
    return "".join({"*": ".*", "?": "."}.get(sign, re.escape(sign)) for sign in runs)


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
