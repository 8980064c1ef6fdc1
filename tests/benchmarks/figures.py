"""What was measured, beside its target: a table, and the rows of build/bench.json."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Row:
    """One measurement beside what it is compared with.

    Attributes:
        what: in words.
        unit: of all three figures, such as ``ms`` or ``/s``.
        ours, other: the figures; None where there is none.
        against: what the other is.
        bound: the ratio of ours to the other that is the target: at most, or at least where more
            is better; None where there is no target.
    """

    what: str
    unit: str
    ours: float | None
    other: float | None = None
    against: str = ""
    bound: float | None = None
    more_is_better: bool = False

    @property
    def ratio(self) -> float | None:
        """Ours divided by the other."""
        return self.ours / self.other if self.ours is not None and self.other else None

    @property
    def is_met(self) -> bool | None:
        """Whether the target is met; None where there is none, or nothing to compare with."""
        if self.bound is None or self.ratio is None:
            return None
        return self.ratio >= self.bound if self.more_is_better else self.ratio <= self.bound

    def as_json(self) -> dict[str, Any]:
        """Return the row for build/bench.json."""
        return {
            "what": self.what, "unit": self.unit, "ours": self.ours, "other": self.other,
            "against": self.against, "ratio": self.ratio, "bound": self.bound,
            "more_is_better": self.more_is_better, "met": self.is_met,
        }  # fmt: skip

    def as_cells(self) -> tuple[str, ...]:
        """Return the row for a table: what, ours, the other, ratio, target, met."""
        sign = "≥" if self.more_is_better else "≤"
        met = {True: "yes", False: "no", None: ""}[self.is_met]
        return (
            self.what,
            _show(self.ours, self.unit),
            f"{_show(self.other, self.unit)} {self.against}".strip(),
            "" if self.ratio is None else f"{self.ratio:.2f}",
            "" if self.bound is None else f"{sign} {self.bound:.2g}",
            met,
        )


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which this share of the values lies (nearest rank)."""
    ranked = sorted(values)
    return ranked[max(0, math.ceil(share * len(ranked)) - 1)]


def median(values: Sequence[float]) -> float:
    """Return the middle value."""
    return statistics.median(values)


def _show(value: float | None, unit: str) -> str:
    if value is None:
        return "–"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:.{digits}f} {unit}".strip()
