"""The log of an invocation: AWS's lines, and writing it to CloudWatch Logs while it grows."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from moto.logs.models import logs_backends

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.changes import change
from workshop_lib.local_cloud.lambda_runtime.environments import ExecutionEnvironment
from workshop_lib.local_cloud.lambda_runtime.functions import LATEST
from workshop_lib.local_cloud.lambda_runtime.invocations import TAG, Outcome
from workshop_lib.local_cloud.lambda_runtime.processes import LogRecord

log = logging.getLogger("workshop_lib.local_cloud.lambda_runtime")

MEGABYTE = 1024 * 1024
TAIL_BYTES = 4096
STREAM_SECONDS = 0.5


class InvocationLog:
    """What one invocation in an environment has logged so far, and how much of it is written."""

    def __init__(self, environment: ExecutionEnvironment, request_id: str) -> None:
        self.environment = environment
        self.request_id = request_id
        self.records: list[LogRecord] = []
        # Held while records move, so that they are written once and in their order.
        self.lock = threading.RLock()
        self.written = 0
        self.allowed: bool | None = None

    def collect(self, outcome: Outcome) -> Outcome:
        """Append what the function has logged; after a failure its process is ended first."""
        if outcome.status:
            self.environment.end()
        taken = self.environment.output.take(ended=bool(outcome.status))
        with self.lock:
            self.records += taken
        return outcome

    def collect_now(self) -> None:
        """Append what there is at this moment of an invocation that goes on."""
        with self.lock:
            self.records += self.environment.output.take_now()

    def note(self, *lines: str) -> None:
        """Append lines of Lambda's own."""
        now = int(time.time() * 1000)
        with self.lock:
            self.records += [LogRecord(now, line) for line in lines]

    def note_start(self) -> None:
        """Append the START line."""
        self.note(f"START {TAG}: {self.request_id} Version: {LATEST}")

    def note_failed_start(self, outcome: Outcome, phase: str) -> None:
        """Append the line on an initialisation that failed, in the phase ``init`` or ``invoke``."""
        fields = [f"INIT_REPORT Init Duration: {outcome.duration:.2f} ms", f"Phase: {phase}"]
        self.note("\t".join([*fields, *_name_status(outcome)]))

    def note_end(self, outcome: Outcome, init_duration: float | None) -> None:
        """Append what follows a run: notes, END and REPORT.

        Billed is what AWS bills since August 2025: the handler's and the initialisation's time
        together, rounded up to a millisecond.
        """
        size = self.environment.function.memory_size
        fields = [
            f"REPORT {TAG}: {self.request_id}",
            f"Duration: {outcome.duration:.2f} ms",
            f"Billed Duration: {math.ceil(outcome.duration + (init_duration or 0.0))} ms",
            f"Memory Size: {size} MB",
            f"Max Memory Used: {min(math.ceil(outcome.peak_memory / MEGABYTE), size)} MB",
        ]
        if init_duration is not None:
            fields.append(f"Init Duration: {init_duration:.2f} ms")
        report = "\t".join([*fields, *_name_status(outcome)]) + "\t"
        self.note(*outcome.notes, f"END {TAG}: {self.request_id}", report)

    def make_tail(self) -> bytes:
        """Return its last 4 KB."""
        return "".join(f"{one.message}\n" for one in self.records).encode()[-TAIL_BYTES:]


def _name_status(outcome: Outcome) -> list[str]:
    named = {"Status": outcome.status, "Error Type": outcome.error_type}
    return [f"{name}: {value}" for name, value in named.items() if value]


class LogWriter:
    """Writes invocations' logs every half a second while they run, and at their end.

    Args:
        may_write_logs: whether a role may write to a log group; what it may not is not logged, as
            on AWS.
    """

    def __init__(self, may_write_logs: Callable[[str, str], bool]) -> None:
        self._may_write_logs = may_write_logs
        self._followed: set[InvocationLog] = set()
        self._stopped = threading.Event()

    def start(self) -> None:
        """Begin to write."""
        threading.Thread(target=self._stream, name="lambda-logs", daemon=True).start()

    def stop(self) -> None:
        """Leave what is logged from now on to the end of each invocation."""
        self._stopped.set()

    @contextmanager
    def follow(self, invocation_log: InvocationLog) -> Iterator[None]:
        """Write an invocation's log while it runs."""
        self._followed.add(invocation_log)
        try:
            yield
        finally:
            # Whoever writes it at this moment must have ended before its environment goes on.
            with invocation_log.lock:
                self._followed.discard(invocation_log)

    def write(self, invocation_log: InvocationLog) -> None:
        """Write what is not written yet."""
        environment = invocation_log.environment
        function = environment.function
        with invocation_log.lock:
            records = invocation_log.records[invocation_log.written :]
            invocation_log.written += len(records)
            if not records or not self._is_allowed(invocation_log):
                return
            records.sort(key=lambda record: record.timestamp)
            events = [{"timestamp": one.timestamp, "message": one.message} for one in records]
            try:
                _write_log(
                    account_id=function.account_id, region=function.region,
                    group=function.log_group, stream=environment.log_stream, events=events,
                )  # fmt: skip
            except AwsError as error:
                # The function has run, and its caller hears of it all the same.
                log.error("The log of %s is not written: %s", function.name, error)

    def _is_allowed(self, invocation_log: InvocationLog) -> bool:
        function = invocation_log.environment.function
        if invocation_log.allowed is None:
            invocation_log.allowed = self._may_write_logs(function.role, function.log_group)
            if not invocation_log.allowed:
                log.warning(
                    "%s: its role %s may not write to %s, so its log is lost, as on AWS.",
                    function.name, function.role, function.log_group,
                )  # fmt: skip
        return invocation_log.allowed

    def _stream(self) -> None:
        while not self._stopped.wait(STREAM_SECONDS):
            for invocation_log in self._followed.copy():
                try:
                    self._write_now(invocation_log)
                except Exception:
                    name = invocation_log.environment.function.name
                    log.exception("The log of %s is not written", name)

    def _write_now(self, invocation_log: InvocationLog) -> None:
        with invocation_log.lock:
            if invocation_log in self._followed:
                invocation_log.collect_now()
                self.write(invocation_log)


@change("function log")
def _write_log(
    *, account_id: str, region: str, group: str, stream: str, events: list[dict[str, Any]]
) -> None:
    logs = logs_backends[account_id][region]
    logs.ensure_log_group(group)
    logs.ensure_log_stream(group, stream)
    logs.put_log_events(group, stream, events)
