"""Execution environments: a function's worker, its credentials, log stream and scratch folder."""

from __future__ import annotations

import shutil
import time
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
from workshop_lib.local_cloud.lambda_runtime.processes import Exit, LogRecord, WorkerProcess
from workshop_lib.local_cloud.lambda_runtime.supervision import LimitExceededError, Supervisor

INIT_SECONDS = 10.0
RENEWAL_MARGIN = timedelta(minutes=5)


class ExecutionEnvironment:
    """One process that runs one version of a function, one invocation at a time."""

    def __init__(
        self,
        function: Function,
        worker: WorkerProcess,
        scratch: Path,
        log_stream: str,
        expires: datetime | None,
        started: float,
    ) -> None:
        self.function = function
        self.log_stream = log_stream
        self.init_duration: float | None = None
        self.last_used = time.monotonic()
        self._worker = worker
        self._scratch = scratch
        self._expires = expires
        self._started = started
        self._peak_memory = 0

    @property
    def key(self) -> tuple[str, str, str]:
        """What an invocation must agree with to run here."""
        return self.function.arn, self.function.version, self.function.fingerprint

    @property
    def usable(self) -> bool:
        """Whether the process lives and its credentials outlast another invocation."""
        if not self._worker.alive:
            return False
        needed = RENEWAL_MARGIN + timedelta(seconds=self.function.timeout)
        return self._expires is None or datetime.now(UTC) + needed < self._expires

    def initialise(self, request_id: str, seconds: float = INIT_SECONDS) -> Outcome | None:
        """Wait until the function is loaded; return None when it is, else how it failed.

        A timeout has the status ``timeout`` and no payload: AWS tries once more, within the
        function's own time.
        """
        supervisor = self._supervise()
        outcome = self._await_ready(supervisor, request_id, seconds)
        self.init_duration = (time.perf_counter() - self._started) * 1000
        self._peak_memory = supervisor.peak_memory
        if outcome:
            outcome.peak_memory = self._peak_memory
            outcome.duration = self.init_duration
        return outcome

    def run(self, invocation: Invocation, spent_seconds: float = 0.0) -> Outcome:
        """Run the handler once, within the function's time and memory.

        Args:
            invocation: the event.
            spent_seconds: what of the function's time a second initialisation has taken; it is
                part of the duration.
        """
        seconds = max(0.0, self.function.timeout - spent_seconds)
        header = {
            "request_id": invocation.request_id,
            "invoked_function_arn": self.function.invoked_arn,
            "timeout_seconds": seconds,
            "trace_id": invocation.trace_id,
            "client_context": invocation.client_context,
        }
        started = time.perf_counter()
        supervisor = self._supervise()
        self._worker.send(header, invocation.payload)
        outcome = self._await(supervisor, invocation.request_id, seconds)
        self._peak_memory = max(self._peak_memory, supervisor.peak_memory)
        outcome.peak_memory = self._peak_memory
        measured = outcome.duration or (time.perf_counter() - started) * 1000
        outcome.duration = measured + spent_seconds * 1000
        self.last_used = time.monotonic()
        return outcome

    def take_log(self, ended: bool) -> list[LogRecord]:
        """Return what the function has logged since last asked; all of it once it has ended."""
        return self._worker.output.take_rest() if ended else self._worker.output.take()

    def take_log_now(self) -> list[LogRecord]:
        """Return what the function has logged since last asked, though it goes on."""
        return self._worker.output.take_now()

    def end(self) -> None:
        """End the process and remove its scratch folder."""
        self._worker.end()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _supervise(self) -> Supervisor:
        function = self.function
        return Supervisor(
            self._worker, function.memory_size, self._scratch, function.ephemeral_storage
        )

    def _await_ready(
        self, supervisor: Supervisor, request_id: str, seconds: float
    ) -> Outcome | None:
        try:
            message = supervisor.wait(seconds)
        except LimitExceededError as limit:
            return describe_exit(request_id, limit.reason, limit.error_type)
        if message is None:
            return Outcome(b"", status="timeout", reusable=False)
        if isinstance(message, Exit):
            return describe_exit(request_id, name_exit(message))
        if message.kind == "ready":
            return None
        return describe_init_error(message.payload, request_id)

    def _await(self, supervisor: Supervisor, request_id: str, seconds: float) -> Outcome:
        try:
            message = supervisor.wait(seconds)
        except LimitExceededError as limit:
            return describe_exit(request_id, limit.reason, limit.error_type)
        if message is None:
            return describe_timeout(request_id, self.function.timeout, seconds)
        if isinstance(message, Exit):
            return describe_exit(request_id, name_exit(message))
        duration = float(message.header["milliseconds"])
        if message.kind == "error":
            return Outcome(message.payload, duration, "Unhandled")
        return Outcome(message.payload, duration)
