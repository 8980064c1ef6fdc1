"""Clean-up in a notebook: said first, done on a word, then proved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workshop_lib import cleanup
from workshop_lib.cloud import Cloud
from workshop_lib.errors import LessonError
from workshop_lib.naming import Names


def list_removals(cloud: Cloud, names: Names) -> list[dict[str, str]]:
    """Return what each degree of clean-up would remove; nothing is removed by looking."""
    return [
        {"degree": name, "removal": str(removal)}
        for name, degree in cleanup.DEGREES.items()
        for removal in degree.find(cloud, names)
    ]


def clean_up(cloud: Cloud, names: Names, degree: Any, say: Callable[[str], object]) -> None:
    """Remove what the attendee has built, to a degree, and list everything again as proof.

    Raises:
        LessonError: there is no such degree.
        WorkshopError: something could not be removed.
    """
    if degree is ...:
        say('Not attempted: write "minimum" or "full" in place of the dots.')
        return
    if degree not in cleanup.DEGREES:
        raise LessonError(
            f"There is no clean-up {degree!r}.", 'Write "minimum" or "full", with the quotes.'
        )
    chosen = cleanup.DEGREES[degree]
    proof = cleanup.remove_with_proof(cloud, names, chosen.find(cloud, names), say, chosen)
    for tally in proof.tallies:
        if tally.found:
            counts = f"{tally.found:3} found {tally.removed:3} removed {tally.left:3} left"
            say(f"{tally.kind:27} {counts}")
    say(chosen.proved)
