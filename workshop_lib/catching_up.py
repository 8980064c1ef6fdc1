"""Catching up: any state becomes the beginning of a lesson; only what is missing is built."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any

from workshop_lib.cloud import ApiCall
from workshop_lib.lessons import LESSONS
from workshop_lib.locks import hold_lock
from workshop_lib.ui.steps import Steps
from workshop_lib.workplaces import LessonWorkplace

LOOKS = ("Get", "List", "Describe", "Head", "Filter")
# What makes a thing, what the thing is called, and the parameter that names it.
MAKING = {
    "CreateBucket": ("bucket", "Bucket"),
    "CreateRole": ("role", "RoleName"),
    "CreateLogGroup": ("log group", "logGroupName"),
    "CreateFunction": ("function", "FunctionName"),
    "CreateRestApi": ("API", "name"),
    "CreateResource": ("route", "pathPart"),
    "PublishLayerVersion": ("layer", "LayerName"),
    "CreateQueue": ("queue", "QueueName"),
    "CreateTable": ("table", "TableName"),
}
# They carry a layer's package, repeat what stands, or take the API as it is once more.
UNREMARKABLE = frozenset({
    "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload", "PutObject", "AssumeRole",
    "CreateDeployment", "UpdateStage", "CreateTopic",
})  # fmt: skip


def catch_up(place: LessonWorkplace, steps: Steps, last: int | None = None) -> None:
    """Build what the lessons before this one should have left; what stands stays.

    Interrupted or failed, it can be run again: it goes on with what is missing.

    Args:
        place: the lesson's.
        steps: is told each lesson that is built.
        last: the last lesson to build; default: the one before this one.

    Raises:
        WorkshopError: another program of this attendee does not finish catching up.
    """
    began = time.monotonic()
    with hold_lock(place.settings.home / "catching_up.lock", "Another notebook is catching up."):
        _build_all(place, steps, place.number - 1 if last is None else last)
    what = f"Everything that lesson {place.number} needs" if last is None else "Everything"
    steps.finish(f"{what} stands, after {time.monotonic() - began:.0f} s.")


def _build_all(place: LessonWorkplace, steps: Steps, last: int) -> None:
    for lesson in LESSONS[:last]:
        steps.begin(f"Lesson {lesson.number}: {lesson.title}")
        before = place.cloud.recorder.total
        try:
            lesson.build(LessonWorkplace(lesson, place.settings, place.cloud, last))
        except BaseException:
            steps.finish(f"Stopped in lesson {lesson.number}; run it again, and it goes on there.")
            raise
        steps.end(describe_changes(place.cloud.recorder.since(before)))


def describe_changes(calls: Sequence[ApiCall]) -> str:
    """Return in words what these calls made and mended; "all stood" when they only looked."""
    changes = [
        call
        for call in calls
        if call.status < 400
        and not call.operation.startswith(LOOKS)
        and call.operation not in UNREMARKABLE
    ]
    made = [
        f"{MAKING[call.operation][0]} {call.parameters[MAKING[call.operation][1]]}"
        for call in changes
        if call.operation in MAKING
    ]
    made += [f"topic {name}" for name in _topics_made(changes)]
    mended = list(dict.fromkeys(_mending(changes)))
    words = [f"made {', '.join(made)}"] if made else []
    if mended:
        words.append(f"set by {', '.join(mended)}")
    return "; ".join(words) or "all stood"


def _topics_made(changes: Sequence[ApiCall]) -> Iterator[str]:
    # CreateTopic is called for a standing topic too; only a new one lacks its tags.
    for call in changes:
        if call.service == "sns" and call.operation == "TagResource":
            yield call.parameters["ResourceArn"].rsplit(":", 1)[-1]


def _mending(changes: Sequence[ApiCall]) -> Iterator[str]:
    """Yield the operations that changed what stood before."""
    new = {
        str(call.parameters[MAKING[call.operation][1]])
        for call in changes
        if call.operation in MAKING
    } | set(_topics_made(changes))
    new_api = any(call.operation in ("CreateRestApi", "CreateResource") for call in changes)
    for call in changes:
        if call.operation in MAKING or (call.service == "apigateway" and new_api):
            continue
        if not any(_last_part(value) in new for value in call.parameters.values()):
            yield call.operation


def _last_part(value: Any) -> str:
    return value.rsplit(":", 1)[-1].rsplit("/", 1)[-1] if isinstance(value, str) else ""
