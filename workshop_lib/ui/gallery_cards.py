"""What is shown of one result, the same in the live gallery, on paper and in a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workshop_lib.ui.pictures import (
    PreparedPicture,
    UnreadablePictureError,
    confidence_text,
    has_box,
    label_text,
    pixel_box,
    prepare_picture,
)
from workshop_lib.ui.views import visible

THUMBNAIL_SIDE = 128
MOST_LABELS = 5


@dataclass(frozen=True)
class Card:
    """One result in words, with its small picture and its boxes in that picture's pixels.

    `picture` is an address that holds all of it; `note` says why there is none, or that it is not
    the thumbnail; `words` say everything, for who does not see the picture.
    """

    id: str
    name: str
    time: str
    is_error: bool
    finding: str
    also: str
    note: str = ""
    picture: str = ""
    width: int = 0
    height: int = 0
    boxes: tuple[tuple[float, float, float, float], ...] = ()

    @property
    def words(self) -> str:
        """Name and finding."""
        return f"{self.name}: {self.finding}" + (f", {self.also}" if self.also else "")

    @property
    def picture_words(self) -> str:
        """What there is to see in the picture."""
        boxed = f", {len(self.boxes)} boxed" if self.boxes else ""
        return f"Small picture of {self.name}{boxed}"

    def to_text(self) -> str:
        """The card in a line."""
        return f"{self.words} ({self.time})"


def make_card(item: Mapping[str, Any], content: bytes | None, *, is_thumbnail: bool = True) -> Card:
    """Make the card of an item of ``/results``.

    Args:
        item: as the API answers it; nothing in it is trusted.
        content: its thumbnail, or the picture itself; None while there is neither.
        is_thumbnail: which of the two it is.
    """
    prepared, note = _prepare(item, content)
    if prepared and not is_thumbnail:
        note = "No thumbnail: the photo, made small"
    labels = _labels(item)
    return Card(
        id=str(item.get("id") or item.get("name")),
        name=visible(str(item.get("name", "")).rsplit("/", 1)[-1]) or "a picture without a name",
        time=_time_words(item.get("timestamp", "")),
        is_error=is_error(item),
        finding=_finding(item),
        also=_also(labels),
        note=note,
        picture=prepared.data_uri if prepared else "",
        width=prepared.width if prepared else 0,
        height=prepared.height if prepared else 0,
        boxes=tuple(pixel_box(label, prepared) for label in labels if has_box(label))
        if prepared
        else (),
    )


def is_error(item: Mapping[str, Any]) -> bool:
    """Whether a result says that the picture could not be recognised."""
    return item.get("status") == "error" or bool(item.get("error"))


def _prepare(item: Mapping[str, Any], content: bytes | None) -> tuple[PreparedPicture | None, str]:
    if content is None:
        words = "No thumbnail: not a readable picture" if is_error(item) else "No thumbnail yet"
        return None, words
    try:
        return prepare_picture(content, THUMBNAIL_SIDE), ""
    except UnreadablePictureError as error:
        return None, f"Not a picture: {visible(str(error))}"


def _labels(item: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    labels = item.get("labels")
    if is_error(item) or not isinstance(labels, list):
        return []
    return [label for label in labels if isinstance(label, Mapping)]


def _finding(item: Mapping[str, Any]) -> str:
    if is_error(item):
        return f"Could not be recognised: {visible(item.get('error') or 'no reason given')}"
    return f"{visible(item.get('result', ''))} {confidence_text(item.get('confidence'))}".strip()


def _also(labels: list[Mapping[str, Any]]) -> str:
    others = ", ".join(label_text(label) for label in labels[1:MOST_LABELS])
    return f"also {others}" if others else ""


def _time_words(timestamp: object) -> str:
    """Day and time in UTC, as the table has it; what is no time is shown as it is."""
    try:
        return f"{datetime.fromisoformat(str(timestamp)):%d %b, %H:%M:%S} UTC"
    except ValueError:
        return visible(timestamp)
