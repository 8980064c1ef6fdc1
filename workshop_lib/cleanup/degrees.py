"""The two degrees of clean-up: the doors closed, or everything gone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from workshop_lib.cleanup.findings import plan_cleanup
from workshop_lib.cleanup.minimum import plan_minimum
from workshop_lib.cleanup.removals import KINDS, Removal
from workshop_lib.cloud import Cloud
from workshop_lib.naming import Names

OPEN_KINDS = ("stage", "public access")


@dataclass(frozen=True)
class Degree:
    """How much a clean-up removes.

    Args:
        find: lists what would go.
        kinds: what it looks for, in the order of removal.
        nothing: ends the sentence "Nothing of hers …" where there is nothing to do.
        proved: what a second listing proves.
    """

    find: Callable[[Cloud, Names], list[Removal]]
    kinds: tuple[str, ...]
    nothing: str
    proved: str


MINIMUM = Degree(
    plan_minimum,
    OPEN_KINDS,
    "is open to strangers",
    "Listed again: every door is closed. What you built stands behind them; `workshop catch-up`, "
    "in a terminal, opens them again.",
)
FULL = Degree(
    plan_cleanup,
    tuple(kind for kind in KINDS if kind not in OPEN_KINDS),
    "stands",
    "Listed again: nothing is left.",
)
DEGREES = {"minimum": MINIMUM, "full": FULL}
