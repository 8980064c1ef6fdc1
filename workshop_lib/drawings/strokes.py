"""The strokes that all drawings share."""

from __future__ import annotations

from math import atan2, degrees

Point = tuple[float, float]


def arrow_tip(before: Point, end: Point, size: float = 1) -> str:
    """The tip of an arrow that comes from `before` and ends at `end`, as an SVG path."""
    (before_x, before_y), (x, y) = before, end
    turn = degrees(atan2(y - before_y, x - before_x)) % 360
    grown = f" scale({size:g})" if size != 1 else ""
    return (
        f'<path class="tip" d="M1 0L-9 -5V5Z" '
        f'transform="translate({x:g} {y:g}) rotate({turn:g}){grown}"/>'
    )
