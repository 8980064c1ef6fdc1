"""A picture has arrived in the bucket: recognise what it shows, and publish the result.

The recogniser comes from a layer. A file that is no picture is a result too, with status
"error": trying again would not help. Whatever may pass (a missing permission, a service away)
raises, so that Lambda tries again and at last hands the event to the dead-letter queue.
"""

import json
import os
from typing import Any
from urllib.parse import unquote_plus

import boto3
from recogniser import RECOGNISER, PictureError, recognise

TOPIC_ARN = os.environ.get("TOPIC_ARN")
LARGEST_FILE = 20_000_000  # bytes

# Made once, in the cold start; so is the recogniser's model, when its layer is imported.
s3 = boto3.client("s3")
sns = boto3.client("sns")


def handler(event: dict[str, Any], context: Any) -> list[dict[str, Any]]:
    """Recognises every picture of an S3 event; returns the messages, for who calls it alone."""
    if event.get("Event") == "s3:TestEvent":
        log(context, "test event of S3, nothing to do")
        return []
    return [process(record["s3"], context) for record in event["Records"]]


def process(upload: dict[str, Any], context: Any) -> dict[str, Any]:
    # Keys come URL-encoded: "my photo.jpg" arrives as "my+photo.jpg".
    key = unquote_plus(upload["object"]["key"])
    message = {
        # The same for a repeated event, another one for a new upload under the same key.
        "id": f"{key}#{upload['object']['sequencer']}",
        "name": key,
        **recognise_object(upload["bucket"]["name"], key),
    }
    log(context, "recognised", **message)
    if TOPIC_ARN:
        publish(message)
        log(context, "published")
    return message


def recognise_object(bucket: str, key: str) -> dict[str, Any]:
    """The recogniser's answer, or the reason why the file cannot be read as a picture."""
    try:
        return {"status": "ok", **recognise(read_object(bucket, key))}
    except PictureError as error:
        return {
            "status": "error",
            "result": None,
            "confidence": 0.0,
            "labels": [],
            "recogniser": RECOGNISER,
            "error": str(error),
        }


def read_object(bucket: str, key: str) -> bytes:
    found = s3.get_object(Bucket=bucket, Key=key)
    if found["ContentLength"] > LARGEST_FILE:
        raise PictureError(f"The file is larger than {LARGEST_FILE // 1_000_000} MB.")
    content: bytes = found["Body"].read()
    return content


def publish(message: dict[str, Any]) -> None:
    """Tells the topic; subscribers can filter by the attributes without opening the message."""
    sns.publish(
        TopicArn=TOPIC_ARN,
        Message=json.dumps(message, ensure_ascii=False),
        MessageAttributes={
            "status": {"DataType": "String", "StringValue": message["status"]},
            "confidence": {"DataType": "Number", "StringValue": str(message["confidence"])},
        },
    )


def log(context: Any, message: str, **details: Any) -> None:
    """One line of JSON, so that CloudWatch Logs can be searched by field."""
    line = {"message": message, "request_id": context.aws_request_id, **details}
    print(json.dumps(line, ensure_ascii=False))
