"""What a local cloud found of the last one, in the words of whoever starts it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any


def describe_recovery(recovery: Mapping[str, Any]) -> Iterator[str]:
    """Say what was read, what was recovered after a crash, and what could not be read.

    Args:
        recovery: as the cloud tells it, see ``durability.recoveries.Recovery``; empty for a cloud
            that tells nothing.
    """
    if recovery.get("set_aside"):
        yield f"A part of its state could not be read. {recovery['reason']}"
        yield f"It is kept in {recovery['set_aside']}; nothing of it was deleted."
    holdings, events = recovery.get("holdings") or {}, recovery.get("events", 0)
    if recovery.get("changes"):
        yield (
            f"The last one had not been stopped: {_count(recovery['changes'], 'change')} since its "
            f"last snapshot {_were(recovery['changes'])} carried out again, nothing is lost."
        )
    if holdings:
        kept = [_count(number, word) for word, number in holdings.items()]
        yield f"It holds {_join(kept)}{_tell_time(recovery.get('snapshot'))}."
    if events:
        yield f"{_count(events, 'event')} accepted before {_were(events)} still being delivered."


def _count(number: int, word: str) -> str:
    if number == 1:
        return f"1 {word}"
    return f"{number:,} {word.removesuffix('y') + 'ies' if word.endswith('y') else word + 's'}"


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def _join(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _tell_time(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return time.strftime(", kept on %-d %B at %H:%M", time.localtime(seconds))
