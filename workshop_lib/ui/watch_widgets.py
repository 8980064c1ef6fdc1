"""What widgets share that look while they are looked at."""

from __future__ import annotations

import threading
from typing import Any

import anywidget
import traitlets

from workshop_lib.ui.watches import Watch


class WatchWidget(anywidget.AnyWidget):
    """A widget whose watch begins when a browser shows it, and ends when none does any more."""

    problem = traitlets.Unicode().tag(sync=True)
    is_watching = traitlets.Bool(default_value=False).tag(sync=True)

    def __init__(self, watch: Watch) -> None:
        super().__init__()
        self._watch = watch
        # Two threads must not show an older state after a newer one.
        self._showing = threading.Lock()
        self.on_msg(self._receive)

    def _receive(self, _: Any, message: Any, __: list[memoryview]) -> None:
        kind = message.get("kind") if isinstance(message, dict) else None
        if kind == "look":
            self._watch.start()
        elif kind == "hidden":
            self._watch.stop()
