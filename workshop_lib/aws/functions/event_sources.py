"""What a function is fed from by polling: queues and streams."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class EventSource:
    """One event source mapping."""

    uuid: str
    source_arn: str | None


def list_event_sources(lambda_: Any, function: str) -> list[EventSource]:
    """Return the function's event source mappings, which outlive it unless they are deleted."""
    pages = lambda_.get_paginator("list_event_source_mappings").paginate(FunctionName=function)
    return [
        EventSource(mapping["UUID"], mapping.get("EventSourceArn"))
        for page in pages
        for mapping in page["EventSourceMappings"]
    ]


def delete_event_source(lambda_: Any, uuid: str) -> None:
    """Delete an event source mapping; nothing happens when there is none."""
    try:
        lambda_.delete_event_source_mapping(UUID=uuid)
    except lambda_.exceptions.ResourceNotFoundException:
        return
