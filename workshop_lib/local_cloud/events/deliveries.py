"""Handing over to functions, queues and topics: as services that deliver events, and as roles."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from moto.core.exceptions import ServiceException
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

# moto's exceptions are of two families.
from werkzeug.exceptions import HTTPException

from workshop_lib.local_cloud.changes import change
from workshop_lib.local_cloud.configuration import ACCOUNT_ID
from workshop_lib.local_cloud.events.tasks import DelayedTasks
from workshop_lib.local_cloud.lambda_runtime.lineages import carry_trace

if TYPE_CHECKING:
    from workshop_lib.local_cloud.permissions.authorizer import Authorizer

log = logging.getLogger("workshop_lib.local_cloud.events")

KIND = "delivery"
# What must be allowed for a target of each service.
ACTIONS = {"lambda": "lambda:InvokeFunction", "sqs": "sqs:SendMessage", "sns": "sns:Publish"}
ERROR_MESSAGE_CHARACTERS = 1024
# By name, each a data type and a value.
Attributes = Mapping[str, tuple[str, str]]


class DeliveryError(Exception):
    """A destination does not take an event; the message says why."""


@dataclass(frozen=True)
class Delivery:
    """An event or message on its way from a bucket or topic to one target.

    Attributes:
        name: of what happened, such as a message's id.
        principal: the service that delivers it.
        source_arn: of the bucket or topic.
        target_arn: of the function, queue or topic.
        body: what the target gets.
        trace_header: of the chain that it belongs to.
        subject: for topics.
        attributes: for queues.
        dead_letter_queue: of a subscription.
        dead_letter: what this queue gets where the target does not take the body.
    """

    name: str
    principal: str
    source_arn: str
    target_arn: str
    body: str
    trace_header: str | None
    subject: str | None = None
    attributes: Attributes = field(default_factory=dict)
    dead_letter_queue: str | None = None
    dead_letter: str = ""

    def describe(self) -> str:
        """Name it for the operator's log."""
        return f"{self.source_arn} → {self.target_arn} ({self.name})"


class Deliveries:
    """Delivers the events of all buckets and the messages of all topics.

    Args:
        tasks: runs the deliveries, after the request that caused them has been answered.
        authorizer: is asked at each delivery.
        enqueue: takes asynchronous invocations, :meth:`InvocationQueue.enqueue`.
    """

    def __init__(
        self, tasks: DelayedTasks, authorizer: Authorizer, enqueue: Callable[..., None]
    ) -> None:
        self._tasks = tasks
        self._authorizer = authorizer
        self._enqueue = enqueue
        tasks.define(KIND, self._deliver)

    def submit(self, delivery: Delivery) -> None:
        """Deliver later; called inside a change, which makes it last."""
        self._tasks.submit(KIND, delivery.describe(), delivery)

    def may_deliver(self, principal: str, source_arn: str, target_arn: str) -> bool:
        """Tell whether a target's own policy lets a service deliver to it."""
        action = ACTIONS[find_service(target_arn)]
        return self._authorizer.may_service_perform(
            action, target_arn, principal, source_arn, ACCOUNT_ID
        )

    def _deliver(self, delivery: Delivery) -> None:
        target, queue = delivery.target_arn, delivery.dead_letter_queue
        try:
            self._check(delivery, target)
            if find_service(target) == "lambda":
                payload, principal = delivery.body.encode(), delivery.principal
                self._enqueue(target, payload, principal, delivery.trace_header)
            else:
                send(
                    target, delivery.body, delivery.trace_header,
                    subject=delivery.subject, attributes=delivery.attributes,
                )  # fmt: skip
        except DeliveryError as error:
            log.error("%s is not delivered: %s", delivery.describe(), error)
            if queue is not None:
                self._bury(delivery, queue, str(error))

    def _bury(self, delivery: Delivery, queue: str, reason: str) -> None:
        attributes = {
            "RequestID": ("String", delivery.name),
            "ErrorCode": ("String", "403"),
            "ErrorMessage": ("String", reason[:ERROR_MESSAGE_CHARACTERS]),
        }
        try:
            self._check(delivery, queue)
            send(queue, delivery.dead_letter, None, attributes=attributes)
        except DeliveryError as error:
            log.error("%s is lost: %s", delivery.describe(), error)

    def _check(self, delivery: Delivery, target_arn: str) -> None:
        principal, source = delivery.principal, delivery.source_arn
        action = ACTIONS.get(find_service(target_arn))
        if action is None:
            raise DeliveryError("the local cloud sends to functions, queues and topics only")
        if not self.may_deliver(principal, source, target_arn):
            raise DeliveryError(f"its policy does not let {principal} {action} for {source}")


def find_service(target_arn: str) -> str:
    """Return a target's service: lambda, sqs or sns; or what else stands there."""
    return "".join(target_arn.split(":")[2:3])


def send(
    target_arn: str,
    body: str,
    trace_header: str | None,
    *,
    subject: str | None = None,
    attributes: Attributes | None = None,
) -> None:
    """Send a message to a queue, or publish it to a topic.

    Raises:
        DeliveryError: there is no such target, or it does not take the message.
    """
    try:
        _send(
            target_arn=target_arn, body=body, trace_header=trace_header, subject=subject,
            attributes=dict(attributes or {}),
        )  # fmt: skip
    except (ServiceException, HTTPException, KeyError) as error:
        raise DeliveryError(f"{target_arn} does not take it: {error}") from error


@change("message sent")
def _send(
    *, target_arn: str, body: str, trace_header: str | None, subject: str | None,
    attributes: dict[str, tuple[str, str]],
) -> None:  # fmt: skip
    _, _, service, region, account_id, name = target_arn.split(":", 5)
    if service == "sns":
        values = {key: {"Type": kind, "Value": value} for key, (kind, value) in attributes.items()}
        with carry_trace(trace_header):
            topics = sns_backends[account_id][region]
            topics.publish(body, target_arn, subject=subject, message_attributes=values)
        return
    trace = {"AWSTraceHeader": {"DataType": "String", "StringValue": trace_header}}
    sqs_backends[account_id][region].send_message(
        name,
        body,
        message_attributes={
            key: {"DataType": kind, "BinaryValue" if kind[:6] == "Binary" else "StringValue": value}
            for key, (kind, value) in attributes.items()
        },
        system_attributes=trace if trace_header else None,
        validate_group_id=False,
    )
