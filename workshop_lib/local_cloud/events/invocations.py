"""Asynchronous invocation: attempts, waits between them, and what is told of the end."""

from __future__ import annotations

import json
import logging
import time
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.changes import changes
from workshop_lib.local_cloud.events.deliveries import (
    ACTIONS,
    ERROR_MESSAGE_CHARACTERS,
    Attributes,
    DeliveryError,
    find_service,
    send,
)
from workshop_lib.local_cloud.events.tasks import DelayedTasks
from workshop_lib.local_cloud.lambda_runtime.functions import (
    LATEST,
    Function,
    find_function,
    parse_function_name,
)
from workshop_lib.local_cloud.lambda_runtime.invocations import InvocationResult
from workshop_lib.local_cloud.moto_hooks.moments import tell_timestamp

if TYPE_CHECKING:
    from workshop_lib.local_cloud.permissions.authorizer import Authorizer

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


# How the last attempt ended, if there was one.
Outcome = InvocationResult | AwsError | None


class InvocationQueue:
    """Delivers events to functions, at least once, with AWS's retries.

    Args:
        tasks: runs the attempts.
        invoke: runs a function and waits, as :meth:`LambdaRuntime.invoke` does.
        authorizer: is asked what a function's role may.
        time_scale: what AWS's waits are multiplied with.
        now: tells the time, in seconds.
    """

    def __init__(
        self,
        tasks: DelayedTasks,
        invoke: Callable[..., InvocationResult],
        authorizer: Authorizer,
        time_scale: float,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._tasks = tasks
        self._invoke = invoke
        self._authorizer = authorizer
        self._time_scale = time_scale
        self._now = now
        self._accept = changes.define("invocation accepted", self._submit)
        tasks.define(KIND, self._attempt)

    def enqueue(
        self,
        function_arn: str,
        payload: bytes,
        source: str,
        trace_header: str | None,
        request_id: str | None = None,
    ) -> None:
        """Accept an asynchronous invocation.

        Args:
            function_arn: with qualifier or without.
            payload: the event, as JSON.
            source: what caused it, for the operator's log, such as ``S3``.
            trace_header: the X-Amzn-Trace-Id of the request which caused it.
            request_id: that of the request which asked for it; by default a new one.

        Raises:
            AwsError: the disk does not take it.
        """
        event = QueuedInvocation(function_arn, payload, source, trace_header)
        self.accept(replace(event, request_id=request_id) if request_id else event)

    def accept(self, event: QueuedInvocation, delay: float = 0.0) -> None:
        """Take an event, in the place of the task that runs here; tried after these seconds.

        Raises:
            AwsError: the disk does not take it.
        """
        fields = asdict(event)
        payload, replaces = fields.pop("payload"), self._tasks.find_running()
        self._accept(fields=fields, payload=payload, delay=delay, replaces=replaces)

    def _submit(
        self, *, fields: dict[str, Any], payload: bytes, delay: float, replaces: str | None
    ) -> None:
        event = QueuedInvocation(payload=payload, **fields)
        self._tasks.submit(KIND, event.describe(), event, delay, replaces=replaces)

    def _attempt(self, kept: QueuedInvocation) -> None:
        # What is kept stays as it is until the attempt has ended.
        event = replace(kept)
        try:
            function = find_function(parse_function_name(event.function_arn))
        except AwsError:
            log.error("%s is lost: the function does not exist any more.", event.describe())
            return
        if function.reserved_concurrency == 0:
            self._give_up(event, function, "ZeroReservedConcurrency")
        elif self._now() - event.accepted > function.event_age:
            self._give_up(event, function, "EventAgeExceeded")
        else:
            self._run(event, function)

    def _run(self, event: QueuedInvocation, function: Function) -> None:
        try:
            result = self._invoke(
                event.function_arn, event.payload, request_id=event.request_id,
                trace_header=event.trace_header, patience_seconds=PATIENCE_SECONDS,
            )  # fmt: skip
        except AwsError as error:
            if error.code == "TooManyRequestsException":
                self._wait_for_room(event, error)
            elif error.code == "RecursiveInvocationException":
                self._give_up(event, function, "RecursiveInvocation", error)
            else:
                self._retry(event, function, str(error), error)
            return
        if result.function_error:
            reason = result.payload.decode("utf-8", "replace")[:500]
            self._retry(event, function, reason, result)

    def _wait_for_room(self, event: QueuedInvocation, error: AwsError) -> None:
        full = min(THROTTLE_SECONDS * 2 ** min(event.throttles, 20), THROTTLE_BOUND_SECONDS)
        wait = self._scale(full)
        event.throttles += 1
        log.warning("%s is throttled and waits %.1f s: %s", event.describe(), wait, error)
        self.accept(event, wait)

    def _retry(
        self, event: QueuedInvocation, function: Function, reason: str, outcome: Outcome
    ) -> None:
        event.attempts += 1
        if event.attempts > function.retry_attempts:
            self._give_up(event, function, "RetriesExhausted", outcome)
            return
        wait = self._scale(RETRY_SECONDS[min(event.attempts, len(RETRY_SECONDS)) - 1])
        log.warning(
            "%s: attempt %d failed, the next in %.1f s: %s",
            event.describe(), event.attempts, wait, reason,
        )  # fmt: skip
        self.accept(event, wait)

    def _give_up(
        self, event: QueuedInvocation, function: Function, condition: str, outcome: Outcome = None
    ) -> None:
        attempts = event.attempts
        log.error("%s is given up after %d attempts: %s", event.describe(), attempts, condition)
        if function.on_failure:
            record = json.dumps(make_record(event, condition, outcome))
            self._tell(event, function.role, function.on_failure, record, {})
        if function.dead_letter_queue:
            attributes, body = make_attributes(event, condition, outcome), event.payload.decode()
            self._tell(event, function.role, function.dead_letter_queue, body, attributes)
        if not function.on_failure and not function.dead_letter_queue:
            log.error("%s is lost: the function has no dead-letter queue.", event.describe())

    def _tell(
        self, event: QueuedInvocation, role: str, target: str, body: str, attributes: Attributes
    ) -> None:
        """Send to the on-failure destination or the dead-letter queue, as the function may."""
        action = ACTIONS[find_service(target)]
        try:
            if not self._authorizer.may_role_perform(role, action, target):
                raise DeliveryError(f"the role {role} may not {action} on {target}.")
            send(target, body, event.trace_header, attributes=attributes)
        except DeliveryError as error:
            log.error("%s is lost: %s", event.describe(), error)

    def _scale(self, seconds: float) -> float:
        return max(seconds * self._time_scale, SHORTEST_SECONDS)


def make_record(event: QueuedInvocation, condition: str, outcome: Outcome) -> dict[str, Any]:
    """Return the record that a destination gets.

    Source: AWS Lambda developer guide, "Capturing records of Lambda asynchronous invocations".
    """
    record: dict[str, Any] = {
        "version": "1.0",
        "timestamp": tell_timestamp(),
        "requestContext": {
            "requestId": event.request_id,
            "functionArn": f"{event.function_arn.removesuffix(f':{LATEST}')}:{LATEST}",
            "condition": condition,
            "approximateInvokeCount": event.attempts,
        },
        "requestPayload": json.loads(event.payload),
    }
    if isinstance(outcome, InvocationResult):
        record["responseContext"] = {
            "statusCode": 200,
            "executedVersion": LATEST,
            "functionError": outcome.function_error,
        }
        record["responsePayload"] = json.loads(outcome.payload)
    elif outcome is not None:
        record["responseContext"] = {"statusCode": outcome.status}
        record["responsePayload"] = {"errorMessage": outcome.message}
    return record


def make_attributes(event: QueuedInvocation, condition: str, outcome: Outcome) -> Attributes:
    """Return the message attributes that a dead letter carries: request id, code and message."""
    code, message = 200, condition
    if isinstance(outcome, InvocationResult):
        message = str(json.loads(outcome.payload).get("errorMessage", ""))
    elif outcome is not None:
        code, message = outcome.status, outcome.message
    return {
        "RequestID": ("String", event.request_id),
        "ErrorCode": ("Number", str(code)),
        # SQS and SNS take no empty attribute.
        "ErrorMessage": ("String", message[:ERROR_MESSAGE_CHARACTERS] or condition),
    }
