"""The widget that shows the map live; `map_widget.js` is its other half."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from workshop_lib.ui.styles import read_styles
from workshop_lib.ui.views import visible

if TYPE_CHECKING:
    from workshop_lib.ui.maps import Event, LiveMap


class MapWidget(anywidget.AnyWidget):
    """The drawing, lit up event by event, the events in words, and a button to look again."""

    _esm = Path(__file__).with_name("map_widget.js").read_text(encoding="utf-8")
    _css = read_styles("workshop-live-map", "map_widget.css")
    drawing = traitlets.Unicode().tag(sync=True)
    events = traitlets.List().tag(sync=True)
    problem = traitlets.Unicode().tag(sync=True)
    is_watching = traitlets.Bool(default_value=False).tag(sync=True)

    def __init__(self, live_map: LiveMap) -> None:
        super().__init__()
        self._map = live_map
        self._showing = threading.Lock()
        self.on_msg(self._receive)
        self.show_map()

    def show_map(self) -> None:
        """Show what the map holds now; in any thread."""
        with self._showing, self.hold_sync():
            self.drawing = self._map.drawing
            self.events = [_data(event) for event in self._map.events]
            self.problem = self._map.problem
            self.is_watching = self._map.watch.is_on

    def _receive(self, _: Any, message: Any, __: list[memoryview]) -> None:
        kind = message.get("kind") if isinstance(message, dict) else None
        if kind == "look":
            self._map.watch.start()
        elif kind == "hidden":
            self._map.watch.stop()


def _data(event: Event) -> dict[str, Any]:
    return {
        "id": event.id,
        "part": event.part,
        "flows": list(event.flows),
        "words": visible(event.words),
        "failed": event.failed,
    }
