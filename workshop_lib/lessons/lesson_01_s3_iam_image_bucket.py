"""Lesson 1: a private bucket for pictures, and the first role."""

from __future__ import annotations

from workshop_lib.aws import buckets
from workshop_lib.lessons.builds import Workplace, build_role
from workshop_lib.lessons.exercises_01_s3_iam_image_bucket import (
    EXERCISES,
    HINTS,
    QUIZZES,
    REQUIREMENTS,
)
from workshop_lib.lessons.lesson import Lesson


def build(place: Workplace) -> None:
    """Make the images bucket, its cross-origin rule, and the role of presigned-url."""
    s3, names = place.client("s3"), place.names
    buckets.ensure_bucket(s3, names.images_bucket, region=place.region, tags=place.tags)
    buckets.ensure_cross_origin_rule(
        s3,
        names.images_bucket,
        origins=[place.cloud.website_origin(names.website_bucket)],
        methods=["PUT"],
    )
    build_role(place, "presigned-url")


LESSON = Lesson(
    number=1,
    stem="01_s3_iam_image_bucket",
    title="A private bucket for pictures",
    thesis="Nobody reaches an object unless a policy or a signature says so.",
    minutes=62,
    services=("s3", "iam"),
    needs=(),
    parts=("browser", "images"),
    functions=(),
    build=build,
    exercises=EXERCISES,
    quizzes=QUIZZES,
    requirements=REQUIREMENTS,
    hints=HINTS,
)
