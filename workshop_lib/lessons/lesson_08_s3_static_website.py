"""Lesson 8: a website shows it all."""

from __future__ import annotations

from pathlib import Path

from workshop_lib.aws import buckets, rest_apis, websites
from workshop_lib.errors import LessonError
from workshop_lib.lessons.builds import Workplace
from workshop_lib.lessons.exercises_08_s3_static_website import (
    EXERCISES,
    HINTS,
    QUIZZES,
    REQUIREMENTS,
)
from workshop_lib.lessons.lesson import Lesson
from workshop_lib.naming import API_STAGE

DASHBOARD = Path(__file__).parent.parent / "dashboard"


def build(place: Workplace) -> None:
    """Make the website: its public bucket, the page, and the addresses that it works with.

    Raises:
        LessonError: there is no API yet.
    """
    s3, bucket = place.client("s3"), place.names.website_bucket
    buckets.ensure_bucket(s3, bucket, region=place.region, tags=place.tags)
    websites.ensure_website(s3, bucket)
    buckets.allow_public_read(s3, bucket)
    websites.upload_folder(s3, bucket, DASHBOARD)
    api = rest_apis.find_api(place.client("apigateway"), place.names.api)
    if api is None:
        raise LessonError("The website needs the API, and there is none.", "Do lesson 2 first.")
    address = place.cloud.browser_api_url(api.id, API_STAGE)
    websites.put_configuration(
        s3,
        bucket,
        api_upload=f"{address}/upload",
        api_results=f"{address}/results",
        thumbnails=place.cloud.objects_url(place.names.thumbnails_bucket),
    )


LESSON = Lesson(
    number=8,
    stem="08_s3_static_website",
    title="A website for it all",
    thesis="A bucket can be a website; the rest of the application is already there.",
    minutes=47,
    services=("s3",),
    needs=(1, 2, 3, 4, 5, 6, 7),
    parts=("website",),
    functions=(),
    build=build,
    exercises=EXERCISES,
    quizzes=QUIZZES,
    requirements=REQUIREMENTS,
    hints=HINTS,
)
