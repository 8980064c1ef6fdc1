"""The widget that shows the map live; `map_widget.js` is its other half."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets

from workshop_lib.ui.views import visible
from workshop_lib.ui.watch_widgets import WatchWidget
from workshop_lib.ui.widget_files import read_widget_script, read_widget_styles

if TYPE_CHECKING:
    from workshop_lib.ui.maps import Event, LiveMap


class MapWidget(WatchWidget):
    """The drawing, lit up event by event, the events in words, and a button to look again."""

    _esm = read_widget_script("map_widget.js")
    _css = read_widget_styles("map_widget.css")
    drawing = traitlets.Unicode().tag(sync=True)
    events = traitlets.List().tag(sync=True)

    def __init__(self, live_map: LiveMap) -> None:
        super().__init__(live_map.watch)
        self._map = live_map
        self.show_map()

    def show_map(self) -> None:
        """Show what the map holds now; in any thread."""
        with self._showing, self.hold_sync():
            self.drawing = self._map.drawing
            self.events = [_data(event) for event in self._map.events]
            self.problem = self._map.problem
            self.is_watching = self._watch.is_on


def _data(event: Event) -> dict[str, Any]:
    return {
        "id": event.id,
        "part": event.part,
        "flows": list(event.flows),
        "words": visible(event.words),
        "failed": event.failed,
    }
