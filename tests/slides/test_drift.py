"""The slides say what the notebooks, the data files and the repository say; else a test fails."""

import html
import json
import re

import pytest

from workshop_lib.architecture import part_states
from workshop_lib.diagram import draw_architecture
from workshop_lib.lesson_cards import map_states
from workshop_lib.lessons import LESSONS
from workshop_lib.places import PROJECT, SLIDES
from workshop_lib.slides.deck_files import ALL_STEMS

LIMIT_OR_PRICE = re.compile(r"\$\d|\d[\d,.]*\s?(?:[KMGT]B|ms|s\b|seconds?|minutes?|hours?|days?|%)")
LOOKED_UP = re.compile(r"\{\w+\}`[^`]*`")
UNSHOWN = re.compile(r":::\{(?:notes|sources)\}.*?\n:::", re.DOTALL)
# What is no limit and no price of AWS's: measured examples, an exercise, a name.
EXAMPLES = {
    "### My été.jpg arrives as My+%C3%A9t%C3%A9.jpg",
    "| 512 MB | 2,000 ms |",
    "| 1,024 MB | 900 ms |",
    "| 2,048 MB | 800 ms |",
    "| 4,096 MB | 780 ms |",
    "### One call, one function, half a unit for each 4 KB",
    "50 million grey pixels: a small file, and 150 MB when opened.",
}


def test_there_are_ten_decks(decks):
    """The introduction, a deck for each lesson with its stem, and clean-up are built."""
    assert list(ALL_STEMS) == list(decks)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.stem)
def test_a_deck_shows_the_drawing_of_its_lessons_card(decks, lesson):
    """The architecture on a deck is the one that the card draws when all before it stands."""
    earlier = {part for other in LESSONS if other.number < lesson.number for part in other.parts}
    drawing = draw_architecture(part_states(map_states(lesson.number, earlier)))
    assert drawing in decks[lesson.stem].read_text(encoding="utf-8")


def test_every_line_of_code_stands_in_the_file_that_the_slide_names(decks):
    """Code on a slide is the repository's, line for line."""
    block = re.compile(r"<pre>(.*?)</pre>.*?class=\"origin\">(.*?)</p>", re.DOTALL)
    checked = 0
    for page in decks.values():
        for code, origin in block.findall(page.read_text(encoding="utf-8")):
            lines = html.unescape(re.sub(r"<[^>]*>", "", code)).splitlines()
            held = read_lines(PROJECT / origin)
            assert [] == [line for line in lines if line.strip() not in held]
            checked += 1
    assert checked > 10


def read_lines(file):
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".ipynb":
        text = "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"])
    return {line.strip() for line in text.splitlines()}


def test_no_limit_and_no_price_is_typed_on_a_slide():
    """What is shown of limits and prices is named, so that it comes from the data files."""
    typed = [
        line
        for stem in ALL_STEMS
        for line in shown_lines((SLIDES / f"{stem}.md").read_text(encoding="utf-8"))
        if LIMIT_OR_PRICE.search(LOOKED_UP.sub("", line)) and line not in EXAMPLES
    ]
    assert [] == typed


def shown_lines(text):
    return [line for line in UNSHOWN.sub("", text).splitlines() if not line.startswith("## ")]
