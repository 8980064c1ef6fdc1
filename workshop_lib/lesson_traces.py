"""One picture followed through the application of an open lesson."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workshop_lib.errors import ResourceNotReadyError
from workshop_lib.trace import Trace, follow_picture
from workshop_lib.ui.traces import TraceView

if TYPE_CHECKING:
    from workshop_lib.workshop import OpenLesson


def show_trace(opened: OpenLesson, key: str, seconds: float) -> TraceView:
    """Return a picture's time line, once it is whole or the time is over."""

    def look() -> Trace | None:
        trace = follow_picture(opened.quiet_cloud, opened.names, key)
        return trace if trace.whole else None

    try:
        whole = opened.wait_until(look, "every part to tell of it", seconds=seconds)
    except ResourceNotReadyError:
        whole = None
    # What is known is shown, and what is missing is said.
    return TraceView(whole or follow_picture(opened.quiet_cloud, opened.names, key))
