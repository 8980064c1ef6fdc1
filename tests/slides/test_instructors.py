"""The instructors' guide says what the decks, the prices and the command say."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

import pytest
from typer.main import get_command

from workshop_lib.cli import app
from workshop_lib.costs import Bill, estimate, load_estimates
from workshop_lib.places import SLIDES
from workshop_lib.slides.deck_files import ALL_STEMS, DeckFiles
from workshop_lib.workshop import OpenLesson

GUIDE = (SLIDES / "INSTRUCTORS.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (\d+):(\d\d) \| (\d+) \| (.+?) \|$", re.MULTILINE)
DAYS = [part for part in re.split(r"^\*\*The ", GUIDE, flags=re.MULTILINE) if ROW.search(part)]


@pytest.mark.parametrize("day", DAYS, ids=["whole", "core"])
def test_a_day_adds_up(day: str) -> None:
    """Each part begins when the one before it ends."""
    rows = [(int(hour) * 60 + int(minute), int(length)) for hour, minute, length, _ in _rows(day)]

    ends = [start + length for start, length in rows[:-1]]
    assert [start for start, _ in rows[1:]] == ends


@pytest.mark.parametrize("day", DAYS, ids=["whole", "core"])
def test_a_day_gives_each_deck_its_minutes(day: str) -> None:
    """A deck has the minutes in the day that it has by itself, and the decks keep their order."""
    decks = DeckFiles()
    named = [(what.strip("`"), int(length)) for _, _, length, what in _rows(day) if "`" in what]

    assert [(stem, decks.minutes(stem)) for stem in ALL_STEMS if stem in dict(named)] == named


def test_the_whole_day_has_every_deck() -> None:
    """The first plan leaves no deck out."""
    assert set(ALL_STEMS) == {what.strip("`") for *_, what in _rows(DAYS[0]) if "`" in what}


def test_costs_are_the_estimate() -> None:
    """What a day costs is what the prices make of the estimate."""
    once, thorough = load_estimates()["once"], load_estimates()["thorough"]
    expected = {
        "ten attendees": (once.without_doubtful(), thorough.without_doubtful(), 10),
        "forty attendees": (once.without_doubtful(), thorough.without_doubtful(), 40),
        "with lesson 3's aside (Rekognition), forty": (once, thorough, 40),
    }
    for who, (short, long, count) in expected.items():
        told = [_dollars(estimate(run, attendees=count)) for run in (short, long)]
        assert f"| {who} | {told[0]} | {told[1]} |" in GUIDE


def test_what_the_guide_tells_to_type_exists() -> None:
    """Every command and every method of a lesson that the guide names is there."""
    commands = set(re.findall(r"(?:`|bin/|^)workshop ([a-z-]+)", GUIDE, re.MULTILINE))
    methods = set(re.findall(r"`lesson\.(\w+)\(", GUIDE))

    assert commands
    assert commands <= set(getattr(get_command(app), "commands", {}))
    assert [] == [method for method in methods if not hasattr(OpenLesson, method)]


def _rows(day: str) -> list[tuple[str, str, str, str]]:
    return ROW.findall(day)


def _dollars(bill: Bill) -> str:
    return f"USD {bill.cost.quantize(Decimal('0.01'), ROUND_HALF_UP)}"
