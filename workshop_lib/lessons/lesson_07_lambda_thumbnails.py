"""Lesson 7: a second subscriber makes thumbnails."""

from __future__ import annotations

from workshop_lib.aws import buckets
from workshop_lib.lessons.builds import Workplace, build_function, subscribe_to_topic
from workshop_lib.lessons.exercises_07_lambda_thumbnails import (
    EXERCISES,
    HINTS,
    QUIZZES,
    REQUIREMENTS,
)
from workshop_lib.lessons.lesson import Lesson


def build(place: Workplace) -> None:
    """Make the public thumbnails bucket and thumbnail-gen, and subscribe it to the topic."""
    s3, bucket = place.client("s3"), place.names.thumbnails_bucket
    buckets.ensure_bucket(s3, bucket, region=place.region, tags=place.tags)
    buckets.allow_public_read(s3, bucket)
    build_function(place, "thumbnail-gen")
    # The filter of the exercise, which a lesson may end with or without.
    subscribe_to_topic(place, "thumbnail-gen", optional_filter={"status": ["ok"]})


LESSON = Lesson(
    number=7,
    stem="07_lambda_thumbnails",
    title="Make thumbnails on the side",
    thesis="Fan-out adds a subscriber without touching what runs already.",
    minutes=40,
    services=("lambda", "s3", "sns"),
    needs=(1, 3, 4),
    parts=("thumbnails", "thumbnail-gen"),
    functions=("thumbnail-gen",),
    build=build,
    exercises=EXERCISES,
    quizzes=QUIZZES,
    requirements=REQUIREMENTS,
    hints=HINTS,
)
