"""A result was published: keep it in the table, once, however often it is delivered."""

import json
import os
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import boto3

# Made once, in the cold start, and used by every invocation that follows.
table = boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])


def handler(event: dict[str, Any], context: Any) -> None:
    """Saves every result of an SNS event. What cannot be saved raises, to be tried again."""
    for item in items_of(event):
        units = save(item)
        told = {"id": item["id"], "status": item["status"], "result": item["result"]}
        log(context, "already saved" if units is None else "saved", **told, units=units)


def items_of(event: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The table's items, one for each result among the event's records."""
    for record in event["Records"]:
        # DynamoDB has no floats: a number with a fraction is read as a Decimal at once.
        message = json.loads(record["Sns"]["Message"], parse_float=Decimal)
        if message.get("Event") != "s3:TestEvent":
            yield to_item(message, record["Sns"]["Timestamp"])


def to_item(message: dict[str, Any], timestamp: str) -> dict[str, Any]:
    item = {
        "id": message["id"],
        "collection": "pictures",  # one partition of the index by-time, sorted by timestamp
        "timestamp": timestamp,
        "name": message["name"],
        "status": message["status"],
        "result": message["result"],
        "confidence": message["confidence"],
        "labels": message["labels"],
        "recogniser": message["recogniser"],
    }
    if message["status"] == "error":
        item["error"] = message["error"]
    return item


def save(item: dict[str, Any]) -> float | None:
    """Writes an item that is new, and returns the units it took; None when it was there before."""
    try:
        answer = table.put_item(
            Item=item,
            ConditionExpression="attribute_not_exists(id)",
            ReturnConsumedCapacity="TOTAL",
        )
    except table.meta.client.exceptions.ConditionalCheckFailedException:
        return None
    units: float = answer["ConsumedCapacity"]["CapacityUnits"]
    return units


def log(context: Any, message: str, **details: Any) -> None:
    """One line of JSON, so that CloudWatch Logs can be searched by field."""
    line = {"message": message, "request_id": context.aws_request_id, **details}
    print(json.dumps(line, ensure_ascii=False))
