"""The function thumbnail-gen, called as SNS calls it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType
from typing import Any

import pytest
from botocore.exceptions import ClientError
from PIL import Image

IMAGES = "awstack-example-images"
THUMBNAILS = "awstack-example-thumbnails"


@pytest.fixture(scope="module")
def function(load: Callable[..., ModuleType]) -> ModuleType:
    return load("thumbnail_gen", IMAGES_BUCKET=IMAGES, THUMBNAILS_BUCKET=THUMBNAILS)


def to_event(key: str) -> dict[str, Any]:
    return {"Records": [{"Sns": {"Message": json.dumps({"status": "ok", "name": key})}}]}


def keys(account: Any) -> list[str]:
    listed = account.s3.list_objects_v2(Bucket=THUMBNAILS).get("Contents", [])
    return sorted(found["Key"] for found in listed)


def read(account: Any, key: str) -> tuple[Image.Image, str]:
    found = account.s3.get_object(Bucket=THUMBNAILS, Key=key)
    return Image.open(io.BytesIO(found["Body"].read())), found["ContentType"]


def test_good_event(
    function: ModuleType, account: Any, event: Any, context: Any, pictures: dict[str, bytes]
) -> None:
    """The thumbnail lies under the picture's key, its longest side 128 pixels."""
    account.put("uploads/cat.jpg", pictures["JPEG"])
    function.handler(event("thumbnail_gen", "good_result"), context)
    thumbnail, content_type = read(account, "uploads/cat.jpg")
    assert (128, 96) == thumbnail.size
    assert ("JPEG", "image/jpeg") == (thumbnail.format, content_type)


def test_readable_pictures(
    function: ModuleType, account: Any, context: Any, readable_picture: bytes
) -> None:
    """Every kind of picture gets a thumbnail: JPEG for a JPEG, PNG for the others."""
    account.put("picture", readable_picture)
    function.handler(to_event("picture"), context)
    thumbnail, content_type = read(account, "picture")
    is_jpeg = readable_picture.startswith(b"\xff\xd8")
    assert ("image/jpeg" if is_jpeg else "image/png") == content_type
    assert content_type == Image.MIME[thumbnail.format or ""]
    assert max(thumbnail.size) <= 128
    thumbnail.load()


@pytest.mark.parametrize("kind", ["EXIF-rotated JPEG", "EXIF-rotated PNG"])
def test_rotation(
    function: ModuleType, account: Any, context: Any, pictures: dict[str, bytes], kind: str
) -> None:
    """A picture stored on its side is turned upright, and its EXIF data stay behind."""
    account.put("a", pictures[kind])
    function.handler(to_event("a"), context)
    thumbnail, _ = read(account, "a")
    assert (128, 96) == thumbnail.size
    upright = thumbnail.convert("RGB")
    red, _, blue = upright.getpixel((20, 20))  # type: ignore[misc]
    assert red > 200 > blue
    red, _, blue = upright.getpixel((100, 20))  # type: ignore[misc]
    assert red < 100 < blue
    assert {} == dict(thumbnail.getexif())


def test_transparency(
    function: ModuleType, account: Any, context: Any, pictures: dict[str, bytes]
) -> None:
    """What is transparent stays transparent."""
    account.put("a.png", pictures["alpha PNG"])
    function.handler(to_event("a.png"), context)
    thumbnail, _ = read(account, "a.png")
    assert (0, 0, 0, 0) == thumbnail.convert("RGBA").getpixel((120, 50))


def test_sixteen_bits(
    function: ModuleType, account: Any, context: Any, pictures: dict[str, bytes]
) -> None:
    """16-bit greys are scaled to eight bits, not cut off."""
    account.put("a.png", pictures["16-bit PNG"])
    function.handler(to_event("a.png"), context)
    thumbnail, _ = read(account, "a.png")
    assert [64, 192] == [thumbnail.convert("L").getpixel((x, 50)) for x in (10, 118)]


def test_small_picture(
    function: ModuleType, account: Any, context: Any, pictures: dict[str, bytes]
) -> None:
    """A picture that is small already is not blown up."""
    account.put("a.png", pictures["one pixel"])
    function.handler(to_event("a.png"), context)
    assert (1, 1) == read(account, "a.png")[0].size


def test_key_in_full(
    function: ModuleType, account: Any, event: Any, context: Any, pictures: dict[str, bytes]
) -> None:
    """A key with spaces, accents and a plus sign is read and written as it is."""
    account.put("uploads/Été à la plage + moi.jpg", pictures["JPEG"])
    function.handler(event("thumbnail_gen", "good_spaces_accents_plus"), context)
    assert ["uploads/Été à la plage + moi.jpg"] == keys(account)


def test_every_record(
    function: ModuleType, account: Any, event: Any, context: Any, pictures: dict[str, bytes]
) -> None:
    """Every record of an event gets its thumbnail; the same event again changes nothing."""
    account.put("uploads/cat.jpg", pictures["JPEG"])
    account.put("uploads/coffee.jpg", pictures["JPEG"])
    for _ in range(2):
        function.handler(event("thumbnail_gen", "good_two_records"), context)
        assert ["uploads/cat.jpg", "uploads/coffee.jpg"] == keys(account)


def test_two_at_once(
    function: ModuleType, account: Any, context: Any, pictures: dict[str, bytes]
) -> None:
    """Two events at the same time make each its own thumbnail."""
    account.put("a.jpg", pictures["JPEG"])
    account.put("b.png", pictures["one pixel"])
    with ThreadPoolExecutor(2) as pool:
        events = [to_event("a.jpg"), to_event("b.png")]
        list(pool.map(lambda event: function.handler(event, context), events))
    assert [(128, 96), (1, 1)] == [read(account, key)[0].size for key in ("a.jpg", "b.png")]


def test_error_results(
    function: ModuleType,
    account: Any,
    event: Any,
    context: Any,
    logged: Callable[[], list[dict[str, Any]]],
) -> None:
    """A result of status error, and S3's own test event, are passed over."""
    function.handler(event("thumbnail_gen", "good_error_result"), context)
    function.handler(event("thumbnail_gen", "good_s3_test_event"), context)
    [line] = logged()
    assert "passed over: not a picture" == line["message"]
    assert [] == keys(account)


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_unreadable_files(
    function: ModuleType,
    account: Any,
    event: Any,
    context: Any,
    unreadable_file: bytes,
    logged: Callable[[], list[dict[str, Any]]],
) -> None:
    """A file that cannot be opened, bombs too, is told in the log and passed over."""
    account.put("uploads/notes.jpg", unreadable_file)
    function.handler(event("thumbnail_gen", "good_unreadable_picture"), context)
    [line] = logged()
    assert "passed over: cannot be opened" == line["message"]
    assert context.aws_request_id == line["request_id"]
    assert [] == keys(account)


@pytest.mark.parametrize("kind", ["small bomb", "large bomb"])
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_bombs(
    function: ModuleType,
    account: Any,
    context: Any,
    pictures: dict[str, bytes],
    logged: Callable[[], list[dict[str, Any]]],
    kind: str,
) -> None:
    """A small file that claims too many pixels is refused for that, before it is decoded."""
    account.put("a.png", pictures[kind])
    function.handler(to_event("a.png"), context)
    assert ["DecompressionBombError" in line["error"] for line in logged()] == [True]


def test_too_large_file(
    function: ModuleType,
    account: Any,
    context: Any,
    logged: Callable[[], list[dict[str, Any]]],
) -> None:
    """A file over the limit is passed over unread."""
    account.put("huge.jpg", bytes(function.LARGEST_FILE + 1))
    function.handler(to_event("huge.jpg"), context)
    assert ["passed over: too large"] == [line["message"] for line in logged()]


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("bad_no_such_object", ClientError),
        ("bad_message_not_json", json.JSONDecodeError),
        ("bad_not_an_sns_event", KeyError),
    ],
)
def test_bad_events(
    function: ModuleType, event: Any, context: Any, name: str, error: type[Exception]
) -> None:
    """What may pass, and what is no result, raises: retries, then the dead-letter queue."""
    with pytest.raises(error):
        function.handler(event("thumbnail_gen", name), context)
