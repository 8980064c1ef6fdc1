"""Looking again and again in a thread, so that the kernel stays free."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

WATCH_SECONDS = 300
SHORTEST_PAUSE, LONGEST_PAUSE = 1.0, 6.0  # seconds between two looks; longer while nothing comes


class Watch:
    """A thread that looks now and then, for a bounded time.

    Args:
        name: of the thread.
        look: looks once; tells whether anything was new.
        ended: is told that the watch has ended by itself.
    """

    def __init__(self, name: str, look: Callable[[], bool], ended: Callable[[], None]) -> None:
        self._name = name
        self._look = look
        self._ended = ended
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._deadline = 0.0
        self._thread: threading.Thread | None = None

    @property
    def is_on(self) -> bool:
        """Whether it looks by itself now."""
        return time.monotonic() < self._deadline

    def start(self) -> None:
        """Look at once, and go on looking for some minutes."""
        with self._lock:
            self._deadline = time.monotonic() + WATCH_SECONDS
            self._wake.set()
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._go_on, name=self._name, daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """End soon."""
        with self._lock:
            self._deadline = 0.0
            self._wake.set()

    def wait(self, seconds: float) -> bool:
        """Wait until it has ended; tell whether it has in time."""
        if self._thread is not None:
            self._thread.join(seconds)
        return self._thread is None or not self._thread.is_alive()

    def _go_on(self) -> None:
        pause = SHORTEST_PAUSE
        while True:
            asked = self._wake.wait(pause)
            with self._lock:
                self._wake.clear()
                if not self.is_on:
                    self._thread = None
                    break
            try:
                is_new = self._look()
            except BaseException:
                self._give_up()
                raise
            pause = SHORTEST_PAUSE if is_new or asked else min(pause * 1.3, LONGEST_PAUSE)
        self._ended()

    def _give_up(self) -> None:
        """End because looking failed: nobody may believe that it still looks."""
        with self._lock:
            self._deadline = 0.0
            self._thread = None
        self._ended()
