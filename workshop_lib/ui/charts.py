"""Bars side by side as one static SVG, for quantities that a reader shall compare at a glance.

Parts of a bar differ by pattern as well as by colour; every bar has its value in words beside it,
and the picture describes itself to a screen reader.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from markupsafe import Markup

from workshop_lib.text_widths import fit_text, text_width

WIDTH = 720
ROW_HEIGHT, BAR_HEIGHT = 30, 18
TEXT_SIZE = 13
MOST_LABEL_WIDTH = 190
GAP = 12
# So thin a bar can still be seen.
LEAST_BAR = 2.0
LEGEND_HEIGHT = 28


@dataclass(frozen=True)
class Kind:
    """What a part of a bar stands for.

    Args:
        name: in words, for the legend.
        colour: a CSS variable of the design tokens, such as ``--service-lambda``.
        hatched: drawn with stripes.
    """

    name: str
    colour: str
    hatched: bool = False


@dataclass(frozen=True)
class Bar:
    """One bar: its label, its parts from the left, and its value in words."""

    label: str
    parts: Sequence[tuple[Kind, float]]
    value: str

    @property
    def length(self) -> float:
        """The sum of its parts."""
        return sum(size for _, size in self.parts)


def draw_bars(title: str, bars: Sequence[Bar], *, legend: Sequence[Kind] = ()) -> Markup:
    """Draw bars on one common scale as an SVG element; the longest takes all the room.

    Args:
        title: says what the picture shows.
        bars: from the top.
        legend: the kinds to explain; none where every bar has only one part.
    """
    names = [bar.label for bar in bars]
    label_width = min(
        MOST_LABEL_WIDTH, max((text_width(name, TEXT_SIZE) for name in names), default=0)
    )
    value_width = max((text_width(bar.value, TEXT_SIZE, bold=False) for bar in bars), default=0)
    left = label_width + GAP
    scale = _Scale(left, WIDTH - left - GAP - value_width, max((b.length for b in bars), default=0))
    top = LEGEND_HEIGHT if legend else 0
    height = top + ROW_HEIGHT * len(bars)
    kinds = list(dict.fromkeys(kind for bar in bars for kind, _ in bar.parts))
    name = "chart-" + hashlib.sha256(f"{title}{bars}".encode()).hexdigest()[:8]
    rows = "".join(
        _draw_bar(bar, top + ROW_HEIGHT * at, scale, label_width, name)
        for at, bar in enumerate(bars)
    )
    # Everything in it is a number of ours or escaped.
    return Markup(  # noqa: S704
        f'<svg class="chart" role="img" viewBox="0 0 {WIDTH} {height:g}" width="{WIDTH}" '
        f'height="{height:g}" aria-label="{escape(title)}" aria-describedby="{name}">'
        f'<desc id="{name}">{escape(describe_bars(bars))}</desc>'
        f"<defs>{''.join(_pattern(kind, name) for kind in kinds if kind.hatched)}</defs>"
        f"{_draw_legend(legend, name)}{rows}</svg>"
    )


def describe_bars(bars: Sequence[Bar]) -> str:
    """The bars in words, one sentence each."""
    return " ".join(f"{bar.label}: {bar.value}." for bar in bars)


@dataclass(frozen=True)
class _Scale:
    left: float
    room: float
    longest: float

    def width(self, size: float) -> float:
        return size / self.longest * self.room if self.longest else 0.0


def _draw_bar(bar: Bar, top: float, scale: _Scale, label_width: float, name: str) -> str:
    at, baseline = scale.left, top + ROW_HEIGHT / 2 + TEXT_SIZE * 0.35
    drawn = [
        f'<text class="label" x="{label_width:g}" y="{baseline:g}" text-anchor="end">'
        f"{escape(fit_text(bar.label, label_width + 1, TEXT_SIZE))}</text>"
    ]
    for kind, size in bar.parts:
        if size <= 0:
            continue
        width = max(scale.width(size), LEAST_BAR)
        drawn.append(_draw_part(kind, at, top + (ROW_HEIGHT - BAR_HEIGHT) / 2, width, name))
        at += width
    drawn.append(f'<text x="{at + 8:g}" y="{baseline:g}">{escape(bar.value)}</text>')
    return "".join(drawn)


def _draw_part(kind: Kind, left: float, top: float, width: float, name: str) -> str:
    frame = f'x="{left:g}" y="{top:g}" width="{width:g}" height="{BAR_HEIGHT}"'
    fill = f"url(#{_pattern_id(kind, name)})" if kind.hatched else f"var({kind.colour})"
    return f'<rect {frame} fill="{fill}" stroke="var({kind.colour})"/>'


def _pattern_id(kind: Kind, name: str) -> str:
    return f"{name}{kind.colour}"


def _pattern(kind: Kind, name: str) -> str:
    return (
        f'<pattern id="{_pattern_id(kind, name)}" width="6" height="6" '
        'patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<rect width="3" height="6" fill="var({kind.colour})"/></pattern>'
    )


def _draw_legend(kinds: Sequence[Kind], name: str) -> str:
    drawn, at = [], 0.0
    for kind in kinds:
        drawn.append(_draw_part(kind, at + 1, 2, 22, name))
        drawn.append(f'<text x="{at + 30:g}" y="15.5">{escape(kind.name)}</text>')
        at += 30 + text_width(kind.name, TEXT_SIZE, bold=False) + 24
    return "".join(drawn)
