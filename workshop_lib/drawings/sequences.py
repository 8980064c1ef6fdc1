"""Drawings of who says what to whom, from top to bottom in time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workshop_lib.drawings.sketches import PADDING, SMALL, WIDTH, Face, Sketch, Tone, measure

HEAD_HEIGHT, STEP, MARGIN = 96, 58, 12


@dataclass(frozen=True)
class Actor:
    """Who takes part: a service and a name."""

    service: str
    label: str


@dataclass(frozen=True)
class Saying:
    """One message from an actor to another, by their places; to itself, it is a thought.

    Args:
        source: who speaks, 0 is the leftmost.
        target: who is spoken to.
        text: what is said.
        tone: how it is drawn.
        face: words, or the type of code.
        answer: whether the line is dashed, as answers are.
    """

    source: int
    target: int
    text: str
    tone: Tone = "plain"
    face: Face = "words"
    answer: bool = False


def draw_sequence(
    title: str, description: str, actors: Sequence[Actor], sayings: Sequence[Saying]
) -> str:
    """Draw the actors side by side and their sayings one under the other, as SVG."""
    top = HEAD_HEIGHT + 2 * MARGIN
    sketch = Sketch(title, description, top + STEP * len(sayings) + MARGIN)
    head_width = min(260, (WIDTH - MARGIN * (len(actors) + 1)) / len(actors))
    span = (WIDTH - 2 * MARGIN - head_width) / (len(actors) - 1)
    centres = [MARGIN + head_width / 2 + place * span for place in range(len(actors))]
    for actor, centre in zip(actors, centres, strict=True):
        sketch.line((centre, HEAD_HEIGHT + MARGIN), (centre, sketch.height - 4), dotted=True)
        sketch.part(
            centre - head_width / 2,
            MARGIN,
            actor.service,
            actor.label,
            width=head_width,
            height=HEAD_HEIGHT,
        )
    for place, saying in enumerate(sayings):
        _draw_saying(sketch, saying, centres, top + STEP * (place + 1) - 14)
    return sketch.to_svg()


def _draw_saying(sketch: Sketch, saying: Saying, centres: Sequence[float], y: float) -> None:
    start, end = centres[saying.source], centres[saying.target]
    if saying.source == saying.target:
        width = measure(saying.text, SMALL, saying.face) + 4 * PADDING
        left = min(max(start - width / 2, 4), WIDTH - width - 4)
        sketch.box(left, y - 36, width, 44, saying.text, tone=saying.tone, face=saying.face)
        return
    sketch.arrow(
        (start, y),
        (end, y),
        label=saying.text,
        tone=saying.tone,
        face=saying.face,
        dashed=saying.answer,
    )
