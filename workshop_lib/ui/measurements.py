"""What was measured of a function, as bars: cold against warm, memory against time and price."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from statistics import median

from markupsafe import Markup

from workshop_lib.aws.functions import Report
from workshop_lib.measurements import MemoryMeasurement
from workshop_lib.ui.bills import format_usd
from workshop_lib.ui.charts import Bar, Kind, draw_bars
from workshop_lib.ui.tables import TableView
from workshop_lib.ui.views import View

STARTING = Kind("start of an environment: everything outside the handler", "--service-lambda", True)
WORKING = Kind("handler", "--service-lambda")
PRICE = Kind("USD for a million calls", "--service-cloudwatch")

# Durations that differ by less are taken for the same.
ABOUT_THE_SAME = 0.2
NO_FASTER = (
    "More memory made it hardly faster here: the work does not need the processor that comes with "
    "it, or this machine gives every size the same. On AWS 1,769 MB are one whole processor."
)


class StartsView(View):
    """Calls one after the other, with what of each was a start and what was work.

    Args:
        reports: of the calls, in their order; those without one are left out.
    """

    def __init__(self, reports: Sequence[Report | None]) -> None:
        self._reports = [report for report in reports if report is not None]

    def body(self) -> Markup:
        """A sentence, the bars, and the reports folded away."""
        return Markup(
            '<div class="measured"><p>{}</p>{}<details><summary>The reports</summary>{}</details>'
            "</div>"
        ).format(self._sentence(), self._picture(), self._table().body())

    def to_text(self) -> str:
        """The sentence and the reports."""
        return f"{self._sentence()}\n{self._table().to_text()}"

    def _picture(self) -> Markup:
        bars = [
            Bar(
                f"call {at}",
                [(STARTING, report.init_ms or 0.0), (WORKING, report.duration_ms)],
                _describe_call(report),
            )
            for at, report in enumerate(self._reports, 1)
        ]
        title = "Milliseconds of each call"
        return draw_bars(title, bars, legend=(STARTING, WORKING)) if bars else Markup()

    def _table(self) -> TableView:
        return TableView([asdict(report) for report in self._reports])

    def _sentence(self) -> str:
        cold = [report for report in self._reports if report.init_ms is not None]
        warm = [report.duration_ms for report in self._reports if report.init_ms is None]
        if not self._reports:
            return "No call has reported."
        if not cold:
            return f"All were warm: {median(warm):,.0f} ms at the median. None had to start."
        if not warm:
            return "All were cold starts; call once more to see a warm one."
        first = cold[0]
        times = ((first.init_ms or 0) + first.duration_ms) / max(median(warm), 0.01)
        return (
            f"The cold start took {_describe_call(first)}; a warm call {median(warm):,.0f} ms at "
            f"the median, {times:,.0f} times less."
        )


def _describe_call(report: Report) -> str:
    if report.init_ms is None:
        return f"{report.duration_ms:,.0f} ms"
    return f"{report.init_ms:,.0f} + {report.duration_ms:,.0f} ms"


class MemoryView(View):
    """How long a warm call takes with each size of memory, and what a million of them cost.

    Args:
        measured: by size, in the order to show.
        region: whose prices.
    """

    def __init__(self, measured: Sequence[MemoryMeasurement], region: str) -> None:
        self._measured = list(measured)
        self._region = region

    def body(self) -> Markup:
        """Bars of time and of price, and the figures."""
        return Markup(
            '<div class="measured"><p>{}</p><p class="quiet">A warm call, at the median:</p>{}'
            '<p class="quiet">A million of them, nothing free:</p>{}'
            "<details><summary>The figures</summary>{}</details></div>"
        ).format(
            self._sentence(), self._times(), self._prices(), self._table().body()
        )  # fmt: skip

    def to_text(self) -> str:
        """The sentence and the figures."""
        return f"{self._sentence()}\n{self._table().to_text()}"

    def _times(self) -> Markup:
        bars = [
            Bar(
                _size(one),
                [(WORKING, one.duration_ms or 0.0)],
                one.error or f"{one.duration_ms or 0:,.0f} ms",
            )
            for one in self._measured
        ]
        return draw_bars("Milliseconds of a warm call by memory", bars)

    def _prices(self) -> Markup:
        bars = [
            Bar(_size(one), [(PRICE, float(price))], f"USD {format_usd(price)}")
            for one in self._measured
            if (price := one.million(self._region)) is not None
        ]
        return draw_bars("USD for a million calls by memory", bars) if bars else Markup()

    def _table(self) -> TableView:
        return TableView([
            {
                "memory": _size(one),
                "start, ms": one.cold and one.cold.init_ms,
                "warm call, ms": one.duration_ms,
                "most used, MB": max(
                    (report.max_memory_mb for report in one.warm),
                    default=one.cold and one.cold.max_memory_mb,
                ),
                "USD a million": None if price is None else format_usd(price),
                "error": one.error or None,
            }
            for one in self._measured
            for price in [one.million(self._region)]
        ])  # fmt: skip

    def _sentence(self) -> str:
        good = [(one, one.duration_ms) for one in self._measured if one.duration_ms]
        if not good:
            return "With none of these sizes did the function work."
        fastest, _ = min(good, key=lambda pair: pair[1])
        cheapest = min((one for one, _ in good), key=lambda one: one.million(self._region) or 0)
        if len(good) > 1 and not _is_faster_with_more(good):
            return f"Cheapest with {_size(cheapest)}. {NO_FASTER}"
        return f"Fastest with {_size(fastest)}, cheapest with {_size(cheapest)}."


def _is_faster_with_more(good: Sequence[tuple[MemoryMeasurement, float]]) -> bool:
    by_size = sorted(good, key=lambda pair: pair[0].memory_mb)
    return by_size[-1][1] < (1 - ABOUT_THE_SAME) * by_size[0][1]


def _size(measured: MemoryMeasurement) -> str:
    return f"{measured.memory_mb:,} MB"
