"""The blocks that show a drawing: one of ours by its name, or the notebook's architecture."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence

from docutils import nodes

from workshop_lib.architecture import part_states
from workshop_lib.diagram import draw_architecture
from workshop_lib.drawings import draw
from workshop_lib.errors import WorkshopError
from workshop_lib.lesson_cards import map_states
from workshop_lib.lessons import LESSONS
from workshop_lib.slides.blocks import Block


def lesson_drawing(number: int | None) -> str:
    """Return the notebook's own drawing, with all earlier lessons done; None: all of it stands.

    Raises:
        WorkshopError: there is no lesson of this number.
    """
    if number is None:
        return draw_architecture(part_states({}, otherwise="standing"))
    if number not in {lesson.number for lesson in LESSONS}:
        raise WorkshopError(f"There is no lesson {number}.", f"They are 1 to {len(LESSONS)}.")
    earlier = {part for lesson in LESSONS if lesson.number < number for part in lesson.parts}
    return draw_architecture(part_states(map_states(number, earlier)))


def require_words(svg: str) -> None:
    """Check that a drawing says in words what it shows.

    Raises:
        WorkshopError: it is no SVG, or has no role, no words or no view box.
    """
    try:
        # The drawings are of our own making.
        root = ElementTree.fromstring(svg)  # noqa: S314
    except ElementTree.ParseError as error:
        raise WorkshopError(f"The drawing is not well-formed: {error}.") from error
    title = root.find("{http://www.w3.org/2000/svg}title")
    words = root.get("aria-label") or (title.text if title is not None else "")
    if root.get("role") != "img" or not words or not root.get("viewBox"):
        raise WorkshopError(
            "The drawing lacks words for who cannot see it.",
            'Its root needs role="img", a <title> or an aria-label, and a viewBox.',
        )


class Picture(Block):
    """What drawings have in common: a box with an SVG in it."""

    has_content = False
    optional_arguments = 1

    def make(self) -> Sequence[nodes.Node]:
        """Make the box."""
        svg = self.svg()
        require_words(svg)
        box = nodes.container(classes=["block", "drawing"])
        box += nodes.raw("", svg, format="html")
        return [box]

    def svg(self) -> str:
        """Return the SVG element."""
        raise NotImplementedError


class Drawing(Picture):
    """A drawing by its name."""

    required_arguments = 1
    optional_arguments = 0

    def svg(self) -> str:
        """Look the drawing up."""
        return draw(self.arguments[0])


class ArchitectureDrawing(Picture):
    """The notebook's drawing, with a lesson's parts lit."""

    def svg(self) -> str:
        """Draw what the lesson's card draws."""
        number = self.arguments[0] if self.arguments else None
        if number is not None and not number.isdigit():
            raise WorkshopError(f"{number!r} is no lesson's number.", "Give one, or none for all.")
        return lesson_drawing(int(number) if number else None)
