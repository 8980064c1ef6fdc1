"""Which environment runs an invocation: warm ones again, new ones within bounds."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Callable

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.lambda_runtime.environments import ExecutionEnvironment
from workshop_lib.local_cloud.lambda_runtime.functions import Function

CONCURRENT_EXECUTIONS = 32
IDLE_SECONDS = 300.0
# How many of one function load and run as fast as one: more share the same processors.
PROCESSORS = os.cpu_count() or 1
REAPING_SECONDS = 15.0


class EnvironmentPool:
    """Keeps environments between invocations; the most recently used is taken first."""

    def __init__(
        self,
        make_environment: Callable[[Function], ExecutionEnvironment],
        concurrent_executions: int,
        idle_seconds: float,
    ) -> None:
        self._make_environment = make_environment
        self._bound = concurrent_executions
        self._idle_seconds = idle_seconds
        self._lock = threading.Condition()
        self._idle: list[ExecutionEnvironment] = []
        self._running: Counter[str] = Counter()
        self._closed = threading.Event()

    def start(self) -> None:
        """Begin to let idle environments go."""
        threading.Thread(target=self._reap, name="lambda-reaper", daemon=True).start()

    def acquire(
        self, function: Function, patience_seconds: float = 0.0
    ) -> tuple[ExecutionEnvironment, bool]:
        """Return an environment and whether it is new.

        Args:
            patience_seconds: how long to wait for a warm one where as many as there are processors
                are at work: on one machine, one more that loads only slows these down.

        Raises:
            AwsError: TooManyRequestsException 429 above a bound of concurrency; or what making
                one raises.
        """
        with self._lock:
            self._lock.wait_for(lambda: self._is_free_for(function), patience_seconds)
            self._admit(function)
            warm, spent = self._choose(function)
            self._running[function.arn] += 1
        try:
            if spent:
                threading.Thread(target=_end_all, args=(spent,), name="lambda-end").start()
            return (warm, False) if warm else (self._make_environment(function), True)
        except BaseException:
            self._leave(function)
            raise

    def release(self, environment: ExecutionEnvironment, reusable: bool) -> None:
        """Take an environment back, or end it."""
        kept = reusable and environment.usable and not self._closed.is_set()
        if kept:
            with self._lock:
                self._idle.append(environment)
        self._leave(environment.function)
        if not kept:
            environment.end()

    def close(self) -> None:
        """End all idle environments, and the others as they come back."""
        self._closed.set()
        with self._lock:
            idle, self._idle = self._idle, []
        _end_all(idle)

    def _leave(self, function: Function) -> None:
        with self._lock:
            self._running[function.arn] -= 1
            self._lock.notify_all()

    def _is_free_for(self, function: Function) -> bool:
        is_warm = any(_is_of(one, function) and one.usable for one in self._idle)
        return is_warm or self._running[function.arn] < PROCESSORS

    def _admit(self, function: Function) -> None:
        reserved = function.reserved_concurrency
        if reserved is not None and self._running[function.arn] >= reserved:
            raise _refuse("ReservedFunctionConcurrentInvocationLimitExceeded")
        if self._running.total() >= self._bound:
            raise _refuse("ConcurrentInvocationLimitExceeded")

    def _choose(
        self, function: Function
    ) -> tuple[ExecutionEnvironment | None, list[ExecutionEnvironment]]:
        """Take out the warm environment, if any, and those to end: spent, outdated, too many."""
        spent = [
            one
            for one in self._idle
            if not one.usable or (one.function.arn == function.arn and not _is_of(one, function))
        ]
        self._idle = [one for one in self._idle if one not in spent]
        warm = next((one for one in reversed(self._idle) if _is_of(one, function)), None)
        if warm:
            self._idle.remove(warm)
        elif self._running.total() + len(self._idle) >= self._bound:
            spent.append(self._idle.pop(0))
        return warm, spent

    def _reap(self) -> None:
        while not self._closed.wait(min(REAPING_SECONDS, self._idle_seconds / 2)):
            limit = time.monotonic() - self._idle_seconds
            with self._lock:
                stale = [one for one in self._idle if one.last_used < limit or not one.usable]
                self._idle = [one for one in self._idle if one not in stale]
            _end_all(stale)


def _is_of(environment: ExecutionEnvironment, function: Function) -> bool:
    """Tell whether an environment has the function's code and configuration of now."""
    held = environment.function
    return (held.arn, held.fingerprint) == (function.arn, function.fingerprint)


def _end_all(environments: list[ExecutionEnvironment]) -> None:
    for environment in environments:
        environment.end()


def _refuse(reason: str) -> AwsError:
    details = {"Reason": reason, "Type": "User"}
    return AwsError("TooManyRequestsException", "Rate Exceeded.", 429, details)
