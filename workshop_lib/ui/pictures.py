"""Pictures, and what was found in them."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from math import isfinite
from mimetypes import guess_type
from pathlib import Path
from typing import Any

from markupsafe import Markup

from workshop_lib.text_widths import fit_text, text_width
from workshop_lib.ui.views import View, join, visible

LONGEST_SIDE = 640
MOST_PIXELS = 50_000_000
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
TAG_HEIGHT = 22


@dataclass(frozen=True)
class Picture(View):
    """A picture file: its name, its bytes, its type. Shown, it is turned and bounded in size."""

    name: str
    content: bytes = field(repr=False)
    content_type: str

    @classmethod
    def read(cls, path: Path) -> Picture:
        """Read a picture from a file.

        Raises:
            OSError: the file cannot be read.
        """
        return cls.of(path.name, path.read_bytes())

    @classmethod
    def of(cls, name: str, content: bytes) -> Picture:
        """Make a picture of a name and bytes; the name's ending tells its type."""
        return cls(name, content, guess_type(name)[0] or "application/octet-stream")

    def with_labels(self, labels: Sequence[Mapping[str, Any]]) -> PictureView:
        """The picture with boxes around what was found; labels as in the result message."""
        return PictureView(self.content, labels, caption=self.name)

    def body(self) -> Markup:
        """The picture without boxes."""
        return PictureView(self.content, (), caption=self.name).body()

    def to_text(self) -> str:
        """Name, type and size."""
        return f"{visible(self.name)} ({visible(self.content_type)}, {len(self.content):,} bytes)"

    __repr__ = View.__repr__


@dataclass(frozen=True)
class PreparedPicture:
    """A picture as it is shown: upright, at most `LONGEST_SIDE` wide and high, in pixels."""

    content: bytes
    content_type: str
    width: int
    height: int

    @property
    def data_uri(self) -> str:
        """The picture as an address that holds all of it."""
        return f"data:{self.content_type};base64,{base64.b64encode(self.content).decode('ascii')}"


class UnreadablePictureError(ValueError):
    """These bytes cannot be shown as a picture; the text says why."""


def prepare_picture(content: bytes, longest_side: int = LONGEST_SIDE) -> PreparedPicture:
    """Read a picture, turn it as its EXIF data says, and make it small.

    Raises:
        UnreadablePictureError: the bytes are no picture, a broken one, or far too large a one.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(BytesIO(content), formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise UnreadablePictureError(f"it has {opened.width} × {opened.height} pixels")
            # Decoding a JPEG at a lower scale right away spares most of the work.
            opened.draft("RGB", (2 * longest_side, 2 * longest_side))
            upright = ImageOps.exif_transpose(opened).convert("RGB")
    except UnidentifiedImageError as error:
        raise UnreadablePictureError("it is not a JPEG, PNG, WebP or GIF") from error
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise UnreadablePictureError(str(error)) from error
    upright.thumbnail((longest_side, longest_side))
    output = BytesIO()
    upright.save(output, "JPEG", quality=85)
    return PreparedPicture(output.getvalue(), "image/jpeg", upright.width, upright.height)


class PictureView(View):
    """A photo with boxes and labels drawn over it.

    Args:
        content: the file's bytes.
        labels: `{"name", "confidence", "box"}`; `box` is [left, top, width, height] as shares of
            the upright picture; a label without a box is said under the picture only.
        caption: what stands under the picture.
    """

    def __init__(
        self, content: bytes, labels: Sequence[Mapping[str, Any]] = (), caption: str = ""
    ) -> None:
        self._content = content
        self._labels = list(labels)
        self._caption = caption

    def body(self) -> Markup:
        """The picture as one SVG, or why it cannot be shown."""
        try:
            picture = prepare_picture(self._content)
        except UnreadablePictureError as error:
            return Markup('<p class="bad">{}</p>').format(self._refusal(error))
        return Markup("<figure>{}<figcaption>{}</figcaption></figure>").format(
            self._draw(picture), self.to_text()
        )

    def to_text(self) -> str:
        """The caption, and the labels with their confidence."""
        found = ", ".join(label_text(label) for label in self._labels)
        return ": ".join(part for part in (visible(self._caption), found) if part) or "A picture"

    def _refusal(self, error: UnreadablePictureError) -> str:
        name = visible(self._caption) or "This file"
        return f"{name} cannot be shown as a picture: {visible(error)}."

    def _draw(self, picture: PreparedPicture) -> Markup:
        boxes = [_draw_box(label, picture) for label in self._labels if has_box(label)]
        return Markup(
            '<svg class="photo" role="img" aria-label="{}" viewBox="0 0 {} {}" width="{}">'
            '<image href="{}" width="{}" height="{}"/>{}</svg>'
        ).format(
            self.to_text(), picture.width, picture.height, picture.width,
            picture.data_uri, picture.width, picture.height, join(boxes),
        )  # fmt: skip


def label_text(label: Mapping[str, Any]) -> str:
    """A label and its confidence, as "cat 94 %"."""
    return f"{visible(label.get('name', ''))} {confidence_text(label.get('confidence'))}".strip()


def confidence_text(confidence: Any) -> str:
    """A confidence of 0 to 1 in percent; nothing when there is none, or nothing was seen."""
    try:
        share = float(confidence)
    except (TypeError, ValueError):
        return ""
    return f"{100 * share:.0f} %" if isfinite(share) and share > 0 else ""


def has_box(label: Mapping[str, Any]) -> bool:
    """Whether a label says where the thing is."""
    box = label.get("box")
    if not isinstance(box, Sequence) or len(box) != 4:
        return False
    try:
        return all(isfinite(float(share)) for share in box)
    except (TypeError, ValueError):
        return False


def _draw_box(label: Mapping[str, Any], picture: PreparedPicture) -> Markup:
    left, top, width, height = pixel_box(label, picture)
    frame = Markup('x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="2"').format(
        left, top, width, height
    )
    text = fit_text(label_text(label), picture.width - 12, 14)
    tag_width = min(text_width(text, 14) + 12, picture.width)
    tag_left = min(left, picture.width - tag_width)
    tag_top = top - TAG_HEIGHT if top >= TAG_HEIGHT else top
    return Markup(
        '<rect class="edge" {}/><rect class="box" {}/>'
        '<rect class="tag" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{}"/>'
        '<text x="{:.1f}" y="{:.1f}">{}</text>'
    ).format(
        frame, frame, tag_left, tag_top, tag_width, TAG_HEIGHT, tag_left + 6, tag_top + 16, text
    )


def pixel_box(
    label: Mapping[str, Any], picture: PreparedPicture
) -> tuple[float, float, float, float]:
    """Where a label's box lies: left, top, width and height in pixels, cut at the edges."""
    left, top, width, height = (min(max(float(share), 0), 1) for share in label["box"])
    return (
        left * picture.width,
        top * picture.height,
        min(width, 1 - left) * picture.width,
        min(height, 1 - top) * picture.height,
    )
