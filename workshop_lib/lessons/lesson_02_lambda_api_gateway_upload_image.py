"""Lesson 2: a function that hands out upload URLs, behind an API."""

from __future__ import annotations

from workshop_lib.lessons.builds import Workplace, build_function, build_route
from workshop_lib.lessons.exercises_02_lambda_api_gateway_upload_image import (
    EXERCISES,
    HINTS,
    QUIZZES,
    REQUIREMENTS,
)
from workshop_lib.lessons.lesson import Lesson


def build(place: Workplace) -> None:
    """Make presigned-url and the API's route to it, and deploy."""
    build_function(place, "presigned-url")
    build_route(place, "presigned-url", "/upload", statement_id="api-gateway")


LESSON = Lesson(
    number=2,
    stem="02_lambda_api_gateway_upload_image",
    title="Upload a picture through an API",
    thesis="A function is code that waits for an event; an API turns a request into one.",
    minutes=90,
    services=("lambda", "apigateway"),
    needs=(1,),
    parts=("api", "presigned-url"),
    functions=("presigned-url",),
    build=build,
    exercises=EXERCISES,
    quizzes=QUIZZES,
    requirements=REQUIREMENTS,
    hints=HINTS,
)
