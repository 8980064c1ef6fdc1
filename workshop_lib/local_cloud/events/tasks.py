"""Work that is done later, in threads of its own, and outlives the process.

A task is data: the name of its handler and what it is handed. It is kept until it has ended, so one
that ran while the process died is done again by the next: at least once, as AWS delivers.
"""

from __future__ import annotations

import logging
import sched
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.changes import changes
from workshop_lib.local_cloud.moto_hooks.moments import draw_uuid, tell_time

log = logging.getLogger("workshop_lib.local_cloud.events")

THREADS = 16
# After which a task is tried again that the disk did not take.
FULL_DISK_SECONDS = 2.0

Handler = Callable[[Any], None]


@dataclass(frozen=True)
class Task:
    """Something to be done.

    Attributes:
        identifier: of this task alone.
        kind: its handler's name.
        name: for the operator's log.
        subject: what the handler is given; a dataclass of ours.
        due: seconds since 1970.
    """

    identifier: str
    kind: str
    name: str
    subject: Any
    due: float


# The task that this thread runs, until another takes its place.
_running: ContextVar[Task | None] = ContextVar("running_task", default=None)


class DelayedTasks:
    """Runs tasks when they are due; a task that fails is logged, and harms no other."""

    def __init__(self) -> None:
        self._clock = sched.scheduler(time.time)
        self._woken = threading.Event()
        self._executor: ThreadPoolExecutor | None = None
        self._condition = threading.Condition()
        self._handlers: dict[str, Handler] = {}
        self._tasks: dict[str, Task] = {}
        self._end = changes.define("task ended", self._forget)

    def define(self, kind: str, handler: Handler) -> None:
        """Say what is done with the tasks of a kind."""
        self._handlers[kind] = handler

    def start(self) -> None:
        """Begin to run tasks."""
        self._executor = ThreadPoolExecutor(THREADS, "events")
        threading.Thread(target=self._dispatch, name="events-clock", daemon=True).start()

    def stop(self) -> None:
        """Begin no task any more, and leave what runs to end by itself."""
        with self._condition:
            executor, self._executor = self._executor, None
            if self._tasks:
                log.info("The local cloud stops with %d events to be delivered.", len(self._tasks))
        self._woken.set()
        if executor:
            executor.shutdown(wait=False, cancel_futures=True)

    def submit(
        self, kind: str, name: str, subject: Any, delay: float = 0.0, *, replaces: str | None = None
    ) -> None:
        """Have a task done after some seconds; called inside a change, which makes it last.

        Args:
            replaces: the task that has ended with this one.
        """
        task = Task(draw_uuid(), kind, name, subject, tell_time() + delay)
        with self._condition:
            self._add(task)
            # At once, or who waits for the end of all could find none between the two.
            self._tasks.pop(replaces or "", None)
            self._condition.notify_all()

    @staticmethod
    def find_running() -> str | None:
        """Return the identifier of the task that this thread runs, once; None outside of one."""
        task = _running.get()
        _running.set(None)
        return None if task is None else task.identifier

    def wait_idle(self, seconds: float) -> bool:
        """Wait until nothing waits or runs; False when the seconds were over first."""
        with self._condition:
            return self._condition.wait_for(lambda: not self._tasks, seconds)

    def list_tasks(self) -> list[Task]:
        """Return the tasks that have not ended."""
        with self._condition:
            return list(self._tasks.values())

    def restore(self, tasks: list[Task]) -> None:
        """Take the tasks that a former process has left."""
        with self._condition:
            for task in tasks:
                self._add(task)

    def _add(self, task: Task) -> None:
        self._tasks[task.identifier] = task
        self._schedule(task, task.due)

    def _schedule(self, task: Task, due: float) -> None:
        self._clock.enterabs(due, 0, self._begin, (task,))
        self._woken.set()

    def _forget(self, identifier: str) -> None:
        with self._condition:
            self._tasks.pop(identifier, None)
            self._condition.notify_all()

    def _dispatch(self) -> None:
        while self._executor is not None:
            self._woken.wait(self._clock.run(blocking=False))
            self._woken.clear()

    def _begin(self, task: Task) -> None:
        with self._condition:
            # One may have ended while the journal was read again.
            if self._executor is not None and task.identifier in self._tasks:
                self._executor.submit(self._run, task)

    def _run(self, task: Task) -> None:
        token = _running.set(task)
        try:
            self._handle(task)
            # Unless another task has taken its place.
            if task.identifier in self._tasks:
                self._end(identifier=task.identifier)
        except AwsError as error:
            self._keep(task, error)
        finally:
            _running.reset(token)

    def _handle(self, task: Task) -> None:
        try:
            self._handlers[task.kind](task.subject)
        except AwsError:
            raise
        except Exception:
            log.exception("%s failed inside the local cloud", task.name)

    def _keep(self, task: Task, error: AwsError) -> None:
        """Try again later what could not be written down, or not any more."""
        log.warning("%s waits: %s", task.name, error)
        self._schedule(task, time.time() + FULL_DISK_SECONDS)
