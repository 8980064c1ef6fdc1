from botocore.exceptions import ClientError

from workshop_lib.map_events import MapEvent
from workshop_lib.ui.maps import LOOKS_BETWEEN_DRAWINGS, LiveMap, MapSource

REFUSED = ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "FilterLogEvents")


class Application:
    """What stands and what happens, handed out look by look."""

    def __init__(self, *looks):
        self.looks = list(looks)
        self.drawn = 0

    def draw(self):
        self.drawn += 1
        return f"<svg id='{self.drawn}'></svg>", f"Standing: {self.drawn} parts."

    def look(self):
        found = self.looks.pop(0) if self.looks else []
        if isinstance(found, Exception):
            raise found
        return found


def open_map(*looks):
    application = Application(*looks)
    return LiveMap(MapSource(application.draw, application.look)), application


def event(words, failed=False):
    from datetime import UTC, datetime

    return MapEvent(words, datetime.now(UTC), "images", ("a b b",), words, failed)


def test_on_paper_and_in_a_terminal_the_map_is_a_drawing_and_words():
    """Without a browser that runs widgets there is the drawing, and what happened in words."""
    live_map, _ = open_map([event("<cat> is stored.")])
    live_map.look()

    bundle = live_map._repr_mimebundle_()

    assert "<svg id='1'></svg>" in bundle["text/html"]
    assert "&lt;cat&gt; is stored." in bundle["text/html"]
    assert "Standing: 1 parts.\n<cat> is stored." == bundle["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_what_happens_reaches_the_browser():
    """Each event is handed to the widget with its part, its flows and its words."""
    live_map, _ = open_map([event("stored\x1b")])
    live_map.look()

    live_map.widget.show_map()

    (sent,) = live_map.widget.events
    assert ("images", ["a b b"], "stored\\x1b", False) == (
        sent["part"], sent["flows"], sent["words"], sent["failed"],
    )  # fmt: skip


def test_what_stands_is_drawn_again_now_and_then():
    """A part that a cell has built appears after some looks, not after each."""
    live_map, application = open_map()

    for _ in range(LOOKS_BETWEEN_DRAWINGS):
        live_map.look()

    assert 2 == application.drawn
    assert "<svg id='2'></svg>" == live_map.drawing


def test_a_refusal_is_shown_and_the_next_look_mends_it():
    """Where AWS refuses a look, the map says so and goes on; it does not end, and hides nothing."""
    live_map, _ = open_map(REFUSED, [event("stored")])
    widget = live_map.widget

    assert False is live_map._look_again()
    assert "The map could not look: An error occurred (AccessDenied)" in widget.problem
    assert True is live_map._look_again()
    assert "" == widget.problem
    assert 1 == len(widget.events)
