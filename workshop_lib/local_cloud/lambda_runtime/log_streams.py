"""Where functions' logs go: moto's CloudWatch Logs."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime

from moto.logs.models import logs_backends

from workshop_lib.local_cloud.lambda_runtime.functions import Function
from workshop_lib.local_cloud.lambda_runtime.processes import LogRecord
from workshop_lib.local_cloud.moto_hooks import moto_lock


def name_log_stream(version: str) -> str:
    """Return a new stream's name, as AWS makes them: date, version, 32 hexadecimal digits."""
    return f"{datetime.now(UTC):%Y/%m/%d}/[{version}]{secrets.token_hex(16)}"


def write_log(function: Function, stream: str, records: Sequence[LogRecord]) -> None:
    """Append records to a function's log, creating group and stream where they are missing."""
    events = [
        {"timestamp": record.timestamp, "message": record.message}
        for record in sorted(records, key=lambda record: record.timestamp)
    ]
    with moto_lock:
        logs = logs_backends[function.account_id][function.region]
        logs.ensure_log_group(function.log_group)
        logs.ensure_log_stream(function.log_group, stream)
        logs.put_log_events(function.log_group, stream, events)
