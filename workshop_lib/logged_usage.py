"""What the functions' own log lines tell of what each call used.

A line is written after the fact: the recogniser has read the object, DynamoDB has answered. So what
is counted from lines has happened; what failed before its line was written is not counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from workshop_lib.aws.logs import LogEvent
from workshop_lib.costs import add

Line = Mapping[str, Any]
Quantities = dict[str, Decimal]

# What the call has used that wrote this line, by function and message. An item of up to 1 KB and
# its copy in the index are 2 units; a condition that did not hold costs the item alone. Where a
# line tells the units that DynamoDB answered, those count.
USED: Mapping[tuple[str, str], Quantities] = {
    ("reco-image", "recognised"): {"s3-reads": Decimal(1)},
    ("reco-image", "published"): {"sns-publishes": Decimal(1)},
    ("db-save", "saved"): {"dynamodb-writes": Decimal(2)},
    ("db-save", "already saved"): {"dynamodb-writes": Decimal(1)},
    ("db-list", "page read"): {"dynamodb-reads": Decimal("0.5")},
    ("thumbnail-gen", "thumbnail made"): {"s3-reads": Decimal(1), "s3-writes": Decimal(1)},
    ("thumbnail-gen", "passed over: too large"): {"s3-reads": Decimal(1)},
    ("thumbnail-gen", "passed over: cannot be opened"): {"s3-reads": Decimal(1)},
}


def read_lines(events: Iterable[LogEvent]) -> list[Line]:
    """Return the lines of structured JSON among a log's entries, oldest first."""
    structured = (line for event in events if (line := event.structured))
    return [line for line in structured if isinstance(line.get("message"), str)]


def count_lines(lines: Mapping[str, Iterable[Line]]) -> Quantities:
    """Return what these lines tell was used, by the keys of `prices.toml`.

    Args:
        lines: those of each function, by its name, such as ``reco-image``.
    """
    return add(*(_used(function, line) for function, written in lines.items() for line in written))


def _used(function: str, line: Line) -> Quantities:
    used, told = USED.get((function, line["message"]), {}), line.get("units")
    if isinstance(told, int | float):
        return dict.fromkeys(used, Decimal(str(told)))
    return used


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
