"""One removal, and doing many in order.

The order matters: first what calls, then what is called; first what holds, then what is held. Logs
go last, because a function that is still at work writes its log anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from botocore.exceptions import BotoCoreError, ClientError

from workshop_lib.errors import WorkshopError

# In the order of removal.
KINDS = (
    "event notification", "stage", "public access", "REST API", "event source mapping", "function",
    "topic", "queue", "table", "bucket", "role", "layer", "log group",
)  # fmt: skip


@dataclass(frozen=True)
class Removal:
    """One thing that stands and would go; as text, a sentence for the attendee.

    Args:
        kind: one of :data:`KINDS`.
        name: what the attendee knows it by.
        parts: what goes with it and how many, such as ``{"stage": 2}``.
        details: what the sentence adds.
        remove: does it; again does no harm.
    """

    kind: str
    name: str
    parts: Mapping[str, int] = field(default_factory=dict)
    details: str = ""
    remove: Callable[[], object] = field(repr=False, compare=False, default=lambda: None)

    def __str__(self) -> str:
        counted = [_count(number, noun) for noun, number in self.parts.items() if number]
        along = f" with its {' and '.join(counted)}" if counted else ""
        return f"Remove the {self.kind} {self.name}{along}{self.details}."


def sort_removals(removals: list[Removal]) -> list[Removal]:
    """Return the removals in the order in which they can be done."""
    return sorted(removals, key=lambda removal: KINDS.index(removal.kind))


def run_cleanup(plan: list[Removal], progress: Callable[[str], object] = print) -> None:
    """Remove what the plan lists, one after the other; what is gone meanwhile is fine.

    Args:
        plan: what to remove, in this order.
        progress: is told each removal's sentence before it is done.

    Raises:
        WorkshopError: some things could not be removed; everything else was.
    """
    failures = []
    for removal in plan:
        progress(str(removal))
        try:
            removal.remove()
        except (ClientError, BotoCoreError, WorkshopError) as error:
            failures.append(f"{removal.kind} {removal.name}: {error}")
    if failures:
        raise WorkshopError(
            "Not everything could be removed:\n" + "\n".join(failures),
            "Run the clean-up again: it goes on where it stopped.",
        )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
