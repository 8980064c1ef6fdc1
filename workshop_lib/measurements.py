"""Measuring the attendee's own function: what a cold start takes, and what memory buys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import Any

from workshop_lib.aws import functions
from workshop_lib.aws.functions import Report
from workshop_lib.costs import MILLION, make_bill, multiply
from workshop_lib.errors import LessonError

LEAST_MEMORY, MOST_MEMORY = 128, 10_240
MEGABYTES_IN_A_GIGABYTE = 1024


@dataclass(frozen=True)
class MemoryMeasurement:
    """How a function did with one size of memory.

    Args:
        memory_mb: the size.
        cold: the report of the first call, which started an environment.
        warm: the reports of the calls after it.
        error: what the function failed with, or empty.
    """

    memory_mb: int
    cold: Report | None
    warm: tuple[Report, ...]
    error: str = ""

    @property
    def duration_ms(self) -> float | None:
        """The median of the warm calls; None where there is none."""
        return median(report.duration_ms for report in self.warm) if self.warm else None

    def million(self, region: str) -> Decimal | None:
        """What a million warm calls cost in USD, nothing of them free."""
        if not self.warm:
            return None
        billed = Decimal(str(median(report.billed_ms for report in self.warm)))
        seconds = billed / 1000 * self.memory_mb / MEGABYTES_IN_A_GIGABYTE
        one = {"lambda-requests": Decimal(1), "lambda-duration": seconds}
        return make_bill(multiply(one, MILLION), region).cost


def measure_memory(
    lambda_: Any,
    name: str,
    event: Any,
    *,
    sizes: Sequence[int],
    calls: int = 3,
    say: Callable[[str], object] = lambda _: None,
) -> list[MemoryMeasurement]:
    """Call a function with several sizes of memory; it gets its own back, also when interrupted.

    Args:
        lambda_: the client.
        name: of the function.
        event: to call it with.
        sizes: in MB.
        calls: how many warm calls with each size.
        say: is told what is measured.

    Raises:
        LessonError: a size is not one that Lambda has, or there are none.
    """
    _check_sizes(sizes, calls)
    measured = []
    with functions.keep_memory(lambda_, name):
        for size in sizes:
            say(f"{size:,} MB …")
            functions.set_memory(lambda_, name, size)
            measured.append(_measure(lambda_, name, event, size, calls))
    return measured


def _check_sizes(sizes: Sequence[int], calls: int) -> None:
    wrong = [size for size in sizes if not LEAST_MEMORY <= size <= MOST_MEMORY]
    if wrong or not sizes:
        raise LessonError(
            f"Lambda has no function of {wrong[0]} MB."
            if wrong
            else "There is no size to measure.",
            f"Give sizes from {LEAST_MEMORY} to {MOST_MEMORY:,} MB, such as sizes=(512, 1024).",
        )
    if calls < 1:
        raise LessonError(f"{calls} calls measure nothing.", "Give at least one.")


def _measure(lambda_: Any, name: str, event: Any, size: int, calls: int) -> MemoryMeasurement:
    first = functions.invoke_function(lambda_, name, event)
    if first.error:
        # Killed or failed: the same would happen again.
        return MemoryMeasurement(size, first.report, (), _describe_error(first.payload))
    later = [functions.invoke_function(lambda_, name, event).report for _ in range(calls)]
    warm = tuple(report for report in later if report and report.init_ms is None)
    return MemoryMeasurement(size, first.report, warm)


def _describe_error(payload: Any) -> str:
    if not isinstance(payload, dict):
        return str(payload)
    return str(payload.get("errorType") or payload.get("errorMessage") or "failed")
