"""Showing, under each cell of a notebook, the AWS calls that the cell made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workshop_lib.cloud import CallRecorder, Cloud


class CellWatch:
    """Notes where each recorder stands when a cell begins, and shows what came after."""

    def __init__(self) -> None:
        self._marks: dict[CallRecorder, int] = {}
        self._counters: list[Callable[[], None]] = []
        self._cloud: Cloud | None = None

    def watch(self, cloud: Cloud, count: Callable[[], None] | None = None) -> None:
        """Show the calls of this connection too, from now on, and have them counted by the cell."""
        self._cloud = cloud
        self._marks.setdefault(cloud.recorder, cloud.recorder.total)
        if count:
            self._counters.append(count)

    def begin_cell(self, *_: Any) -> None:
        """Forget what was made between cells, by a widget for instance."""
        for recorder in self._marks:
            self._marks[recorder] = recorder.total

    def end_cell(self, *_: Any) -> None:
        """Show the calls of the cell that has just ended, if it made any."""
        calls = [call for recorder, mark in self._marks.items() for call in recorder.since(mark)]
        self.begin_cell()
        for count in self._counters:
            count()
        if calls and self._cloud:
            from IPython.display import display

            from workshop_lib.ui.calls import CallsSite, CallsView

            site = CallsSite(self._cloud.region, on_aws=self._cloud.endpoint_url is None)
            display(CallsView(sorted(calls, key=lambda call: call.started_at), site))


_watch = CellWatch()


def watch_cells(cloud: Cloud, count: Callable[[], None] | None = None) -> None:
    """Show this connection's calls under each cell; outside IPython nothing happens.

    Args:
        cloud: has recorded the calls.
        count: is called at the end of every cell, to keep count of them.
    """
    shell = find_shell()
    if shell is None:
        return
    _watch.watch(cloud, count)
    for event, callback in (
        ("pre_run_cell", _watch.begin_cell),
        ("post_run_cell", _watch.end_cell),
    ):
        # A lesson may be opened many times in a kernel.
        if callback not in shell.events.callbacks[event]:
            shell.events.register(event, callback)


def find_shell() -> Any:
    """Return the IPython shell that this runs in, or None."""
    try:
        from IPython.core.getipython import get_ipython
    except ImportError:
        return None
    return get_ipython()
