"""The log of an invocation, written to CloudWatch Logs while it runs and at its end."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.lambda_runtime.environments import ExecutionEnvironment
from workshop_lib.local_cloud.lambda_runtime.functions import Function
from workshop_lib.local_cloud.lambda_runtime.log_streams import write_log
from workshop_lib.local_cloud.lambda_runtime.processes import LogRecord

log = logging.getLogger("workshop_lib.local_cloud.lambda_runtime")

STREAM_SECONDS = 0.5


class InvocationLog:
    """What one invocation has logged so far, and how much of it is written."""

    def __init__(self, environment: ExecutionEnvironment) -> None:
        self.function: Function = environment.function
        self.stream = environment.log_stream
        self.records: list[LogRecord] = []
        # Held while records move, so that they are written once and in their order.
        self.lock = threading.RLock()
        self.allowed: bool | None = None
        self._environment = environment
        self._written = 0

    def follow(self, environment: ExecutionEnvironment) -> None:
        """Go on with another environment's output."""
        with self.lock:
            self._environment = environment

    def add(self, *records: LogRecord) -> None:
        """Append records of Lambda's own, after what the function has logged."""
        with self.lock:
            self.records.extend(records)

    def collect(self, ended: bool) -> None:
        """Append what the function has logged; all of it once its process has ended."""
        taken = self._environment.take_log(ended)
        with self.lock:
            self.records.extend(taken)

    def collect_now(self) -> None:
        """Append what there is at this moment of an invocation that goes on."""
        with self.lock:
            self.records.extend(self._environment.take_log_now())

    def take_unwritten(self) -> list[LogRecord]:
        """Return the records not returned before."""
        with self.lock:
            unwritten = self.records[self._written :]
            self._written = len(self.records)
        return unwritten


class LogStreamer:
    """Writes what running functions log every half a second.

    Args:
        may_write_logs: whether a role may write to a log group; what it may not is not logged, as
            on AWS.
    """

    def __init__(
        self, may_write_logs: Callable[[str, str], bool], seconds: float = STREAM_SECONDS
    ) -> None:
        self._may_write_logs = may_write_logs
        self._seconds = seconds
        self._lock = threading.Lock()
        self._followed: dict[int, InvocationLog] = {}
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
        with self._lock:
            self._followed[id(invocation_log)] = invocation_log
        try:
            yield
        finally:
            with self._lock:
                del self._followed[id(invocation_log)]
            # Whoever writes it at this moment must have ended before its environment goes on.
            with invocation_log.lock:
                pass

    def write(self, invocation_log: InvocationLog) -> None:
        """Write what is not written yet."""
        with invocation_log.lock:
            records = invocation_log.take_unwritten()
            if not records or not self._is_allowed(invocation_log):
                return
            try:
                write_log(invocation_log.function, invocation_log.stream, records)
            except AwsError as error:
                # The function has run, and its caller hears of it all the same.
                log.error("The log of %s is not written: %s", invocation_log.function.name, error)

    def _is_allowed(self, invocation_log: InvocationLog) -> bool:
        function = invocation_log.function
        if invocation_log.allowed is None:
            invocation_log.allowed = self._may_write_logs(function.role, function.log_group)
            if not invocation_log.allowed:
                log.warning(
                    "%s: its role %s may not write to %s, so its log is lost, as on AWS.",
                    function.name, function.role, function.log_group,
                )  # fmt: skip
        return invocation_log.allowed

    def _stream(self) -> None:
        while not self._stopped.wait(self._seconds):
            with self._lock:
                followed = list(self._followed.values())
            for invocation_log in followed:
                self._write_now(invocation_log)

    def _write_now(self, invocation_log: InvocationLog) -> None:
        with invocation_log.lock:
            with self._lock:
                if id(invocation_log) not in self._followed:
                    return
            try:
                invocation_log.collect_now()
                self.write(invocation_log)
            except Exception:
                log.exception("The log of %s is not written", invocation_log.function.name)
