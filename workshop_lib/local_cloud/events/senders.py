"""Sending to queues and topics, straight to moto's backends."""

from __future__ import annotations

from collections.abc import Mapping

from moto.core.exceptions import ServiceException
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

# moto's exceptions are of two families.
from werkzeug.exceptions import HTTPException

from workshop_lib.local_cloud.changes import change
from workshop_lib.local_cloud.lambda_runtime.lineages import carry_trace

# What a service must be allowed, to hand something over to a target of another.
ACTIONS = {"lambda": "lambda:InvokeFunction", "sqs": "sqs:SendMessage", "sns": "sns:Publish"}
# By name, each a data type and a value.
Attributes = Mapping[str, tuple[str, str]]


class DeliveryError(Exception):
    """A destination does not take an event; the message says why."""


def find_service(target_arn: str) -> str:
    """Return a destination's service: lambda, sqs or sns."""
    return target_arn.split(":")[2]


def send(
    target_arn: str,
    body: str,
    trace_header: str | None,
    *,
    subject: str | None = None,
    attributes: Attributes | None = None,
) -> None:
    """Send a message to a queue, or publish it to a topic.

    Args:
        target_arn: of the queue or topic.
        body: the message.
        trace_header: of the chain that the message belongs to.
        subject: for topics.
        attributes: message attributes.

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
        values = {
            name: {"Type": kind, "Value": value} for name, (kind, value) in attributes.items()
        }
        with carry_trace(trace_header):
            topics = sns_backends[account_id][region]
            topics.publish(body, target_arn, subject=subject, message_attributes=values)
        return
    trace = {"AWSTraceHeader": {"DataType": "String", "StringValue": trace_header}}
    sqs_backends[account_id][region].send_message(
        name,
        body,
        message_attributes={
            name: {"DataType": kind, _name_value(kind): value}
            for name, (kind, value) in attributes.items()
        },
        system_attributes=trace if trace_header else None,
        validate_group_id=False,
    )


def _name_value(kind: str) -> str:
    return "BinaryValue" if kind.startswith("Binary") else "StringValue"
