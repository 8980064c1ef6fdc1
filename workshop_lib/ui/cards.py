"""The card at the head of a lesson."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from workshop_lib.ui.deck_links import DeckLinks
from workshop_lib.ui.views import View, join, visible

# A fact of more characters gets a line of its own.
LONG_FACT = 60


@dataclass(frozen=True)
class LessonCardData:
    """What the card says.

    Args:
        number: the lesson's place in the day.
        title: a few words.
        cloud: which cloud, in words, as "the local cloud" or "AWS".
        region: the AWS Region.
        attendee: the attendee's id.
        python: the version of Python that functions run on, as "3.11".
        standing: what stands already, one label each.
        missing: what earlier lessons should have left and did not.
        drawing: the architecture with this lesson's parts lit, an SVG of our own making.
        thesis: the one sentence to remember.
        minutes: how long the lesson takes.
        advice: what to do about what is missing.
        progress: how far the exercises are done, in words; empty where there are none.
        slides: the lesson's deck.
    """

    number: int
    title: str
    cloud: str
    region: str
    attendee: str
    python: str
    standing: Sequence[str]
    drawing: str
    missing: Sequence[str] = ()
    thesis: str = ""
    minutes: int | None = None
    advice: str = ""
    progress: str = ""
    slides: DeckLinks | None = None


class LessonCard(View):
    """A lesson, where it works, what stands already, and the map."""

    def __init__(self, data: LessonCardData) -> None:
        self._data = data

    def body(self) -> Markup:
        """The card with the drawing."""
        data = self._data
        # The drawing escapes its own labels.
        drawing = Markup(data.drawing)  # noqa: S704
        slides = data.slides.body() if data.slides else Markup()
        return Markup('<h2>{}</h2>{}<dl class="facts">{}</dl>{}{}{}').format(
            self._title(), self._thesis(), self._facts(), self._missing(), slides, drawing
        )

    def to_text(self) -> str:
        """The same in lines; the drawing is told by what stands and what is missing."""
        facts = [f"{term}: {value}" for term, value in self._pairs()]
        missing = self._missing_words()
        slides = self._data.slides.to_text() if self._data.slides else ""
        lines = [self._title(), visible(self._data.thesis), *facts, missing, slides]
        return "\n".join(line for line in lines if line)

    def _title(self) -> str:
        return f"Lesson {self._data.number}: {visible(self._data.title)}"

    def _thesis(self) -> Markup:
        thesis = visible(self._data.thesis)
        return Markup('<p class="quiet">{}</p>').format(thesis) if thesis else Markup()

    def _facts(self) -> Markup:
        return join(
            [
                Markup('<div class="{}"><dt>{}</dt><dd>{}</dd></div>').format(
                    "wide" if len(value) > LONG_FACT else "", term, value
                )
                for term, value in self._pairs()
            ]
        )

    def _pairs(self) -> list[tuple[str, str]]:
        data = self._data
        pairs = [
            ("Cloud", visible(data.cloud)),
            ("Region", visible(data.region)),
            ("Attendee", visible(data.attendee)),
            ("Functions run on", f"Python {visible(data.python)}"),
            ("Standing", ", ".join(visible(part) for part in data.standing) or "nothing yet"),
        ]
        if data.minutes:
            pairs.append(("Time", f"{data.minutes} minutes"))
        return [*pairs, ("Done", visible(data.progress))] if data.progress else pairs

    def _missing(self) -> Markup:
        words = self._missing_words()
        return Markup('<p class="bad">{}</p>').format(words) if words else Markup()

    def _missing_words(self) -> str:
        if not self._data.missing:
            return ""
        parts = ", ".join(visible(part) for part in self._data.missing)
        return f"Missing from earlier lessons: {parts}. {visible(self._data.advice)}".strip()
