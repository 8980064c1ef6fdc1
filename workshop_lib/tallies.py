"""How far the exercises of several lessons are done, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from workshop_lib.lessons import Lesson
from workshop_lib.progress import Progress

STATUSES = ("correct", "incorrect", "not attempted")


@dataclass(frozen=True)
class Tally:
    """Of some lessons' exercises: how many went how, and what is not right yet.

    ``unsolved`` names exercises and checkpoints as ``1 narrow-policy``.
    """

    counts: dict[str, int]
    unsolved: tuple[str, ...]

    @property
    def words(self) -> str:
        """The counts in words."""
        return ", ".join(f"{self.counts[status]} {status}" for status in STATUSES)


def tally_answers(lessons: Sequence[Lesson], progress: Progress) -> Tally:
    """Return how the exercises and checkpoints of these lessons went."""
    counts: Counter[str] = Counter(dict.fromkeys(STATUSES, 0))
    unsolved = []
    for lesson in lessons:
        kept = progress.of(lesson.stem)
        for exercise in lesson.exercises:
            status = kept.exercises.get(exercise.name, "not attempted")
            counts[status] += 1
            if status != "correct":
                unsolved.append(f"{lesson.number} {exercise.name} ({status})")
        if lesson.requirements and not kept.checkpoint:
            unsolved.append(f"{lesson.number} checkpoint")
    return Tally(dict(counts), tuple(unsolved))
