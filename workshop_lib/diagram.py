"""The architecture of the workshop's application, drawn as one static SVG.

Which parts there are and what flows between them is data of :mod:`workshop_lib.architecture`; how
far each has come is handed in. The drawing carries its own colours for light, dark and print, says
every state by line style and in words, and describes itself to a screen reader. Run as a program,
the module prints the finished architecture for the README.

Every part is a group `data-part="ID"` and every flow a group `data-flow="SOURCE TARGET"` with the
part `data-since` that it waits for, so that a page can light them up as events pass.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Mapping
from html import escape
from itertools import pairwise
from pathlib import Path

from workshop_lib.architecture import (
    ARCHITECTURE,
    STATES,
    Anchor,
    Flow,
    Part,
    PartState,
    State,
    part_states,
)
from workshop_lib.design import load_tokens, notebook_colours, service_name
from workshop_lib.drawings.strokes import Point, arrow_tip
from workshop_lib.glyphs import glyph_shapes
from workshop_lib.text_widths import fit_text

__all__ = ["ARCHITECTURE", "PartState", "describe_states", "draw_architecture", "part_states"]

MARGIN, PART_WIDTH, PART_HEIGHT = 12, 144, 84
COLUMN_PITCH, ROW_PITCH = 244, 120
LAYER_HEIGHT = 24

STYLES_FILE = Path(__file__).with_suffix(".css")


def draw_architecture(
    parts: Iterable[PartState], flows: Iterable[Flow] = ARCHITECTURE.flows
) -> str:
    """Draw the parts and the flows between them as an SVG element of its own.

    The same parts always give the same text. Flows whose ends are not among the parts are left out.
    """
    drawn = list(parts)
    by_id = {part_state.part.id: part_state for part_state in drawn}
    shown = [flow for flow in flows if {flow.source, flow.target, flow.since} <= by_id.keys()]
    body = "".join(
        [
            *(_draw_flow(flow, by_id) for flow in shown),
            *(_draw_part(part_state) for part_state in drawn),
        ]
    )
    return _frame(body, _describe(drawn, shown), _extent(drawn))


def _extent(drawn: list[PartState]) -> tuple[float, float]:
    boxes = [_box(part_state.part) for part_state in drawn] or [(0, 0, 0, 0)]
    right = max(left + width for left, _, width, _ in boxes)
    bottom = max(top + height for _, top, _, height in boxes)
    return right + MARGIN, bottom + LAYER_HEIGHT + MARGIN


def _frame(body: str, description: str, extent: tuple[float, float]) -> str:
    width, height = extent
    name = "map-" + hashlib.sha256((body + description).encode()).hexdigest()[:8]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="workshop-map" role="img" '
        f'viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}" '
        f'aria-label="Architecture of the workshop" aria-describedby="{name}">'
        f'<title>Architecture of the workshop</title><desc id="{name}">{escape(description)}</desc>'
        f"<style>{_styles()}</style>"
        f'<rect class="ground" width="{width:g}" height="{height:g}" rx="12"/>{body}</svg>'
    )


def _styles() -> str:
    tokens = load_tokens()
    rules = [
        notebook_colours(".workshop-map"),
        f".workshop-map {{ max-width: 100%; height: auto; font-family: {tokens.type['sans']}; }}",
        STYLES_FILE.read_text(encoding="utf-8"),
        *(
            f".workshop-map .{service} {{ --own: var(--service-{service}); }}"
            for service in tokens.services
        ),
    ]
    return "\n".join(rules)


_STATE_CLASSES: dict[State, str] = {
    "standing": "standing",
    "this lesson": "lit",
    "missing": "missing",
    "later": "later",
}


def _box(part: Part) -> tuple[float, float, float, float]:
    left = MARGIN + part.column * COLUMN_PITCH
    top = MARGIN + part.row * ROW_PITCH
    return left, top, PART_WIDTH, PART_HEIGHT + (part.rows - 1) * ROW_PITCH


def _draw_part(part_state: PartState) -> str:
    part, state = part_state.part, part_state.state
    left, top, width, height = _box(part)
    frame = f'x="{left:g}" y="{top:g}" width="{width:g}" height="{height:g}" rx="10"'
    return (
        f'<g class="part {_STATE_CLASSES[state]} {escape(part.service)}" '
        f'data-part="{escape(part.id)}">'
        f"<title>{escape(f'{part.label}, {service_name(part.service)}: {state}')}</title>"
        f"{_draw_layer(part)}"
        f'<rect class="box" {frame}/><rect class="tint" {frame}/>'
        f'<g class="glyph" transform="translate({left + 12:g} {top + 10:g}) scale(0.92)">'
        f"{glyph_shapes(part.service)}</g>"
        f"{_text('service', left + 42, top + 26, service_name(part.service), width - 50, 12)}"
        f"{_text('label', left + 12, top + 52, part.label, width - 20, 14)}"
        f"{_text('state', left + 12, top + 71, state, width - 20, 12)}"
        f"{_draw_scene(left, top) if part.rows > 2 else ''}</g>"
    )


def _draw_layer(part: Part) -> str:
    """A tab under the function, as a layer lies under its code."""
    if part.layer is None:
        return ""
    left, top, width, height = _box(part)
    bottom = top + height
    return (
        f'<rect class="layer" x="{left + 8:g}" y="{bottom - 10:g}" width="{width - 16:g}" '
        f'height="{LAYER_HEIGHT + 10}" rx="7"/>'
        f"{_text('service', left + 16, bottom + 16, f'layer {part.layer}', width - 26, 12)}"
    )


def _draw_scene(left: float, top: float) -> str:
    """A small photo with one thing found in it, for the tall box of the browser."""
    return (
        f'<g class="scene" transform="translate({left + 18:g} {top + 128:g})">'
        '<rect width="108" height="80" rx="6"/>'
        '<path d="M6 68l26-30 20 22 16-14 34 24"/><circle cx="82" cy="22" r="7"/>'
        '<path class="found" d="M16 40v-12h12M52 28h12v12M64 60v12h-12M28 72h-12v-12"/></g>'
    )


def _text(name: str, x: float, y: float, text: str, room: float, size: float) -> str:
    shown = escape(fit_text(text, room, size, bold=name != "service"))
    return f'<text class="{name}" x="{x:g}" y="{y:g}">{shown}</text>'


def _draw_flow(flow: Flow, by_id: Mapping[str, PartState]) -> str:
    points = _route(
        _anchor_point(by_id[flow.source].part, flow.leaves),
        _anchor_point(by_id[flow.target].part, flow.enters),
        flow,
    )
    state = _flow_state(flow, by_id)
    path = "M" + "L".join(f"{x:g} {y:g}" for x, y in points)
    ends = escape(f"{flow.source} {flow.target}")
    return (
        f'<g class="flow {_STATE_CLASSES[state]}" data-flow="{ends}" '
        f'data-since="{escape(flow.since)}">'
        f'<path d="{path}"/>{arrow_tip(points[-2], points[-1])}'
        f"{_draw_flow_label(flow.label, points)}</g>"
    )


def _flow_state(flow: Flow, by_id: Mapping[str, PartState]) -> State:
    """A flow has come as far as the part it waits for, and never further than its ends."""
    ends = {by_id[flow.source].state, by_id[flow.target].state, by_id[flow.since].state}
    for state in ("missing", "later"):
        if state in ends:
            return state
    return by_id[flow.since].state


def _anchor_point(part: Part, anchor: Anchor) -> Point:
    left, top, width, height = _box(part)
    if anchor.side in ("left", "right"):
        return (left if anchor.side == "left" else left + width), top + height * anchor.along
    return left + width * anchor.along, (top if anchor.side == "top" else top + height)


def _route(start: Point, end: Point, flow: Flow) -> list[Point]:
    """A straight line, or one that bends at right angles."""
    (start_x, start_y), (end_x, end_y) = start, end
    if abs(start_y - end_y) < 1 or abs(start_x - end_x) < 1:
        return [start, (end_x, start_y) if abs(start_y - end_y) < 1 else (start_x, end_y)]
    if flow.leaves.side in ("top", "bottom"):
        return [start, (start_x, end_y), end]
    middle = (start_x + end_x) / 2
    return [start, (middle, start_y), (middle, end_y), end]


def _draw_flow_label(label: str, points: list[Point]) -> str:
    """The label beside the longest stretch of the line: above it, or to its right."""
    (start_x, start_y), (end_x, end_y) = max(
        pairwise(points),
        key=lambda stretch: abs(stretch[0][0] - stretch[1][0]) + abs(stretch[0][1] - stretch[1][1]),
    )
    middle_x, middle_y = (start_x + end_x) / 2, (start_y + end_y) / 2
    if start_y == end_y:
        return (
            f'<text x="{middle_x:g}" y="{middle_y - 6:g}" text-anchor="middle">'
            f"{escape(fit_text(label, abs(end_x - start_x), 12))}</text>"
        )
    return f'<text x="{middle_x + 8:g}" y="{middle_y + 4:g}">{escape(label)}</text>'


def describe_states(drawn: Iterable[PartState]) -> str:
    """Say in words which parts are in which state, a sentence for each state."""
    states = list(drawn)
    sentences = []
    for state in STATES:
        named = [_label(item.part) for item in states if item.state == state]
        if named:
            sentences.append(f"{state.capitalize()}: {', '.join(named)}.")
    return " ".join(sentences)


def _label(part: Part) -> str:
    return f"{part.label} ({service_name(part.service)})"


def _describe(drawn: list[PartState], flows: list[Flow]) -> str:
    labels = {item.part.id: _label(item.part) for item in drawn}
    passed = [f"{labels[flow.source]} to {labels[flow.target]}: {flow.label}." for flow in flows]
    return " ".join([describe_states(drawn), *passed])


if __name__ == "__main__":
    sys.stdout.write(draw_architecture(part_states({}, otherwise="standing")) + "\n")
