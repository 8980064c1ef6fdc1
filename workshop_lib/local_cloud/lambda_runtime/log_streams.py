"""Where functions' logs go: moto's CloudWatch Logs."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from moto.logs.models import logs_backends

from workshop_lib.local_cloud.changes import change
from workshop_lib.local_cloud.lambda_runtime.functions import Function
from workshop_lib.local_cloud.lambda_runtime.processes import LogRecord


def name_log_stream(version: str) -> str:
    """Return a new stream's name, as AWS makes them: date, version, 32 hexadecimal digits."""
    return f"{datetime.now(UTC):%Y/%m/%d}/[{version}]{secrets.token_hex(16)}"


def write_log(function: Function, stream: str, records: Sequence[LogRecord]) -> None:
    """Append records to a function's log, creating group and stream where they are missing."""
    events = [
        {"timestamp": record.timestamp, "message": record.message}
        for record in sorted(records, key=lambda record: record.timestamp)
    ]
    _write_log(
        account_id=function.account_id,
        region=function.region,
        group=function.log_group,
        stream=stream,
        events=events,
    )


@change("function log")
def _write_log(
    *, account_id: str, region: str, group: str, stream: str, events: list[dict[str, Any]]
) -> None:
    logs = logs_backends[account_id][region]
    logs.ensure_log_group(group)
    logs.ensure_log_stream(group, stream)
    logs.put_log_events(group, stream, events)
