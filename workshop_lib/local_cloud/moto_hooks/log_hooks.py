"""The hooks that make moto's CloudWatch Logs find and refuse what AWS's does."""

from __future__ import annotations

import inspect
from typing import Any

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.log_patterns import parse_pattern
from workshop_lib.local_cloud.moto_hooks.wrapping import around


def install_log_hooks() -> None:
    """Install the hooks into CloudWatch Logs."""
    find_by_pattern()
    name_absent_streams()


def find_by_pattern() -> None:
    """Find events by filter patterns; moto knows of terms, and finds everything for all others."""
    import moto.logs.models as models

    class PatternFilter:
        """Stands in for moto's own filter of messages."""

        def __init__(self, pattern: str | None) -> None:
            self.matches = parse_pattern(pattern or "")

    signature = inspect.signature(models.LogsBackend.filter_log_events)

    @around(models.LogsBackend, "filter_log_events")
    def filter_log_events(plain: Any, *arguments: Any, **named: Any) -> Any:
        bound = signature.bind(*arguments, **named)
        # A pattern that is none is refused even where no event is, as AWS does.
        parse_pattern(bound.arguments["filter_pattern"] or "")
        bound.arguments["interleaved"] = True
        return plain(*bound.args, **bound.kwargs)

    models.EventMessageFilter = PatternFilter


def name_absent_streams() -> None:
    """Say of a stream that it is not there, or is; moto says so of its group."""
    from moto.logs.models import LogGroup

    @around(LogGroup, "get_log_events")
    def get_log_events(plain: Any, self: Any, stream: str, *rest: Any, **named: Any) -> Any:
        if stream not in self.streams:
            message = "The specified log stream does not exist."
            raise AwsError("ResourceNotFoundException", message)
        return plain(self, stream, *rest, **named)

    @around(LogGroup, "create_log_stream")
    def create_log_stream(plain: Any, self: Any, stream: str) -> None:
        if stream in self.streams:
            message = "The specified log stream already exists"
            raise AwsError("ResourceAlreadyExistsException", message)
        plain(self, stream)
