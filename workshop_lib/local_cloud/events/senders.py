"""Sending to queues and topics, straight to moto's backends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.core.exceptions import ServiceException
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

# moto's exceptions are of two families.
from werkzeug.exceptions import HTTPException

from workshop_lib.local_cloud.changes import change
from workshop_lib.local_cloud.events.causes import carry_trace

Attributes = Mapping[str, tuple[str, str]]


class DeliveryError(Exception):
    """A destination does not take an event; the message says why."""


def send_to_queue(
    queue_arn: str,
    body: str,
    attributes: Attributes | None = None,
    trace_header: str | None = None,
) -> None:
    """Send a message to an SQS queue.

    Args:
        queue_arn: of the queue.
        body: the message.
        attributes: message attributes, each a data type and a value.
        trace_header: of the chain that the message belongs to.

    Raises:
        DeliveryError: there is no such queue, or it does not take the message.
    """
    _, _, _, region, account_id, name = queue_arn.split(":", 5)
    system = {"AWSTraceHeader": {"DataType": "String", "StringValue": trace_header or ""}}
    try:
        _send_to_queue(
            account_id=account_id,
            region=region,
            name=name,
            body=body,
            attributes=_to_queue_attributes(attributes or {}),
            system=system if trace_header else None,
        )
    except (ServiceException, HTTPException, KeyError) as error:
        raise DeliveryError(f"the queue {queue_arn} does not take it: {error}") from error


def publish_to_topic(
    topic_arn: str,
    message: str,
    subject: str | None = None,
    attributes: Attributes | None = None,
    trace_header: str | None = None,
) -> None:
    """Publish to an SNS topic.

    Raises:
        DeliveryError: there is no such topic, or it does not take the message.
    """
    _, _, _, region, account_id, _ = topic_arn.split(":", 5)
    values = {
        name: {"Type": kind, "Value": value} for name, (kind, value) in (attributes or {}).items()
    }
    try:
        _publish_to_topic(
            account_id=account_id,
            region=region,
            topic_arn=topic_arn,
            message=message,
            subject=subject,
            attributes=values,
            trace_header=trace_header,
        )
    except (ServiceException, HTTPException, KeyError) as error:
        raise DeliveryError(f"the topic {topic_arn} does not take it: {error}") from error


@change("send to queue")
def _send_to_queue(
    *, account_id: str, region: str, name: str, body: str, attributes: dict[str, Any],
    system: dict[str, Any] | None,
) -> None:  # fmt: skip
    sqs_backends[account_id][region].send_message(
        name,
        body,
        message_attributes=attributes,
        system_attributes=system,
        validate_group_id=False,
    )


@change("publish to topic")
def _publish_to_topic(
    *, account_id: str, region: str, topic_arn: str, message: str, subject: str | None,
    attributes: dict[str, Any], trace_header: str | None,
) -> None:  # fmt: skip
    with carry_trace(trace_header):
        sns_backends[account_id][region].publish(
            message, topic_arn, subject=subject, message_attributes=attributes
        )


def _to_queue_attributes(attributes: Attributes) -> dict[str, dict[str, str]]:
    return {
        name: {
            "DataType": kind,
            ("BinaryValue" if kind.startswith("Binary") else "StringValue"): value,
        }
        for name, (kind, value) in attributes.items()
    }
