"""Whether a statement's conditions hold for a request."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from workshop_lib.local_cloud.permissions.contexts import Context
from workshop_lib.local_cloud.permissions.operators import OPERATORS, IncomparableError, Operator
from workshop_lib.local_cloud.permissions.patterns import Pattern
from workshop_lib.local_cloud.permissions.policies import VERSION_WHEN_ABSENT, Condition
from workshop_lib.local_cloud.permissions.variables import (
    UnresolvedVariableError,
    expand_pattern,
)

FOR_ALL = "ForAllValues"
FOR_ANY = "ForAnyValue"
_IF_EXISTS = "IfExists"


@dataclass(frozen=True)
class OperatorName:
    """An operator as a policy writes it: ``ForAnyValue:StringLikeIfExists``, say."""

    base: str
    quantifier: str = ""
    if_exists: bool = False


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
        return _null_holds(condition, values)
    operator = OPERATORS[name.base]
    if values is None or (not values and name.quantifier):
        return _absent_holds(operator, name)
    patterns = _expand(condition.values, operator, context, version)
    if not patterns:
        return False
    return _present_holds(operator, name.quantifier, values, patterns)


def _null_holds(condition: Condition, values: tuple[str, ...] | None) -> bool:
    absent = "true" if not values else "false"
    return any(value.lower() == absent for value in condition.values)


def _absent_holds(operator: Operator, name: OperatorName) -> bool:
    """IAM: a key that is not there meets ForAllValues, …IfExists and the negated operators."""
    if name.quantifier == FOR_ALL or name.if_exists:
        return True
    return operator.negated and name.quantifier != FOR_ANY


def _present_holds(
    operator: Operator, quantifier: str, values: tuple[str, ...], patterns: list[Pattern]
) -> bool:
    met = (_value_meets(operator, value, patterns) for value in values)
    if quantifier == FOR_ANY:
        return any(met)
    if quantifier == FOR_ALL:
        return all(met)
    # A key with several values needs a set operator; without one IAM finds no match.
    return len(values) == 1 and all(met)


def _value_meets(operator: Operator, value: str, patterns: list[Pattern]) -> bool:
    """A value meets a line if any of its values matches, or, for a negated operator, if none."""
    outcomes = [_compare(operator, value, pattern) for pattern in patterns]
    if operator.negated:
        return all(outcome is False for outcome in outcomes)
    return any(outcomes)


def _compare(operator: Operator, value: str, pattern: Pattern) -> bool | None:
    try:
        return operator.compare(value, pattern)
    except IncomparableError:
        # Not an error of the request: a value of another type meets neither the operator nor
        # its negation.
        return None


def _expand(
    values: tuple[str, ...], operator: Operator, context: Context, version: str
) -> list[Pattern]:
    """Expand a line's values; those with a variable that the request lacks match nothing.

    A negated operator cannot hold against a value that nobody knows: it keeps none at all.
    """
    patterns: list[Pattern] = []
    for value in values:
        try:
            patterns.append(
                expand_pattern(
                    value, context, version if operator.takes_variables else VERSION_WHEN_ABSENT
                )
            )
        except UnresolvedVariableError:
            if operator.negated:
                return []
    return patterns
