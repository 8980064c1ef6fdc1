"""How far the attendee has come, kept in one file on her own disk; nothing leaves the machine.

What was once right stays right: a later try does not take it back.
"""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workshop_lib.errors import WorkshopError

FILE_NAME = "progress.json"


@dataclass(frozen=True)
class LessonProgress:
    """One lesson's: exercises and questions by name with how they went, and the checkpoint."""

    exercises: dict[str, str] = field(default_factory=dict)
    quizzes: dict[str, str] = field(default_factory=dict)
    checkpoint: bool = False

    @property
    def solved(self) -> set[str]:
        """The names of the exercises that were answered right."""
        return {name for name, status in self.exercises.items() if status == "correct"}

    @property
    def answered(self) -> set[str]:
        """The names of the questions that were answered right."""
        return {name for name, status in self.quizzes.items() if status == "correct"}


class Progress:
    """The attendee's progress.

    Args:
        home: where the workshop keeps its state.
    """

    def __init__(self, home: Path) -> None:
        self.file = home / FILE_NAME

    def of(self, stem: str) -> LessonProgress:
        """Return a lesson's progress, empty where there is none yet."""
        kept = self._read().get(stem, {})
        if not isinstance(kept, dict):
            return LessonProgress()
        return LessonProgress(
            _statuses(kept.get("exercises")),
            _statuses(kept.get("quizzes")),
            kept.get("checkpoint") is True,
        )

    def record_exercise(self, stem: str, name: str, status: str) -> None:
        """Keep how an exercise went.

        Raises:
            WorkshopError: the file cannot be written.
        """
        self._record(stem, "exercises", name, status)

    def record_quiz(self, stem: str, name: str, status: str) -> None:
        """Keep how a question was answered.

        Raises:
            WorkshopError: the file cannot be written.
        """
        self._record(stem, "quizzes", name, status)

    def record_checkpoint(self, stem: str, reached: bool) -> None:
        """Keep whether all that the lesson leaves behind stood at the last look.

        Raises:
            WorkshopError: the file cannot be written.
        """
        lessons = self._read()
        _section(lessons, stem)["checkpoint"] = reached
        self._write(lessons)

    def _record(self, stem: str, kind: str, name: str, status: str) -> None:
        lessons = self._read()
        kept = _section(_section(lessons, stem), kind)
        if kept.get(name) != "correct" and kept.get(name) != status:
            kept[name] = status
            self._write(lessons)

    def _read(self) -> dict[str, Any]:
        try:
            lessons = json.loads(self.file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError):
            # Progress is a comfort: an unreadable file must not keep anyone from learning.
            return {}
        return lessons if isinstance(lessons, dict) else {}

    def _write(self, lessons: dict[str, Any]) -> None:
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            descriptor, draft = tempfile.mkstemp(dir=self.file.parent, prefix=FILE_NAME)
            with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
                json.dump(lessons, stream, indent=2, sort_keys=True)
            Path(draft).replace(self.file)
        except OSError as error:
            raise WorkshopError(
                f"Your progress cannot be kept in {self.file}: {error}",
                "Make room on the disk, or set WORKSHOP_HOME to a folder that you can write to.",
            ) from error


def _statuses(kept: Any) -> dict[str, str]:
    if not isinstance(kept, dict):
        return {}
    return {name: status for name, status in kept.items() if isinstance(status, str)}


def _section(holder: dict[str, Any], name: str) -> dict[str, Any]:
    if not isinstance(holder.get(name), dict):
        holder[name] = {}
    section: dict[str, Any] = holder[name]
    return section
