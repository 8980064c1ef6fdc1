"""A picture's way through the services: a sentence, a time line, what is not known, a table."""

from __future__ import annotations

from datetime import timedelta

from markupsafe import Markup

from workshop_lib.design import service_name
from workshop_lib.trace import Trace
from workshop_lib.ui.tables import TableView
from workshop_lib.ui.timelines import (
    choose_drawn,
    describe_length,
    draw_trace,
    find_first_moment,
    format_length,
    format_offset,
)
from workshop_lib.ui.views import View, join, visible


class TraceView(View):
    """One picture's way: what happened when, where time went, and what is not known."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace

    def body(self) -> Markup:
        """The time line, the gaps, and the table folded away."""
        return Markup(
            '<div class="trace"><p><strong>{}</strong> <code>{}</code></p>{}{}'
            "<details><summary>Moment by moment</summary>{}</details></div>"
        ).format(
            self._headline(), visible(self._trace.key), draw_trace(self._trace), self._gaps(),
            self._table().body(),
        )  # fmt: skip

    def to_text(self) -> str:
        """The headline, the table and the gaps."""
        gaps = [f"Not on the line: {visible(gap)}" for gap in self._trace.gaps]
        head = f"{self._headline()} {visible(self._trace.key)}"
        return "\n".join([head, self._table().to_text(), *gaps])

    def _headline(self) -> str:
        return summarise(self._trace)

    def _gaps(self) -> Markup:
        if not self._trace.gaps:
            return Markup()
        items = [Markup("<li>{}</li>").format(visible(gap)) for gap in self._trace.gaps]
        return Markup('<p class="quiet">What the line does not show:</p><ul>{}</ul>').format(
            join(items)
        )

    def _table(self) -> TableView:
        first = find_first_moment(self._trace)
        return TableView([
            {
                "at": format_offset(stage.begin, first),
                "service": service_name(stage.service),
                "part": stage.part,
                "what": stage.what,
                "took": describe_length(stage),
                "told by": stage.source,
            }
            for stage in self._trace.stages
        ])  # fmt: skip


def summarise(trace: Trace) -> str:
    """The whole way in a sentence: how long, and how much of it somebody worked."""
    first, end = find_first_moment(trace), trace.end
    if first is None or end is None:
        return "Nothing is known of this picture yet."
    cold = sum(stage.kind == "cold start" for stage in choose_drawn(trace))
    starts = {0: "no cold start", 1: "one cold start"}.get(cold, f"{cold} cold starts")
    whole = "" if trace.whole else " so far"
    length = format_length((end - first) / timedelta(milliseconds=1))
    return f"{length} from the upload on{whole}, with {starts}."
