"""The figures that lessons and slides share."""

from __future__ import annotations

import json
import re

import pytest

from workshop_lib.errors import LessonError
from workshop_lib.figures import figure, load_figures, load_sources
from workshop_lib.places import NOTEBOOKS


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


# What a notebook's prose says as well, so that lessons and slides cannot drift apart.
SAID = {
    1: "presigned-life-user free-rules-since free-data-out",
    2: "lambda-memory-one-processor lambda-timeout-most lambda-timeout-default lambda-environment "
    "lambda-resource-policy lambda-payload-synchronous lambda-payload-streamed "
    "lambda-payload-asynchronous lambda-package-zipped lambda-package-unzipped "
    "lambda-container-image lambda-console-editor lambda-file-descriptors lambda-concurrency "
    "api-template api-jwt-since",
    3: "lambda-package-zipped lambda-package-unzipped lambda-snapstart-python rekognition-object",
    4: "sns-message sns-message-raised sns-tries-services sns-days-services sns-hours-people "
    "sns-filter-minutes sns-billed-piece",
    5: "dynamodb-item dynamodb-read-unit dynamodb-write-unit dynamodb-stream dynamodb-halved "
    "free-dynamodb-storage",
    6: "dynamodb-page free-data-out",
    7: "s3-closed-since sns-filter-minutes",
}


@pytest.mark.parametrize("number", SAID)
def test_lessons_say_what_the_figures_say(number: int) -> None:
    """A limit or a date in a notebook's prose is the one in the figures' file."""
    prose = _prose(number)

    unsaid = [
        key
        for key in SAID[number].split()
        if not re.search(rf"(?<![\w,.]){re.escape(_plain(figure(key).text))}(?!\w)", prose)
    ]

    assert [] == unsaid


def _prose(number: int) -> str:
    (notebook,) = NOTEBOOKS.glob(f"{number:02}_*.ipynb")
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return _plain(" ".join("".join(cell["source"]) for cell in cells if _is_prose(cell)))


def _is_prose(cell: dict[str, str]) -> bool:
    return cell["cell_type"] == "markdown"


def _plain(text: str) -> str:
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())
