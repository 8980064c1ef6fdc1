"""What memory buys, measured on a function of an open lesson."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from workshop_lib.errors import LessonError
from workshop_lib.measurements import measure_memory
from workshop_lib.naming import FUNCTIONS
from workshop_lib.ui.measurements import MemoryView
from workshop_lib.ui.progress import show_waiting

if TYPE_CHECKING:
    from workshop_lib.workshop import OpenLesson

# A size takes a change, a cold start and some calls.
SECONDS_FOR_A_SIZE = 30


def measure_sizes(
    opened: OpenLesson, function: str, event: Any, sizes: Sequence[int], calls: int
) -> MemoryView:
    """Return the measured sizes as bars."""
    if function not in FUNCTIONS:
        raise LessonError(
            f"There is no function {function}.", f"Choose from {', '.join(FUNCTIONS)}."
        )
    name, lambda_ = opened.names.function(function), opened.client("lambda")
    with show_waiting(f"{len(sizes)} sizes of memory", SECONDS_FOR_A_SIZE * len(sizes)) as waiting:
        measured = measure_memory(
            lambda_, name, event, sizes=sizes, calls=calls, say=lambda _: waiting.update()
        )
    return MemoryView(measured, opened.region)
