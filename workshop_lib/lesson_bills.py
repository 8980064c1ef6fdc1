"""The bill of an open lesson: what the attendee has used so far, at today's prices."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from workshop_lib.call_counts import CallCount
from workshop_lib.cloud import Cloud
from workshop_lib.costs import MILLION, make_bill, multiply
from workshop_lib.naming import Names
from workshop_lib.ui.bills import BillData, BillView
from workshop_lib.usage import Usage, measure_usage

if TYPE_CHECKING:
    from workshop_lib.workshop import OpenLesson

REMARKS = (
    "Measured is what a service says itself: the REPORT lines of your functions, what lies in your "
    "buckets, CloudWatch's metrics. Counted are requests that left a trace each: a line in a "
    "function's log, with the units that DynamoDB answered; an upload that arrived; a call made "
    "from your notebooks. Those are counted on your disk, without their parameters.",
    "The million is an estimate: one upload, each part once, computing as it was measured.",
    "Storage is billed as if what lies there now stayed for a month.",
    "Not on it: what a browser read from your buckets, what a function tried and failed, and what "
    "the log of a function that you have removed told. Of API calls, AWS charges none that it "
    "refuses with 403 or 429; the metric has them. Data out is free up to 100 GB a month.",
)


def show_bill(opened: OpenLesson) -> BillView:
    """Return the bill, after asking the services and counting the calls."""
    opened.call_counter.keep()
    return BillView(draw_up_bill(opened.quiet_cloud, opened.names, opened.call_counts.read()))


def draw_up_bill(cloud: Cloud, names: Names, counts: Iterable[CallCount]) -> BillData:
    """Return the bill of what an attendee has used so far, after asking the services."""
    usage = measure_usage(cloud, names, counts)
    return BillData(
        used=make_bill(usage.quantities, cloud.region),
        million=make_bill(multiply(usage.one_picture(), MILLION), cloud.region),
        sources=_describe_sources(usage),
        remarks=[*REMARKS, *_describe_cold(usage)],
    )


def _describe_sources(usage: Usage) -> dict[str, str]:
    sources: dict[str, dict[str, list[str]]] = {}
    for line in usage.lines:
        sources.setdefault(line.key, {}).setdefault(line.basis, []).append(line.how)
    return {
        key: "; ".join(f"{basis}: {', '.join(hows)}" for basis, hows in bases.items())
        for key, bases in sources.items()
    }


def _describe_cold(usage: Usage) -> list[str]:
    cold = ", ".join(name for name, use in usage.worked.items() if not use.warm_calls)
    if not cold:
        return []
    return [
        f"Of {cold} only cold starts are known yet, and the million is counted with those: call it "
        "again, and it becomes cheaper."
    ]
