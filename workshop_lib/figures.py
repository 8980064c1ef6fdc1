"""The figures that lessons and slides share, by name: `figure("lambda-memory-most").text`.

`figures.toml` beside this file is the only place where a limit, a date or a count is written, each
with its source, the day the source was read, and how sure it is.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from workshop_lib.errors import LessonError

FIGURES_FILE = Path(__file__).with_name("figures.toml")

Value = int | float | str
Confidence = Literal["sure", "likely", "unverified"]


@dataclass(frozen=True)
class Source:
    """Where a figure was read: title, web address, and the date of the page or of the reading."""

    title: str
    address: str
    date: str


@dataclass(frozen=True)
class Figure:
    """One limit, date or count.

    Args:
        key: its name in the file.
        name: what it counts.
        now: what holds today.
        unit: of `now`; empty where there is none.
        then: what the workshop's first deck said in 2019, where that has changed or is compared.
        then_unit: of `then`.
        changed: when `then` became `now`, or empty.
        sources: where it was read.
        confidence: how sure it is.
    """

    key: str
    name: str
    now: Value
    unit: str
    then: Value | None
    then_unit: str
    changed: str
    sources: tuple[Source, ...]
    confidence: Confidence

    @property
    def text(self) -> str:
        """What holds today, as a reader sees it: `10,240 MB`, the space unbreakable."""
        return _written(self.now, self.unit)

    @property
    def then_text(self) -> str:
        """What the first deck said, as a reader sees it; empty where it said nothing."""
        return "" if self.then is None else _written(self.then, self.then_unit)

    def __str__(self) -> str:
        return self.text


def figure(key: str) -> Figure:
    """Return a figure by its key.

    Raises:
        LessonError: there is no such figure; the message names those that sound alike.
    """
    try:
        return load_figures()[key]
    except KeyError:
        alike = [known for known in load_figures() if known.split("-")[0] == key.split("-")[0]]
        hint = f"It has {', '.join(alike)}." if alike else f"See {FIGURES_FILE.name}."
        raise LessonError(f"{FIGURES_FILE.name} has no figure {key!r}.", hint) from None


@cache
def load_figures() -> Mapping[str, Figure]:
    """Read all figures, once, by key.

    Raises:
        LessonError: a figure lacks something, or names a source that is not there.
    """
    sources = load_sources()
    return {key: _read(key, entry, sources) for key, entry in _load()["figures"].items()}


@cache
def load_sources() -> Mapping[str, Source]:
    """Read all sources, once, by key."""
    return {key: Source(**entry) for key, entry in _load()["sources"].items()}


@cache
def _load() -> dict[str, Any]:
    return tomllib.loads(FIGURES_FILE.read_text(encoding="utf-8"))


def _read(key: str, entry: Mapping[str, Any], sources: Mapping[str, Source]) -> Figure:
    try:
        unit = entry.get("unit", "")
        return Figure(
            key=key,
            name=entry["name"],
            now=entry["now"],
            unit=unit,
            then=entry.get("then"),
            then_unit=entry.get("then-unit", unit),
            changed=entry.get("changed", ""),
            sources=tuple(sources[source] for source in entry["source"]),
            confidence=entry["confidence"],
        )
    except KeyError as missing:
        raise LessonError(
            f"The figure {key!r} in {FIGURES_FILE.name} lacks {missing}.",
            "Add it, or the source it names under [sources].",
        ) from None


def _written(value: Value, unit: str) -> str:
    # A text may carry its unit in itself, and a unit that fits a number does not fit a text.
    if isinstance(value, str):
        return value
    return f"{value:,}\N{NO-BREAK SPACE}{unit}" if unit else f"{value:,}"
