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
        outcome = "saved" if save(item) else "already saved"
        log(context, outcome, id=item["id"], status=item["status"], result=item["result"])


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


def save(item: dict[str, Any]) -> bool:
    """Writes an item that is new; False when an earlier delivery has already written it."""
    try:
        table.put_item(Item=item, ConditionExpression="attribute_not_exists(id)")
    except table.meta.client.exceptions.ConditionalCheckFailedException:
        return False
    return True


def log(context: Any, message: str, **details: Any) -> None:
    """One line of JSON, so that CloudWatch Logs can be searched by field."""
    line = {"message": message, "request_id": context.aws_request_id, **details}
    print(json.dumps(line, ensure_ascii=False))
