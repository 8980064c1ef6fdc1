"""Lesson 6: the API lists the results."""

from __future__ import annotations

from workshop_lib.lessons.builds import Workplace, build_function, build_route
from workshop_lib.lessons.exercises_06_api_gateway_list_items import (
    EXERCISES,
    HINTS,
    REQUIREMENTS,
)
from workshop_lib.lessons.lesson import Lesson
from workshop_lib.lessons.quizzes_06_api_gateway_list_items import QUIZZES


def build(place: Workplace) -> None:
    """Make db-list and the API's route to it, and deploy."""
    build_function(place, "db-list")
    build_route(place, "db-list", "/results", statement_id="api-results", headers=[])


LESSON = Lesson(
    number=6,
    stem="06_api_gateway_list_items",
    title="List the results through the API",
    thesis="A query reads what it returns; a scan reads everything.",
    minutes=40,
    services=("apigateway", "lambda", "dynamodb"),
    needs=(1, 2, 3, 4, 5),
    parts=("db-list",),
    functions=("db-list",),
    build=build,
    exercises=EXERCISES,
    quizzes=QUIZZES,
    requirements=REQUIREMENTS,
    hints=HINTS,
)
