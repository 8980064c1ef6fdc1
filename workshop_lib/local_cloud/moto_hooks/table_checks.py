"""What DynamoDB refuses of a call that moto would take, or fail on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.dynamodb.expressions import (
    check_expressions,
    refuse,
    refuse_syntax,
    split_expression,
)
from workshop_lib.local_cloud.dynamodb.item_sizes import Item
from workshop_lib.local_cloud.dynamodb.values import (
    check_index_keys,
    check_item,
    check_key,
    check_not_empty,
)

LARGEST_BATCH_OF_WRITES = 25


def check_call(operation: str, body: dict[str, Any], backend: Any) -> None:
    """Refuse a call that reads or writes items.

    Args:
        operation: the API's name of it.
        body: its parameters.
        backend: moto's DynamoDB backend.

    Raises:
        AwsError: ``ValidationException``.
    """
    if operation == "BatchWriteItem":
        count = sum(map(len, body["RequestItems"].values()))
        if count > LARGEST_BATCH_OF_WRITES:
            raise refuse("Too many items requested for the BatchWriteItem call")
    for table_name, request in _list_requests(operation, body):
        _check_request_expressions(request)
        table = find_table(backend, table_name)
        if table is not None:
            _check_request(request, table)


def find_table(backend: Any, name: str) -> Any | None:
    """Return one of moto's tables by its name or ARN, None when there is none."""
    return backend.tables.get(name.rpartition("/")[2])


def _list_requests(operation: str, body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each table's name and what is asked of it, for calls of one and of many."""
    if operation in ("TransactGetItems", "TransactWriteItems"):
        for entry in body["TransactItems"]:
            for request in entry.values():
                yield request["TableName"], request
    elif operation == "BatchWriteItem":
        for table_name, entries in body["RequestItems"].items():
            for entry in entries:
                for request in entry.values():
                    yield table_name, request
    elif operation == "BatchGetItem":
        yield from body["RequestItems"].items()
    else:
        yield body["TableName"], body


def _check_request(request: dict[str, Any], table: Any) -> None:
    types = _read_types(table)
    keys = [request["Key"]] if "Key" in request else request.get("Keys", ())
    for key in keys:
        check_key(key, table.table_key_attrs, types)
    if "Item" in request:
        check_attributes(table, request["Item"])
    key_names = set(table.table_key_attrs)
    if "IndexName" in request:
        key_names |= _check_index(request["IndexName"], table)
    start = request.get("ExclusiveStartKey")
    if start is not None and (
        set(start) != key_names or any(list(start[name]) != [types[name]] for name in start)
    ):
        raise refuse("The provided starting key is invalid")


def _check_index(name: str, table: Any) -> set[str]:
    for index in table.all_indexes():
        if index.name == name:
            return set(index.schema_key_attrs)
    raise refuse(f"The table does not have the specified index: {name}")


def check_attributes(table: Any, item: Item) -> None:
    """Refuse an item that the table or one of its indexes could not hold.

    Raises:
        AwsError: ``ValidationException``.
    """
    check_item(item)
    types = _read_types(table)
    for name in table.table_key_attrs:
        if name in item:
            check_not_empty(name, item[name])
    for index in table.all_indexes():
        names: Iterable[str] = (
            name for name in index.schema_key_attrs if name not in table.table_key_attrs
        )
        check_index_keys(item, index.name, names, types)


def _read_types(table: Any) -> dict[str, str]:
    return {one["AttributeName"]: one["AttributeType"] for one in table.attr}


def _check_request_expressions(request: dict[str, Any]) -> None:
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


def as_validation(error: AwsError) -> Exception:
    """Return our refusal as moto's own, for the places where moto asks what was raised."""
    from moto.dynamodb.exceptions import MockValidationException

    validation: Exception = MockValidationException(error.message)
    return validation
