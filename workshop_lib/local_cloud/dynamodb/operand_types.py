"""Which types of values the operators and functions of expressions take.

Source: DynamoDB developer guide, "Condition and filter expressions, operators, and functions" and
"Update expressions"; sentences from recorded answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from workshop_lib.local_cloud.dynamodb.syntax import VALUE, Node
from workshop_lib.local_cloud.dynamodb.values import AttributeValue, Item, refuse

# The types that an operand may have where it is given as a value.
OPERANDS: Mapping[str, frozenset[str]] = {
    "begins_with": frozenset({"S", "B"}),
    "size": frozenset({"S", "B", "SS", "NS", "BS", "L", "M"}),
    "list_append": frozenset({"L"}),
    "+": frozenset({"N"}),
    "-": frozenset({"N"}),
}
# What ADD and DELETE take, and what refusals call the types.
CLAUSES: Mapping[str, frozenset[str]] = {
    "ADD": frozenset({"N", "SS", "NS", "BS"}),
    "DELETE": frozenset({"SS", "NS", "BS"}),
}
LONG_NAMES = {
    "S": "STRING", "N": "NUMBER", "B": "BINARY", "BOOL": "BOOLEAN", "NULL": "NULL", "L": "LIST",
    "M": "MAP",
}  # fmt: skip
TYPES = ("B", "NULL", "SS", "BOOL", "L", "BS", "N", "NS", "S", "M")
WRONG = "Incorrect operand type for operator or function;"


def check_types(kind: str, node: Node, values: Item) -> None:
    """Check the values that one operation is given.

    Args:
        kind: such as ``FilterExpression``.
        node: the operation.
        values: what the placeholders stand for.

    Raises:
        AwsError: ``ValidationException``.
    """
    given = [values[one.name] if one.operator == VALUE else None for one in node.operands]
    types = [None if value is None else next(iter(value)) for value in given]
    for found in filter(None, types):
        if found not in OPERANDS.get(node.operator, {found}):
            raise _refuse(kind, f"operator or function: {node.operator}, operand type: {found}")
        if found not in CLAUSES.get(node.operator, {found}):
            described = f"operand type: {LONG_NAMES[found]}, typeSet: ALLOWED_FOR_{node.operator}"
            raise _refuse(kind, f"operator: {node.operator}, {described}_OPERAND")
    if node.operator == "attribute_type" and given[1] is not None:
        _check_type_name(kind, given[1])
    if node.operator == "BETWEEN" and given[1] is not None and given[2] is not None:
        _check_bounds(kind, given[1], given[2])


def _refuse(kind: str, what: str) -> Exception:
    return refuse(f"Invalid {kind}: {WRONG} {what}")


def _check_type_name(kind: str, value: AttributeValue) -> None:
    ((found, name),) = value.items()
    if found != "S":
        raise _refuse(kind, f"operator or function: attribute_type, operand type: {found}")
    if name not in TYPES:
        known = f"valid types: {{{','.join(TYPES)}}}"
        raise refuse(f"Invalid {kind}: Invalid attribute type name found; type: {name}, {known}")


def _check_bounds(kind: str, low: AttributeValue, high: AttributeValue) -> None:
    if list(low) != list(high):
        rule = "same data type for lower and upper bounds"
    elif _order(low) > _order(high):
        rule = "upper bound to be greater than or equal to lower bound"
    else:
        return
    operands = [
        f"{place} bound operand: AttributeValue: {_show(value)}"
        for place, value in (("lower", low), ("upper", high))
    ]
    what = f"The BETWEEN operator requires {rule}; {', '.join(operands)}"
    raise refuse(f"Invalid {kind}: {what}")


def _order(value: AttributeValue) -> Any:
    """Return what a value is ordered by; values that have no order are all equal."""
    ((kind, content),) = value.items()
    if kind == "N":
        return Decimal(content)
    return str(content).encode("utf-8", "surrogatepass") if kind in ("S", "B") else b""


def _show(value: AttributeValue) -> str:
    ((kind, content),) = value.items()
    return f"{{{kind}:{content}}}"
