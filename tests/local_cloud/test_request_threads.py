"""Requests are answered by as many threads as are at work at once, up to a bound."""

from __future__ import annotations

import threading

from workshop_lib.local_cloud.door.server import GrowingDispatcher

PATIENCE_SECONDS = 30


class Task:
    """A request that is at work until it is let go."""

    def __init__(self) -> None:
        self.began = threading.Event()
        self.may_end = threading.Event()
        self.ended = threading.Event()

    def service(self) -> None:
        """Be at work."""
        self.began.set()
        self.may_end.wait(PATIENCE_SECONDS)
        self.ended.set()

    def cancel(self) -> None:
        """Be dropped at the end."""


def test_threads_begin_when_the_others_are_at_work() -> None:
    """Two requests at once have two threads; a third waits for one of them, and is answered."""
    dispatcher = GrowingDispatcher(2)
    tasks = [Task() for _ in range(3)]
    started = [len(dispatcher.threads)]

    for task in tasks:
        dispatcher.add_task(task)
        started.append(len(dispatcher.threads))
    began = [task.began.wait(PATIENCE_SECONDS) for task in tasks[:2]]
    third_waited = not tasks[2].began.is_set()
    for task in tasks:
        task.may_end.set()

    assert [0, 1, 2, 2] == started
    assert [True, True] == began
    assert third_waited
    assert all(task.ended.wait(PATIENCE_SECONDS) for task in tasks)
    dispatcher.shutdown()
    assert set() == dispatcher.threads
