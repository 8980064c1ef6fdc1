"""A gallery that fills in while it is looked at, and is a page of cards everywhere else.

A thread asks the API, so that the kernel stays free. It begins when a browser shows the gallery,
and ends when the browser no longer does, after some minutes, or with the kernel.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

from workshop_lib.errors import WorkshopError
from workshop_lib.ui.galleries import GalleryView
from workshop_lib.ui.gallery_cards import Card, is_error, make_card

WATCH_SECONDS = 300
SHORTEST_PAUSE, LONGEST_PAUSE = 1.0, 6.0  # seconds between two looks; longer while nothing comes


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
        self.watch = Watch(self._look_again, self._show)
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
        live = self.widget._repr_mimebundle_(include=include, exclude=exclude)
        # A widget's bundle may come with metadata beside it.
        bundle = live[0] if isinstance(live, tuple) else live
        return {**bundle, "text/html": self.view.to_html(), "text/plain": self.view.to_text()}

    def __repr__(self) -> str:
        return self.view.to_text()


class Watch:
    """A thread that looks now and then, for a bounded time.

    Args:
        look: looks once; tells whether anything was new.
        ended: is told that the watch has ended by itself.
    """

    def __init__(self, look: Callable[[], bool], ended: Callable[[], None]) -> None:
        self._look = look
        self._ended = ended
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._deadline = 0.0
        self._thread: threading.Thread | None = None

    @property
    def is_on(self) -> bool:
        """Whether it looks by itself now."""
        return time.monotonic() < self._deadline

    def start(self) -> None:
        """Look at once, and go on looking for some minutes."""
        with self._lock:
            self._deadline = time.monotonic() + WATCH_SECONDS
            self._wake.set()
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._go_on, name="gallery", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """End soon."""
        with self._lock:
            self._deadline = 0.0
            self._wake.set()

    def wait(self, seconds: float) -> bool:
        """Wait until it has ended; tell whether it has in time."""
        if self._thread is not None:
            self._thread.join(seconds)
        return self._thread is None or not self._thread.is_alive()

    def _go_on(self) -> None:
        pause = SHORTEST_PAUSE
        while True:
            asked = self._wake.wait(pause)
            with self._lock:
                self._wake.clear()
                if not self.is_on:
                    self._thread = None
                    break
            is_new = self._look()
            pause = SHORTEST_PAUSE if is_new or asked else min(pause * 1.3, LONGEST_PAUSE)
        self._ended()
