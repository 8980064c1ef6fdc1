"""Work that is done later, in threads of its own."""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

log = logging.getLogger("workshop_lib.local_cloud.events")

THREADS = 16

Task = Callable[[], None]


class DelayedTasks:
    """Runs tasks when they are due; a task that fails is logged, and harms no other."""

    def __init__(self, threads: int = THREADS) -> None:
        self._threads = threads
        self._executor: ThreadPoolExecutor | None = None
        self._condition = threading.Condition()
        self._waiting: list[tuple[float, int, str, Task]] = []
        self._numbers = itertools.count()
        self._unfinished = 0
        self._stopped = True

    def start(self) -> None:
        """Begin to run tasks."""
        with self._condition:
            self._stopped = False
            self._executor = ThreadPoolExecutor(self._threads, "events")
        threading.Thread(target=self._dispatch, name="events-clock", daemon=True).start()

    def stop(self) -> None:
        """Drop what waits, and leave what runs to end by itself."""
        with self._condition:
            self._stopped = True
            dropped = len(self._waiting)
            self._waiting.clear()
            self._unfinished -= dropped
            executor, self._executor = self._executor, None
            self._condition.notify_all()
        if dropped:
            log.warning("The local cloud stops with %d events undelivered.", dropped)
        if executor:
            executor.shutdown(wait=False, cancel_futures=True)

    def submit(self, name: str, task: Task, delay: float = 0.0) -> None:
        """Run a task after some seconds; ``name`` is for the operator's log."""
        with self._condition:
            due = time.monotonic() + delay
            heapq.heappush(self._waiting, (due, next(self._numbers), name, task))
            self._unfinished += 1
            self._condition.notify_all()

    def wait_idle(self, seconds: float) -> bool:
        """Wait until nothing waits or runs; False when the seconds were over first."""
        with self._condition:
            return self._condition.wait_for(lambda: self._unfinished == 0, seconds)

    def _dispatch(self) -> None:
        while True:
            with self._condition:
                while not self._stopped and not self._is_due():
                    self._condition.wait(self._seconds_left())
                executor = self._executor
                if self._stopped or executor is None:
                    return
                _, _, name, task = heapq.heappop(self._waiting)
            executor.submit(self._run, name, task)

    def _is_due(self) -> bool:
        return bool(self._waiting) and self._waiting[0][0] <= time.monotonic()

    def _seconds_left(self) -> float | None:
        return max(0.0, self._waiting[0][0] - time.monotonic()) if self._waiting else None

    def _run(self, name: str, task: Task) -> None:
        try:
            task()
        except Exception:
            log.exception("%s failed inside the local cloud", name)
        finally:
            with self._condition:
                self._unfinished -= 1
                self._condition.notify_all()
