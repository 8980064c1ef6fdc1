"""What each DynamoDB call consumes, read off the call, its answer and the table before and after.

It looks at moto's tables and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from workshop_lib.local_cloud.dynamodb.capacities import (
    TRANSACTION_FACTOR,
    Consumption,
    IndexShape,
    add_write,
    count_read,
)
from workshop_lib.local_cloud.dynamodb.item_sizes import Item, measure_item

# A table's name and an item's key.
Address = tuple[str, Item]
FindTable = Callable[[str], Any]
FindItem = Callable[[str, Item], Item | None]

BATCH_OPERATIONS = frozenset({
    "BatchGetItem", "BatchWriteItem", "TransactGetItems", "TransactWriteItems",
})  # fmt: skip
TRANSACTIONS = {"TransactGetItems": "Read", "TransactWriteItems": "Write"}


def describe_indexes(table: Any) -> list[IndexShape]:
    """Return the shapes of the indexes of one of moto's tables."""
    return [
        *(_describe_index(table, index, is_global=True) for index in table.global_indexes),
        *(_describe_index(table, index, is_global=False) for index in table.indexes),
    ]


def _describe_index(table: Any, index: Any, *, is_global: bool) -> IndexShape:
    key_names = tuple(index.schema_key_attrs)
    projection = index.projection or {}
    projected = None
    if projection.get("ProjectionType", "ALL") != "ALL":
        further = projection.get("NonKeyAttributes") or ()
        projected = frozenset((*key_names, *table.table_key_attrs, *further))
    return IndexShape(index.name, is_global, key_names, projected)


# Writes ------------------------------------------------------------------------------------------


def list_writes(operation: str, body: dict[str, Any]) -> list[Address]:
    """Return which items a call writes; none for a call that writes nothing."""
    if operation == "BatchWriteItem":
        return [
            (table_name, _read_key(request))
            for table_name, requests in body.get("RequestItems", {}).items()
            for entry in requests
            for request in entry.values()
        ]
    if operation == "TransactWriteItems":
        requests = [part for entry in body.get("TransactItems", ()) for part in entry.values()]
        return [(request["TableName"], _read_key(request)) for request in requests]
    if operation in ("PutItem", "UpdateItem", "DeleteItem"):
        return [(body["TableName"], _read_key(body))]
    return []


def _read_key(request: dict[str, Any]) -> Item:
    key: Item = request.get("Item") or request.get("Key") or {}
    return key


def count_writes(
    operation: str,
    written: Iterable[tuple[Address, Item | None]],
    find_table: FindTable,
    find_item: FindItem,
) -> Iterator[Consumption]:
    """Return what a call's writes have consumed on each table.

    Args:
        operation: the call's.
        written: what the call wrote to, and the item as it was before.
        find_table: returns one of moto's tables by its name.
        find_item: returns the item as it is now.
    """
    factor = TRANSACTION_FACTOR if operation in TRANSACTIONS else 1
    consumptions: dict[str, Consumption] = {}
    for (table_name, key), before in written:
        consumption = consumptions.setdefault(table_name, Consumption(table_name))
        after = find_item(table_name, key)
        indexes = describe_indexes(find_table(table_name))
        add_write(consumption, indexes, before, after, factor)
    yield from consumptions.values()


# Reads -------------------------------------------------------------------------------------------


def count_reads(
    operation: str, body: dict[str, Any], answer: dict[str, Any], find_item: FindItem
) -> Iterator[Consumption]:
    """Return what a call that reads by key has consumed on each table."""
    consumptions: dict[str, Consumption] = {}
    factor = TRANSACTION_FACTOR if operation in TRANSACTIONS else 1
    for (table_name, key), consistent in _list_reads(operation, body, answer):
        consumption = consumptions.setdefault(table_name, Consumption(table_name))
        size = measure_item(find_item(table_name, key) or {})
        consumption.table += factor * count_read(size, consistent=consistent)
    yield from consumptions.values()


def _list_reads(
    operation: str, body: dict[str, Any], answer: dict[str, Any]
) -> Iterator[tuple[Address, bool]]:
    if operation == "GetItem":
        yield (body["TableName"], body["Key"]), body.get("ConsistentRead", False)
    elif operation == "TransactGetItems":
        for entry in body["TransactItems"]:
            yield (entry["Get"]["TableName"], entry["Get"]["Key"]), True
    elif operation == "BatchGetItem":
        for table_name, request in body["RequestItems"].items():
            left = answer.get("UnprocessedKeys", {}).get(table_name, {}).get("Keys", ())
            for key in request["Keys"]:
                if key not in left:
                    yield (table_name, key), request.get("ConsistentRead", False)


def count_page(body: dict[str, Any], evaluated_bytes: int, find_table: FindTable) -> Consumption:
    """Return what one page of a Query or a Scan has consumed.

    Args:
        body: the call's.
        evaluated_bytes: what it has read, before its filter: the sum is rounded up, not each item.
        find_table: returns one of moto's tables by its name.
    """
    consumption = Consumption(body["TableName"])
    units = count_read(evaluated_bytes, consistent=body.get("ConsistentRead", False))
    index_name = body.get("IndexName")
    if index_name is None:
        consumption.table = units
        return consumption
    shapes = {shape.name: shape for shape in describe_indexes(find_table(body["TableName"]))}
    consumption.add_index(index_name, units, is_global=shapes[index_name].is_global)
    return consumption
