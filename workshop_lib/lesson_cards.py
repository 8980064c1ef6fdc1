"""The card of an open lesson: where it works, what stands, and the map."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from typing import TYPE_CHECKING

from workshop_lib.architecture import ARCHITECTURE, Part, State, part_states
from workshop_lib.design import service_name
from workshop_lib.diagram import draw_architecture
from workshop_lib.lessons import LESSONS
from workshop_lib.notebook_sections import section_anchor, timed_sections
from workshop_lib.ui.cards import LessonCard, LessonCardData
from workshop_lib.ui.deck_links import DeckLinks, jupyter_server_path

if TYPE_CHECKING:
    from workshop_lib.workshop import OpenLesson

LOCAL_RUNTIME = "this computer's; on AWS python3.13"
AWS_RUNTIME = "3.13"


def map_states(number: int, standing: set[str]) -> dict[str, State]:
    """Return the state of every part for the map of the lesson of this number.

    Args:
        number: the open lesson's.
        standing: the ids of the parts that stand.
    """
    return {
        part: _state(lesson.number, number, part in standing)
        for lesson in LESSONS
        for part in lesson.parts
    }


def _state(made_by: int, number: int, stands: bool) -> State:
    if made_by == number:
        return "this lesson"
    if stands:
        return "standing"
    return "missing" if made_by < number else "later"


def make_card(opened: OpenLesson) -> LessonCard:
    """Return the card, after looking at what stands."""
    standing = opened.standing_parts()
    states = map_states(opened.number, standing)
    lesson, local = opened.lesson, opened.cloud.endpoint_url is not None
    return LessonCard(
        LessonCardData(
            number=lesson.number,
            title=lesson.title,
            cloud=f"the local cloud, {opened.cloud.endpoint_url}" if local else "AWS",
            region=opened.region,
            attendee=opened.names.attendee,
            python=f"{_own_python()} ({LOCAL_RUNTIME})" if local else AWS_RUNTIME,
            standing=_labels(dict.fromkeys(standing - {"browser"}, "standing"), "standing"),
            missing=_labels(states, "missing"),
            drawing=draw_architecture(part_states(states)),
            thesis=lesson.thesis,
            minutes=lesson.minutes,
            advice="Write lesson.catch_up() into a cell and run it: it builds them.",
            progress=opened.guidance.describe_progress(),
            slides=_deck_links(lesson.stem),
        )
    )


def _deck_links(stem: str) -> DeckLinks:
    titles = (section.title for section in timed_sections(stem))
    sections = [(title, section_anchor(title)) for title in titles]
    return DeckLinks(stem, sections, jupyter_server_path(os.environ))


def _own_python() -> str:
    major, minor, _ = platform.python_version_tuple()
    return f"{major}.{minor}"


def _labels(states: Mapping[str, str], wanted: str) -> list[str]:
    return [_label(part) for part in ARCHITECTURE.parts if states.get(part.id) == wanted]


def _label(part: Part) -> str:
    return f"{part.label} ({service_name(part.service)})"
