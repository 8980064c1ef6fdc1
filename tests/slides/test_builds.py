"""What a deck may say, and what the build says to a deck that is wrong."""

import re

import pytest

from workshop_lib.errors import WorkshopError
from workshop_lib.figures import figure
from workshop_lib.slides.builds import build_decks
from workshop_lib.slides.freshness import are_fresh

DECK = """---
services: [s3]
minutes: 3
---

# A deck of our own

Its thesis.

:::{notes} 1
Say hello.
:::

## Buckets · 2 min

### A bucket keeps whatever you put into it

BODY

:::{notes} 2
Say that the key is the whole name.
:::

## Sources

:::{sources}
:::
"""


def body(text):
    return DECK.replace("BODY", text)


def test_a_slide_has_its_section_its_time_and_its_notes(build):
    """A slide names its section, tells reveal.js its seconds, and carries its notes."""
    html = build(body("Few words."))
    slide = html[html.index('<section id="a-bucket-keeps') :]
    assert '<p class="section-name">Buckets</p>' in slide
    assert 'data-timing="120"' in slide
    assert '<span id="section-buckets"></span>' in slide
    assert re.search(r'<aside class="notes">\s*<p class="time">2 min</p>', slide)


def test_figures_and_prices_come_from_their_files_and_their_sources_are_listed(build):
    """A figure on a slide is the file's, and where it was read stands on the last slide."""
    html = build(body("It has {figure}`lambda-memory-most`, had {then}`lambda-memory-most`."))
    memory = figure("lambda-memory-most")
    assert f'It has <span class="figure">{memory.text}</span>' in html
    assert f'had <span class="figure">{memory.then_text}</span>' in html
    sources = html[html.index('<div class="block sources">') :]
    assert all(source.address in sources for source in memory.sources)


def test_what_is_not_sure_is_told_to_the_speaker(build):
    """A figure that was not read at its source is said to be so in the notes."""
    unsure = "s3-flexible-retrieval-since"
    assert "likely" == figure(unsure).confidence
    html = build(body(f"Since {{figure}}`{unsure}`."))
    assert f"Say that it is likely, not sure: {figure(unsure).name}." in html


def test_tables_of_figures_and_prices(build):
    """A table sets the figure of 2019 beside today's; one of prices tells what is free."""
    html = build(
        body(
            ":::{figures} lambda-memory-most\n:::\n\n"
            ":::{prices} lambda-requests lambda-duration\n:::"
        )
    )
    assert figure("lambda-memory-most").then_text in html
    assert "$0.20 per 1,000,000 requests" in html
    assert "free each month" in html
    assert "1,000,000 requests</" in html
    assert "400,000 GB-seconds</" in html


def test_code_is_the_files_without_its_docstring(build):
    """Code on a slide is cut from the file it names; lines can be made to stand out."""
    block = ":::{code} lambdas/db_save/handler.py\n:function: save\n:strong: put_item\n:::"
    html = build(body(block))
    code = html[html.index("<pre>") : html.index("</pre>")]
    assert '<span class="hll">' in code
    assert '"""' not in code
    assert "lambdas/db_save/handler.py</p>" in html


def test_columns_statement_and_aside(build):
    """The layouts make the boxes that the theme knows."""
    html = build(
        body(
            "::::{columns} 2 3\nleft\n+++\nright\n::::\n\n"
            ":::{statement}\nBig.\n:::\n\n:::{aside}\nlow\n:::"
        )
    )
    told = {frozenset(found.split()) for found in re.findall(r'<div class="(block.*?)"', html)}
    for expected in ("columns", "column width-2", "column width-3", "statement", "aside"):
        assert any(set(expected.split()) <= classes for classes in told), expected


WRONG = {
    "a name that is no figure": ("{figure}`lambda-memory-mast`", "no figure 'lambda-memory-mast'"),
    "a figure that had no other": ("{then}`s3-customer-keys-refused-since`", "has no `then`"),
    "a name that is no price": ("{price}`lambda-wishes`", "no price named 'lambda-wishes'"),
    "a drawing that is none": (":::{drawing} nowhere\n:::", "no drawing 'nowhere'"),
    "a lesson that is none": (":::{architecture} 9\n:::", "no lesson 9"),
    "a file that is none": (":::{code} lambdas/nothing.py\n:::", "no file lambdas/nothing.py"),
    "a file outside": (":::{code} ../../etc/passwd\n:::", "no file ../../etc/passwd"),
    "a function that is none": (
        ":::{code} lambdas/db_save/handler.py\n:function: lose\n:::",
        "no function or class 'lose'",
    ),
    "a line that is none": (
        ":::{code} lambdas/db_save/handler.py\n:from: give up\n:::",
        "no line with 'give up'",
    ),
    "a cell that is none": (
        ":::{code} notebooks/04_sns_publish_results.ipynb\n:cell: give_up(\n:::",
        "0 code cells",
    ),
    "widths for other columns": ("::::{columns} 1 2 3\na\n+++\nb\n::::", "There are 2 columns"),
    "a comparison of two columns": (
        ":::{then-and-now}\n| a | b |\n|---|---|\n| 1 | 2 |\n:::",
        "three columns",
    ),
    "a second pair of notes": (":::{notes} 0\nMore.\n:::", "has 2 notes"),
    "a block that is none": (":::{drawnig} x\n:::", "drawnig"),
}


@pytest.mark.parametrize(("text", "said"), WRONG.values(), ids=WRONG)
def test_a_mistake_is_told_with_its_file_and_line(mistakes, text, said):
    """A bad source gives an error with file, line and what to do."""
    what = mistakes(body(text))
    assert said in what
    lines = [int(line) for line in re.findall(r"00_introduction\.md:(\d+)", what)]
    first = DECK.splitlines().index("BODY") + 1
    assert lines
    assert any(first - 2 <= line <= first + text.count("\n") + 1 for line in lines)


OUTLINES = {
    "a slide without notes": (
        DECK.replace(":::{notes} 2\nSay that the key is the whole name.\n:::", ""),
        "has 0 notes",
    ),
    "notes that make too much": (DECK.replace("{notes} 2", "{notes} 2.5"), "make 2½ min"),
    "minutes that are no number": (DECK.replace("{notes} 2", "{notes} two"), "'two' is no number"),
    "sections that make too little": (
        DECK.replace("minutes: 3", "minutes: 5"),
        "the deck has 5 min",
    ),
    "empty notes": (DECK.replace("Say hello.", ""), "notes are empty"),
    "a section that is none": (
        DECK.replace("{notes} 2", "{notes} 2\n:notebook: 04_sns_publish_results\n:live: Nothing"),
        "no section 'Nothing'",
    ),
    "two titles": (DECK + "\n# Another\n", "one title"),
    "no minutes": (DECK.replace("minutes: 3\n", ""), "tells no minutes"),
    "a heading that is no YAML": (DECK.replace("minutes: 3", "minutes: [3"), "YAML"),
}


@pytest.mark.parametrize(("text", "said"), OUTLINES.values(), ids=OUTLINES)
def test_a_deck_that_does_not_add_up_is_told(mistakes, text, said):
    """Minutes that do not add up, and slides that lack their notes, are mistakes."""
    assert said in mistakes(text.replace("BODY", ""))


def test_a_folder_without_decks_is_told(tmp_path):
    """Where there is no deck, the build says what one is called."""
    with pytest.raises(WorkshopError, match="no deck"):
        build_decks(tmp_path, tmp_path / "built")


def test_decks_are_fresh_once_built_with_or_without_a_mistake(build, mistakes, tmp_path):
    """A mistake keeps nobody from presenting: the deck is built as far as it goes, and once."""
    built = tmp_path / "built"
    assert not are_fresh(built)
    build(body("Well."))
    assert are_fresh(built)
    mistakes(body("{figure}`nothing`"))
    assert are_fresh(built)
    assert "A bucket keeps" in (built / "00_introduction.html").read_text(encoding="utf-8")
