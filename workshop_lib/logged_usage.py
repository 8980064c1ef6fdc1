"""What the functions' own log lines tell of what each call used.

A line is written after the fact: the recogniser has read the object, DynamoDB has answered. So what
is counted from lines has happened; what failed before its line was written is not counted.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from workshop_lib.aws.logs import LogEvent
from workshop_lib.costs import add

Line = Mapping[str, Any]
Quantities = dict[str, Decimal]

ONE = Decimal(1)
# An item of up to 1 KB and its copy in the index; a refused condition costs the item alone.
LEAST_SAVED, LEAST_REFUSED, LEAST_READ = Decimal(2), Decimal(1), Decimal("0.5")


def read_lines(events: Iterable[LogEvent]) -> list[Line]:
    """Return the lines of structured JSON among a log's entries, oldest first."""
    return [line for event in events if (line := _read_line(event.message))]


def _read_line(text: str) -> Line | None:
    if not text.startswith("{"):
        return None
    try:
        line = json.loads(text)
    except ValueError:
        return None
    return line if isinstance(line.get("message"), str) else None


def count_lines(lines: Mapping[str, Iterable[Line]]) -> Quantities:
    """Return what these lines tell was used, by the keys of `prices.toml`.

    Args:
        lines: those of each function, by its name, such as ``reco-image``.
    """
    return add(*(
        used(line)
        for function, written in lines.items()
        for line in written
        for used in _meanings(function, line)
    ))  # fmt: skip


def _meanings(function: str, line: Line) -> Iterable[Callable[[Line], Quantities]]:
    meaning = MEANINGS.get((function, line["message"]))
    return (meaning,) if meaning else ()


def _reads_object(_: Line) -> Quantities:
    return {"s3-reads": ONE}


def _makes_thumbnail(_: Line) -> Quantities:
    return {"s3-reads": ONE, "s3-writes": ONE}


def _publishes(_: Line) -> Quantities:
    return {"sns-publishes": ONE}


def _saves(line: Line) -> Quantities:
    return {"dynamodb-writes": _units(line, LEAST_SAVED)}


def _saves_nothing(line: Line) -> Quantities:
    return {"dynamodb-writes": _units(line, LEAST_REFUSED)}


def _reads_page(line: Line) -> Quantities:
    return {"dynamodb-reads": _units(line, LEAST_READ)}


def _units(line: Line, least: Decimal) -> Decimal:
    """What DynamoDB answered to the function; the least, where the line does not tell."""
    told = line.get("units")
    return Decimal(str(told)) if isinstance(told, int | float) else least


MEANINGS: Mapping[tuple[str, str], Callable[[Line], Quantities]] = {
    ("reco-image", "recognised"): _reads_object,
    ("reco-image", "published"): _publishes,
    ("db-save", "saved"): _saves,
    ("db-save", "already saved"): _saves_nothing,
    ("db-list", "page read"): _reads_page,
    ("thumbnail-gen", "thumbnail made"): _makes_thumbnail,
    ("thumbnail-gen", "passed over: too large"): _reads_object,
    ("thumbnail-gen", "passed over: cannot be opened"): _reads_object,
}


def count_arrivals(lines: Mapping[str, Iterable[Line]], kept: frozenset[str]) -> int:
    """Return how many uploads by URLs of presigned-url have reached the bucket.

    Args:
        lines: those of each function, by its name.
        kept: the keys of what lies in the images bucket, old versions included.
    """
    recognised = {line.get("name") for line in _saying(lines, "reco-image", "recognised")}
    signed = {line.get("key") for line in _saying(lines, "presigned-url", "upload signed")}
    return len(signed & (recognised | kept))


def _saying(lines: Mapping[str, Iterable[Line]], function: str, message: str) -> list[Line]:
    return [line for line in lines.get(function, ()) if line["message"] == message]
