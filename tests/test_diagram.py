"""The architecture drawing as text."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from workshop_lib.architecture import ARCHITECTURE, STATES, Part, PartState
from workshop_lib.design import load_tokens
from workshop_lib.diagram import draw_architecture, part_states
from workshop_lib.glyphs import glyph_services
from workshop_lib.text_widths import fit_text, text_width

COMMITTED = Path(__file__).parents[1] / "notebooks" / "pictures" / "architecture.svg"
SVG = "{http://www.w3.org/2000/svg}"


def test_the_drawing_is_well_formed() -> None:
    """The drawing is XML by itself, so it can be a file as well as a part of a page."""
    drawing = ElementTree.fromstring(draw_architecture(part_states({})))

    assert f"{SVG}svg" == drawing.tag
    assert "img" == drawing.get("role")


def test_the_same_parts_give_the_same_drawing() -> None:
    """The drawing is a pure function of its parts."""
    states = part_states({"images": "this lesson"})

    assert draw_architecture(states) == draw_architecture(iter(states))


@pytest.mark.parametrize("state", STATES)
def test_each_state_is_said_in_words(state: str) -> None:
    """Every part says its state in words, beside its line style."""
    drawing = _parse(part_states({"images": state}, otherwise="standing"))

    images = drawing.find(f"{SVG}g[@data-part='images']")
    assert images is not None
    assert state in [text.text for text in images.iter(f"{SVG}text")]
    assert f"{state.capitalize()}: " in (drawing.findtext(f"{SVG}desc") or "")


def test_a_route_is_lit_with_the_function_behind_it() -> None:
    """A flow between standing parts is still of later if the function it serves is."""
    drawing = _parse(part_states({"db-list": "later"}, otherwise="standing"))

    flows = drawing.findall(f"{SVG}g[@data-flow='browser api']")
    assert ["flow standing", "flow later"] == [flow.get("class") for flow in flows]


def test_a_flow_ends_where_a_part_is_missing() -> None:
    """A flow into a missing part is missing, though the lesson brings it."""
    drawing = _parse(part_states({"topic": "missing"}, otherwise="this lesson"))

    publish = drawing.find(f"{SVG}g[@data-flow='reco-image topic']")
    assert publish is not None
    assert "flow missing" == publish.get("class")


def test_an_unknown_part_is_refused() -> None:
    """A state for a part that is not there is an error that names it."""
    with pytest.raises(ValueError, match="no part imagse"):
        part_states({"imagse": "standing"})


def test_a_hostile_label_stays_text() -> None:
    """A label is escaped wherever it appears."""
    label = '<script>alert("&")</script>'
    drawing = draw_architecture([PartState(Part("x", "s3", label, 0, 0), "standing")])

    assert "<script>" not in drawing
    assert label in (ElementTree.fromstring(drawing).findtext(f".//{SVG}g/{SVG}title") or "")


def test_a_part_of_a_new_lesson_is_drawn_beside_the_others() -> None:
    """A ninth lesson may hand in a part of its own; the drawing grows to hold it."""
    queue = PartState(Part("queue", "sqs", "failed", 2, 4), "this lesson")
    usual, grown = _parse(part_states({})), _parse([*part_states({}), queue])

    assert float(usual.get("height", 0)) < float(grown.get("height", 0))


def test_no_part_stands_on_another() -> None:
    """The grid gives every part a place of its own."""
    places = [
        (part.column, row)
        for part in ARCHITECTURE.parts
        for row in range(part.row, part.row + part.rows)
    ]

    assert len(places) == len(set(places))


def test_flows_join_known_parts() -> None:
    """Every flow leaves, enters and waits for a part that is there."""
    parts = {part.id for part in ARCHITECTURE.parts}
    joined = {end for flow in ARCHITECTURE.flows for end in (flow.source, flow.target, flow.since)}

    assert set() == joined - parts


def test_each_service_of_the_tokens_has_a_glyph() -> None:
    """Tokens and glyphs know the same services."""
    assert set(load_tokens().services) == glyph_services()


def test_labels_are_shown_whole() -> None:
    """None of the workshop's own names is so long that the drawing would cut it."""
    assert "…" not in draw_architecture(part_states({}, otherwise="this lesson"))


def test_a_text_is_cut_to_its_room() -> None:
    """A text that could be too wide ends in an ellipsis and then fits; one that fits is kept."""
    cut = fit_text("a very long name of a bucket", 100, 14)

    assert cut.endswith("…")
    assert text_width(cut, 14) <= 100
    assert "images" == fit_text("images", 100, 14)


def test_the_committed_picture_is_this_drawing() -> None:
    """The picture in the README is what the code draws today."""
    drawn = draw_architecture(part_states({}, otherwise="standing")) + "\n"

    assert drawn == COMMITTED.read_text(encoding="utf-8"), (
        "run: python -m workshop_lib.diagram > notebooks/pictures/architecture.svg"
    )


def _parse(parts: list[PartState]) -> ElementTree.Element:
    return ElementTree.fromstring(draw_architecture(parts))
