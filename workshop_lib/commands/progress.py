"""`workshop progress`: how far the attendee has come."""

from __future__ import annotations

from rich.table import Table

from workshop_lib.commands.terminals import console
from workshop_lib.settings import read_settings


def show_progress() -> None:
    """Show how far you have come: exercises, questions, checkpoints."""
    from workshop_lib.lessons import LESSONS
    from workshop_lib.progress import Progress

    progress = Progress(read_settings().home)
    table = Table("lesson", "exercises", "questions", "checkpoint")
    for lesson in LESSONS:
        kept = progress.of(lesson.stem)
        solved = len(kept.solved & {exercise.name for exercise in lesson.exercises})
        answered = len(kept.answered & {quiz.name for quiz in lesson.quizzes})
        table.add_row(
            f"{lesson.number} {lesson.title}",
            f"{solved} of {len(lesson.exercises)}",
            f"{answered} of {len(lesson.quizzes)}",
            "✓ reached" if kept.checkpoint else "○ ahead",
        )
    console.print(table)
