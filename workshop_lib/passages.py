"""A function's calls as its log tells them, and the one among them that a picture went through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from workshop_lib.aws import functions, logs


@dataclass(frozen=True)
class Try:
    """One call of a function, as its log has it; ``report`` is None while it is not written yet."""

    request_id: str
    started: datetime
    report: functions.Report | None
    failed: bool
    told: tuple[tuple[datetime, dict[str, Any]], ...]

    @property
    def begin(self) -> datetime:
        """When the environment began to start, or, where that was warm, the function."""
        start = self.report.init_ms if self.report else None
        return self.started - timedelta(milliseconds=start or 0)

    @property
    def end(self) -> datetime:
        """When the function was done, as far as is known."""
        if self.report:
            return self.started + timedelta(milliseconds=self.report.duration_ms)
        return max((moment for moment, _ in self.told), default=self.started)


def read_tries(events: Iterable[logs.LogEvent]) -> list[Try]:
    """Return the calls that a function's log tells of, oldest first; a retry is a call of its own.

    Each stream is one environment, which has one call at a time: whatever stands between a START
    and the REPORT after it belongs to that call.
    """
    streams: dict[str, list[logs.LogEvent]] = {}
    for event in events:
        streams.setdefault(event.stream, []).append(event)
    tries = [found for stream in streams.values() for found in _read_stream(stream)]
    return sorted(tries, key=lambda found: found.started)


def _read_stream(events: Sequence[logs.LogEvent]) -> Iterator[Try]:
    starts = [at for at, event in enumerate(events) if event.message.startswith("START RequestId:")]
    # What stands before the first START belongs to a call that began before the log was read.
    for start, end in pairwise([*starts, len(events)]):
        yield _read_try(events[start:end])


def _read_try(events: Sequence[logs.LogEvent]) -> Try:
    reports = [report for event in events if (report := functions.parse_report(event.message))]
    return Try(
        request_id=events[0].message.split()[2],
        started=events[0].timestamp,
        report=reports[0] if reports else None,
        failed=any("[ERROR]" in event.message or "\tStatus: " in event.message for event in events),
        told=tuple((event.timestamp, line) for event in events if (line := event.structured)),
    )


@dataclass(frozen=True)
class Passage:
    """A picture's way through one function: the call that told of it, and the tries before."""

    tries: tuple[Try, ...]
    moment: datetime
    line: dict[str, Any]

    @property
    def last(self) -> Try:
        """The call that told of the picture."""
        return self.tries[-1]


def find_passage(tries: Sequence[Try], key: str, since: datetime | None) -> Passage | None:
    """Return the first event since then whose call told of the picture, with all tries of it."""
    telling = [(found, *told) for found in tries for told in found.told if _tells_of(told[1], key)]
    event = next((t[0].request_id for t in telling if since is None or t[1] >= since), None)
    of_event = [t for t in telling if t[0].request_id == event]
    if not of_event:
        return None
    last, moment, line = of_event[-1]
    upto = tuple(t for t in tries if t.request_id == event and t.started <= last.started)
    # A line may reach the log after the call that wrote it was done.
    return Passage(upto, min(moment, last.end), line)


def _tells_of(line: dict[str, Any], key: str) -> bool:
    identity = line.get("id")
    return key in (line.get("key"), line.get("name")) or (
        isinstance(identity, str) and identity.rpartition("#")[0] == key
    )
