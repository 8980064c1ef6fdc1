"""What is taken as a picture, by its content."""

from __future__ import annotations

import ast
import re
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from workshop_lib.errors import LessonError
from workshop_lib.picture_files import (
    MOST_BYTES,
    USABLE,
    check_picture,
    name_for_kind,
    read_picture_file,
    recognise_kind,
    size_words,
)

PROJECT = Path(__file__).parents[1]
PICTURES = PROJECT / "notebooks" / "pictures"
CAT = (PICTURES / "cat.jpg").read_bytes()


def container(major: bytes, *compatible: bytes) -> bytes:
    """The beginning of an ISO base media file with these brands."""
    body = b"ftyp" + major + bytes(4) + b"".join(compatible)
    return (len(body) + 4).to_bytes(4) + body + bytes(64)


def encode(kind: str) -> bytes:
    file = BytesIO()
    Image.new("RGB", (4, 4)).save(file, kind)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WebP", "GIF", "AVIF", "TIFF", "BMP", "PDF"])
def test_a_real_file_is_told_by_its_first_bytes(kind: str) -> None:
    """What Pillow writes is recognised for what it is, whatever its name says."""
    assert kind == recognise_kind(encode(kind))


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (container(b"heic", b"mif1", b"heic"), "HEIC"),
        (container(b"mif1", b"mif1", b"heic"), "HEIC"),
        (container(b"msf1"), "HEIC"),
        (container(b"mif1", b"mif1", b"avif"), "AVIF"),
        (container(b"avis"), "AVIF"),
        (container(b"isom", b"mp42"), "video"),
        (b"RIFF\0\0\0\0AVI LIST", "video"),
        (b"<?xml version='1.0'?><svg xmlns=''/>", "SVG"),
        (b"PK\x03\x04", "ZIP"),
        (b"only text", ""),
        (b"\xff\xff\xff\xffftyp", "video"),
        (b"", ""),
    ],
)
def test_what_shares_a_container_is_told_apart(head: bytes, kind: str) -> None:
    """HEIC and AVIF have the same container and even the same brand; films have it too."""
    assert kind == recognise_kind(head)


@pytest.mark.parametrize(
    ("name", "size", "head", "what", "next_step"),
    [
        ("a.jpg", 0, b"", "is empty", "save this one again"),
        ("a.heic", 9, container(b"heic"), "HEIC", "Save it as JPEG"),
        ("renamed.jpg", 9, container(b"heic"), "HEIC", "Save it as JPEG"),
        ("a.avif", 9, container(b"avif"), "AVIF", "export it as JPEG or PNG"),
        ("a.svg", 9, b"<svg/>", "SVG", "Export it as PNG"),
        ("a.pdf", 9, b"%PDF-1.7", "PDF", "Export the page"),
        ("a.jpg", 9, b"only text", "is not a picture", "Choose a JPEG, PNG, WebP or GIF"),
        ("a.jpg", 20_000_001, CAT, "has 20 MB; the limit is 20 MB", "Save it smaller"),
        ("a.mp4", 10**12, container(b"isom"), "is a video", "Take a still"),
    ],
)
def test_what_cannot_be_used_is_explained(
    name: str, size: int, head: bytes, what: str, next_step: str
) -> None:
    """Each refusal says what the file is and what to do about it."""
    with pytest.raises(LessonError) as refusal:
        check_picture(name, size, head)

    assert what in refusal.value.what
    assert next_step in refusal.value.next_step


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("a.jpg", "JPEG", "a.jpg"),
        ("A.JPEG", "JPEG", "A.JPEG"),
        ("a.png", "JPEG", "a.jpg"),
        ("photo.heic", "JPEG", "photo.jpg"),
        ("image", "WebP", "image.webp"),
        ("report.v2", "PNG", "report.v2.png"),
        (".jpg", "GIF", ".jpg.gif"),
    ],
)
def test_a_name_ends_in_what_the_file_is(name: str, kind: str, expected: str) -> None:
    """GET /upload goes by the name's ending, so it has to say the truth."""
    assert expected == name_for_kind(name, kind)


def test_what_is_taken_here_the_function_takes() -> None:
    """The suffixes are those that presigned-url signs, and no others."""
    handler = ast.parse((PROJECT / "lambdas" / "presigned_url" / "handler.py").read_text())
    signed = next(
        ast.literal_eval(node.value)
        for node in handler.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "CONTENT_TYPES"
    )

    assert set(signed) == {suffix for suffixes in USABLE.values() for suffix in suffixes}


def test_a_file_on_disk_is_read_and_named(tmp_path: Path) -> None:
    """A JPEG called .png is read, under the name it should have."""
    (tmp_path / "cat.png").write_bytes(CAT)

    picture = read_picture_file(tmp_path / "cat.png")

    assert ("cat.jpg", CAT) == (picture.name, picture.content)


def test_one_limit_holds_from_the_page_to_the_function() -> None:
    """Widget, website and both functions that read pictures take files up to the same size."""
    places = [
        PROJECT / "workshop_lib" / "dashboard" / "upload.js",
        *(PROJECT / "lambdas" / name / "handler.py" for name in ("reco_image", "thumbnail_gen")),
    ]
    limit = re.compile(r"(?:MOST_BYTES|LARGEST_FILE) = ([0-9_]+)")

    found = [limit.search(place.read_text(encoding="utf-8")) for place in places]

    assert [MOST_BYTES] * 3 == [int(match[1]) if match else None for match in found]


@pytest.mark.parametrize("name", ["missing.jpg", "."])
def test_what_is_no_file_is_said(name: str, tmp_path: Path) -> None:
    """A missing file and a folder are errors that say where was looked."""
    with pytest.raises(LessonError, match="There is no file"):
        read_picture_file(tmp_path / name)


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 bytes"), (1, "1 kB"), (31_400, "31 kB"), (20_000_000, "20 MB"), (1_250_000, "1.2 MB")],
)
def test_sizes_are_said_as_people_say_them(size: int, words: str) -> None:
    """A size is in kilobytes or megabytes."""
    assert words == size_words(size)
