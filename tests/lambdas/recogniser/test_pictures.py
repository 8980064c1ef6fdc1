"""Decoding what strangers upload: every kind of picture, and what is none."""

from __future__ import annotations

import contextlib
import io
import random

import pytest
from PIL import Image
from recogniser import PictureError, recognise
from recogniser.pictures import WORKING_SIZE, open_picture


def colours(picture: Image.Image) -> tuple[str, str]:
    """What is seen in the top left and the bottom right quarter."""
    return name(picture, 0.25), name(picture, 0.75)


def name(picture: Image.Image, place: float) -> str:
    pixel = picture.getpixel((int(picture.width * place), int(picture.height * place)))
    assert isinstance(pixel, tuple)
    return "red" if pixel[0] > pixel[2] + 60 else "blue" if pixel[2] > pixel[0] + 60 else "other"


@pytest.mark.parametrize(
    "kind",
    [
        "JPEG",
        "progressive JPEG",
        "CMYK JPEG",
        "EXIF-rotated JPEG",
        "two-picture JPEG",
        "PNG",
        "EXIF-rotated PNG",
        "palette PNG",
        "animated GIF",
        "WebP",
    ],
)
def test_colours_and_turn(pictures: dict[str, bytes], kind: str) -> None:
    """Whatever the format, red is top left, blue is bottom right, and the picture upright."""
    picture = open_picture(pictures[kind])
    assert ("RGB", (640, 480)) == (picture.mode, picture.size)
    assert ("red", "blue") == colours(picture)


def test_every_readable_picture(readable_picture: bytes) -> None:
    """Every kind of picture comes out in red, green and blue."""
    picture = open_picture(readable_picture)
    assert "RGB" == picture.mode
    picture.load()


def test_transparency_is_white(pictures: dict[str, bytes]) -> None:
    """What is transparent lies on white, not on the black that may be hidden below."""
    picture = open_picture(pictures["alpha PNG"])
    assert (255, 255, 255) == picture.getpixel((600, 240))
    assert (220, 20, 20) == picture.getpixel((100, 240))


def test_sixteen_bits_are_scaled(pictures: dict[str, bytes]) -> None:
    """A 16-bit grey keeps its lights and darks."""
    picture = open_picture(pictures["16-bit PNG"])
    assert [(64, 64, 64), (192, 192, 192)] == [picture.getpixel((x, 9)) for x in (100, 500)]


def test_large_pictures_come_back_smaller() -> None:
    """A camera's picture is shrunk in its proportions to what the recogniser needs."""
    buffer = io.BytesIO()
    Image.new("RGB", (6000, 4000), "red").save(buffer, "JPEG")
    picture = open_picture(buffer.getvalue())
    assert WORKING_SIZE == max(picture.size)
    assert pytest.approx(1.5, abs=0.01) == picture.width / picture.height


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("empty", "The file is empty."),
        ("text", "not a picture that can be read"),
        ("vector drawing", "not a picture that can be read"),
        ("PostScript", "not a picture that can be read"),
        ("JPEG cut short", "damaged or cut short"),
        ("PNG cut short", "damaged or cut short"),
        ("HEIC", "This is a HEIC picture, Apple's own format. Save it as JPEG"),
        ("small bomb", "more than 64 million pixels"),
        ("large bomb", "more than 64 million pixels"),
    ],
)
def test_reasons(pictures: dict[str, bytes], kind: str, told: str) -> None:
    """What cannot be read is refused with a reason for the one who sent it."""
    with pytest.raises(PictureError, match=told):
        open_picture(pictures[kind])


def test_avif() -> None:
    """An AVIF file is told by name too."""
    with pytest.raises(PictureError, match="This is an AVIF picture"):
        open_picture(b"\0\0\0\x1cftypavif" + bytes(100))


@pytest.mark.filterwarnings("ignore::UserWarning", "ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("seed", range(4))
def test_damaged_files(pictures: dict[str, bytes], seed: int) -> None:
    """A file with random bytes changed is read or refused: nothing else ever happens."""
    chance = random.Random(seed)
    kinds = ["JPEG", "EXIF-rotated JPEG", "EXIF-rotated PNG", "animated GIF", "WebP", "alpha PNG"]
    for _ in range(60):
        content = bytearray(pictures[chance.choice(kinds)])
        for _ in range(chance.choice([1, 3, 12])):
            content[chance.randrange(min(len(content), 400))] = chance.randrange(256)
        with contextlib.suppress(PictureError):
            assert 3 == len(recognise(bytes(content))["labels"])
