"""Results as cards: on paper, in a terminal, and filling in while they are looked at."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from workshop_lib.errors import LessonError
from workshop_lib.ui import watches
from workshop_lib.ui.galleries import GalleryView
from workshop_lib.ui.gallery_cards import make_card
from workshop_lib.ui.live_galleries import Gallery, ResultService
from workshop_lib.ui.watches import Watch

CUP = {
    "id": "a#1",
    "name": "uploads/1/my cup.jpg",
    "result": "cup",
    "confidence": 0.9,
    "labels": [
        {"name": "cup", "confidence": 0.9, "box": [0.25, 0.5, 0.5, 0.25]},
        {"name": "table", "confidence": 0.7, "box": None},
    ],
    "timestamp": "2026-11-23T11:00:00.123Z",
    "picture_url": "http://127.0.0.1/cup",
}
NOTES = {"id": "b#1", "name": "notes.jpg", "status": "error", "error": "not a picture"}
PATIENCE = 20


def encode(width: int, height: int) -> bytes:
    file = BytesIO()
    Image.new("RGB", (width, height), "teal").save(file, "PNG")
    return file.getvalue()


class Service(ResultService):
    """An API with results, and buckets with pictures."""

    def __init__(self, *items: dict[str, Any]) -> None:
        self.items = list(items)
        self.thumbnails: dict[str, bytes] = {}
        self.refusal: LessonError | None = None
        self.asked: list[str] = []

    def list_results(self, limit: int) -> dict[str, Any]:
        if self.refusal:
            raise self.refusal
        return {"items": self.items[:limit], "next": None}

    def find_thumbnail(self, key: str) -> bytes | None:
        self.asked.append(key)
        return self.thumbnails.get(key)

    def read_photo(self, item: dict[str, Any]) -> bytes | None:
        return encode(1000, 500)


@pytest.fixture
def service() -> Service:
    return Service(CUP)


@pytest.fixture
def gallery(service: Service, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gallery]:
    monkeypatch.setattr(watches, "SHORTEST_PAUSE", 0.01)
    made = Gallery(service, 6)
    yield made
    made.watch.stop()
    assert made.watch.wait(PATIENCE)


def test_a_card_says_label_confidence_name_and_time() -> None:
    """What was found, how surely, in which picture and when, in words."""
    card = make_card(CUP, encode(128, 64))

    assert "my cup.jpg: cup 90 %, also table 70 % (23 Nov, 11:00:00 UTC)" == card.to_text()
    assert "Small picture of my cup.jpg, 1 boxed" == card.picture_words


def test_a_box_lies_on_the_small_picture() -> None:
    """A label's box is drawn at its place on the thumbnail."""
    view = GalleryView([make_card(CUP, encode(128, 64))])

    assert 'class="box" x="32.0" y="32.0" width="64.0" height="16.0"' in view.to_html()
    assert 'role="img" aria-label="Small picture of my cup.jpg, 1 boxed"' in view.to_html()


@pytest.mark.parametrize(
    ("item", "content", "is_thumbnail", "note"),
    [
        (CUP, None, True, "No thumbnail yet"),
        (CUP, encode(900, 9), False, "No thumbnail: the photo, made small"),
        (CUP, b"text", True, "Not a picture: it is not a JPEG, PNG, WebP or GIF"),
        (NOTES, None, True, "No thumbnail: not a readable picture"),
        (CUP, encode(128, 9), True, ""),
    ],
)
def test_a_picture_that_lacks_is_said(
    item: dict[str, Any], content: bytes | None, is_thumbnail: bool, note: str
) -> None:
    """A thumbnail that has not come and a file that is none are said on the card."""
    card = make_card(item, content, is_thumbnail=is_thumbnail)

    assert note == card.note
    assert note in GalleryView([card]).to_html()


def test_an_error_is_said_in_words() -> None:
    """A file that could not be recognised says why."""
    assert "notes.jpg: Could not be recognised: not a picture" in str(
        GalleryView([make_card(NOTES, None)])
    )


@pytest.mark.parametrize(
    "item",
    [{}, {"labels": 7}, {"labels": [7, {"box": "x"}], "result": None}, {"timestamp": 5},
     {"confidence": "x", "name": None}],
    ids=repr,
)  # fmt: skip
def test_an_item_of_another_shape_is_shown_all_the_same(item: dict[str, Any]) -> None:
    """The attendee's own function answers, and may answer anything."""
    assert "" != GalleryView([make_card(item, encode(9, 9))]).to_html()


def test_no_pictures_are_words() -> None:
    """An empty gallery says so, and what to do."""
    assert "No pictures yet. Upload one" in str(GalleryView([]))
    assert "No pictures yet. Upload one" in GalleryView([]).to_html()


def test_nobody_looks_before_a_browser_does(gallery: Gallery) -> None:
    """A notebook run by a program gets its cards, and no thread stays behind."""
    bundle = gallery._repr_mimebundle_()

    assert "cup 90 %" in bundle["text/html"]
    assert repr(gallery) == bundle["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert not gallery.watch.is_on


def test_a_result_appears_by_itself(gallery: Gallery, service: Service) -> None:
    """While a browser shows the gallery, what is new comes first, without a cell."""
    widget = gallery.widget
    seen = Seen(widget)
    widget._handle_custom_msg({"kind": "look"}, [])
    service.items.insert(0, NOTES)

    seen.wait_for(lambda: ["b#1", "a#1"] == [card["id"] for card in widget.cards])
    assert widget.is_watching


def test_a_thumbnail_appears_when_it_has_come(gallery: Gallery, service: Service) -> None:
    """Until there is a thumbnail the photo is shown and says so; then it is asked for no more."""
    widget = gallery.widget
    seen = Seen(widget)
    assert "made small" in widget.cards[0]["note"]
    widget._handle_custom_msg({"kind": "look"}, [])
    service.thumbnails[str(CUP["name"])] = encode(128, 64)

    seen.wait_for(lambda: "" == widget.cards[0]["note"])
    asked = len(service.asked)
    gallery.look()
    assert asked == len(service.asked)


def test_a_refusal_is_said_and_passes(gallery: Gallery, service: Service) -> None:
    """While the API refuses, its reason stands over the cards; afterwards it is gone."""
    widget = gallery.widget
    seen = Seen(widget)
    service.refusal = LessonError("GET /results answered 500: no.", "Read the log.")
    widget._handle_custom_msg({"kind": "look"}, [])
    seen.wait_for(lambda: "GET /results answered 500: no. Read the log." == widget.problem)
    assert ["a#1"] == [card["id"] for card in widget.cards]

    service.refusal = None
    seen.wait_for(lambda: "" == widget.problem)


def test_the_first_refusal_ends_the_cell(service: Service) -> None:
    """A gallery that cannot be had at all is the cell's error."""
    service.refusal = LessonError("GET /results answered 403.", "Deploy it.")

    with pytest.raises(LessonError, match="answered 403"):
        Gallery(service, 6)


def test_it_ends_when_nobody_looks(gallery: Gallery) -> None:
    """When the cell is run again, cleared or closed, the browser says so and the thread ends."""
    gallery.widget._handle_custom_msg({"kind": "look"}, [])
    gallery.widget._handle_custom_msg({"kind": "hidden"}, [])

    assert gallery.watch.wait(PATIENCE)
    assert not gallery.widget.is_watching


@pytest.mark.parametrize("message", [None, 7, {}, {"kind": "steal"}])
def test_nonsense_changes_nothing(gallery: Gallery, message: Any) -> None:
    """What is no message of the gallery begins no watch."""
    gallery.widget._handle_custom_msg(message, [])

    assert not gallery.watch.is_on


def test_a_watch_ends_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """A browser that went away without a word costs some minutes of looking, no more."""
    monkeypatch.setattr(watches, "WATCH_SECONDS", 0.05)
    monkeypatch.setattr(watches, "SHORTEST_PAUSE", 0.01)
    ended: list[bool] = []
    watch = Watch("looking", lambda: False, lambda: ended.append(True))
    watch.start()

    assert watch.wait(PATIENCE)
    assert [True] == ended
    watch.start()
    assert watch.wait(PATIENCE)
    assert [True, True] == ended


class Seen:
    """Waits for a widget to show something."""

    def __init__(self, widget: Any) -> None:
        self._changed = threading.Event()
        widget.observe(lambda _: self._changed.set())

    def wait_for(self, is_so: Any) -> None:
        while not is_so():
            assert self._changed.wait(PATIENCE), "nothing changed any more"
            self._changed.clear()
