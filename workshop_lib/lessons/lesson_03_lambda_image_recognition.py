"""Lesson 3: a function that recognises every uploaded picture."""

from __future__ import annotations

from workshop_lib.aws import buckets, functions
from workshop_lib.lessons.builds import Workplace, build_function
from workshop_lib.lessons.contracts import UPLOADS
from workshop_lib.lessons.exercises_03_lambda_image_recognition import (
    EXERCISES,
    HINTS,
    QUIZZES,
    REQUIREMENTS,
)
from workshop_lib.lessons.lesson import Lesson

NOTIFICATION = "recognise"


def build(place: Workplace) -> None:
    """Make the layer and reco-image, and have the images bucket call it."""
    names = place.names
    build_function(place, "reco-image")
    functions.allow_invocation(
        place.client("lambda"),
        names.function("reco-image"),
        statement_id="images-bucket",
        principal="s3.amazonaws.com",
        source_arn=names.bucket_arn(names.images_bucket),
        source_account=names.account_id,
    )
    buckets.notify_function(
        place.client("s3"),
        names.images_bucket,
        function_arn=names.function_arn("reco-image"),
        notification_id=NOTIFICATION,
        prefix=UPLOADS,
    )


LESSON = Lesson(
    number=3,
    stem="03_lambda_image_recognition",
    title="Recognise what a picture shows",
    thesis="An event calls the function: nobody waits, and what fails is tried again.",
    minutes=60,
    services=("lambda", "s3", "sqs"),
    needs=(1,),
    parts=("reco-image",),
    functions=("reco-image",),
    build=build,
    exercises=EXERCISES,
    quizzes=QUIZZES,
    requirements=REQUIREMENTS,
    hints=HINTS,
)
