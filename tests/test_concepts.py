"""Every slide of the deck of 2019 has its place in a lesson and in the slides."""

import re
import tomllib
from pathlib import Path

import nbformat
import pytest

PROJECT = Path(__file__).parents[1]
TABLE = PROJECT / "notebooks/concepts.toml"
SLIDES = PROJECT / "slides"
TAUGHT = {"title", "concepts", "lesson", "section", "deck", "slide"}
LEFT_OUT = {"title", "left_out"}
HEADING = re.compile(r"^(?P<level>#{1,3}) (?P<title>.+?)(?: · \d+ min)?$", re.MULTILINE)

ENTRIES = tomllib.loads(TABLE.read_text(encoding="utf-8"))["slide"]
PLACED = [entry for entry in ENTRIES if "left_out" not in entry]

each_place = pytest.mark.parametrize("entry", PLACED, ids=lambda entry: entry["title"])


def read_sections(stem: str) -> dict[str, str]:
    """Return what stands under every heading of a notebook, up to the next of its kind."""
    notebook = nbformat.read(PROJECT / f"notebooks/{stem}.ipynb", as_version=4)
    text = "\n\n".join(cell.source for cell in notebook.cells)
    found = list(HEADING.finditer(text))
    ends = [
        next((after.start() for after in found[place:] if after["level"] <= this["level"]), None)
        for place, this in enumerate(found, start=1)
    ]
    return {this["title"]: text[this.start() : end] for this, end in zip(found, ends, strict=True)}


def read_slide_titles(stem: str) -> list[str]:
    """Return the headings of a slide deck."""
    text = (SLIDES / f"{stem}.md").read_text(encoding="utf-8")
    return [heading["title"] for heading in HEADING.finditer(text)]


def test_an_entry_is_placed_or_left_out_with_a_reason():
    """Every slide says where it is taught, or why it is not; no slide is named twice."""
    for entry in ENTRIES:
        assert (LEFT_OUT if "left_out" in entry else TAUGHT) == set(entry)
        assert entry.get("left_out", "taught")
    titles = [entry["title"] for entry in ENTRIES]
    assert sorted(set(titles)) == sorted(titles)


def test_nothing_is_left_out_but_raffle_speakers_and_company():
    """What is not taught are the pages about people, company and prizes, and no other."""
    reasons = [entry["left_out"] for entry in ENTRIES if "left_out" in entry]
    assert [] == [reason for reason in reasons if not re.search("company|raffle|speaker", reason)]


@each_place
def test_a_section_teaches_the_concepts_of_the_slide(entry):
    """The section named is in the notebook, and speaks of every concept of the slide."""
    sections = read_sections(entry["lesson"])
    assert entry["section"] in sections
    said = " ".join(sections[entry["section"]].lower().split())
    assert [] == [concept for concept in entry["concepts"] if concept.lower() not in said]


@each_place
def test_a_slide_stands_in_the_deck(entry):
    """The slide named is in the new deck."""
    assert entry["slide"] in read_slide_titles(entry["deck"])
