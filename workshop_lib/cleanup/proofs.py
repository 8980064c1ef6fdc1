"""The proof of a clean-up: every service is listed again, and what was there is counted off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from workshop_lib.cleanup.degrees import FULL, Degree
from workshop_lib.cleanup.removals import Removal, run_cleanup
from workshop_lib.cloud import Cloud
from workshop_lib.errors import WorkshopError
from workshop_lib.naming import Names

# A function that was still at work makes its log group once more.
PASSES = 3


@dataclass(frozen=True)
class Tally:
    """How many things of a kind were found, removed, and are left."""

    kind: str
    found: int
    removed: int
    left: int


@dataclass(frozen=True)
class Proof:
    """What a clean-up looked for, what it found, and what a listing after it still finds."""

    kinds: tuple[str, ...]
    found: tuple[Removal, ...]
    left: tuple[Removal, ...]

    @property
    def tallies(self) -> tuple[Tally, ...]:
        """One for each kind, those that were not there included: they too were looked for."""
        found, left = _count(self.found), _count(self.left)
        kinds = [*self.kinds, *sorted(set(found) - set(self.kinds))]
        return tuple(
            Tally(kind, found[kind], found[kind] - left[kind], left[kind]) for kind in kinds
        )


def remove_with_proof(
    cloud: Cloud,
    names: Names,
    plan: list[Removal],
    progress: Callable[[str], object],
    degree: Degree = FULL,
) -> Proof:
    """Remove what the plan lists, list again, and go on with what has come meanwhile.

    Raises:
        WorkshopError: some things could not be removed.
    """
    found = list(plan)
    for _ in range(PASSES):
        run_cleanup(plan, progress)
        plan = degree.find(cloud, names)
        if not plan:
            return Proof(degree.kinds, tuple(found), ())
        found += [removal for removal in plan if removal not in found]
    raise WorkshopError(
        "Listed again, there still are: " + ", ".join(f"{r.kind} {r.name}" for r in plan),
        "Something makes them anew. End what still runs, then run the clean-up again.",
    )


def _count(removals: Iterable[Removal]) -> Counter[str]:
    counted: Counter[str] = Counter()
    for removal in removals:
        counted[removal.kind] += 1
        counted.update({f"{part} of a {removal.kind}": n for part, n in removal.parts.items() if n})
    return counted
