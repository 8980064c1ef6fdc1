"""The drawings of lessons and slides, as text; tests/browser/test_drawings.py looks at them."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest

from workshop_lib.cleanup.removals import KINDS
from workshop_lib.design import load_tokens
from workshop_lib.drawings import DRAWINGS, draw
from workshop_lib.drawings.days import REMOVALS
from workshop_lib.drawings.sketches import SMALL, WIDTH, Sketch
from workshop_lib.errors import LessonError
from workshop_lib.ui.drawings import DrawingView

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_is_well_formed_and_says_what_it_shows(name: str) -> None:
    """Every drawing is XML by itself, an image with a title, and sentences for a screen reader."""
    drawing = ElementTree.fromstring(draw(name))

    assert f"{SVG}svg" == drawing.tag
    assert "img" == drawing.get("role")
    assert drawing.get("aria-label") == drawing.findtext(f"{SVG}title")
    described = drawing.find(f"{SVG}desc")
    assert described is not None
    assert drawing.get("aria-describedby") == described.get("id")
    assert (described.text or "").endswith(".")
    assert len((described.text or "").split()) > 15


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_is_always_the_same(name: str) -> None:
    """A drawing is a pure function, so that a built deck changes only with its source."""
    assert draw(name) == draw(name)


def test_letters_are_legible_at_the_back_of_a_room() -> None:
    """A letter has at least 1/40 of a drawing's width, in every drawing."""
    assert SMALL >= WIDTH / 40
    sizes = [
        float(text.get("font-size", SMALL))
        for name in DRAWINGS
        for text in ElementTree.fromstring(draw(name)).iter(f"{SVG}text")
    ]
    assert min(sizes) >= WIDTH / 40


def test_colours_come_from_the_tokens() -> None:
    """No drawing chooses a colour: outside of the tokens' own rule there is none."""
    for name in DRAWINGS:
        rules = draw(name).split("</style>")
        drawn = rules[1]
        assert "#" not in "".join(part for part in drawn.split('"') if part.startswith("#"))
        own_rules = rules[0].split("max-width", 1)[1]
        assert "#" not in own_rules


def test_a_text_that_may_not_fit_is_refused() -> None:
    """A label wider than its box, or higher, is an error when the drawing is made."""
    sketch = Sketch("A box", "One box.")

    with pytest.raises(ValueError, match="may take"):
        sketch.box(0, 0, 100, 50, "a label much too long")
    with pytest.raises(ValueError, match="higher"):
        sketch.box(0, 0, 300, 50, "two\nlines")


def test_the_clean_up_is_drawn_in_the_order_of_removal() -> None:
    """The drawing of the clean-up follows the order in which things are really removed."""
    words = {"notification": "event notification", "API": "REST API", "log groups": "log group"}
    drawn = [words.get(label, label.removesuffix("s")) for _, label in REMOVALS]

    # These go with their API, their bucket, their function.
    alongside = {"stage", "public access", "event source mapping"}
    assert [kind for kind in KINDS if kind not in alongside] == drawn


def test_an_unknown_drawing_is_told_with_those_that_are() -> None:
    """A mistyped name is an error that lists the drawings."""
    with pytest.raises(LessonError, match="presigned-url"):
        DrawingView("presigned url")


def test_a_notebook_shows_a_drawing_and_its_words() -> None:
    """As HTML a view holds the drawing, as text its title and description."""
    view = DrawingView("preflight")

    assert "<svg" in view.to_html()
    assert view.to_text().startswith("A preflight: A page of the website")


def test_services_have_their_one_colour() -> None:
    """Every service that a drawing names is one of the tokens', and so has its colour."""
    known = set(load_tokens().services)
    faces = {"glyph", "box", "plain", "quiet", "good", "bad", "accent"}
    for name in DRAWINGS:
        for group in ElementTree.fromstring(draw(name)).iter(f"{SVG}g"):
            classes = (group.get("class") or "").split()
            if "glyph" in classes:
                assert set(classes) - faces <= known
