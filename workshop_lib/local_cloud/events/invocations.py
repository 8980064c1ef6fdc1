"""Asynchronous invocation: attempts, waits between them, and what is told of the end."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Protocol

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.changes import changes
from workshop_lib.local_cloud.events.destinations import Ending, FinalDestinations
from workshop_lib.local_cloud.events.invocation_settings import InvocationSettings, find_settings
from workshop_lib.local_cloud.events.tasks import DelayedTasks
from workshop_lib.local_cloud.lambda_runtime.invocations import InvocationResult

log = logging.getLogger("workshop_lib.local_cloud.events")

KIND = "invocation"
# AWS waits a minute before the second attempt and two before the third.
RETRY_SECONDS = (60.0, 120.0)
# A throttled event waits from a second up to five minutes, each time twice as long.
THROTTLE_SECONDS = 1.0
THROTTLE_BOUND_SECONDS = 300.0
SHORTEST_SECONDS = 0.02
# Nobody waits for the answer, so an event may wait for those before it to leave a warm place.
PATIENCE_SECONDS = 3.0


class Invoke(Protocol):
    """Runs a function and waits, as :meth:`LambdaRuntime.invoke` does."""

    def __call__(  # noqa: D102
        self,
        function_name_or_arn: str,
        payload: bytes,
        *,
        request_id: str | None = None,
        trace_header: str | None = None,
        patience_seconds: float = 0.0,
    ) -> InvocationResult: ...


@dataclass
class QueuedInvocation:
    """An event on its way into a function, over all its attempts."""

    function_arn: str
    payload: bytes
    source: str
    trace_header: str | None = None
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    accepted: float = field(default_factory=time.time)
    attempts: int = 0
    throttles: int = 0

    def describe(self) -> str:
        """Name the event for the operator's log."""
        return f"{self.source} → {self.function_arn} ({self.request_id})"


class InvocationQueue:
    """Delivers events to functions, at least once, with AWS's retries."""

    def __init__(
        self,
        tasks: DelayedTasks,
        invoke: Invoke,
        destinations: FinalDestinations,
        time_scale: float,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._tasks = tasks
        self._invoke = invoke
        self._destinations = destinations
        self._time_scale = time_scale
        self._now = now
        self._accept = changes.define("invocation accepted", self._submit)
        tasks.define(KIND, self._attempt)

    def accept(
        self, event: QueuedInvocation, delay: float = 0.0, *, replaces: str | None = None
    ) -> None:
        """Take an event; it is tried after this many seconds.

        Args:
            replaces: the task that has ended with this.

        Raises:
            AwsError: the disk does not take it.
        """
        fields = asdict(event)
        payload = fields.pop("payload")
        self._accept(fields=fields, payload=payload, delay=delay, replaces=replaces)

    def _submit(
        self, *, fields: dict[str, Any], payload: bytes, delay: float, replaces: str | None
    ) -> None:
        event = QueuedInvocation(payload=payload, **fields)
        self._tasks.submit(KIND, event.describe(), event, delay, replaces=replaces)

    def _attempt(self, kept: QueuedInvocation) -> None:
        # What is kept stays as it is until the attempt has ended.
        event = replace(kept)
        settings = find_settings(event.function_arn)
        if settings is None:
            log.error("%s is lost: the function does not exist any more.", event.describe())
            return
        if settings.reserved_concurrency == 0:
            self._give_up(event, settings, "ZeroReservedConcurrency", None)
        elif self._now() - event.accepted > settings.event_age_seconds:
            self._give_up(event, settings, "EventAgeExceeded", None)
        else:
            self._run(event, settings)

    def _run(self, event: QueuedInvocation, settings: InvocationSettings) -> None:
        try:
            result = self._invoke(
                event.function_arn,
                event.payload,
                request_id=event.request_id,
                trace_header=event.trace_header,
                patience_seconds=PATIENCE_SECONDS,
            )
        except AwsError as error:
            self._handle_refusal(event, settings, error)
            return
        event.attempts += 1
        if result.function_error:
            self._handle_failure(event, settings, result)
        elif settings.on_success:
            self._destinations.tell_success(event, settings, result)

    def _handle_refusal(
        self, event: QueuedInvocation, settings: InvocationSettings, error: AwsError
    ) -> None:
        if error.code == "TooManyRequestsException":
            full = min(THROTTLE_SECONDS * 2 ** min(event.throttles, 20), THROTTLE_BOUND_SECONDS)
            wait = self._scale(full)
            event.throttles += 1
            log.warning("%s is throttled and waits %.1f s: %s", event.describe(), wait, error)
            self.accept(event, wait, replaces=self._tasks.find_running())
        elif error.code == "RecursiveInvocationException":
            log.error("%s is stopped: %s", event.describe(), error.message)
            self._give_up(event, settings, "RecursiveInvocation", error)
        else:
            event.attempts += 1
            self._retry(event, settings, str(error), error)

    def _handle_failure(
        self, event: QueuedInvocation, settings: InvocationSettings, result: InvocationResult
    ) -> None:
        text = result.payload.decode("utf-8", "replace")[:500]
        self._retry(event, settings, text, result)

    def _retry(
        self,
        event: QueuedInvocation,
        settings: InvocationSettings,
        reason: str,
        outcome: InvocationResult | AwsError,
    ) -> None:
        if event.attempts > settings.retry_attempts:
            self._give_up(event, settings, "RetriesExhausted", outcome)
            return
        wait = self._scale(RETRY_SECONDS[min(event.attempts, len(RETRY_SECONDS)) - 1])
        log.warning(
            "%s: attempt %d failed, the next in %.1f s: %s",
            event.describe(), event.attempts, wait, reason,
        )  # fmt: skip
        self.accept(event, wait, replaces=self._tasks.find_running())

    def _give_up(
        self,
        event: QueuedInvocation,
        settings: InvocationSettings,
        condition: str,
        outcome: InvocationResult | AwsError | None,
    ) -> None:
        log.error(
            "%s is given up after %d attempts: %s", event.describe(), event.attempts, condition
        )
        self._destinations.tell_failure(event, settings, Ending(condition, outcome))

    def _scale(self, seconds: float) -> float:
        return max(seconds * self._time_scale, SHORTEST_SECONDS)
