"""The widget that shows results as they come; `gallery_widget.js` is its other half."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import traitlets

from workshop_lib.ui.galleries import NONE
from workshop_lib.ui.gallery_cards import Card
from workshop_lib.ui.watch_widgets import WatchWidget
from workshop_lib.ui.widget_files import read_widget_script, read_widget_styles

if TYPE_CHECKING:
    from workshop_lib.ui.live_galleries import Gallery


class GalleryWidget(WatchWidget):
    """Cards, newest first, and a button to look again."""

    _esm = read_widget_script("gallery_widget.js")
    _css = read_widget_styles("gallery_widget.css")
    cards = traitlets.List().tag(sync=True)
    none = traitlets.Unicode(NONE).tag(sync=True)

    def __init__(self, gallery: Gallery) -> None:
        super().__init__(gallery.watch)
        self._gallery = gallery
        self.show_cards()

    def show_cards(self) -> None:
        """Show what the gallery holds now; in any thread."""
        with self._showing, self.hold_sync():
            self.cards = [_data(card) for card in self._gallery.view.cards]
            self.problem = self._gallery.view.problem
            self.is_watching = self._watch.is_on


def _data(card: Card) -> dict[str, Any]:
    # As they come back from JSON, so that equal cards are not sent again.
    boxes = [list(box) for box in card.boxes]
    return {
        **asdict(card),
        "boxes": boxes,
        "picture_words": card.picture_words,
        "words": card.words,
    }
