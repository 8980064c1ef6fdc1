"""Policy documents, read into statements.

Source: IAM user guide, "Grammar of the IAM JSON policy language".
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any

log = logging.getLogger(__name__)

VERSION_WHEN_ABSENT = "2008-10-17"
# A document that cannot be read must not widen anybody's rights: it denies what it was to decide.
_UNREADABLE = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"},
}


class PolicyDocumentError(ValueError):
    """A document is not a policy; the message says where and why."""


class Effect(Enum):
    """What a statement does when it matches."""

    ALLOW = "Allow"
    DENY = "Deny"


@dataclass(frozen=True)
class Condition:
    """One line of a condition block: all lines must hold, any value of a line may."""

    operator: str
    key: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Elements:
    """Values of an element, or of its ``Not…`` twin."""

    values: tuple[str, ...]
    negated: bool = False


@dataclass(frozen=True)
class PrincipalElement:
    """A Principal or NotPrincipal element: values by type (AWS, Service, Federated, …).

    The plain ``"*"`` is read as ``{"AWS": "*"}``.
    """

    values: tuple[tuple[str, str], ...]
    negated: bool = False


@dataclass(frozen=True)
class Statement:
    """One statement; a principal or resource element that is absent is None."""

    effect: Effect
    actions: Elements
    resources: Elements | None
    principals: PrincipalElement | None
    conditions: tuple[Condition, ...]
    version: str


@dataclass(frozen=True)
class Policy:
    """A policy's statements."""

    statements: tuple[Statement, ...]


def load_policy(document: Any, name: str) -> Policy:
    """Read a stored document; one that cannot be read is logged, and denies."""
    try:
        return read_policy(document)
    except (PolicyDocumentError, UnicodeDecodeError) as error:
        log.warning("The policy %s cannot be read and denies everything: %s", name, error)
        return read_policy(_UNREADABLE)


def read_policy(document: str | bytes | Mapping[str, Any]) -> Policy:
    """Read a policy from JSON text or from its parsed form.

    Raises:
        PolicyDocumentError: it is not JSON, or not a policy.
    """
    if isinstance(document, Mapping):
        document = json.dumps(document)
    return _read_policy_text(document.decode() if isinstance(document, bytes) else document)


@lru_cache(maxsize=1024)
def _read_policy_text(text: str) -> Policy:
    try:
        parsed = json.loads(text)
    except ValueError as error:
        raise PolicyDocumentError(f"not JSON: {error}") from error
    if not isinstance(parsed, dict):
        raise PolicyDocumentError("a policy is a JSON object")
    version = str(parsed.get("Version", VERSION_WHEN_ABSENT))
    statements = _list(parsed.get("Statement", []))
    return Policy(tuple(_read_statement(one, version) for one in statements))


def _read_statement(statement: Any, version: str) -> Statement:
    if not isinstance(statement, dict):
        raise PolicyDocumentError("a statement is a JSON object")
    try:
        effect = Effect(statement.get("Effect"))
    except ValueError as error:
        raise PolicyDocumentError("a statement's Effect is Allow or Deny") from error
    actions = _read_elements(statement, "Action")
    if actions is None:
        raise PolicyDocumentError("a statement has an Action or a NotAction")
    conditions = _read_conditions(statement.get("Condition", {}))
    resources, principals = _read_elements(statement, "Resource"), _read_principals(statement)
    return Statement(effect, actions, resources, principals, conditions, version)


def _read_elements(statement: dict[str, Any], name: str) -> Elements | None:
    for key, negated in ((name, False), (f"Not{name}", True)):
        if key in statement:
            return Elements(_read_values(statement[key]), negated)
    return None


def _read_principals(statement: dict[str, Any]) -> PrincipalElement | None:
    for key, negated in (("Principal", False), ("NotPrincipal", True)):
        if key in statement:
            element = statement[key]
            kinds = element if isinstance(element, dict) else {"AWS": element}
            pairs = ((kind, value) for kind in kinds for value in _read_values(kinds[kind]))
            return PrincipalElement(tuple(pairs), negated)
    return None


def _read_conditions(block: Any) -> tuple[Condition, ...]:
    if not isinstance(block, dict) or not all(isinstance(keys, dict) for keys in block.values()):
        raise PolicyDocumentError("a Condition maps operators to keys with their values")
    return tuple(
        Condition(operator, key, _read_values(values))
        for operator, keys in block.items()
        for key, values in keys.items()
    )


def _read_values(values: Any) -> tuple[str, ...]:
    return tuple(_to_text(value) for value in _list(values))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _to_text(value: Any) -> str:
    """Write a JSON value as IAM compares it: booleans are ``true`` and ``false``."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return str(value)
    raise PolicyDocumentError(f"expected text, a number or a boolean, not {json.dumps(value)}")
