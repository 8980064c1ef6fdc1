"""The threads that answer requests: as many as are needed at once, up to a bound.

waitress starts all of them at the beginning and lets each have its turn. Most clouds never answer
more than a few requests at once; threads that have not begun take no memory, and a few that work in
turn find what they need in the processor's caches.
"""

from __future__ import annotations

from typing import Any

from waitress.task import ThreadedTaskDispatcher


class GrowingDispatcher(ThreadedTaskDispatcher):
    """Starts a thread when all others are at work.

    Args:
        most: threads at once.
    """

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def set_thread_count(self, count: int) -> None:
        """Have at most so many threads from now on; those that are too many end."""
        self._most = count
        if count < len(self.threads):
            super().set_thread_count(count)

    def add_task(self, task: Any) -> None:
        """Give a task to a thread that waits, or to a new one; else it is the next in the queue."""
        with self.lock:
            self.queue.append(task)
            self.queue_cv.notify()
            working = len(self.threads) - self.stop_count
            if len(self.queue) <= working - self.active_count:
                return
            is_full = working >= self._most
        if is_full:
            self.queue_logger.warning("%d requests are at work; another one waits.", working)
        else:
            super().set_thread_count(working + 1)
