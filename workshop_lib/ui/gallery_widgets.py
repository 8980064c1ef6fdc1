"""The widget that shows results as they come; `gallery_widget.js` is its other half."""

from __future__ import annotations

import threading
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from workshop_lib.ui.galleries import NONE
from workshop_lib.ui.gallery_cards import Card
from workshop_lib.ui.styles import read_styles

if TYPE_CHECKING:
    from workshop_lib.ui.live_galleries import Gallery


class GalleryWidget(anywidget.AnyWidget):
    """Cards, newest first, and a button to look again."""

    _esm = Path(__file__).with_name("gallery_widget.js").read_text(encoding="utf-8")
    _css = read_styles("workshop-gallery", "gallery_widget.css")
    cards = traitlets.List().tag(sync=True)
    problem = traitlets.Unicode().tag(sync=True)
    none = traitlets.Unicode(NONE).tag(sync=True)
    is_watching = traitlets.Bool(default_value=False).tag(sync=True)

    def __init__(self, gallery: Gallery) -> None:
        super().__init__()
        self._gallery = gallery
        self._showing = threading.Lock()
        self.on_msg(self._receive)
        self.show_cards()

    def show_cards(self) -> None:
        """Show what the gallery holds now; in any thread."""
        with self._showing, self.hold_sync():
            self.cards = [_data(card) for card in self._gallery.view.cards]
            self.problem = self._gallery.view.problem
            self.is_watching = self._gallery.watch.is_on

    def _receive(self, _: Any, message: Any, __: list[memoryview]) -> None:
        kind = message.get("kind") if isinstance(message, dict) else None
        if kind == "look":
            self._gallery.watch.start()
        elif kind == "hidden":
            self._gallery.watch.stop()


def _data(card: Card) -> dict[str, Any]:
    # As they come back from JSON, so that equal cards are not sent again.
    boxes = [list(box) for box in card.boxes]
    return {
        **asdict(card),
        "boxes": boxes,
        "picture_words": card.picture_words,
        "words": card.words,
    }
