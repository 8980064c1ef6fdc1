"""The hooks that make moto's DynamoDB report and limit what AWS's does."""

from __future__ import annotations

import copy
import functools
import inspect
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.dynamodb import consumption
from workshop_lib.local_cloud.dynamodb.capacities import Consumption
from workshop_lib.local_cloud.dynamodb.definitions import check_change, check_table
from workshop_lib.local_cloud.dynamodb.item_sizes import LARGEST_ITEM, Item, measure_item
from workshop_lib.local_cloud.moto_hooks.table_checks import (
    as_validation,
    check_attributes,
    check_call,
    find_table,
)
from workshop_lib.local_cloud.moto_hooks.wrapping import around

PAGE_BYTES = 1024 * 1024
LARGEST_TRANSACTION = 100
METERED_OPERATIONS = {
    "GetItem": "get_item",
    "BatchGetItem": "batch_get_item",
    "TransactGetItems": "transact_get_items",
    "Query": "query",
    "Scan": "scan",
    "PutItem": "put_item",
    "UpdateItem": "update_item",
    "DeleteItem": "delete_item",
    "BatchWriteItem": "batch_write_item",
    "TransactWriteItems": "transact_write_items",
}

# The bytes that the Query or Scan in hand has evaluated.
_evaluated_bytes: ContextVar[int] = ContextVar("evaluated_bytes", default=0)


def install_table_hooks() -> None:
    """Install the hooks into DynamoDB."""
    check_definitions()
    measure_items_as_dynamodb()
    undo_failed_updates()
    divide_into_pages()
    report_consumed_capacity()


def check_definitions() -> None:
    """Refuse tables, and changes of a table, that DynamoDB would refuse."""
    import moto.dynamodb.responses as responses
    from moto.dynamodb.responses import DynamoHandler

    responses.TRANSACTION_MAX_ITEMS = LARGEST_TRANSACTION

    @around(DynamoHandler, "create_table")
    def create_table(plain: Any, self: Any) -> Any:
        check_table(self.body)
        return plain(self)

    @around(DynamoHandler, "update_table")
    def update_table(plain: Any, self: Any) -> Any:
        table = find_table(self.dynamodb_backend, self.body["TableName"])
        if table is not None:
            check_change(self.body, {index.name for index in table.global_indexes})
            if self.body.get("BillingMode") == "PAY_PER_REQUEST":
                table.throughput = {
                    "ReadCapacityUnits": 0, "WriteCapacityUnits": 0, "NumberOfDecreasesToday": 0,
                }  # fmt: skip
        return plain(self)


def measure_items_as_dynamodb() -> None:
    """Hold items to DynamoDB's size and limit; moto counts characters and stops short of 400 KB."""
    from moto.dynamodb.exceptions import ItemSizeTooLarge
    from moto.dynamodb.models.dynamo_type import Item as MotoItem
    from moto.dynamodb.models.dynamo_type import LimitedSizeDict
    from moto.dynamodb.models.table import Table

    @around(Table, "put_item")
    def put_item(plain: Any, self: Any, item_attrs: Any, *rest: Any, **named: Any) -> Any:
        if measure_item(item_attrs) > LARGEST_ITEM:
            raise ItemSizeTooLarge
        return plain(self, item_attrs, *rest, **named)

    MotoItem.size = lambda self: measure_item(_read_item(self))
    LimitedSizeDict.__setitem__ = dict.__setitem__


def undo_failed_updates() -> None:
    """Leave an item as it was when an update fails; moto would leave what it had done so far."""
    from moto.dynamodb.exceptions import ItemSizeToUpdateTooLarge
    from moto.dynamodb.models import DynamoDBBackend

    @around(DynamoDBBackend, "update_item")
    def update_item(
        plain: Any, self: Any, table_name: str, key: Item, *rest: Any, **named: Any
    ) -> Any:
        table = self.get_table(table_name)
        before = copy.deepcopy(self.get_item(table_name, key))
        try:
            item = plain(self, table_name, key, *rest, **named)
            check_attributes(table, _read_item(item))
            if item.size() > LARGEST_ITEM:
                raise ItemSizeToUpdateTooLarge
        except Exception as error:
            _put_back(table, self.get_keys_value(table, key), before)
            if isinstance(error, AwsError):
                raise as_validation(error) from error
            raise
        return item


def _put_back(table: Any, key: tuple[Any, Any], item: Any) -> None:
    hash_key, range_key = key
    holder, last = (table.items[hash_key], range_key) if range_key else (table.items, hash_key)
    if item is None:
        holder.pop(last, None)
    else:
        holder[last] = item


def divide_into_pages() -> None:
    """Measure what a page evaluates before its filter, and end it with a key at its limit.

    DynamoDB stops at the limit without looking further, so that a last page may be empty; moto
    looks whether more would come.
    """
    import moto.dynamodb.models.table as tables

    tables.RESULT_SIZE_LIMIT = PAGE_BYTES
    _meter_pages(tables.Table, "query", "projection_expressions")
    _meter_pages(tables.Table, "scan", "projection_expression")


def _meter_pages(table: Any, method: str, projection_name: str) -> None:
    signature = inspect.signature(getattr(table, method))

    @around(table, method)
    def read_page(plain: Any, *arguments: Any, **named: Any) -> Any:
        bound = signature.bind(*arguments, **named)
        bound.apply_defaults()
        wanted = bound.arguments
        condition, projection = wanted["filter_expression"], wanted[projection_name]
        wanted["filter_expression"] = wanted[projection_name] = None
        items, scanned_count, last_key = plain(*bound.args, **bound.kwargs)
        _evaluated_bytes.set(sum(item.size() for item in items))
        if last_key is None and items and len(items) == wanted["limit"]:
            last_key = wanted["self"]._get_last_evaluated_key(items[-1], wanted["index_name"])
        if condition is not None:
            items = [item for item in items if condition.expr(item)]
        if projection:
            items = [item.project(projection) for item in items]
        return items, scanned_count, last_key


def report_consumed_capacity() -> None:
    """Report the capacity units that a call has consumed; moto's are the same for every item."""
    from moto.dynamodb.responses import DynamoHandler

    for operation, method in METERED_OPERATIONS.items():
        _report_capacity(DynamoHandler, method, operation)


def _report_capacity(handler: Any, method: str, operation: str) -> None:
    @around(handler, method)
    def answer(plain: Any, self: Any) -> Any:
        detail = self.body.get("ReturnConsumedCapacity", "NONE")
        check_call(operation, self.body, self.dynamodb_backend)
        writes = consumption.list_writes(operation, self.body)
        written = [(address, _find_item(self, *address)) for address in writes]
        result = plain(self)
        consumptions = _count(operation, self, result.result, written)
        result.result.pop("ConsumedCapacity", None)
        if detail != "NONE":
            kind = consumption.TRANSACTIONS.get(operation)
            described = [one.describe(detail, kind) for one in consumptions]
            is_batch = operation in consumption.BATCH_OPERATIONS
            result.result["ConsumedCapacity"] = described if is_batch else described[0]
        return result


def _count(
    operation: str,
    handler: Any,
    answer: dict[str, Any],
    written: list[tuple[consumption.Address, Item | None]],
) -> Iterator[Consumption]:
    find_table = handler.dynamodb_backend.get_table
    find_item = functools.partial(_find_item, handler)
    if operation in ("Query", "Scan"):
        yield consumption.count_page(handler.body, _evaluated_bytes.get(), find_table)
    elif written:
        yield from consumption.count_writes(operation, written, find_table, find_item)
    else:
        yield from consumption.count_reads(operation, handler.body, answer, find_item)


def _find_item(handler: Any, table_name: str, key: Item) -> Item | None:
    """Return an item as the API writes it, None for what is not there or could not be."""
    table = find_table(handler.dynamodb_backend, table_name)
    if table is None or not all(name in key for name in table.table_key_attrs):
        return None
    key = {name: key[name] for name in table.table_key_attrs}
    item = handler.dynamodb_backend.get_item(table_name, key)
    return None if item is None else _read_item(item)


def _read_item(item: Any) -> Item:
    from moto.dynamodb.models.utilities import dynamo_to_dict

    read: Item = dynamo_to_dict(dict(item.attrs))
    return read
