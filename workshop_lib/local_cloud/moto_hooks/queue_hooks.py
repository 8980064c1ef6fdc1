"""The hooks that make moto's SQS refuse what AWS's does, and wait for nothing."""

from __future__ import annotations

from typing import Any

from workshop_lib.local_cloud.messaging import queue_refusals
from workshop_lib.local_cloud.moto_hooks.wrapping import around


def install_queue_hooks() -> None:
    """Install the hooks into SQS."""
    refuse_queues_and_messages()
    follow_receipt_handles()
    wait_for_nothing()
    keep_queue_policies()


def refuse_queues_and_messages() -> None:
    """Refuse attributes that queues do not have, and messages and receptions that cannot be."""
    from moto.sqs.responses import SQSResponse

    @around(SQSResponse, "create_queue")
    def create_queue(plain: Any, self: Any) -> Any:
        name = self._get_param("QueueName")
        attributes = _check_attributes(self)
        held = self.sqs_backend.queues.get(name)
        if held is None:
            queue_refusals.check_queue_name(name)
        else:
            queue_refusals.check_same(held.attributes, attributes)
        return plain(self)

    @around(SQSResponse, "set_queue_attributes")
    def set_queue_attributes(plain: Any, self: Any) -> Any:
        self.sqs_backend.get_queue(self._get_queue_name())
        _check_attributes(self)
        return plain(self)

    @around(SQSResponse, "send_message")
    def send_message(plain: Any, self: Any) -> Any:
        queue_refusals.check_body(self._get_param("MessageBody"))
        queue_refusals.check_delay(self._get_param("DelaySeconds"))
        queue_refusals.check_message_attributes(self._get_param("MessageAttributes", {}))
        return plain(self)

    @around(SQSResponse, "receive_message")
    def receive_message(plain: Any, self: Any) -> Any:
        parameters = ("MaxNumberOfMessages", "WaitTimeSeconds", "VisibilityTimeout")
        queue_refusals.check_reception({name: self._get_param(name) for name in parameters})
        return plain(self)


def _check_attributes(response: Any) -> dict[str, str]:
    attributes: dict[str, str] = response._get_param("Attributes", {})
    queue_refusals.check_queue_attributes(attributes)
    arns = {queue.queue_arn for queue in response.sqs_backend.queues.values()}
    queue_refusals.check_redrive_policy(attributes.get("RedrivePolicy", ""), arns)
    return attributes


def follow_receipt_handles() -> None:
    """Tell a receipt handle whose message has gone from what is none."""
    from moto.core.responses import EmptyResult
    from moto.sqs.exceptions import ReceiptHandleIsInvalid
    from moto.sqs.responses import SQSResponse

    @around(SQSResponse, "delete_message")
    def delete_message(plain: Any, self: Any) -> Any:
        queue_refusals.check_handle(self._get_param("ReceiptHandle"))
        try:
            return plain(self)
        except ReceiptHandleIsInvalid:
            return EmptyResult()

    @around(SQSResponse, "change_message_visibility")
    def change_message_visibility(plain: Any, self: Any) -> Any:
        handle = self._get_param("ReceiptHandle")
        queue_refusals.check_handle(handle)
        try:
            return plain(self)
        except ReceiptHandleIsInvalid as error:
            reason = "Message does not exist or is not available for visibility timeout change."
            raise queue_refusals.refuse_value(handle, "ReceiptHandle", reason) from error


def wait_for_nothing() -> None:
    """Receive what there is: moto would wait under the lock, see `messaging.long_polling`."""
    from moto.sqs.models import SQSBackend

    @around(SQSBackend, "receive_message")
    def receive_message(
        plain: Any, self: Any, queue: str, count: int, wait: int, *rest: Any
    ) -> Any:
        return plain(self, queue, count, 0, *rest)


def keep_queue_policies() -> None:
    """Keep a queue's policy when other attributes are set; moto would drop it."""
    from moto.sqs.models import Queue

    @around(Queue, "_set_attributes")
    def set_attributes(plain: Any, self: Any, attributes: dict[str, Any], now: Any = None) -> None:
        kept = getattr(self, "_policy_json", None)
        plain(self, attributes, now)
        if "Policy" not in attributes and kept is not None:
            self._policy_json = kept
