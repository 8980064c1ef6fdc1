"""A picture that is also something else stays a picture."""

from __future__ import annotations

import importlib.util
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
from PIL import Image

Client = Callable[..., Any]
HANDLER = Path(__file__).parents[2] / "lambdas" / "thumbnail_gen" / "handler.py"
PAGE = b"<html><script>alert(document.domain)</script></html>"
ORIENTATION, DESCRIPTION, PLACE = 0x0112, 0x010E, 0x8825


@pytest.fixture(scope="module")
def thumbnails() -> ModuleType:
    """The function that makes thumbnails, loaded as it is."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("IMAGES_BUCKET", "images")
        environment.setenv("THUMBNAILS_BUCKET", "thumbnails")
        environment.setenv("AWS_DEFAULT_REGION", "us-east-1")
        specification = importlib.util.spec_from_file_location("thumbnail_handler", HANDLER)
        assert specification is not None
        assert specification.loader is not None
        module = importlib.util.module_from_spec(specification)
        specification.loader.exec_module(module)
    return module


def make_picture(kind: str) -> bytes:
    """A photo whose EXIF data hold a page and a place."""
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif[DESCRIPTION] = PAGE.decode()
    exif[PLACE] = {1: "N", 2: (48.0, 8.0, 0.0), 3: "E", 4: (11.0, 34.0, 0.0)}
    buffer = io.BytesIO()
    Image.new("RGB", (300, 200), "teal").save(buffer, kind, exif=exif)
    return buffer.getvalue()


def make_zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("evil.html", PAGE)
    return buffer.getvalue()


@pytest.mark.parametrize("tail", [b"", PAGE, make_zip()], ids=["exif", "page", "zip"])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_thumbnail_keeps_pixels_alone(thumbnails: ModuleType, kind: str, tail: bytes) -> None:
    """Of a photo that is also a page or a zip, and tells its place, only the pixels remain."""
    made, content_type = thumbnails.shrink(make_picture(kind) + tail)
    assert content_type in ("image/jpeg", "image/png")
    for trace in (b"script", b"evil.html", b"Exif", b"PK\x03\x04"):
        assert trace not in made
    with Image.open(io.BytesIO(made)) as picture:
        assert not picture.getexif()
        assert picture.height > picture.width


def test_an_upload_is_served_as_what_it_was_announced(client: Client) -> None:
    """A URL signed for a PNG takes no HTML, and what it took is never served as a page."""
    s3 = client("s3")
    s3.create_bucket(Bucket="threats-pictures")
    where = {"Bucket": "threats-pictures", "Key": "uploads/cat.png"}
    address = s3.generate_presigned_url("put_object", {**where, "ContentType": "image/png"})
    for announced, expected in (("text/html", 403), ("image/svg+xml", 403), ("image/png", 200)):
        headers = {"Content-Type": announced}
        answer = httpx.put(address, content=PAGE, headers=headers, trust_env=False)
        assert expected == answer.status_code
    got = httpx.get(s3.generate_presigned_url("get_object", where), trust_env=False)
    assert ("image/png", PAGE) == (got.headers["content-type"], got.content)
