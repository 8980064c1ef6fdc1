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
        make_environment: Callable[[Function, str | None], ExecutionEnvironment],
        concurrent_executions: int = CONCURRENT_EXECUTIONS,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        self._make_environment = make_environment
        self._bound = concurrent_executions
        self._idle_seconds = idle_seconds
        self._lock = threading.Lock()
        self._left = threading.Condition(self._lock)
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
            self._left.wait_for(lambda: self._is_free_for(function), patience_seconds)
            self._admit(function)
            warm, spent = self._choose(function)
            self._running[function.arn] += 1
        try:
            if spent:
                threading.Thread(target=_end_all, args=(spent,), name="lambda-end").start()
            return (warm, False) if warm else (self._make_environment(function, None), True)
        except BaseException:
            self._leave(function)
            raise

    def release(self, environment: ExecutionEnvironment, reusable: bool) -> None:
        """Take an environment back, or end it."""
        kept = reusable and environment.usable and not self._closed.is_set()
        with self._lock:
            if kept:
                self._idle.append(environment)
        self._leave(environment.function)
        if not kept:
            environment.end()

    def replace(self, environment: ExecutionEnvironment) -> ExecutionEnvironment:
        """End an environment that could not load, and make another with the same log stream."""
        environment.end()
        return self._make_environment(environment.function, environment.log_stream)

    def close(self) -> None:
        """End all idle environments, and the others as they come back."""
        self._closed.set()
        with self._lock:
            idle, self._idle = self._idle, []
        for environment in idle:
            environment.end()

    def _leave(self, function: Function) -> None:
        with self._lock:
            self._running[function.arn] -= 1
            self._left.notify_all()

    def _is_free_for(self, function: Function) -> bool:
        return self._running[function.arn] < PROCESSORS or any(
            one.function.arn == function.arn for one in self._idle
        )

    def _admit(self, function: Function) -> None:
        reserved = function.reserved_concurrency
        if reserved is not None and self._running[function.arn] >= reserved:
            raise refuse_concurrency("ReservedFunctionConcurrentInvocationLimitExceeded")
        if self._running.total() >= self._bound:
            raise refuse_concurrency("ConcurrentInvocationLimitExceeded")

    def _choose(
        self, function: Function
    ) -> tuple[ExecutionEnvironment | None, list[ExecutionEnvironment]]:
        """Take out the warm environment, if any, and those to end: spent, outdated, too many."""
        key = (function.arn, function.version, function.fingerprint)
        outdated = [
            environment
            for environment in self._idle
            if not environment.usable or (environment.key[:2] == key[:2] and environment.key != key)
        ]
        fitting = [
            environment
            for environment in self._idle
            if environment.key == key and environment not in outdated
        ]
        warm = fitting[-1] if fitting else None
        spent = outdated
        others = [kept for kept in self._idle if kept is not warm and kept not in outdated]
        if warm is None and self._running.total() + len(others) >= self._bound:
            spent = [*outdated, others.pop(0)]
        self._idle = others
        return warm, spent

    def _reap(self) -> None:
        while not self._closed.wait(min(REAPING_SECONDS, self._idle_seconds / 2)):
            limit = time.monotonic() - self._idle_seconds
            with self._lock:
                stale = [one for one in self._idle if one.last_used < limit or not one.usable]
                self._idle = [one for one in self._idle if one not in stale]
            for environment in stale:
                environment.end()


def _end_all(environments: list[ExecutionEnvironment]) -> None:
    for environment in environments:
        environment.end()


def refuse_concurrency(reason: str) -> AwsError:
    """Return AWS's error for one execution too many."""
    return AwsError(
        "TooManyRequestsException", "Rate Exceeded.", 429, {"Reason": reason, "Type": "User"}
    )
