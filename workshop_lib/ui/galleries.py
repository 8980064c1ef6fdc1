"""Results with their thumbnails, newest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from markupsafe import Markup

from workshop_lib.ui.pictures import UnreadablePictureError, confidence_text, prepare_picture
from workshop_lib.ui.views import View, join, visible

THUMBNAIL_SIDE = 128


class GalleryView(View):
    """The items of `/results` as cards.

    Args:
        items: as the API answers them.
        thumbnails: the thumbnails' bytes by the items' `name`; one may be missing.
    """

    def __init__(
        self, items: Iterable[Mapping[str, Any]], thumbnails: Mapping[str, bytes] | None = None
    ) -> None:
        self._items = sorted(items, key=lambda item: str(item.get("timestamp", "")), reverse=True)
        self._thumbnails = thumbnails or {}

    def body(self) -> Markup:
        """The cards, or that there are none."""
        if not self._items:
            return Markup('<p class="quiet">{}</p>').format(self.to_text())
        return Markup('<ul class="cards" aria-label="Pictures, newest first">{}</ul>').format(
            join([self._card(item) for item in self._items])
        )

    def to_text(self) -> str:
        """A line for each picture."""
        if not self._items:
            return "No pictures yet."
        return "\n".join(
            f"{_name(item)}: {_finding(item)} ({visible(item.get('timestamp', ''))})"
            for item in self._items
        )

    def _card(self, item: Mapping[str, Any]) -> Markup:
        result = Markup("<strong{}>{}</strong>").format(
            Markup(' class="bad"') if is_error(item) else "", _finding(item)
        )
        return Markup(
            '<li><span class="thumbnail">{}</span>{}'
            '<span class="quiet">{}</span><span class="quiet">{}</span></li>'
        ).format(self._thumbnail(item), result, _name(item), visible(item.get("timestamp", "")))

    def _thumbnail(self, item: Mapping[str, Any]) -> Markup:
        content = self._thumbnails.get(str(item.get("name")))
        if content is None:
            words = "No thumbnail: not a readable picture" if is_error(item) else "No thumbnail yet"
            return Markup('<span class="quiet">{}</span>').format(words)
        try:
            address = prepare_picture(content, THUMBNAIL_SIDE).data_uri
        except UnreadablePictureError as error:
            return Markup('<span class="bad">Not a picture: {}</span>').format(visible(error))
        return Markup('<img src="{}" alt="">').format(address)


def is_error(item: Mapping[str, Any]) -> bool:
    """Whether a result says that the picture could not be recognised."""
    return item.get("status") == "error" or bool(item.get("error"))


def _name(item: Mapping[str, Any]) -> str:
    return visible(str(item.get("name", "")).rsplit("/", 1)[-1])


def _finding(item: Mapping[str, Any]) -> str:
    if is_error(item):
        return f"Could not be recognised: {visible(item.get('error') or 'no reason given')}"
    return f"{visible(item.get('result', ''))} {confidence_text(item.get('confidence'))}".strip()
