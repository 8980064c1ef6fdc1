"""Which questions DynamoDB takes in a Query: a condition for its keys, a filter for all else.

Source: DynamoDB API reference, Query; DynamoDB developer guide, "Key condition expressions for the
Query operation"; sentences and their order from recorded answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workshop_lib.local_cloud.dynamodb.expressions import Expressions, find_name
from workshop_lib.local_cloud.dynamodb.syntax import COMPARATORS, GROUP, PATH, VALUE, Node
from workshop_lib.local_cloud.dynamodb.values import INVALID, refuse

OPERATORS = frozenset(COMPARATORS) - {"<>"} | {"BETWEEN", "begins_with"}
MOST_CONDITIONS = 2


def check_query(request: Mapping[str, Any], expressions: Expressions) -> None:
    """Check what a Query asks, whatever the table.

    Raises:
        AwsError: ``ValidationException``.
    """
    if "KeyConditionExpression" not in request:
        raise refuse(
            "Either the KeyConditions or KeyConditionExpression parameter must be specified in the "
            "request."
        )
    names = request.get("ExpressionAttributeNames", {})
    conditions = _list_conditions(expressions)
    keys = [_find_key(condition, names) for condition in conditions]
    if len(set(keys)) < len(keys):
        raise refuse("KeyConditionExpressions must only contain one condition per key")
    if len(keys) > MOST_CONDITIONS:
        raise refuse("Conditions can be of length 1 or 2 only")


def check_query_keys(
    request: Mapping[str, Any],
    expressions: Expressions,
    keys: Sequence[str],
    types: Mapping[str, str],
) -> None:
    """Check what a Query asks of a table or an index.

    Args:
        request: the parameters.
        expressions: its expressions.
        keys: the key attributes of what is asked, the partition key first.
        types: the type of each, such as ``{"pk": "S"}``.

    Raises:
        AwsError: ``ValidationException``.
    """
    conditions = _list_conditions(expressions)
    if not conditions:
        return
    names = request.get("ExpressionAttributeNames", {})
    values = request.get("ExpressionAttributeValues", {})
    by_key = {_find_key(condition, names): condition for condition in conditions}
    if len(by_key) > len(keys):
        raise refuse("Query key condition not supported")
    for key in keys[: len(by_key)]:
        if key not in by_key:
            raise refuse(f"Query condition missed key schema element: {key}")
        given = [one.name for one in by_key[key].operands if one.operator == VALUE]
        if any(list(values[name]) != [types[key]] for name in given):
            raise refuse(f"{INVALID}Condition parameter type does not match schema type")
    if by_key[keys[0]].operator != "=":
        raise refuse("Query key condition not supported")
    filtered = {
        names.get(node.name, node.name)
        for root in expressions.get("FilterExpression", ())
        for node in root.walk()
        if node.operator == PATH
    }
    for key in keys:
        if key in filtered:
            raise refuse(
                "Filter Expression can only contain non-primary key attributes: Primary key "
                f"attribute: {key}"
            )


def check_start(request: Mapping[str, Any], expressions: Expressions, partition_key: str) -> None:
    """Check that a Query goes on in the partition that it asks for."""
    names = request.get("ExpressionAttributeNames", {})
    start = request["ExclusiveStartKey"][partition_key]
    for condition in _list_conditions(expressions):
        wanted = [one.name for one in condition.operands if one.operator == VALUE]
        is_other = any(request["ExpressionAttributeValues"][name] != start for name in wanted)
        if _find_key(condition, names) == partition_key and is_other and "N" not in start:
            raise refuse(
                "The provided starting key is outside query boundaries based on provided conditions"
            )


def _list_conditions(expressions: Expressions) -> list[Node]:
    nodes = expressions.get("KeyConditionExpression", ())
    return [condition for node in nodes for condition in _take_apart(node)]


def _take_apart(node: Node) -> Iterator[Node]:
    if node.operator in ("AND", GROUP):
        for operand in node.operands:
            yield from _take_apart(operand)
    else:
        yield node


def _find_key(condition: Node, names: Mapping[str, str]) -> str:
    """Return the attribute that a condition is about."""
    if condition.operator not in OPERATORS:
        raise refuse(f"Invalid operator used in KeyConditionExpression: {condition.operator}")
    if any(one.operator not in (PATH, VALUE) for one in condition.operands):
        raise refuse("KeyConditionExpressions cannot contain nested operations")
    paths = [one for one in condition.operands if one.operator == PATH]
    if len(paths) > 1:
        raise refuse(
            "Invalid condition in KeyConditionExpression: Multiple attribute names used in one "
            "condition"
        )
    if not paths:
        raise refuse("Invalid condition in KeyConditionExpression: No key attribute specified")
    if condition.operator not in COMPARATORS and condition.operands[0] != paths[0]:
        raise refuse(
            f"Invalid condition in KeyConditionExpression: {condition.operator} operator must have "
            "the key attribute as its first operand"
        )
    key = find_name(paths[0], names)
    if key is None:
        raise refuse("KeyConditionExpressions cannot have conditions on nested attributes")
    return key
