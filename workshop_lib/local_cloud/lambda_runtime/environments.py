"""Execution environments: a function's worker, its credentials, log stream and scratch folder."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from workshop_lib.local_cloud.lambda_runtime.functions import Function
from workshop_lib.local_cloud.lambda_runtime.invocations import (
    Invocation,
    Outcome,
    describe_exit,
    describe_init_error,
    describe_timeout,
    name_exit,
)
from workshop_lib.local_cloud.lambda_runtime.processes import (
    Exit,
    OutputReader,
    Reply,
    WorkerProcess,
)
from workshop_lib.local_cloud.lambda_runtime.supervision import LimitExceededError, Supervisor

RENEWAL_MARGIN = timedelta(minutes=5)


class ExecutionEnvironment:
    """One process that runs a function, one invocation at a time.

    Args:
        function: what it runs.
        log_stream: where it logs.
        start_worker: returns a process that begins to load the function, the folder that is its
            /tmp, and when its credentials expire.
    """

    def __init__(
        self,
        function: Function,
        log_stream: str,
        start_worker: Callable[[], tuple[WorkerProcess, Path, datetime | None]],
    ) -> None:
        self.function = function
        self.log_stream = log_stream
        self.last_used = time.monotonic()
        self._start_worker = start_worker
        self.start()

    @property
    def usable(self) -> bool:
        """Whether the process lives and its credentials outlast another invocation."""
        needed = RENEWAL_MARGIN + timedelta(seconds=self.function.timeout)
        return self._worker.alive and (
            self._expires is None or datetime.now(UTC) + needed < self._expires
        )

    @property
    def output(self) -> OutputReader:
        """What the function prints."""
        return self._worker.output

    def start(self) -> None:
        """Start a process, at first and again where the one before has ended."""
        self._started = time.perf_counter()
        self._worker, self._scratch, self._expires = self._start_worker()
        self._supervisor = Supervisor(
            self._worker, self.function.memory_size, self._scratch, self.function.ephemeral_storage
        )

    def initialise(self, request_id: str, seconds: float) -> Outcome:
        """Wait until the function is loaded, at most so long; tell how that went."""
        answer = self._wait(request_id, seconds, seconds)
        if isinstance(answer, Reply):
            is_ready = answer.kind == "ready"
            answer = Outcome() if is_ready else describe_init_error(request_id, answer.payload)
        return self._measure(answer, self._started)

    def run(self, invocation: Invocation, spent_seconds: float = 0.0) -> Outcome:
        """Run the handler once, within the function's time and memory.

        Args:
            invocation: the event.
            spent_seconds: what of the function's time a second initialisation has taken; it is
                part of the duration.
        """
        timeout = float(self.function.timeout)
        seconds = max(0.0, timeout - spent_seconds)
        header = {
            "request_id": invocation.request_id,
            "invoked_function_arn": invocation.function_arn,
            "timeout_seconds": seconds,
            "trace_id": invocation.trace_id,
        }
        started = time.perf_counter() - spent_seconds
        self._worker.send(header, invocation.payload)
        answer = self._wait(invocation.request_id, seconds, timeout)
        if isinstance(answer, Reply):
            duration = float(answer.header["milliseconds"]) + spent_seconds * 1000
            error = "Unhandled" if answer.kind == "error" else None
            answer = Outcome(answer.payload, duration, error)
        self.last_used = time.monotonic()
        return self._measure(answer, started)

    def end(self) -> None:
        """End the process and remove its scratch folder."""
        self._worker.end()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _wait(self, request_id: str, seconds: float, timeout: float) -> Reply | Outcome:
        """Return the worker's reply, or how it ended without one."""
        try:
            message = self._supervisor.wait(seconds)
        except LimitExceededError as limit:
            return describe_exit(request_id, str(limit))
        if message is None:
            return describe_timeout(request_id, timeout)
        return (
            describe_exit(request_id, name_exit(message)) if isinstance(message, Exit) else message
        )

    def _measure(self, outcome: Outcome, started: float) -> Outcome:
        outcome.duration = outcome.duration or (time.perf_counter() - started) * 1000
        outcome.peak_memory = self._supervisor.peak_memory
        return outcome
