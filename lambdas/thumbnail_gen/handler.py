"""A result was published: make the picture's thumbnail, in a bucket of its own.

Were the thumbnail written into the bucket that it came from, it would be a new picture there,
and so start this function again, without end.
"""

import io
import json
import os
import struct
from collections.abc import Iterator
from typing import Any

import boto3
from PIL import Image, ImageOps

IMAGES_BUCKET = os.environ["IMAGES_BUCKET"]
THUMBNAILS_BUCKET = os.environ["THUMBNAILS_BUCKET"]

LONGEST_SIDE = 128  # pixels
LARGEST_FILE = 20_000_000  # bytes
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")

# A few kilobytes can claim to be a picture of gigabytes: it is measured before it is decoded.
MOST_PIXELS = 64_000_000

# What Pillow raises over a file that is damaged, of another kind, or too large to be opened.
UNREADABLE = (
    OSError,
    EOFError,
    SyntaxError,
    ValueError,
    TypeError,
    struct.error,
    Image.DecompressionBombError,
)

# Made once, in the cold start, and used by every invocation that follows.
s3 = boto3.client("s3")


def handler(event: dict[str, Any], context: Any) -> None:
    """Makes a thumbnail for every result of an SNS event that tells of a readable picture."""
    for message in messages_of(event):
        if message["status"] == "ok":
            make_thumbnail(message["name"], context)
        else:
            log(context, "passed over: not a picture", key=message["name"])


def messages_of(event: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for record in event["Records"]:
        message = json.loads(record["Sns"]["Message"])
        if message.get("Event") != "s3:TestEvent":
            yield message


def make_thumbnail(key: str, context: Any) -> None:
    """Reads, shrinks and writes one picture; one that cannot be opened is passed over."""
    found = s3.get_object(Bucket=IMAGES_BUCKET, Key=key)
    if found["ContentLength"] > LARGEST_FILE:
        log(context, "passed over: too large", key=key, size=found["ContentLength"])
        return
    content = found["Body"].read()
    try:
        thumbnail, content_type = shrink(content)
    except UNREADABLE as error:
        # Trying again would not help, so this is told, not raised.
        log(context, "passed over: cannot be opened", key=key, error=repr(error))
        return
    s3.put_object(Bucket=THUMBNAILS_BUCKET, Key=key, Body=thumbnail, ContentType=content_type)
    log(context, "thumbnail made", key=key, size=len(thumbnail), content_type=content_type)


def shrink(content: bytes) -> tuple[bytes, str]:
    """The thumbnail's bytes and its type: JPEG for a JPEG, PNG for every other picture."""
    with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise Image.DecompressionBombError(f"{picture.width} × {picture.height} pixels")
        is_jpeg = picture.format in ("JPEG", "MPO")
        # A JPEG can be decoded at a fraction of its size, which saves most of the memory.
        picture.draft(None, (2 * LONGEST_SIDE, 2 * LONGEST_SIDE))
        thumbnail = to_plain_colours(picture)
        thumbnail.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        # Cameras store the picture as the sensor sees it, and beside it which way is up.
        upright = ImageOps.exif_transpose(thumbnail)
    return encode(upright, "JPEG" if is_jpeg else "PNG")


def to_plain_colours(picture: Image.Image) -> Image.Image:
    """Brings printer's colours, palettes and 16-bit greys to red, green, blue (and alpha)."""
    if picture.mode.startswith("I"):
        return picture.point(lambda grey: grey / 256).convert("L")
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    return picture if picture.mode == mode else picture.convert(mode)


def encode(thumbnail: Image.Image, image_format: str) -> tuple[bytes, str]:
    # A photo's EXIF data, with the place where it was taken, stay behind.
    clean = Image.new(thumbnail.mode, thumbnail.size)
    clean.paste(thumbnail)
    buffer = io.BytesIO()
    clean.save(buffer, image_format)
    return buffer.getvalue(), f"image/{image_format.lower()}"


def log(context: Any, message: str, **details: Any) -> None:
    """One line of JSON, so that CloudWatch Logs can be searched by field."""
    line = {"message": message, "request_id": context.aws_request_id, **details}
    print(json.dumps(line, ensure_ascii=False))
