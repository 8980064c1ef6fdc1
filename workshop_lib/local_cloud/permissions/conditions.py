"""IAM's condition operators, and whether a statement's conditions hold for a request.

Source: IAM user guide, "IAM JSON policy elements: Condition operators".
"""

from __future__ import annotations

import base64
import ipaddress
import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from workshop_lib.local_cloud.permissions.contexts import (
    Context,
    UnresolvedVariableError,
    expand_pattern,
)
from workshop_lib.local_cloud.permissions.patterns import (
    Pattern,
    matches_arn,
    matches_text,
)
from workshop_lib.local_cloud.permissions.policies import VERSION_WHEN_ABSENT, Condition

Comparison = Callable[[str, Pattern], bool]
FOR_ALL = "ForAllValues"
FOR_ANY = "ForAnyValue"
_IF_EXISTS = "IfExists"


@dataclass(frozen=True)
class Operator:
    """How one value of the request is compared with one of the policy.

    ``negated`` operators hold when no value of the policy is met, and when the key is absent;
    only string and ARN operators take policy variables.
    """

    compare: Comparison
    negated: bool = False
    takes_variables: bool = False


@dataclass(frozen=True)
class OperatorName:
    """An operator as a policy writes it: ``ForAnyValue:StringLikeIfExists``, say."""

    base: str
    quantifier: str = ""
    if_exists: bool = False


def _compare_as(read: Callable[[str], Any], holds: Callable[[Any, Any], bool]) -> Comparison:
    return lambda value, pattern: holds(read(value), read(pattern.text))


def _is_like(value: str, pattern: Pattern) -> bool:
    return matches_text(pattern, value)


def _is_arn_like(value: str, pattern: Pattern) -> bool:
    if pattern.text.count(":") < 5:
        raise ValueError(f"{pattern.text!r} is not an ARN")
    return matches_arn(pattern, value)


def _is_in_network(value: str, pattern: Pattern) -> bool:
    network = ipaddress.ip_network(pattern.text, strict=False)
    return ipaddress.ip_address(value) in network


def _read_boolean(text: str) -> bool:
    return {"true": True, "false": False}[text.lower()]


def _read_date(text: str) -> datetime:
    """Read ISO 8601 or seconds since 1970; a date without a zone is UTC."""
    if text.replace(".", "", 1).isdigit():
        return datetime.fromtimestamp(float(text), UTC)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _read_bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


# What a reader raises for text that is not of its type.
_INCOMPARABLE = (ValueError, ArithmeticError, LookupError)
_ON_TEXT = {
    "String{}Equals": _compare_as(str, operator.eq),
    "String{}EqualsIgnoreCase": _compare_as(str.casefold, operator.eq),
    "String{}Like": _is_like,
    "Arn{}Equals": _is_arn_like,
    "Arn{}Like": _is_arn_like,
}
_ORDERED: dict[str, Callable[[str], Any]] = {"Numeric": Decimal, "Date": _read_date}
_ORDERS = {
    "Equals": operator.eq,
    "NotEquals": operator.eq,
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
}
OPERATORS: dict[str, Operator] = {
    "Bool": Operator(_compare_as(_read_boolean, operator.eq)),
    "BinaryEquals": Operator(_compare_as(_read_bytes, operator.eq)),
    "IpAddress": Operator(_is_in_network),
    "NotIpAddress": Operator(_is_in_network, negated=True),
    **{
        name.format(negation): Operator(compare, bool(negation), takes_variables=True)
        for name, compare in _ON_TEXT.items()
        for negation in ("", "Not")
    },
    **{
        f"{kind}{order}": Operator(_compare_as(read, holds), negated=order.startswith("Not"))
        for kind, read in _ORDERED.items()
        for order, holds in _ORDERS.items()
    },
}


def read_operator_name(text: str) -> OperatorName | None:
    """Take an operator's name apart; None when IAM has no such operator."""
    quantifier, separator, rest = text.rpartition(":")
    base = rest.removesuffix(_IF_EXISTS)
    known = base in OPERATORS or rest == "Null"
    if not known or (separator and quantifier not in (FOR_ALL, FOR_ANY)):
        return None
    return OperatorName(base, quantifier, rest.endswith(_IF_EXISTS))


def conditions_hold(conditions: Iterable[Condition], context: Context, version: str) -> bool:
    """Say whether every condition of a statement holds (an empty block always does)."""
    return all(_holds(condition, context, version) for condition in conditions)


def _holds(condition: Condition, context: Context, version: str) -> bool:
    name = read_operator_name(condition.operator)
    if name is None:
        return False
    values = context.get(condition.key)
    if name.base == "Null":
        absent = "true" if not values else "false"
        return any(value.lower() == absent for value in condition.values)
    comparing = OPERATORS[name.base]
    if values is None or (not values and name.quantifier):
        return _absent_holds(comparing, name)
    patterns = _expand(condition.values, comparing, context, version)
    if not patterns:
        return False
    met = (_value_meets(comparing, value, patterns) for value in values)
    if name.quantifier == FOR_ANY:
        return any(met)
    # A key with several values needs a set operator; without one IAM finds no match.
    return (name.quantifier == FOR_ALL or len(values) == 1) and all(met)


def _absent_holds(comparing: Operator, name: OperatorName) -> bool:
    """IAM: a key that is not there meets ForAllValues, …IfExists and the negated operators."""
    if name.quantifier == FOR_ALL or name.if_exists:
        return True
    return comparing.negated and name.quantifier != FOR_ANY


def _value_meets(comparing: Operator, value: str, patterns: list[Pattern]) -> bool:
    """A value meets a line if any of its values matches, or, for a negated operator, if none."""
    outcomes = [_compare(comparing, value, pattern) for pattern in patterns]
    if comparing.negated:
        return all(outcome is False for outcome in outcomes)
    return any(outcomes)


def _compare(comparing: Operator, value: str, pattern: Pattern) -> bool | None:
    try:
        return comparing.compare(value, pattern)
    except _INCOMPARABLE:
        # Not an error of the request: a value of another type meets neither the operator nor
        # its negation.
        return None


def _expand(
    values: tuple[str, ...], comparing: Operator, context: Context, version: str
) -> list[Pattern]:
    """Expand a line's values; those with a variable that the request lacks match nothing.

    A negated operator cannot hold against a value that nobody knows: it keeps none at all.
    """
    patterns: list[Pattern] = []
    version = version if comparing.takes_variables else VERSION_WHEN_ABSENT
    for value in values:
        try:
            patterns.append(expand_pattern(value, context, version))
        except UnresolvedVariableError:
            if comparing.negated:
                return []
    return patterns
