"""Which files the workshop takes as pictures, told by their content and not by their names.

Sources: the file signatures of PNG (W3C PNG, 5.2), JPEG (ITU-T T.81, B.1.1), GIF89a, WebP (RFC
9649, 2.4), and the brands of ISO base media files: HEIC (ISO/IEC 23008-12) and AVIF (AOM).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from workshop_lib.errors import LessonError

MOST_BYTES = 20_000_000
HEAD_BYTES = 4096  # enough of a file's beginning to tell its kind

# The kinds and suffixes that GET /upload of lesson 2 takes; a kind's first suffix is the usual one.
USABLE = {"JPEG": (".jpg", ".jpeg"), "PNG": (".png",), "WebP": (".webp",), "GIF": (".gif",)}

_SIGNATURES = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"BM", "BMP"),
    (b"%PDF-", "PDF"),
    (b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"),
    (b"\xff\x0a", "JPEG XL"),
    (b"PK\x03\x04", "ZIP"),
)
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_HEIC_BRANDS = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
)
_PICTURE_SUFFIXES = frozenset(
    {suffix for suffixes in USABLE.values() for suffix in suffixes}
    | {".heic", ".heif", ".avif", ".tif", ".tiff", ".bmp", ".jxl", ".jpe", ".jfif"}
)

# What a file that is no usable picture is, and what to do about it.
_ADVICE = {
    "HEIC": (
        "is a HEIC picture, Apple's own format, which most browsers and the recogniser cannot read",
        "Save it as JPEG: on a Mac open it in Preview and choose File, Export; on Windows open it "
        "in Photos and choose Save as. An iPhone takes JPEG under Settings, Camera, Formats, Most "
        "Compatible.",
    ),
    "AVIF": (
        "is an AVIF picture, which browsers show and the recogniser cannot read",
        "Open it in a picture editor and export it as JPEG or PNG; a screenshot of it will do too.",
    ),
    "TIFF": (
        "is a TIFF or a camera's raw file, which browsers do not show",
        "Export it as JPEG from your picture editor.",
    ),
    "BMP": ("is a BMP picture, which the upload does not take", "Save it as PNG or JPEG."),
    "JPEG XL": ("is a JPEG XL picture, which few programs read", "Export it as JPEG or PNG."),
    "SVG": (
        "is an SVG drawing: text that says how to draw, and no pixels",
        "Export it as PNG, or take a screenshot of it.",
    ),
    "PDF": ("is a PDF document", "Export the page as JPEG or PNG, or take a screenshot of it."),
    "ZIP": ("is a ZIP archive, or a document made of one", "Unpack it and take a picture from it."),
    "video": ("is a video, or sound", "Take a still from it, or a screenshot."),
}


@dataclass(frozen=True)
class PictureFile:
    """A picture under the name that it is uploaded by."""

    name: str
    content: bytes = field(repr=False)


def read_picture_file(path: Path) -> PictureFile:
    """Read a picture for the upload; its name gets the suffix of what it is.

    Raises:
        LessonError: there is no such file, or it is no picture that can be used.
    """
    path = path.expanduser()
    if not path.is_file():
        raise LessonError(
            f"There is no file {path}.",
            f"Check the path; it is looked for from {Path.cwd()}.",
        )
    try:
        # The size first: a film of some gigabytes must not be read to be refused.
        with path.open("rb") as file:
            kind = check_picture(path.name, path.stat().st_size, file.read(HEAD_BYTES))
        return PictureFile(name_for_kind(path.name, kind), path.read_bytes())
    except OSError as error:
        raise LessonError(f"{path} cannot be read: {error}.", "Choose another file.") from error


def check_picture(name: str, size: int, head: bytes, most_bytes: int = MOST_BYTES) -> str:
    """Return which kind of picture a file is: JPEG, PNG, WebP or GIF.

    Args:
        name: its name, to speak of it.
        size: in bytes.
        head: its first bytes, up to `HEAD_BYTES`.
        most_bytes: the largest file that is taken.

    Raises:
        LessonError: it is empty, too large, or no picture that can be used; it says what to do.
    """
    if size == 0 or not head:
        raise LessonError(f"{name} is empty.", "Choose another picture, or save this one again.")
    kind = recognise_kind(head)
    if kind in _ADVICE:
        what, next_step = _ADVICE[kind]
        raise LessonError(f"{name} {what}.", next_step)
    if kind not in USABLE:
        raise LessonError(f"{name} is not a picture.", f"Choose a {usable_kinds()} file.")
    if size > most_bytes:
        raise LessonError(
            f"{name} has {size_words(size)}; the limit is {size_words(most_bytes)}.",
            "Save it smaller: 2000 pixels on the longer side are plenty for the recogniser.",
        )
    return kind


def recognise_kind(head: bytes) -> str:
    """Return what a file that begins with these bytes is, such as "JPEG"; "" if unknown."""
    if head[:4] == b"RIFF":
        return "WebP" if head[8:12] == b"WEBP" else "video"
    if head[4:8] == b"ftyp":
        return _recognise_container(head)
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    return "SVG" if b"<svg" in head[:1024].lower() else ""


def _recognise_container(head: bytes) -> str:
    end = min(int.from_bytes(head[:4]), len(head))
    # The major brand, and after a version number the compatible ones; mif1 is shared by HEIC
    # and AVIF, so AVIF's own brands are looked for first.
    brands = {head[8:12], *(head[at : at + 4] for at in range(16, end, 4))}
    if brands & _AVIF_BRANDS:
        return "AVIF"
    return "HEIC" if brands & _HEIC_BRANDS else "video"


def name_for_kind(name: str, kind: str) -> str:
    """Return the name with a suffix that says the truth: `GET /upload` goes by the suffix."""
    suffix = PurePosixPath(name).suffix
    if suffix.lower() in USABLE[kind]:
        return name
    stem = name.removesuffix(suffix) if suffix.lower() in _PICTURE_SUFFIXES else name
    return f"{stem}{USABLE[kind][0]}"


def usable_kinds() -> str:
    """The kinds of picture that can be used, in words."""
    *names, last = USABLE
    return f"{', '.join(names)} or {last}"


def size_words(size: int) -> str:
    """A size in bytes as people say it."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))} kB" if size else "0 bytes"
    return f"{size / 1_000_000:.1f} MB".replace(".0 MB", " MB")
