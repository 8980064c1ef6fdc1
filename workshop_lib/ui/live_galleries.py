"""A gallery that fills in while it is looked at, and is a page of cards everywhere else.

A thread asks the API, so that the kernel stays free. It begins when a browser shows the gallery,
and ends when the browser no longer does, after some minutes, or with the kernel.
"""

from __future__ import annotations

from typing import Any, Protocol

from workshop_lib.errors import WorkshopError
from workshop_lib.ui.galleries import GalleryView
from workshop_lib.ui.gallery_cards import Card, is_error, make_card
from workshop_lib.ui.views import bundle_widget
from workshop_lib.ui.watches import Watch


class ResultService(Protocol):
    """Where results and their pictures are asked for."""

    def list_results(self, limit: int) -> dict[str, Any]:
        """Return a page of ``GET /results``."""

    def find_thumbnail(self, key: str) -> bytes | None:
        """Return a picture's thumbnail, or None while there is none."""

    def read_photo(self, item: dict[str, Any]) -> bytes | None:
        """Return the picture of an item itself."""


class Gallery:
    """The newest results: live in a notebook, cards on paper, lines in a terminal.

    Args:
        service: the attendee's API and buckets; asked in a thread.
        limit: how many results at most.

    Raises:
        WorkshopError: the first look was refused.
    """

    def __init__(self, service: ResultService, limit: int) -> None:
        self._service = service
        self._limit = limit
        self._cards: dict[str, Card] = {}
        self._lacking: set[str] = set()
        self._widget: Any = None
        self.view = GalleryView([])
        self.watch = Watch("gallery", self._look_again, self._show)
        self.look()

    def look(self) -> bool:
        """Ask the API once; tell whether anything is new.

        Raises:
            WorkshopError: it refused, with its own words.
        """
        items = self._service.list_results(self._limit)["items"]
        cards = [self._card(item) for item in items]
        is_new = cards != list(self.view.cards)
        self._cards = {card.id: card for card in cards}
        self.view = GalleryView(cards)
        return is_new

    def _look_again(self) -> bool:
        try:
            return self.look()
        except WorkshopError as error:
            self.view = GalleryView(self.view.cards, f"{error.what} {error.next_step}".strip())
            return False
        finally:
            self._show()

    def _card(self, item: dict[str, Any]) -> Card:
        """The item's card; asked for anew as long as its thumbnail lacks."""
        known = self._cards.get(str(item.get("id") or item.get("name")))
        if known and known.id not in self._lacking:
            return known
        if is_error(item):
            return make_card(item, None)
        thumbnail = self._service.find_thumbnail(str(item.get("name", "")))
        if thumbnail is None and known:
            return known
        card = make_card(
            item, thumbnail or self._service.read_photo(item), is_thumbnail=thumbnail is not None
        )
        (self._lacking.add if thumbnail is None else self._lacking.discard)(card.id)
        return card

    # Display -----------------------------------------------------------------------------

    @property
    def widget(self) -> Any:
        """The widget, made when first asked for."""
        if self._widget is None:
            from workshop_lib.ui.gallery_widgets import GalleryWidget

            self._widget = GalleryWidget(self)
        return self._widget

    def _show(self) -> None:
        if self._widget is not None:
            self._widget.show_cards()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        return bundle_widget(self.widget, self.view)

    def __repr__(self) -> str:
        return self.view.to_text()
