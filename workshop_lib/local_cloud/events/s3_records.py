"""The records of S3's events.

Source: Amazon S3 user guide, "Event message structure", version 2.1.
"""

from __future__ import annotations

import base64
import hashlib
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote_plus

from workshop_lib.local_cloud.moto_hooks.moments import draw_bytes, tell_datetime, tell_time_ns

_sequence_lock = threading.Lock()
_last_sequence = 0


@dataclass(frozen=True)
class ObjectEvent:
    """Something that happened to an object; ``name`` is such as ``ObjectCreated:Put``."""

    name: str
    bucket: str
    bucket_arn: str
    region: str
    account_id: str
    key: str
    size: int
    etag: str
    version_id: str | None
    principal_id: str
    source_address: str
    time: datetime
    sequencer: str
    trace_header: str | None


def make_sequencer() -> str:
    """Return 18 hexadecimal digits, greater each time; they grow with the clock over restarts."""
    global _last_sequence
    with _sequence_lock:
        _last_sequence = max(_last_sequence + 1, tell_time_ns())
        return f"{_last_sequence:018X}"


def make_s3_event(event: ObjectEvent, configuration_id: str) -> dict[str, Any]:
    """Return the whole event with its one record."""
    return {"Records": [_make_record(event, configuration_id)]}


def make_test_event(bucket: str) -> dict[str, Any]:
    """Return what S3 sends to a queue or topic when it becomes a destination."""
    return {
        "Service": "Amazon S3",
        "Event": "s3:TestEvent",
        "Time": format_time(tell_datetime(UTC)),
        "Bucket": bucket,
        "RequestId": make_request_id(),
        "HostId": make_host_id(),
    }


def format_time(moment: datetime) -> str:
    """Return a time as S3's records write it."""
    return (
        moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
    )


def make_request_id() -> str:
    """Return a new x-amz-request-id."""
    return draw_bytes(8).hex().upper()


def make_host_id() -> str:
    """Return a new x-amz-id-2."""
    return base64.b64encode(draw_bytes(48)).decode()


def _make_record(event: ObjectEvent, configuration_id: str) -> dict[str, Any]:
    return {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": event.region,
        "eventTime": format_time(event.time),
        "eventName": event.name,
        "userIdentity": {"principalId": event.principal_id},
        "requestParameters": {"sourceIPAddress": event.source_address},
        "responseElements": {
            "x-amz-request-id": make_request_id(),
            "x-amz-id-2": make_host_id(),
        },
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": configuration_id,
            "bucket": {
                "name": event.bucket,
                "ownerIdentity": {"principalId": _name_owner(event.account_id)},
                "arn": event.bucket_arn,
            },
            "object": _make_object(event),
        },
    }


def _make_object(event: ObjectEvent) -> dict[str, Any]:
    described: dict[str, Any] = {"key": quote_plus(event.key, safe="/*")}
    if not event.name.startswith("ObjectRemoved:"):
        described["size"] = event.size
        described["eTag"] = event.etag
    if event.version_id:
        described["versionId"] = event.version_id
    described["sequencer"] = event.sequencer
    return described


def _name_owner(account_id: str) -> str:
    """Return an account's id in S3's own form, always the same for an account."""
    return "A" + base64.b32encode(hashlib.sha256(account_id.encode()).digest()).decode()[:13]
