"""The decks' files: which there are, and what can be told of one before it is built."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from workshop_lib.errors import WorkshopError
from workshop_lib.lessons import LESSONS, Lesson
from workshop_lib.places import SLIDES

FIRST, LAST = "00_introduction", "99_clean_up"
ALL_STEMS = (FIRST, *(lesson.stem for lesson in LESSONS), LAST)


def lesson_of(stem: str) -> Lesson | None:
    """The lesson of this stem; none for the first and the last deck."""
    return next((lesson for lesson in LESSONS if lesson.stem == stem), None)


@dataclass(frozen=True)
class DeckFiles:
    """The folder of the decks' sources."""

    folder: Path = SLIDES

    def stems(self) -> tuple[str, ...]:
        """The stems of the decks that have a file, in the day's order."""
        return tuple(stem for stem in ALL_STEMS if self.file(stem).is_file())

    def file(self, stem: str) -> Path:
        """The file of the deck of this stem."""
        return self.folder / f"{stem}.md"

    def find(self, number: str) -> str:
        """Return the stem that begins with this number, as "03".

        Raises:
            WorkshopError: none does.
        """
        for stem in self.stems():
            if stem.startswith(f"{number}_"):
                return stem
        raise WorkshopError(
            f"No deck begins with {number!r}.", f"There are {', '.join(self.stems())}."
        )

    def services(self, stem: str) -> tuple[str, ...]:
        """The services of a deck; the first gives it its colour."""
        if lesson := lesson_of(stem):
            return lesson.services
        return tuple(self._front_matter(stem).get("services") or ())

    def title(self, stem: str) -> str:
        """The deck's title, as its file says it."""
        titles = [line for line in self._lines(stem) if line.startswith("# ")]
        if not titles:
            raise WorkshopError(f"{self.file(stem)} has no title.", "Write `# Title`.")
        return titles[0].removeprefix("# ").strip()

    def minutes(self, stem: str) -> int:
        """How long the deck's part of the day takes.

        Raises:
            WorkshopError: the file does not say it, and no lesson does.
        """
        if lesson := lesson_of(stem):
            return lesson.minutes
        minutes = self._front_matter(stem).get("minutes")
        if not isinstance(minutes, int):
            raise WorkshopError(
                f"{self.file(stem)} tells no minutes.",
                "It begins with `---`, `minutes: 30`, `---`.",
            )
        return minutes

    def _lines(self, stem: str) -> list[str]:
        return self.file(stem).read_text(encoding="utf-8").splitlines()

    def _front_matter(self, stem: str) -> Mapping[str, Any]:
        lines = self._lines(stem)
        if not lines or lines[0] != "---" or "---" not in lines[1:]:
            return {}
        try:
            found = yaml.safe_load("\n".join(lines[1 : lines.index("---", 1)]))
        except yaml.YAMLError as error:
            raise WorkshopError(
                f"{self.file(stem)}: between the lines `---` stands no YAML: {error}.",
                "Write it as `minutes: 30`.",
            ) from error
        return found if isinstance(found, dict) else {}
