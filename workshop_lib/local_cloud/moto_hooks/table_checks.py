"""What DynamoDB refuses of a call that moto would take, or fail on.

Source: DynamoDB API reference, CreateTable, UpdateTable and the calls on items; sentences from
recorded answers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.dynamodb.expressions import Expressions, check_expressions
from workshop_lib.local_cloud.dynamodb.key_conditions import (
    check_query,
    check_query_keys,
    check_start,
)
from workshop_lib.local_cloud.dynamodb.values import (
    INVALID,
    Item,
    check_index_keys,
    check_key,
    check_not_empty,
    check_value,
    check_values,
    refuse,
)

NAME = re.compile(r"[a-zA-Z0-9_.-]+")
SHORTEST_NAME, LONGEST_NAME = 3, 255
KEY_PLACES = (("HASH", "first"), ("RANGE", "second"))
# The operations whose refusals count what is wrong, as far as it is the request alone.
COUNTED = frozenset({"put_item", "update_item", "delete_item"})
COUNT = "1 validation error detected: "


def check_table(definition: Mapping[str, Any]) -> None:
    """Refuse a table whose name or keys DynamoDB would not take; its model has no rule for them.

    Raises:
        AwsError: ``ValidationException``.
    """
    name = definition["TableName"]
    if not NAME.fullmatch(name):
        raise _violate(
            f"'{name}'", "tableName", f"satisfy regular expression pattern: {NAME.pattern}"
        )
    if len(name) < SHORTEST_NAME:
        raise _violate(
            f"'{name}'", "tableName", f"have length greater than or equal to {SHORTEST_NAME}"
        )
    if len(name) > LONGEST_NAME:
        raise _violate(
            f"'{name}'", "tableName", f"have length less than or equal to {LONGEST_NAME}"
        )
    for member in ("AttributeDefinitions", "KeySchema"):
        if member not in definition:
            raise _violate("null", f"{member[0].lower()}{member[1:]}", "not be null")
    _check_keys(definition["KeySchema"], len(definition["AttributeDefinitions"]))


def _violate(value: str, member: str, constraint: str) -> AwsError:
    return refuse(
        f"{COUNT}Value {value} at '{member}' failed to satisfy constraint: Member must {constraint}"
    )


def _check_keys(schema: Sequence[Mapping[str, str]], defined_count: int) -> None:
    """Check a table's keys, as far as moto does not."""
    names = [one["AttributeName"] for one in schema]
    if defined_count < len(names) <= len(KEY_PLACES):
        raise refuse("Invalid KeySchema: Some index key attribute have no definition")
    if len(set(names)) < len(names):
        raise refuse(
            "Both the Hash Key and the Range Key element in the KeySchema have the same name"
        )
    for one, (kind, place) in zip(schema, KEY_PLACES, strict=False):
        if one["KeyType"] != kind:
            raise refuse(
                f"Invalid KeySchema: The {place} KeySchemaElement is not a {kind} key type"
            )


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


def check_request(method: str, request: Mapping[str, Any], backend: Any) -> None:
    """Refuse what reads or writes items: a call, or a part of a transaction.

    Args:
        method: moto's name of the call.
        request: its parameters.
        backend: moto's DynamoDB backend.

    Raises:
        AwsError: ``ValidationException``.
    """
    try:
        expressions = _check_alone(request)
    except AwsError as error:
        raise refuse(f"{COUNT if method in COUNTED else ''}{error.message}") from error
    if method == "query":
        check_query(request, expressions)
    if method == "scan" and request.get("Select") == "COUNT" and "ProjectionExpression" in request:
        raise refuse("Cannot specify the ProjectionExpression when choosing to get only the Count")
    table = find_table(backend, request["TableName"])
    if table is None:
        return
    types, schema = _read_types(table), table.table_key_attrs
    if "Key" in request:
        check_key(request["Key"], schema, types)
    if "Item" in request:
        check_attributes(table, request["Item"])
    key_names = set(schema)
    if "IndexName" in request:
        schema = _list_index_keys(request["IndexName"], table)
        key_names |= set(schema)
    check_query_keys(request, expressions, schema, types)
    start = request.get("ExclusiveStartKey")
    if start is not None and (
        set(start) != key_names or any(list(start[name]) != [types[name]] for name in start)
    ):
        raise refuse("The provided starting key is invalid")
    if start is not None and method == "query":
        check_start(request, expressions, schema[0])


def find_table(backend: Any, name: str) -> Any | None:
    """Return one of moto's tables by its name or ARN, None when there is none."""
    return backend.tables.get(name.rpartition("/")[2])


def _list_index_keys(name: str, table: Any) -> list[str]:
    for index in table.global_indexes:
        if index.name == name:
            return list(index.schema_key_attrs)
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


def _check_alone(request: Mapping[str, Any]) -> Expressions:
    """Check what a request says by itself, whatever the table; return its expressions."""
    from moto.dynamodb.comparisons import create_condition_expression_parser
    from moto.dynamodb.parsing.reserved_keywords import ReservedKeywords

    for value in request.get("Item", {}).values():
        check_value(value)
    check_values(request.get("ExpressionAttributeValues") or {})
    expressions = check_expressions(request, ReservedKeywords.get_reserved_keywords())
    for kind in ("ConditionExpression", "FilterExpression"):
        parser = create_condition_expression_parser(
            request.get(kind),
            request.get("ExpressionAttributeNames"),
            request.get("ExpressionAttributeValues"),
        )
        try:
            parser.parse()
        # What moto's parser raises for an expression that it has no meaning for.
        except (ValueError, AssertionError, LookupError, AttributeError) as error:
            raise NotImplementedError(f"{kind} {request.get(kind)}") from error
    return expressions
