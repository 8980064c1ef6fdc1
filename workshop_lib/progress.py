"""How far the attendee has come, kept in one file on her own disk; nothing leaves the machine.

What was once right stays right: a later try does not take it back.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workshop_lib.errors import WorkshopError
from workshop_lib.locks import hold_lock

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
        with self._changing() as lessons:
            _section(lessons, stem)["checkpoint"] = reached

    def _record(self, stem: str, kind: str, name: str, status: str) -> None:
        with self._changing() as lessons:
            kept = _section(_section(lessons, stem), kind)
            if kept.get(name) != "correct":
                kept[name] = status

    @contextmanager
    def _changing(self) -> Iterator[dict[str, Any]]:
        """Read, let change and write, while no other tab or kernel does."""
        lock = self.file.with_name(f"{FILE_NAME}.lock")
        with self._explain_errors(), hold_lock(lock, "Another notebook keeps its progress."):
            lessons = self._read()
            before = json.dumps(lessons, sort_keys=True)
            yield lessons
            if json.dumps(lessons, sort_keys=True) != before:
                self._write(lessons)

    @contextmanager
    def _explain_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise WorkshopError(
                f"Your progress cannot be kept in {self.file}: {error}",
                "Make room on the disk, or set WORKSHOP_HOME to a folder that you can write to.",
            ) from error

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
        descriptor, draft = tempfile.mkstemp(dir=self.file.parent, prefix=FILE_NAME)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            json.dump(lessons, stream, indent=2, sort_keys=True)
        Path(draft).replace(self.file)


def _statuses(kept: Any) -> dict[str, str]:
    if not isinstance(kept, dict):
        return {}
    return {name: status for name, status in kept.items() if isinstance(status, str)}


def _section(holder: dict[str, Any], name: str) -> dict[str, Any]:
    if not isinstance(holder.get(name), dict):
        holder[name] = {}
    section: dict[str, Any] = holder[name]
    return section
