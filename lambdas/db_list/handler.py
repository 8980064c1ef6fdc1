"""GET /results?limit=20&next=TOKEN answers with the results, newest first, a page at a time."""

import base64
import json
import os
import re
from typing import Any

import boto3
from boto3.dynamodb.conditions import Key
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

IMAGES_BUCKET = os.environ["IMAGES_BUCKET"]
URL_EXPIRES_SECONDS = int(os.environ.get("URL_EXPIRES_SECONDS", "300"))
ALLOWED_ORIGIN = os.environ.get("ALLOWED_ORIGIN", "*")

COLLECTION = "pictures"
DEFAULT_LIMIT, LARGEST_LIMIT = 20, 100
LONGEST_TOKEN = 2048  # characters; a key of S3 has at most 1024 bytes
UNKNOWN_PLACE = "next is not a token of this API. Leave it out to start anew."
TIMESTAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?Z")

# Made once, in the cold start, and used by every invocation that follows.
table = boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])
s3 = boto3.client("s3", config=Config(signature_version="s3v4", s3={"addressing_style": "virtual"}))


class BadRequestError(ValueError):
    """The caller asked for something that cannot be answered; the text says what."""


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answers API Gateway: 200 with a page, 400 with a reason, 500 when the table is away."""
    parameters = event.get("queryStringParameters") or {}
    try:
        limit = read_limit(parameters.get("limit"))
        start = read_token(parameters.get("next"))
        page, units = read_page(limit, start)
    except BadRequestError as error:
        log(context, "request refused", reason=str(error))
        return reply(400, {"error": str(error)})
    except (BotoCoreError, ClientError) as error:
        # Nobody tries a request of a browser again, so the answer has to say what happened.
        log(context, "results cannot be read", error=str(error))
        return reply(500, {"error": "The results cannot be read now. Try again in a moment."})
    log(context, "page read", items=len(page["items"]), more=page["next"] is not None, units=units)
    return reply(200, page)


def read_limit(text: str | None) -> int:
    if not text:
        return DEFAULT_LIMIT
    if text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= LARGEST_LIMIT:
        return int(text)
    raise BadRequestError(f"limit must be a whole number from 1 to {LARGEST_LIMIT}.")


def read_page(limit: int, start: dict[str, str] | None) -> tuple[dict[str, Any], float]:
    """One page of the index by-time, and the read units it took.

    A query reads what it returns; a scan reads everything.
    """
    query: dict[str, Any] = {
        "IndexName": "by-time",
        "KeyConditionExpression": Key("collection").eq(COLLECTION),
        "ScanIndexForward": False,  # newest first
        "Limit": limit,
        "ReturnConsumedCapacity": "TOTAL",
    }
    if start:
        query["ExclusiveStartKey"] = start
    answer = table.query(**query)
    page = {
        "items": [to_result(item) for item in answer["Items"]],
        "next": write_token(answer.get("LastEvaluatedKey")),
    }
    return page, answer["ConsumedCapacity"]["CapacityUnits"]


def to_result(item: dict[str, Any]) -> dict[str, Any]:
    """An item without its index's bookkeeping, with a URL that shows its picture for a while."""
    result = {name: value for name, value in item.items() if name != "collection"}
    result["picture_url"] = s3.generate_presigned_url(
        "get_object",
        Params={"Bucket": IMAGES_BUCKET, "Key": item["name"]},
        ExpiresIn=URL_EXPIRES_SECONDS,
    )
    return result


def write_token(last_key: dict[str, str] | None) -> str | None:
    """Where the next page starts, as text that the caller only has to hand back."""
    if not last_key:
        return None
    place = json.dumps([last_key["id"], last_key["timestamp"]], ensure_ascii=False)
    return base64.urlsafe_b64encode(place.encode()).decode()


def read_token(token: str | None) -> dict[str, str] | None:
    """Where to start, from the text that an earlier page has handed out."""
    if not token:
        return None
    try:
        picture, timestamp = json.loads(base64.b64decode(token, altchars=b"-_", validate=True))
    except (ValueError, TypeError, RecursionError) as error:
        raise BadRequestError(UNKNOWN_PLACE) from error
    key = {"id": picture, "collection": COLLECTION, "timestamp": timestamp}
    if len(token) > LONGEST_TOKEN or not is_place(picture, timestamp) or write_token(key) != token:
        raise BadRequestError(UNKNOWN_PLACE)
    return key


def is_place(picture: Any, timestamp: Any) -> bool:
    """True for what can be a key of the index: DynamoDB refuses anything else."""
    if not isinstance(picture, str) or not isinstance(timestamp, str):
        return False
    return bool(picture and TIMESTAMP.fullmatch(timestamp))


def reply(status: int, body: dict[str, Any]) -> dict[str, Any]:
    """The shape that API Gateway's Lambda proxy expects; the body is a string."""
    return {
        "statusCode": status,
        "headers": {
            "Content-Type": "application/json",
            "Cache-Control": "no-store",
            # On errors too: without it the browser would hide the reason from the page.
            "Access-Control-Allow-Origin": ALLOWED_ORIGIN,
        },
        # DynamoDB's numbers come as Decimal, which JSON does not know.
        "body": json.dumps(body, default=float),
    }


def log(context: Any, message: str, **details: Any) -> None:
    """One line of JSON, so that CloudWatch Logs can be searched by field."""
    line = {"message": message, "request_id": context.aws_request_id, **details}
    print(json.dumps(line, ensure_ascii=False))
