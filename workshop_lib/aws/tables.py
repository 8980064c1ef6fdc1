"""Amazon DynamoDB: the table of recognition results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import WaiterError

from workshop_lib.errors import ResourceNotReadyError
from workshop_lib.waits import telling

INDEX = "by-time"
COLLECTION = "pictures"
WAITING = {"Delay": 1, "MaxAttempts": 120}


@dataclass(frozen=True)
class Index:
    """A global secondary index by its key: partition first, then the sort key if it has one."""

    name: str
    key: tuple[str, ...]
    status: str


@dataclass(frozen=True)
class Table:
    """A table as DynamoDB describes it; ``items`` lags behind by hours on AWS."""

    name: str
    arn: str
    status: str
    key: tuple[str, ...]
    indexes: tuple[Index, ...]
    billing: str
    items: int
    tags: dict[str, str]


def ensure_table(dynamodb: Any, name: str, *, tags: Mapping[str, str]) -> Table:
    """Make the table with its index, or mend tags and a lost index; return it when active.

    The key is ``id``; the index ``by-time`` has ``collection`` and ``timestamp``, so that a query
    finds the newest first. It is paid by the request.

    Raises:
        ResourceNotReadyError: it does not become active.
    """
    table = describe_table(dynamodb, name)
    if table is None:
        _create_table(dynamodb, name, tags)
    else:
        _mend_table(dynamodb, table, tags)
    _wait(dynamodb, "table_exists", name)
    described = describe_table(dynamodb, name)
    if described is None:
        raise ResourceNotReadyError(f"The table {name} vanished while it was made.", "Try again.")
    return described


def _create_table(dynamodb: Any, name: str, tags: Mapping[str, str]) -> None:
    dynamodb.create_table(
        TableName=name,
        AttributeDefinitions=_text_attributes("id", "collection", "timestamp"),
        KeySchema=_key_schema("id"),
        GlobalSecondaryIndexes=[_index_by_time()],
        BillingMode="PAY_PER_REQUEST",
        Tags=_write_tags(tags),
    )


def _mend_table(dynamodb: Any, table: Table, tags: Mapping[str, str]) -> None:
    if INDEX not in {index.name for index in table.indexes}:
        dynamodb.update_table(
            TableName=table.name,
            AttributeDefinitions=_text_attributes("id", "collection", "timestamp"),
            GlobalSecondaryIndexUpdates=[{"Create": _index_by_time()}],
        )
    if lacking := {key: value for key, value in tags.items() if key not in table.tags}:
        dynamodb.tag_resource(ResourceArn=table.arn, Tags=_write_tags(lacking))


def _index_by_time() -> dict[str, Any]:
    return {
        "IndexName": INDEX,
        "KeySchema": _key_schema("collection", "timestamp"),
        "Projection": {"ProjectionType": "ALL"},
    }


def _text_attributes(*names: str) -> list[dict[str, str]]:
    return [{"AttributeName": name, "AttributeType": "S"} for name in names]


def _key_schema(*names: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": name, "KeyType": kind}
        for name, kind in zip(names, ("HASH", "RANGE"), strict=False)
    ]


def describe_table(dynamodb: Any, name: str) -> Table | None:
    """Return what DynamoDB says of a table, or None when there is no such table."""
    try:
        table = dynamodb.describe_table(TableName=name)["Table"]
    except dynamodb.exceptions.ResourceNotFoundException:
        return None
    pages = dynamodb.get_paginator("list_tags_of_resource").paginate(ResourceArn=table["TableArn"])
    return Table(
        name=name,
        arn=table["TableArn"],
        status=table["TableStatus"],
        key=_read_key(table["KeySchema"]),
        indexes=tuple(
            Index(index["IndexName"], _read_key(index["KeySchema"]), index["IndexStatus"])
            for index in table.get("GlobalSecondaryIndexes", [])
        ),
        billing=table.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED"),
        items=table["ItemCount"],
        tags={tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]},
    )


def _read_key(schema: list[dict[str, str]]) -> tuple[str, ...]:
    by_kind = {part["KeyType"]: part["AttributeName"] for part in schema}
    return tuple(by_kind[kind] for kind in ("HASH", "RANGE") if kind in by_kind)


def list_newest_items(
    dynamodb: Any, name: str, *, limit: int = 20, collection: str = COLLECTION
) -> list[dict[str, Any]]:
    """Return the newest items of a collection, newest first, by a query on the index.

    Numbers come as :class:`decimal.Decimal`, which is what DynamoDB keeps.
    """
    pages = dynamodb.get_paginator("query").paginate(
        TableName=name,
        IndexName=INDEX,
        # DynamoDB reserves the word "collection".
        KeyConditionExpression="#collection = :collection",
        ExpressionAttributeNames={"#collection": "collection"},
        ExpressionAttributeValues={":collection": {"S": collection}},
        ScanIndexForward=False,
        PaginationConfig={"MaxItems": limit},
    )
    return plain_items(item for page in pages for item in page["Items"])


def get_item(
    dynamodb: Any, name: str, item_id: str, *, consistent: bool = False
) -> dict[str, Any] | None:
    """Return the item of this id, or None; ``consistent`` reads strongly, for twice the units."""
    answer = dynamodb.get_item(
        TableName=name, Key={"id": {"S": item_id}}, ConsistentRead=consistent
    )
    return _read_item(answer["Item"]) if "Item" in answer else None


def put_item(dynamodb: Any, name: str, item: Mapping[str, Any]) -> None:
    """Write an item whole, over any item of the same id; numbers must be ints or Decimals."""
    serialise = TypeSerializer().serialize
    dynamodb.put_item(TableName=name, Item={key: serialise(value) for key, value in item.items()})


def plain_items(items: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return items as Python values; numbers as :class:`decimal.Decimal`."""
    return [_read_item(item) for item in items]


def _read_item(item: dict[str, Any]) -> dict[str, Any]:
    deserialise = TypeDeserializer().deserialize
    return {name: deserialise(value) for name, value in item.items()}


def delete_table(dynamodb: Any, name: str) -> None:
    """Delete a table with its items and wait until it is gone; none is fine.

    Raises:
        ResourceNotReadyError: it is still there after two minutes.
    """
    try:
        dynamodb.delete_table(TableName=name)
    except dynamodb.exceptions.ResourceNotFoundException:
        return
    _wait(dynamodb, "table_not_exists", name)


def _wait(dynamodb: Any, waiter: str, name: str) -> None:
    try:
        with telling(f"DynamoDB to have the table {name} ready, or gone"):
            dynamodb.get_waiter(waiter).wait(TableName=name, WaiterConfig=WAITING)
    except WaiterError as error:
        raise ResourceNotReadyError(
            f"Waiting for {waiter} of {name} took over two minutes.", "Run this again."
        ) from error


def _write_tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
