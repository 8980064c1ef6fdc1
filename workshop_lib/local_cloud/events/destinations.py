"""Where an asynchronous invocation's end is told: destinations and dead-letter queues."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.events.invocation_settings import InvocationSettings
from workshop_lib.local_cloud.events.permissions import DeliveryPermissions
from workshop_lib.local_cloud.events.senders import (
    Attributes,
    DeliveryError,
    publish_to_topic,
    send_to_queue,
)
from workshop_lib.local_cloud.lambda_runtime.invocations import InvocationResult

if TYPE_CHECKING:
    from workshop_lib.local_cloud.events.invocations import QueuedInvocation

log = logging.getLogger("workshop_lib.local_cloud.events")

ERROR_MESSAGE_CHARACTERS = 1024


@dataclass(frozen=True)
class Ending:
    """How an event ended: AWS's word for it, and the last attempt's outcome, if there was one."""

    condition: str
    outcome: InvocationResult | AwsError | None


class FinalDestinations:
    """Sends the records of ended invocations, as the function's role may."""

    def __init__(
        self,
        permissions: DeliveryPermissions,
        invoke_later: Callable[[str, bytes, str | None], None],
    ) -> None:
        self._permissions = permissions
        self._invoke_later = invoke_later

    def tell_success(
        self, event: QueuedInvocation, settings: InvocationSettings, result: InvocationResult
    ) -> None:
        """Send the record of a success to the function's on-success destination."""
        if settings.on_success:
            record = make_record(event, Ending("Success", result))
            self._send(event, settings, settings.on_success, json.dumps(record), {})

    def tell_failure(
        self, event: QueuedInvocation, settings: InvocationSettings, ending: Ending
    ) -> None:
        """Send what failed to the on-failure destination, and to the dead-letter queue."""
        if settings.on_failure:
            record = json.dumps(make_record(event, ending))
            self._send(event, settings, settings.on_failure, record, {})
        if settings.dead_letter_queue:
            attributes = make_dead_letter_attributes(event, ending)
            body = event.payload.decode()
            self._send(event, settings, settings.dead_letter_queue, body, attributes)
        if not settings.on_failure and not settings.dead_letter_queue:
            log.error("%s is lost: the function has no dead-letter queue.", event.describe())

    def _send(
        self,
        event: QueuedInvocation,
        settings: InvocationSettings,
        target: str,
        body: str,
        attributes: Attributes,
    ) -> None:
        service = target.split(":")[2]
        action = {"sqs": "sqs:SendMessage", "sns": "sns:Publish"}.get(
            service, "lambda:InvokeFunction"
        )
        if not self._permissions.may_role_perform(settings.role_arn, action, target):
            log.error(
                "%s is lost: the role %s may not %s on %s.",
                event.describe(), settings.role_arn, action, target,
            )  # fmt: skip
            return
        try:
            if service == "sqs":
                send_to_queue(target, body, attributes, event.trace_header)
            elif service == "sns":
                publish_to_topic(target, body, None, attributes, event.trace_header)
            else:
                self._invoke_later(target, body.encode(), event.trace_header)
        except DeliveryError as error:
            log.error("%s is lost: %s", event.describe(), error)


def make_record(event: QueuedInvocation, ending: Ending) -> dict[str, Any]:
    """Return the record that a destination gets.

    Source: AWS Lambda developer guide, "Capturing records of Lambda asynchronous invocations".
    """
    record: dict[str, Any] = {
        "version": "1.0",
        "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "requestContext": {
            "requestId": event.request_id,
            "functionArn": _qualify(event.function_arn),
            "condition": ending.condition,
            "approximateInvokeCount": event.attempts,
        },
        "requestPayload": json.loads(event.payload),
    }
    if isinstance(ending.outcome, InvocationResult):
        context: dict[str, Any] = {
            "statusCode": 200,
            "executedVersion": ending.outcome.executed_version,
        }
        if ending.outcome.function_error:
            context["functionError"] = ending.outcome.function_error
        record["responseContext"] = context
        record["responsePayload"] = _read_payload(ending.outcome.payload)
    elif ending.outcome is not None:
        record["responseContext"] = {"statusCode": ending.outcome.status}
        record["responsePayload"] = {"errorMessage": ending.outcome.message}
    return record


def make_dead_letter_attributes(
    event: QueuedInvocation, ending: Ending
) -> dict[str, tuple[str, str]]:
    """Return the message attributes that a dead letter carries: request id, code and message."""
    code, message = 200, ending.condition
    if isinstance(ending.outcome, InvocationResult):
        document = _read_payload(ending.outcome.payload)
        if isinstance(document, dict):
            message = str(document.get("errorMessage", ""))
    elif ending.outcome is not None:
        code, message = ending.outcome.status, ending.outcome.message
    return {
        "RequestID": ("String", event.request_id),
        "ErrorCode": ("Number", str(code)),
        # SQS and SNS take no empty attribute.
        "ErrorMessage": ("String", message[:ERROR_MESSAGE_CHARACTERS] or ending.condition),
    }


def _read_payload(payload: bytes) -> Any:
    """Return an answer decoded; a function that returns bytes may answer what is no JSON."""
    try:
        return json.loads(payload)
    except ValueError:
        return payload.decode("utf-8", "replace")


def _qualify(function_arn: str) -> str:
    return function_arn if function_arn.count(":") > 6 else f"{function_arn}:$LATEST"
