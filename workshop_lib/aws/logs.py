"""Amazon CloudWatch Logs: what functions write."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from workshop_lib.errors import ResourceNotReadyError


@dataclass(frozen=True)
class LogGroup:
    """A log group; ``stored_bytes`` lags behind by hours on AWS."""

    name: str
    arn: str
    retention_days: int | None
    stored_bytes: int
    tags: dict[str, str]


@dataclass(frozen=True)
class LogEvent:
    """One entry of a log; the time is in UTC."""

    timestamp: datetime
    message: str
    stream: str

    @property
    def structured(self) -> dict[str, Any] | None:
        """What a line of structured JSON holds; None where it is another line."""
        if not self.message.startswith("{"):
            return None
        try:
            line = json.loads(self.message)
        except ValueError:
            return None
        return line if isinstance(line, dict) else None


def ensure_log_group(
    logs: Any, name: str, *, tags: Mapping[str, str], retention_days: int = 7
) -> LogGroup:
    """Make the log group, or mend its retention and tags.

    A group that Lambda makes by itself keeps its entries, and their cost, for ever.
    """
    group = describe_log_group(logs, name)
    if group is None:
        _create_log_group(logs, name, tags)
    elif lacking := {key: value for key, value in tags.items() if key not in group.tags}:
        logs.tag_resource(resourceArn=group.arn, tags=lacking)
    if group is None or group.retention_days != retention_days:
        logs.put_retention_policy(logGroupName=name, retentionInDays=retention_days)
        group = None
    described = group or describe_log_group(logs, name)
    if described is None:
        raise ResourceNotReadyError(
            f"The log group {name} vanished while it was made.", "Try again."
        )
    return described


def _create_log_group(logs: Any, name: str, tags: Mapping[str, str]) -> None:
    try:
        logs.create_log_group(logGroupName=name, tags=dict(tags))
    except logs.exceptions.ResourceAlreadyExistsException:
        # A function that ran in this moment has made it.
        return


def describe_log_group(logs: Any, name: str) -> LogGroup | None:
    """Return what the service says of a log group, or None when there is none of this name."""
    pages = logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=name)
    for group in (group for page in pages for group in page["logGroups"]):
        if group["logGroupName"] == name:
            # The ARN that tagging takes has no ":*" at its end.
            arn = group["arn"].removesuffix(":*")
            tags = logs.list_tags_for_resource(resourceArn=arn)["tags"]
            return LogGroup(
                name, arn, group.get("retentionInDays"), group.get("storedBytes", 0), tags
            )
    return None


def list_log_groups(logs: Any, prefix: str) -> list[str]:
    """Return the names of the log groups that begin so."""
    pages = logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=prefix)
    return [group["logGroupName"] for page in pages for group in page["logGroups"]]


def read_log(
    logs: Any, name: str, *, since: datetime | None = None, contains: str | None = None
) -> list[LogEvent]:
    """Return the entries of all streams, oldest first; none when there is no such group.

    Args:
        logs: the client.
        name: the log group.
        since: only entries from this moment on.
        contains: only entries with this text, as it is written.
    """
    window = {"startTime": int(since.timestamp() * 1000)} if since else {}
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName=name, **window)
    try:
        entries = [entry for page in pages for entry in page["events"]]
    except logs.exceptions.ResourceNotFoundException:
        return []
    events = [_read_event(entry) for entry in entries if (contains or "") in entry["message"]]
    return sorted(events, key=lambda event: event.timestamp)


def _read_event(entry: dict[str, Any]) -> LogEvent:
    moment = datetime.fromtimestamp(entry["timestamp"] / 1000, UTC)
    return LogEvent(moment, entry["message"].rstrip("\n"), entry["logStreamName"])


def delete_log_group(logs: Any, name: str) -> None:
    """Delete a log group with its entries; nothing happens when there is none."""
    try:
        logs.delete_log_group(logGroupName=name)
    except logs.exceptions.ResourceNotFoundException:
        return
