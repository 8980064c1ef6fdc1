"""The hooks that make moto's SQS refuse what AWS's does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workshop_lib.local_cloud.messaging.queue_refusals import check_body, check_queue_attributes
from workshop_lib.local_cloud.moto_hooks.wrapping import around


def install_queue_hooks() -> None:
    """Install the hook into SQS."""
    refuse_queues_and_messages()


def refuse_queues_and_messages() -> None:
    """Refuse attributes that queues do not have, and messages without or with a wrong body."""
    from moto.sqs.responses import SQSResponse

    def check_attributes(response: Any) -> None:
        check_queue_attributes(response._get_param("Attributes", {}))

    def check_message(response: Any) -> None:
        check_body(response._get_param("MessageBody"))

    def check_batch(response: Any) -> None:
        for entry in response._get_param("Entries", []):
            check_body(entry.get("MessageBody"))

    checks: dict[str, Callable[[Any], None]] = {
        "create_queue": check_attributes,
        "set_queue_attributes": check_attributes,
        "send_message": check_message,
        "send_message_batch": check_batch,
    }
    for name, check in checks.items():
        _check_first(SQSResponse, name, check)


def _check_first(owner: Any, name: str, check: Callable[[Any], None]) -> None:
    @around(owner, name)
    def answer(plain: Any, self: Any) -> Any:
        check(self)
        return plain(self)
