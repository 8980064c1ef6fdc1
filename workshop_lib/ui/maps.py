"""The map of the application: lit up as events pass, and a still drawing everywhere else.

A thread looks, so that the kernel stays free. It begins when a browser shows the map, and ends when
the browser no longer does, after some minutes, or with the kernel.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError
from markupsafe import Markup

from workshop_lib.ui.views import View, bundle_widget, join, visible
from workshop_lib.ui.watches import Watch

MOST_EVENTS = 60
# What stands changes more seldom than what happens, and to ask for all of it is a dozen calls.
LOOKS_BETWEEN_DRAWINGS = 15
NOTHING = "Nothing has happened since the map was opened."


class Event(Protocol):
    """Something that happened, see :class:`workshop_lib.map_events.MapEvent`."""

    id: str
    part: str
    flows: tuple[str, ...]
    words: str
    failed: bool


@dataclass(frozen=True)
class MapSource:
    """Where the map comes from.

    Args:
        draw: returns the drawing of what stands now, an SVG of our own making, and it in words.
        look: returns what has happened since it was last asked.
    """

    draw: Callable[[], tuple[str, str]]
    look: Callable[[], Sequence[Any]]


class MapView(View):
    """The drawing, and what has happened last."""

    def __init__(self, drawing: str, description: str, events: Sequence[Any] = ()) -> None:
        self._drawing = drawing
        self._description = description
        self._words = [visible(event.words) for event in events]

    def body(self) -> Markup:
        """The drawing with the events under it."""
        items = [Markup("<li>{}</li>").format(words) for words in self._words]
        happened = Markup('<ol class="happened">{}</ol>').format(join(items)) if items else ""
        # The drawing escapes its own labels.
        return Markup("{}{}").format(Markup(self._drawing), happened)  # noqa: S704

    def to_text(self) -> str:
        """The drawing in words, and the events."""
        return "\n".join([visible(self._description), *self._words])


class LiveMap:
    """The map: live in a notebook, a drawing on paper, words in a terminal.

    Args:
        source: where it comes from; asked in a thread.
    """

    def __init__(self, source: MapSource) -> None:
        self._source = source
        self._looks = 0
        self._widget: Any = None
        self.events: deque[Any] = deque(maxlen=MOST_EVENTS)
        self.problem = ""
        self.drawing, self.description = source.draw()
        self.watch = Watch("map", self._look_again, self._show)

    def look(self) -> bool:
        """Look once; tell whether anything has happened."""
        new = self._source.look()
        self.events.extend(new)
        self._looks += 1
        if self._looks % LOOKS_BETWEEN_DRAWINGS == 0:
            self.drawing, self.description = self._source.draw()
        return bool(new)

    def _look_again(self) -> bool:
        try:
            self.problem = ""
            return self.look()
        except (ClientError, BotoCoreError) as error:
            self.problem = visible(f"The map could not look: {error}")
            return False
        finally:
            self._show()

    # Display -----------------------------------------------------------------------------

    @property
    def widget(self) -> Any:
        """The widget, made when first asked for."""
        if self._widget is None:
            from workshop_lib.ui.map_widgets import MapWidget

            self._widget = MapWidget(self)
        return self._widget

    def _show(self) -> None:
        if self._widget is not None:
            self._widget.show_map()

    def _view(self) -> MapView:
        return MapView(self.drawing, self.description, list(self.events))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        return bundle_widget(self.widget, self._view())

    def __repr__(self) -> str:
        return self._view().to_text()
