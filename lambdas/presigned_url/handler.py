"""GET /upload?filename=cat.jpg answers with a URL that puts this one picture into the bucket.

The picture itself never passes through this function: the browser sends it straight to S3,
with the rights of this function's role, for one key, one type and a few minutes.
"""

import json
import os
import unicodedata
import uuid
from pathlib import PurePosixPath
from typing import Any

import boto3
from botocore.config import Config

IMAGES_BUCKET = os.environ["IMAGES_BUCKET"]
URL_EXPIRES_SECONDS = int(os.environ.get("URL_EXPIRES_SECONDS", "300"))
ALLOWED_ORIGIN = os.environ.get("ALLOWED_ORIGIN", "*")

LONGEST_NAME = 128  # characters; at four bytes each, well under S3's 1024 bytes for a key
CONTENT_TYPES = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".gif": "image/gif",
}
APPLE_TYPES = {".heic", ".heif"}

# Made once, in the cold start, and used by every invocation that follows.
# Signature Version 4 and the bucket's own host name work in every Region.
s3 = boto3.client("s3", config=Config(signature_version="s3v4", s3={"addressing_style": "virtual"}))


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answers API Gateway: 200 with the upload's URL, or 400 with the reason why not."""
    parameters = event.get("queryStringParameters") or {}
    name = unicodedata.normalize("NFC", parameters.get("filename") or "").strip()

    reason = reason_to_refuse(name)
    if reason:
        log(context, "upload refused", filename=name[:LONGEST_NAME], reason=reason)
        return reply(400, {"error": reason})

    upload = sign_upload(name)
    log(context, "upload signed", key=upload["key"], expires_in=upload["expires_in"])
    return reply(200, upload)


def reason_to_refuse(name: str) -> str | None:
    """Says what is wrong with a file name, or None when nothing is."""
    if not name:
        return "Say which file you want to upload: /upload?filename=cat.jpg"
    if len(name) > LONGEST_NAME:
        return f"The file name has {len(name)} characters; at most {LONGEST_NAME} are allowed."
    if "/" in name or "\\" in name or ".." in name:
        return "The file name must not hold a path: no '/', no '\\' and no '..'."
    if any(is_invisible(character) for character in name):
        return "The file name holds control characters. Rename the file."
    return reason_to_refuse_type(file_type(name))


def is_invisible(character: str) -> bool:
    """True for control, formatting and separator characters, which can disguise a name."""
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}


def reason_to_refuse_type(suffix: str) -> str | None:
    if suffix in CONTENT_TYPES:
        return None
    if suffix in APPLE_TYPES:
        return "HEIC is Apple's own format, which browsers do not show. Save the photo as JPEG."
    return f"A picture's file name ends in one of {', '.join(CONTENT_TYPES)}."


def file_type(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def sign_upload(name: str) -> dict[str, Any]:
    """Signs one PUT; the key is new for every upload and ends in the name as it was given."""
    key = f"uploads/{uuid.uuid4().hex}/{name}"
    content_type = CONTENT_TYPES[file_type(name)]
    url = s3.generate_presigned_url(
        "put_object",
        Params={"Bucket": IMAGES_BUCKET, "Key": key, "ContentType": content_type},
        ExpiresIn=URL_EXPIRES_SECONDS,
    )
    return {
        "url": url,
        "method": "PUT",
        # The type is part of the signature: the upload must send exactly these headers.
        "headers": {"Content-Type": content_type},
        "key": key,
        "expires_in": URL_EXPIRES_SECONDS,
    }


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
        "body": json.dumps(body),
    }


def log(context: Any, message: str, **details: Any) -> None:
    """One line of JSON. The URL is never logged: who reads it can use it."""
    print(json.dumps({"message": message, "request_id": context.aws_request_id, **details}))
