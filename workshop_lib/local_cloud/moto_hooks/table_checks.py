"""What DynamoDB refuses of a call that moto would take, or fail on.

Source: DynamoDB API reference, CreateTable, UpdateTable and the calls on items.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from workshop_lib.local_cloud.dynamodb.expressions import (
    check_expressions,
    refuse_syntax,
    split_expression,
)
from workshop_lib.local_cloud.dynamodb.values import (
    INVALID,
    Item,
    check_index_keys,
    check_key,
    check_not_empty,
    check_value,
    refuse,
)

NAME = re.compile(r"[a-zA-Z0-9_.-]+")


def check_name(name: str) -> None:
    """Refuse the name of a table that DynamoDB would not take; its model has no rule for it.

    Raises:
        AwsError: ``ValidationException``.
    """
    if not NAME.fullmatch(name):
        raise refuse(
            f"1 validation error detected: Value '{name}' at 'tableName' failed to satisfy "
            f"constraint: Member must satisfy regular expression pattern: {NAME.pattern}"
        )
    if not 3 <= len(name) <= 255:
        what = "at least 3 characters long and at most 255 characters long"
        raise refuse(f"TableName must be {what}")


def check_change(change: Mapping[str, Any], table: Any) -> None:
    """Refuse a change of a table's indexes that cannot be made.

    Raises:
        AwsError: ``ValidationException``.
    """
    if "GlobalSecondaryIndexUpdates" not in change:
        raise refuse(
            "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, "
            "GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required"
        )
    held = {index.name for index in table.global_indexes}
    for update in change["GlobalSecondaryIndexUpdates"]:
        ((kind, index),) = update.items()
        if kind == "Create":
            if index["IndexName"] in held:
                raise refuse(f"{INVALID}Attempting to create an index which already exists")
            _check_definitions(index, change)
        elif index["IndexName"] not in held:
            what = f"the table has no global secondary index {index['IndexName']}"
            raise refuse(f"{INVALID}Requested resource not found: {what}")


def _check_definitions(index: Mapping[str, Any], change: Mapping[str, Any]) -> None:
    keys = [one["AttributeName"] for one in index["KeySchema"]]
    defined = {one["AttributeName"] for one in change.get("AttributeDefinitions", ())}
    if not defined.issuperset(keys):
        raise refuse(
            f"{INVALID}Some index key attributes are not defined in AttributeDefinitions. Keys: "
            f"[{', '.join(keys)}], AttributeDefinitions: [{', '.join(sorted(defined))}]"
        )


def check_request(request: Mapping[str, Any], backend: Any) -> None:
    """Refuse what reads or writes items: a call, or a part of a transaction.

    Args:
        request: its parameters.
        backend: moto's DynamoDB backend.

    Raises:
        AwsError: ``ValidationException``.
    """
    _check_request_expressions(request)
    table = find_table(backend, request["TableName"])
    if table is None:
        return
    types, key_names = _read_types(table), set(table.table_key_attrs)
    if "Key" in request:
        check_key(request["Key"], key_names, types)
    if "Item" in request:
        check_attributes(table, request["Item"])
    if "IndexName" in request:
        key_names |= _list_index_keys(request["IndexName"], table)
    start = request.get("ExclusiveStartKey")
    if start is not None and (
        set(start) != key_names or any(list(start[name]) != [types[name]] for name in start)
    ):
        raise refuse("The provided starting key is invalid")


def find_table(backend: Any, name: str) -> Any | None:
    """Return one of moto's tables by its name or ARN, None when there is none."""
    return backend.tables.get(name.rpartition("/")[2])


def _list_index_keys(name: str, table: Any) -> set[str]:
    for index in table.global_indexes:
        if index.name == name:
            return set(index.schema_key_attrs)
    raise refuse(f"The table does not have the specified index: {name}")


def check_attributes(table: Any, item: Item) -> None:
    """Refuse an item that the table or one of its indexes could not hold.

    Raises:
        AwsError: ``ValidationException``.
    """
    for value in item.values():
        check_value(value)
    for name in item.keys() & set(table.table_key_attrs):
        check_not_empty(name, item[name])
    for index in table.global_indexes:
        names = set(index.schema_key_attrs) - set(table.table_key_attrs)
        check_index_keys(item, index.name, names, _read_types(table))


def _read_types(table: Any) -> dict[str, str]:
    return {one["AttributeName"]: one["AttributeType"] for one in table.attr}


def _check_request_expressions(request: Mapping[str, Any]) -> None:
    from moto.dynamodb.comparisons import create_condition_expression_parser
    from moto.dynamodb.parsing.reserved_keywords import ReservedKeywords

    check_expressions(request, ReservedKeywords.get_reserved_keywords())
    for kind in ("ConditionExpression", "FilterExpression"):
        expression = request.get(kind)
        parser = create_condition_expression_parser(
            expression,
            request.get("ExpressionAttributeNames"),
            request.get("ExpressionAttributeValues"),
        )
        try:
            parser.parse()
        # What moto's parser raises for an expression that has no meaning.
        except (ValueError, AssertionError, LookupError, AttributeError) as error:
            tokens = split_expression(expression or "")
            raise refuse_syntax(kind, tokens, len(tokens) - 1) from error
