"""Keeping count of the calls that a kernel makes, see :mod:`workshop_lib.call_counts`."""

from __future__ import annotations

import warnings
from collections import Counter, defaultdict
from collections.abc import Iterable

from workshop_lib.call_counts import CallCount, CallCounts
from workshop_lib.cloud import ApiCall, CallRecorder
from workshop_lib.errors import WorkshopError


class CallCounter:
    """Adds to the counts what some recorders have recorded since it last did.

    Args:
        counts: where they are kept.
        recorders: whose calls are counted.
    """

    def __init__(self, counts: CallCounts, *recorders: CallRecorder) -> None:
        self._counts = counts
        self._marks = {recorder: recorder.total for recorder in recorders}

    def count_also(self, recorder: CallRecorder) -> None:
        """Count the calls of this recorder too, from now on."""
        self._marks.setdefault(recorder, recorder.total)

    def keep(self) -> None:
        """Add what is new; where that cannot be kept, say so and go on, it is only a count."""
        calls = [call for recorder, mark in self._marks.items() for call in recorder.since(mark)]
        self._marks = {recorder: recorder.total for recorder in self._marks}
        if not calls:
            return
        try:
            self._counts.add(count_calls(calls))
        except WorkshopError as error:
            warnings.warn(str(error), stacklevel=2)


def count_calls(calls: Iterable[ApiCall]) -> list[CallCount]:
    """Return how often each operation was called.

    Left out are calls that had no answer, and those that DynamoDB refused: they consume nothing,
    but for a condition that did not hold.
    """
    answered = [call for call in calls if call.status and not _is_refused_by_table(call)]
    numbers = Counter((call.service, call.operation) for call in answered)
    units: dict[tuple[str, str], list[float]] = defaultdict(list)
    for call in answered:
        if call.consumed_units is not None:
            units[call.service, call.operation].append(call.consumed_units)
    return [
        CallCount(*kind, number, len(units[kind]), sum(units[kind]))
        for kind, number in numbers.items()
    ]


def _is_refused_by_table(call: ApiCall) -> bool:
    return (
        call.service == "dynamodb"
        and call.status >= 400
        and call.error_code != "ConditionalCheckFailedException"
    )
