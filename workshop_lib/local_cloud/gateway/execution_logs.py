"""The lines API Gateway writes while it answers one request.

The same lines go to CloudWatch Logs (as far as the stage's logging level asks for them) and into
the answer of TestInvokeMethod. Wording follows what AWS writes, which people search for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

Level = Literal["INFO", "ERROR"]

_LONGEST_TRACE = 1024


@dataclass(frozen=True)
class LogLine:
    """One line: when, what, how grave, and whether it shows the data that went through."""

    at: datetime
    text: str
    level: Level = "INFO"
    is_trace: bool = False


@dataclass
class ExecutionLog:
    """The lines of one request, in order."""

    request_id: str
    lines: list[LogLine] = field(default_factory=list)

    def note(self, text: str) -> None:
        """Add a line that says how the request goes on."""
        self.lines.append(LogLine(datetime.now(UTC), text))

    def trace(self, text: str) -> None:
        """Add a line that shows data (headers, bodies); long data is cut as AWS cuts it."""
        cut = text if len(text) <= _LONGEST_TRACE else text[:_LONGEST_TRACE] + " [TRUNCATED]"
        self.lines.append(LogLine(datetime.now(UTC), cut, is_trace=True))

    def fail(self, text: str) -> None:
        """Add the reason of a failure."""
        self.lines.append(LogLine(datetime.now(UTC), text, level="ERROR"))

    def as_text(self) -> str:
        """Return the log as TestInvokeMethod shows it."""
        lines = [f"Execution log for request {self.request_id}"]
        lines += [f"{line.at:%a %b %d %H:%M:%S UTC %Y} : {line.text}" for line in self.lines]
        return "\n".join(lines) + "\n"


def show_mapping(mapping: Mapping[str, Any]) -> str:
    """Return a mapping as the gateway's log writes it: ``{name=value, name=value}``."""
    return "{" + ", ".join(f"{name}={value}" for name, value in mapping.items()) + "}"
