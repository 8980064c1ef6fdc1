"""Lesson 5: a table keeps the results."""

from __future__ import annotations

from workshop_lib.aws import tables
from workshop_lib.lessons.builds import Workplace, build_function, subscribe_to_topic
from workshop_lib.lessons.exercises_05_dynamodb_save_results import (
    EXERCISES,
    HINTS,
    REQUIREMENTS,
)
from workshop_lib.lessons.lesson import Lesson
from workshop_lib.lessons.quizzes_05_dynamodb_save_results import QUIZZES


def build(place: Workplace) -> None:
    """Make the table and db-save, and subscribe it to the topic."""
    tables.ensure_table(place.client("dynamodb"), place.names.table, tags=place.tags)
    build_function(place, "db-save")
    subscribe_to_topic(place, "db-save")


LESSON = Lesson(
    number=5,
    stem="05_dynamodb_save_results",
    title="Keep the results in a table",
    thesis="Choose the key by the question that you will ask.",
    minutes=50,
    services=("dynamodb", "lambda", "sns"),
    needs=(1, 3, 4),
    parts=("table", "db-save"),
    functions=("db-save",),
    build=build,
    exercises=EXERCISES,
    quizzes=QUIZZES,
    requirements=REQUIREMENTS,
    hints=HINTS,
)
