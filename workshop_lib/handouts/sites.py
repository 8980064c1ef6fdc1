"""The site: a page for each lesson that was run, and a first page with the map and the results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from workshop_lib.handouts.links import Links
from workshop_lib.handouts.pages import LessonPages, render, site_styles
from workshop_lib.lessons import Lesson
from workshop_lib.places import NOTEBOOKS


@dataclass(frozen=True)
class Findings:
    """What a run found out, as the HTML of views; empty where there is nothing.

    Args:
        drawing: the architecture, with what stands.
        results: what was recognised.
        bill: what was used, and what it costs.
        exercises: how the exercises went, a sentence.
        where: on which cloud it ran, and when.
    """

    drawing: str
    results: str
    bill: str
    exercises: str
    where: str


def write_site(executed: Path, lessons: Sequence[Lesson], findings: Findings, site: Path) -> Path:
    """Write the site and return its first page.

    Args:
        executed: the folder with the executed notebooks.
        lessons: those that were run, in their order.
        findings: what the run found out.
        site: the folder of the site; what is there is overwritten.
    """
    site.mkdir(parents=True, exist_ok=True)
    (site / "handout.css").write_text(site_styles(), encoding="utf-8")
    pages, links = LessonPages(), Links(NOTEBOOKS, site)
    for place, lesson in enumerate(lessons):
        page = pages.make(
            executed / f"{lesson.stem}.ipynb",
            links,
            lesson=lesson,
            lessons=lessons,
            before=lessons[place - 1] if place else None,
            after=lessons[place + 1] if place + 1 < len(lessons) else None,
        )
        (site / f"{lesson.stem}.html").write_text(page, encoding="utf-8")
    first = site / "index.html"
    first.write_text(
        render(
            "start.html.j2",
            lessons=lessons,
            drawing_html=findings.drawing,
            results_html=findings.results,
            bill_html=findings.bill,
            exercises=findings.exercises,
            where=findings.where,
        ),
        encoding="utf-8",
    )
    return first
