"""The figures that lessons and slides share."""

from __future__ import annotations

import re

import pytest

from workshop_lib.errors import LessonError
from workshop_lib.figures import figure, load_figures, load_sources


def test_every_figure_says_what_it_is_and_where_it_was_read() -> None:
    """Each figure has a name, something to show, a source and a known confidence."""
    lacking = [
        one.key
        for one in load_figures().values()
        if not (one.name and one.text and one.sources)
        or one.confidence not in ("sure", "likely", "unverified")
    ]

    assert [] == lacking


def test_every_source_is_a_page_with_a_date() -> None:
    """Each source is an address with a date; a reader can go there."""
    faulty = [
        key
        for key, source in load_sources().items()
        if not re.match(r"https://[\w.-]+/", source.address) or not (source.title and source.date)
    ]

    assert [] == faulty


def test_a_figure_is_written_as_a_reader_wants_it() -> None:
    """Thousands are set apart, the unit keeps to its number, the old unit may be another."""
    assert "10,240\N{NO-BREAK SPACE}MB" == figure("lambda-memory-most").text
    assert "1\N{NO-BREAK SPACE}MB" == str(figure("lambda-payload-asynchronous"))
    assert "256\N{NO-BREAK SPACE}KB" == figure("lambda-payload-asynchronous").then_text
    assert "no longer listed" == figure("lambda-console-editor").text
    assert "" == figure("lambda-init-most").then_text


def test_what_has_changed_says_when() -> None:
    """A figure that differs from the first deck's in the same unit has a date or was an error."""
    errors_of_the_deck = {"dynamodb-strong-reads", "dynamodb-eventual-reads"}
    undated = {
        one.key
        for one in load_figures().values()
        if isinstance(one.then, int) and isinstance(one.now, int) and not one.changed
        if (one.then, one.then_unit) != (one.now, one.unit)
    }

    assert errors_of_the_deck == undated


def test_an_unknown_figure_is_told_with_its_neighbours() -> None:
    """A mistyped key names the figures of the same service."""
    with pytest.raises(LessonError, match="lambda-timeout-most"):
        figure("lambda-time-out")
