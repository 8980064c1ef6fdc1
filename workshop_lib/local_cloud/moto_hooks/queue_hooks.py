"""The hooks that make moto's SQS refuse what AWS's does, and wait for nothing."""

from __future__ import annotations

from typing import Any

from workshop_lib.local_cloud.messaging.queue_refusals import check_body, check_queue_attributes
from workshop_lib.local_cloud.moto_hooks.wrapping import around


def install_queue_hooks() -> None:
    """Install the hooks into SQS."""
    refuse_queues_and_messages()
    wait_for_nothing()
    keep_queue_policies()


def refuse_queues_and_messages() -> None:
    """Refuse attributes that queues do not have, and messages without or with a wrong body."""
    from moto.sqs.responses import SQSResponse

    @around(SQSResponse, "create_queue")
    @around(SQSResponse, "set_queue_attributes")
    def write_queue(plain: Any, self: Any) -> Any:
        check_queue_attributes(self._get_param("Attributes", {}))
        return plain(self)

    @around(SQSResponse, "send_message")
    def send_message(plain: Any, self: Any) -> Any:
        check_body(self._get_param("MessageBody"))
        return plain(self)


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
