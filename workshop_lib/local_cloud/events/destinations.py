"""Where an asynchronous invocation that has failed is told: destination and dead-letter queue."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.events.deliveries import (
    ACTIONS,
    ERROR_MESSAGE_CHARACTERS,
    Attributes,
    DeliveryError,
    find_service,
    send,
)
from workshop_lib.local_cloud.lambda_runtime.functions import LATEST, Function
from workshop_lib.local_cloud.lambda_runtime.invocations import InvocationResult

if TYPE_CHECKING:
    from workshop_lib.local_cloud.events.invocations import QueuedInvocation
    from workshop_lib.local_cloud.permissions.authorizer import Authorizer

log = logging.getLogger("workshop_lib.local_cloud.events")


@dataclass(frozen=True)
class Failure:
    """How an event ended: AWS's word for it, and the last attempt's outcome, if there was one."""

    condition: str
    outcome: InvocationResult | AwsError | None


def tell_failure(
    event: QueuedInvocation, function: Function, failure: Failure, authorizer: Authorizer
) -> None:
    """Send what failed to the on-failure destination and to the dead-letter queue.

    Both are sent as the function's role may.
    """
    told: list[tuple[str, str, Attributes]] = []
    if function.on_failure:
        told.append((function.on_failure, json.dumps(make_record(event, failure)), {}))
    if function.dead_letter_queue:
        attributes = make_dead_letter_attributes(event, failure)
        told.append((function.dead_letter_queue, event.payload.decode(), attributes))
    if not told:
        log.error("%s is lost: the function has no dead-letter queue.", event.describe())
    for target, body, attributes in told:
        action = ACTIONS[find_service(target)]
        try:
            if not authorizer.may_role_perform(function.role, action, target):
                raise DeliveryError(f"the role {function.role} may not {action} on {target}.")
            send(target, body, event.trace_header, attributes=attributes)
        except DeliveryError as error:
            log.error("%s is lost: %s", event.describe(), error)


def make_record(event: QueuedInvocation, failure: Failure) -> dict[str, Any]:
    """Return the record that a destination gets.

    Source: AWS Lambda developer guide, "Capturing records of Lambda asynchronous invocations".
    """
    record: dict[str, Any] = {
        "version": "1.0",
        "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "requestContext": {
            "requestId": event.request_id,
            "functionArn": f"{event.function_arn.removesuffix(f':{LATEST}')}:{LATEST}",
            "condition": failure.condition,
            "approximateInvokeCount": event.attempts,
        },
        "requestPayload": json.loads(event.payload),
    }
    outcome = failure.outcome
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


def make_dead_letter_attributes(event: QueuedInvocation, failure: Failure) -> Attributes:
    """Return the message attributes that a dead letter carries: request id, code and message."""
    code, message, outcome = 200, failure.condition, failure.outcome
    if isinstance(outcome, InvocationResult):
        message = str(json.loads(outcome.payload).get("errorMessage", ""))
    elif outcome is not None:
        code, message = outcome.status, outcome.message
    return {
        "RequestID": ("String", event.request_id),
        "ErrorCode": ("Number", str(code)),
        # SQS and SNS take no empty attribute.
        "ErrorMessage": ("String", message[:ERROR_MESSAGE_CHARACTERS] or failure.condition),
    }
