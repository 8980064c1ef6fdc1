"""What every drawing is made of: boxes, arrows and words that are sure to fit.

A :class:`Sketch` collects shapes and hands out one SVG element. It refuses a text that could be
wider than its room, so a drawing that can be made can be read. Sizes are units of the drawing; a
letter has at least 1/40 of the drawing's width, because a drawing fills a slide.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import Literal

from workshop_lib.design import load_tokens, notebook_colours
from workshop_lib.drawings.strokes import Point, arrow_tip
from workshop_lib.glyphs import glyph_shapes
from workshop_lib.text_widths import code_width, text_width

WIDTH = 960
SMALL, LABEL = 24, 26
LINE_HEIGHT = 1.2
PADDING = 6
GLYPH = 34
TIP = 1.6

Tone = Literal["plain", "quiet", "good", "bad", "accent"]
Anchor = Literal["start", "middle", "end"]
Face = Literal["words", "strong", "code"]

STYLES_FILE = Path(__file__).with_name("drawings.css")


@dataclass(frozen=True)
class Box:
    """A rectangle of a drawing, and the points where arrows touch it."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The x of its right side."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """The y of its lower side."""
        return self.top + self.height

    @property
    def middle(self) -> float:
        """The x of its middle."""
        return self.left + self.width / 2

    def west(self, along: float = 0.5) -> Point:
        """A point on its left side, `along` from 0 at the top to 1."""
        return self.left, self.top + self.height * along

    def east(self, along: float = 0.5) -> Point:
        """A point on its right side."""
        return self.right, self.top + self.height * along

    def north(self, along: float = 0.5) -> Point:
        """A point on its upper side, `along` from 0 at the left to 1."""
        return self.left + self.width * along, self.top

    def south(self, along: float = 0.5) -> Point:
        """A point on its lower side."""
        return self.left + self.width * along, self.bottom


class Sketch:
    """A drawing in the making.

    Args:
        title: what it shows, a few words.
        description: the same in sentences, for whoever does not see it.
        height: in units of the drawing, which is 960 wide.
    """

    def __init__(self, title: str, description: str, height: float = 420) -> None:
        self.title = title
        self.description = description
        self.height = height
        self._shapes: list[str] = []

    # Boxes -------------------------------------------------------------------------------

    def box(
        self,
        left: float,
        top: float,
        width: float,
        height: float,
        label: str = "",
        *,
        note: str = "",
        tone: Tone = "plain",
        service: str = "",
        face: Face = "strong",
    ) -> Box:
        """A box with words in its middle: `label`, and a quieter `note` under it."""
        box = self._rectangle(Box(left, top, width, height), tone, service)
        self._words(box, label, note, face, top + height / 2, tone)
        return box

    def part(
        self,
        left: float,
        top: float,
        service: str,
        label: str,
        *,
        width: float = 160,
        height: float = 120,
        note: str = "",
    ) -> Box:
        """A part of an architecture: its service's glyph over its label."""
        box = self._rectangle(Box(left, top, width, height), "plain", service)
        lines = len(_lines(label)) + len(_lines(note))
        words = lines * SMALL * LINE_HEIGHT
        glyph_top = top + (height - GLYPH - 6 - words) / 2
        self._shapes.append(
            f'<g class="glyph {escape(service)}" transform="translate('
            f'{box.middle - GLYPH / 2:g} {glyph_top:g}) scale({GLYPH / 24:g})">'
            f"{glyph_shapes(service)}</g>"
        )
        self._words(box, label, note, "strong", glyph_top + GLYPH + 6 + words / 2, "plain")
        return box

    def frame(self, left: float, top: float, width: float, height: float, label: str) -> Box:
        """A dotted frame around other boxes, its label in the upper left corner."""
        box = Box(left, top, width, height)
        self._shapes.append(f'<rect class="frame" {_geometry(box)} rx="12"/>')
        if label:
            self.text(left + 14, top + 32, label, anchor="start", tone="quiet", room=width - 20)
        return box

    def _rectangle(self, box: Box, tone: Tone, service: str) -> Box:
        names = f"box {tone} {escape(service)}".strip()
        self._shapes.append(f'<rect class="{names}" {_geometry(box)} rx="10"/>')
        return box

    def _words(
        self, box: Box, label: str, note: str, face: Face, centre: float, tone: Tone
    ) -> None:
        """The lines of a box, centred on the height `centre`."""
        lines = [(line, face, tone) for line in _lines(label)]
        lines += [(line, "words", "quiet") for line in _lines(note)]
        step = SMALL * LINE_HEIGHT
        baseline = centre - step * len(lines) / 2 + SMALL * 0.95
        if len(lines) * step > box.height:
            raise ValueError(f"{label!r} is higher than its box of {box.height:g}")
        for place, (line, line_face, line_tone) in enumerate(lines):
            self.text(
                box.middle,
                baseline + place * step,
                line,
                tone=line_tone,
                face=line_face,
                room=box.width - 2 * PADDING,
            )

    # Words -------------------------------------------------------------------------------

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        anchor: Anchor = "middle",
        tone: Tone = "plain",
        face: Face = "words",
        size: float = SMALL,
        room: float = 0,
        service: str = "",
    ) -> None:
        """One line of words with its baseline at `y`.

        Raises:
            ValueError: it could be wider than `room`, or than the drawing where none is given.
        """
        width = measure(text, size, face)
        allowed = room or self._room_from(x, anchor)
        if width > allowed:
            raise ValueError(f"{self.title!r}: {text!r} may take {width:.0f} and has {allowed:.0f}")
        names = f"{face} {tone} {escape(service)}".strip()
        own_size = "" if size == SMALL else f' font-size="{size:g}"'
        self._shapes.append(
            f'<text class="{names}" x="{x:g}" y="{y:g}" text-anchor="{anchor}"{own_size}>'
            f"{escape(text)}</text>"
        )

    def _room_from(self, x: float, anchor: Anchor) -> float:
        if anchor == "start":
            return WIDTH - x
        return x if anchor == "end" else 2 * min(x, WIDTH - x)

    def badge(self, x: float, y: float, text: str) -> None:
        """A small disc with a number in it, for the steps of a way."""
        self._shapes.append(
            f'<g class="badge"><circle cx="{x:g}" cy="{y:g}" r="19"/>'
            f'<text x="{x:g}" y="{y + 8.5:g}" text-anchor="middle">{escape(text)}</text></g>'
        )

    # Lines -------------------------------------------------------------------------------

    def arrow(
        self,
        *points: Point,
        label: str = "",
        tone: Tone = "plain",
        dashed: bool = False,
        below: bool = False,
        face: Face = "words",
    ) -> None:
        """An arrow through the points, its label at the longest stretch.

        Over a level stretch the label is above it, or below it; beside one that stands, to the
        right.

        Raises:
            ValueError: the label could be longer than the level stretch it stands on.
        """
        names = f"arrow {tone}" + (" dashed" if dashed else "")
        path = "M" + "L".join(f"{x:g} {y:g}" for x, y in points)
        tip = arrow_tip(points[-2], points[-1], TIP)
        self._shapes.append(f'<g class="{names}"><path d="{path}"/>{tip}')
        if label:
            self._label_arrow(points, label, tone, face, below=below)
        self._shapes.append("</g>")

    def _label_arrow(
        self, points: tuple[Point, ...], label: str, tone: Tone, face: Face, *, below: bool
    ) -> None:
        (left, top), (right, bottom) = max(
            pairwise(points), key=lambda ends: _length(ends[0], ends[1])
        )
        x, y = (left + right) / 2, (top + bottom) / 2
        if top != bottom:
            self.text(x + 12, y + SMALL * 0.35, label, anchor="start", tone=tone, face=face)
            return
        lines = _lines(label)
        step = SMALL * LINE_HEIGHT
        first = y + SMALL + 6 if below else y - 10 - step * (len(lines) - 1)
        for place, line in enumerate(lines):
            self.text(
                x, first + place * step, line, tone=tone, face=face, room=abs(right - left) + 8
            )

    def exchange(
        self, left: Box, right: Box, there: str, back: str, *, back_tone: Tone = "plain"
    ) -> None:
        """Two arrows between two boxes: what goes there, and under it what comes back."""
        self.arrow(left.east(0.35), right.west(0.35), label=there)
        self.arrow(
            right.west(0.65),
            left.east(0.65),
            label=back,
            tone=back_tone,
            dashed=True,
            below=True,
        )

    def line(self, start: Point, end: Point, *, dotted: bool = False) -> None:
        """A plain line without a tip."""
        names = "rule dotted" if dotted else "rule"
        (x, y), (end_x, end_y) = start, end
        self._shapes.append(f'<path class="{names}" d="M{x:g} {y:g}L{end_x:g} {end_y:g}"/>')

    # The whole ---------------------------------------------------------------------------

    def to_svg(self) -> str:
        """The drawing as an SVG element of its own, with its styles, title and description."""
        body = "".join(self._shapes)
        name = "drawing-" + sha256((body + self.description).encode()).hexdigest()[:8]
        extent = f'width="{WIDTH}" height="{self.height:g}"'
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="workshop-drawing" role="img" '
            f'viewBox="0 0 {WIDTH} {self.height:g}" {extent} '
            f'aria-label="{escape(self.title)}" aria-describedby="{name}">'
            f"<title>{escape(self.title)}</title>"
            f'<desc id="{name}">{escape(self.description)}</desc><style>{_styles()}</style>'
            f'<rect class="ground" {extent} rx="12"/>{body}</svg>'
        )


def measure(text: str, size: float, face: Face) -> float:
    """The width that a line of a drawing does not exceed."""
    if face == "code":
        return code_width(text, size)
    return text_width(text, size, bold=face == "strong")


def _lines(text: str) -> list[str]:
    return text.split("\n") if text else []


def _length(start: Point, end: Point) -> float:
    return abs(start[0] - end[0]) + abs(start[1] - end[1])


def _geometry(box: Box) -> str:
    return f'x="{box.left:g}" y="{box.top:g}" width="{box.width:g}" height="{box.height:g}"'


@cache
def _styles() -> str:
    tokens = load_tokens()
    rules = [
        notebook_colours(".workshop-drawing"),
        ".workshop-drawing { max-width: 100%; height: auto; "
        f"font-family: {tokens.type['sans']}; font-size: {SMALL}px; }}",
        f".workshop-drawing .code {{ font-family: {tokens.type['mono']}; }}",
        STYLES_FILE.read_text(encoding="utf-8"),
        *(
            f".workshop-drawing .{service} {{ --own: var(--service-{service}); }}"
            for service in tokens.services
        ),
    ]
    return "\n".join(rules)
