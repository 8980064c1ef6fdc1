"""The hooks that make moto's DynamoDB report, limit and refuse what AWS's does."""

from __future__ import annotations

import copy
import inspect
import re
from contextvars import ContextVar
from typing import Any

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.dynamodb.capacities import Consumption, count_read, count_write
from workshop_lib.local_cloud.dynamodb.values import LARGEST_ITEM, Item, measure_item
from workshop_lib.local_cloud.moto_hooks.table_checks import (
    check_attributes,
    check_change,
    check_request,
    check_table,
    find_table,
)
from workshop_lib.local_cloud.moto_hooks.wrapping import around

NOT_FOUND = "Requested resource not found"
TABLE_ARN = re.compile(r"arn:aws[\w-]*:dynamodb:[\w-]+:\d{12}:table/[a-zA-Z0-9_.-]{3,255}")
WRONG_OPERAND = "An operand in the update expression has an incorrect data type"
PAGE_BYTES = 1024 * 1024
READS = ("query", "scan")
METERED = (*READS, "get_item", "put_item", "update_item", "delete_item")

# The bytes that the Query or Scan in hand has evaluated.
_evaluated_bytes: ContextVar[int] = ContextVar("evaluated_bytes", default=0)


def install_table_hooks() -> None:
    """Install the hooks into DynamoDB."""
    check_calls()
    measure_items_as_dynamodb()
    undo_failed_updates()
    divide_into_pages()
    report_consumed_capacity()


def check_calls() -> None:
    """Refuse tables, changes of a table and transactions that DynamoDB would refuse."""
    from moto.dynamodb.responses import DynamoHandler

    @around(DynamoHandler, "create_table")
    def create_table(plain: Any, self: Any) -> Any:
        check_table(self.body)
        return plain(self)

    @around(DynamoHandler, "delete_table")
    @around(DynamoHandler, "describe_table")
    def find_first(plain: Any, self: Any) -> Any:
        _require_table(self)
        return plain(self)

    for name in ("tag_resource", "untag_resource", "list_tags_of_resource"):
        _require_tagged(DynamoHandler, name)

    @around(DynamoHandler, "update_table")
    def update_table(plain: Any, self: Any) -> Any:
        check_change(self.body, _require_table(self))
        return plain(self)

    @around(DynamoHandler, "transact_write_items")
    def transact_write_items(plain: Any, self: Any) -> Any:
        for entry in self.body["TransactItems"]:
            check_request("condition_check", entry["ConditionCheck"], self.dynamodb_backend)
        return plain(self)


def _require_table(handler: Any) -> Any:
    name = handler.body["TableName"]
    table = find_table(handler.dynamodb_backend, name)
    if table is None:
        raise AwsError("ResourceNotFoundException", f"{NOT_FOUND}: Table: {name} not found", 400)
    return table


def _require_tagged(owner: Any, method: str) -> None:
    """Refuse tags of a table that is not there; moto keeps them."""

    @around(owner, method)
    def find_first(plain: Any, self: Any) -> Any:
        arn = self.body["ResourceArn"]
        if not TABLE_ARN.fullmatch(arn):
            sentence = f"Invalid TableArn: Invalid ResourceArn provided as input {arn}"
            raise AwsError("ValidationException", sentence, 400)
        if find_table(self.dynamodb_backend, arn) is None:
            sentence = f"{NOT_FOUND}: ResourcArn: {arn} not found"
            raise AwsError("ResourceNotFoundException", sentence, 400)
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
    from moto.dynamodb.exceptions import (
        IncorrectOperandType,
        ItemSizeToUpdateTooLarge,
        MockValidationException,
    )
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
                # Its caller in moto asks what was raised.
                raise MockValidationException(error.message) from error
            if isinstance(error, IncorrectOperandType):
                # The values that were given have been checked; so it is one of the item's.
                raise MockValidationException(WRONG_OPERAND) from error
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

    for method in METERED:
        _report_capacity(DynamoHandler, method)


def _report_capacity(handler: Any, method: str) -> None:
    @around(handler, method)
    def answer(plain: Any, self: Any) -> Any:
        check_request(method, self.body, self.dynamodb_backend)
        detail = self.body.get("ReturnConsumedCapacity", "NONE")
        before = None if detail == "NONE" else _find_item(self)
        result = plain(self)
        result.result.pop("ConsumedCapacity", None)
        if detail != "NONE":
            result.result["ConsumedCapacity"] = _count(method, self, before).describe(detail)
        return result


def _count(method: str, handler: Any, before: Item | None) -> Consumption:
    body = handler.body
    if method in READS:
        return count_read(body, _evaluated_bytes.get())
    if method == "get_item":
        return count_read(body, measure_item(before or {}))
    table = find_table(handler.dynamodb_backend, body["TableName"])
    return count_write(body["TableName"], table, before, _find_item(handler))


def _find_item(handler: Any) -> Item | None:
    """Return the item of a call as the API writes it; None for what is not or cannot be there."""
    name, given = handler.body["TableName"], handler.body.get("Item") or handler.body.get("Key", {})
    table = find_table(handler.dynamodb_backend, name)
    if table is None or not all(key in given for key in table.table_key_attrs):
        return None
    key = {key: given[key] for key in table.table_key_attrs}
    item = handler.dynamodb_backend.get_item(name, key)
    return None if item is None else _read_item(item)


def _read_item(item: Any) -> Item:
    from moto.dynamodb.models.utilities import dynamo_to_dict

    read: Item = dynamo_to_dict(dict(item.attrs))
    return read
