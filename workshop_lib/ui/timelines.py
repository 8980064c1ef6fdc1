"""A picture's way drawn as one time line: a lane for each part, waiting told apart from work."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape

from markupsafe import Markup

from workshop_lib.design import service_name
from workshop_lib.glyphs import glyph_shapes
from workshop_lib.text_widths import fit_text, text_width
from workshop_lib.trace import Kind, Stage, Trace

WIDTH, LABEL_WIDTH, MARGIN = 960, 310, 14
LANE_HEIGHT, BAR_HEIGHT, AXIS_HEIGHT, LEGEND_HEIGHT = 50, 16, 26, 30
LEAST_BAR = 3.0
MOST_TICKS = 8
TICK_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600)

# The order in which a picture comes to the parts.
LANES = (
    "presigned-url", "images", "reco-image", "topic", "db-save", "table", "thumbnail-gen",
    "thumbnails",
)  # fmt: skip
LEGEND: tuple[tuple[Kind, str], ...] = (
    ("work", "works"),
    ("cold start", "cold start"),
    ("failed try", "fails"),
    ("waiting", "waits"),
    ("moment", "moment"),
    ("within", "somewhere within"),
)
# A URL that was signed long before is told in the table alone.
LONGEST_LEAD = 3.0


def find_first_moment(trace: Trace) -> datetime | None:
    """The moment from which times are counted: the upload, or the first thing that is known."""
    stored = (stage.begin for stage in trace.stages if stage.part == "images")
    return next(stored, trace.begin)


def describe_length(stage: Stage) -> str:
    """How long a stage took, in words."""
    if stage.kind == "moment":
        return ""
    length = format_length(stage.milliseconds)
    return f"within {length}" if stage.kind == "within" else f"{length}, {_KIND_WORDS[stage.kind]}"


_KIND_WORDS: dict[Kind, str] = {
    "work": "working",
    "cold start": "cold start",
    "failed try": "failing",
    "waiting": "waiting",
}


def format_length(milliseconds: float) -> str:
    """Milliseconds, or seconds where they are many, in words."""
    return f"{milliseconds / 1000:.2f} s" if milliseconds >= 1000 else f"{milliseconds:.0f} ms"


def format_offset(moment: datetime, first: datetime | None) -> str:
    """How long after the first moment, in words."""
    milliseconds = (moment - (first or moment)) / timedelta(milliseconds=1)
    return f"{milliseconds:+,.0f} ms"


@dataclass(frozen=True)
class _Line:
    """Maps moments to pixels."""

    first: datetime
    seconds: float

    @property
    def left(self) -> float:
        return MARGIN + LABEL_WIDTH

    @property
    def room(self) -> float:
        return WIDTH - self.left - MARGIN

    def at(self, moment: datetime) -> float:
        return self.left + (moment - self.first).total_seconds() / self.seconds * self.room


def draw_trace(trace: Trace) -> Markup:
    """Draw the time line as an SVG element; nothing where nothing is known."""
    stages = choose_drawn(trace)
    if not stages:
        return Markup()
    lanes = [part for part in LANES if any(stage.part == part for stage in stages)]
    first, last = min(s.begin for s in stages), max(s.end for s in stages)
    line = _Line(first, max((last - first).total_seconds(), 0.001) * 1.02)
    name = "trace-" + hashlib.sha256(f"{trace}".encode()).hexdigest()[:8]
    top = LEGEND_HEIGHT
    height = top + LANE_HEIGHT * len(lanes) + AXIS_HEIGHT
    lane_tops: dict[str, float] = {part: top + LANE_HEIGHT * at for at, part in enumerate(lanes)}
    drawn = [
        _draw_legend({stage.kind for stage in stages}),
        _draw_axis(line, top, height - AXIS_HEIGHT),
        *(_draw_lane(part, lane_tops[part], stages) for part in lanes),
        *_draw_links(stages, line, lane_tops),
        *(_draw_stage(stage, line, lane_tops[stage.part]) for stage in stages),
    ]
    # Everything in it is a number of ours or escaped.
    return Markup(  # noqa: S704
        f'<div class="scroll"><svg class="timeline" role="img" viewBox="0 0 {WIDTH} {height:g}" '
        f'width="{WIDTH}" height="{height:g}" aria-label="The way of one picture" '
        f'aria-describedby="{name}"><desc id="{name}">{escape(_describe(stages))}</desc>'
        f"{''.join(drawn)}</svg></div>"
    )


def choose_drawn(trace: Trace) -> list[Stage]:
    """All stages, without those of a URL that was signed long before it was used."""
    first = find_first_moment(trace)
    after = [stage for stage in trace.stages if stage.part != "presigned-url"]
    before = [stage for stage in trace.stages if stage.part == "presigned-url"]
    if not after or not before or first is None:
        return list(trace.stages)
    lead = (first - max(stage.end for stage in before)).total_seconds()
    return [*before, *after] if lead <= LONGEST_LEAD else after


def _describe(stages: Sequence[Stage]) -> str:
    first = stages[0].begin
    return " ".join(
        f"{format_offset(stage.begin, first)}: {service_name(stage.service)} {stage.part}, "
        f"{stage.what}{f', {length}' if (length := describe_length(stage)) else ''}."
        for stage in stages
    )


def _draw_lane(part: str, top: float, stages: Sequence[Stage]) -> str:
    own = [stage for stage in stages if stage.part == part]
    service = own[0].service
    label = fit_text(f"{service_name(service)} · {part}", LABEL_WIDTH - 24, 14)
    timed = [stage for stage in own if stage.kind not in ("moment", "within")]
    detail = fit_text(" · ".join(map(_summarise_stage, timed or own)), LABEL_WIDTH, 12)
    return (
        f'<line class="lane" x1="{MARGIN}" x2="{WIDTH - MARGIN}" y1="{top:g}" y2="{top:g}"/>'
        f'<g class="glyph" style="color: var(--service-{service})" '
        f'transform="translate({MARGIN} {top + 6:g}) scale(0.75)">{glyph_shapes(service)}</g>'
        f'<text class="label" x="{MARGIN + 24}" y="{top + 20:g}">{escape(label)}</text>'
        f'<text class="detail" x="{MARGIN + 24}" y="{top + 38:g}">{escape(detail)}</text>'
    )


def _summarise_stage(stage: Stage) -> str:
    if stage.kind in ("moment", "within"):
        return stage.what
    words = {"work": "works", "cold start": "starts", "waiting": "waits", "failed try": "fails"}
    return f"{words[stage.kind]} {format_length(stage.milliseconds)}"


def _draw_stage(stage: Stage, line: _Line, top: float) -> str:
    left, middle = line.at(stage.begin), top + LANE_HEIGHT / 2
    width = max(line.at(stage.end) - left, LEAST_BAR)
    title = f"{stage.what}{f', {length}' if (length := describe_length(stage)) else ''}"
    return (
        f'<g style="--own: var(--service-{stage.service})"><title>{escape(title)}</title>'
        f"{_draw_mark(stage.kind, left, middle, width)}</g>"
    )


def _draw_mark(kind: Kind, left: float, middle: float, width: float) -> str:
    top = middle - BAR_HEIGHT / 2
    frame = f'x="{left:g}" y="{top:g}" width="{width:g}" height="{BAR_HEIGHT}" rx="2"'
    match kind:
        case "moment":
            return f'<path class="moment" d="M{left:g} {middle - 9:g}l8 9l-8 9l-8 -9z"/>'
        case "waiting":
            ends = f'x1="{left:g}" x2="{left + width:g}" y1="{middle:g}" y2="{middle:g}"'
            return f'<line class="waiting" {ends}/>'
        case "within":
            return f'<rect class="within" {frame}/>'
        case "cold start":
            ends = f'x1="{left:g}" x2="{left + width:g}" y1="{middle:g}" y2="{middle:g}"'
            # Dashes as thick as the bar are stripes that need no pattern.
            return f'<line class="stripes" {ends}/><rect class="cold" {frame}/>'
        case "failed try":
            crossing = f"M{left + width / 2 - 5:g} {middle - 5:g}l10 10m0 -10l-10 10"
            return f'<rect class="failed" {frame}/><path class="cross" d="{crossing}"/>'
    return f'<rect class="work" {frame}/>'


def _draw_links(stages: Sequence[Stage], line: _Line, lane_tops: dict[str, float]) -> list[str]:
    """From each part to those that it wakes, where they begin."""
    drawn = []
    for source, target in LINKS:
        ends = [stage for stage in stages if stage.part == source]
        begins = [stage for stage in stages if stage.part == target]
        if not ends or not begins:
            continue
        x = line.at(min(stage.begin for stage in begins))
        start, end = (lane_tops[part] + LANE_HEIGHT / 2 for part in (source, target))
        drawn.append(f'<path class="link" d="M{x:g} {start:g}V{end:g}"/>')
    return drawn


LINKS = (
    ("presigned-url", "images"),
    ("images", "reco-image"),
    ("reco-image", "topic"),
    ("topic", "db-save"),
    ("db-save", "table"),
    ("topic", "thumbnail-gen"),
    ("thumbnail-gen", "thumbnails"),
)


def _draw_axis(line: _Line, top: float, bottom: float) -> str:
    step = next((s for s in TICK_STEPS if line.seconds / s <= MOST_TICKS), line.seconds)
    drawn = []
    for count in range(int(line.seconds / step) + 1):
        seconds = count * step
        x = line.left + seconds / line.seconds * line.room
        words = f"{seconds:g} s" if line.seconds >= 1 else f"{seconds * 1000:.0f} ms"
        drawn.append(
            f'<line class="tick" x1="{x:g}" x2="{x:g}" y1="{top:g}" y2="{bottom:g}"/>'
            f'<text class="detail" x="{x:g}" y="{bottom + 18:g}" text-anchor="middle">'
            f"{words}</text>"
        )
    return "".join(drawn)


def _draw_legend(kinds: set[Kind]) -> str:
    drawn, at = [], float(MARGIN)
    for kind, words in LEGEND:
        if kind not in kinds:
            continue
        mark = _draw_mark(kind, at + (10 if kind == "moment" else 0), 12, 20)
        drawn.append(
            f'<g style="--own: var(--quiet)">{mark}</g>'
            f'<text class="detail" x="{at + 27:g}" y="16">{escape(words)}</text>'
        )
        at += 27 + text_width(words, 12, bold=False) + 18
    return "".join(drawn)
