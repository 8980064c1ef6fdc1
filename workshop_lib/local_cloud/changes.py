"""The one gate through which everything in the cloud is changed.

A change is a named function with plain arguments. Changes happen one at a time under moto's lock,
each in a moment of its own; the ledger, where there is one, has written a change down before it
happens. So what is written can be done again, in the same order, with the same result: ids, times
and all. A change within a change is a part of it and is not written.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any, ParamSpec, Protocol, TypeVar

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.moto_hooks.dispatch import moto_lock
from workshop_lib.local_cloud.moto_hooks.moments import Moment, enter_moment, find_moment

Given = ParamSpec("Given")
Result = TypeVar("Result")
SEED_BYTES = 16


class Ledger(Protocol):
    """Keeps changes."""

    def write(self, number: int, moment: Moment, kind: str, arguments: dict[str, Any]) -> None:
        """Write one change down, or raise an AwsError: then it does not happen."""

    def settle(self) -> None:
        """Take note that the change has happened."""


class Changes:
    """The changes of this process's one moto."""

    def __init__(self) -> None:
        self._kinds: dict[str, Callable[..., Any]] = {}
        self._ledger: Ledger | None = None
        self._closed = False
        self._last_nanoseconds = 0
        self.next_number = 1

    def attach(self, ledger: Ledger) -> None:
        """Write all changes from now on."""
        with moto_lock:
            self._ledger, self._closed = ledger, False

    def close(self) -> None:
        """Refuse all changes from now on: what has been kept is the last state."""
        with moto_lock:
            self._closed = True

    def define(self, kind: str, function: Callable[Given, Result]) -> Callable[Given, Result]:
        """Return a function that is carried out as a change.

        Args:
            kind: the change's name in the ledger; never to be given another meaning.
            function: called with keywords only; their values are JSON's, or bytes.
        """
        self._kinds[kind] = function

        def perform(*arguments: Given.args, **named: Given.kwargs) -> Result:
            if find_moment() is not None:
                return function(*arguments, **named)
            if arguments:
                raise TypeError(f"The change {kind!r} is made with keywords.")
            with moto_lock:
                return self._perform(kind, function, named)

        return perform

    def knows(self, kind: str) -> bool:
        """Tell whether there is such a kind of change."""
        return kind in self._kinds

    def replay(self, number: int, moment: Moment, kind: str, arguments: dict[str, Any]) -> None:
        """Carry a kept change out again.

        Raises:
            Exception: whatever the change raised the first time.
        """
        self.advance(number + 1, moment.nanoseconds)
        with moto_lock, enter_moment(moment):
            self._kinds[kind](**arguments)

    def advance(self, next_number: int, nanoseconds: int) -> None:
        """Go on counting from here; no change is ever earlier than one before it."""
        self.next_number = next_number
        self._last_nanoseconds = max(self._last_nanoseconds, nanoseconds)

    @property
    def last_nanoseconds(self) -> int:
        """When the last change happened."""
        return self._last_nanoseconds

    def _perform(self, kind: str, function: Callable[..., Result], named: Any) -> Result:
        if self._closed:
            raise AwsError("ServiceUnavailable", "The local cloud is being stopped.", 503)
        moment = Moment(max(time.time_ns(), self._last_nanoseconds + 1000), os.urandom(SEED_BYTES))
        ledger = self._ledger
        if ledger is None:
            self.advance(self.next_number + 1, moment.nanoseconds)
            with enter_moment(moment):
                return function(**named)
        ledger.write(self.next_number, moment, kind, named)
        self.advance(self.next_number + 1, moment.nanoseconds)
        try:
            with enter_moment(moment):
                return function(**named)
        finally:
            ledger.settle()


changes = Changes()


def change(kind: str) -> Callable[[Callable[Given, Result]], Callable[Given, Result]]:
    """Carry the decorated function out as a change, see :meth:`Changes.define`."""

    def decorate(function: Callable[Given, Result]) -> Callable[Given, Result]:
        return changes.define(kind, function)

    return decorate
