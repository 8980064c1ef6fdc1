"""Lesson 4: the results are published, for whoever subscribes."""

from __future__ import annotations

from workshop_lib.aws import topics
from workshop_lib.lessons.builds import Workplace, build_function
from workshop_lib.lessons.exercises_04_sns_publish_results import (
    EXERCISES,
    HINTS,
    QUIZZES,
    REQUIREMENTS,
)
from workshop_lib.lessons.lesson import Lesson


def build(place: Workplace) -> None:
    """Make the topic, and tell reco-image of it."""
    topics.ensure_topic(place.client("sns"), place.names.topic, tags=place.tags)
    build_function(place, "reco-image")


LESSON = Lesson(
    number=4,
    stem="04_sns_publish_results",
    title="Publish the results",
    thesis="Who publishes need not know who listens.",
    minutes=42,
    services=("sns", "sqs", "lambda"),
    needs=(1, 3),
    parts=("topic",),
    functions=("reco-image",),
    build=build,
    exercises=EXERCISES,
    quizzes=QUIZZES,
    requirements=REQUIREMENTS,
    hints=HINTS,
)
