"""Where one local cloud keeps its state and what it answers to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ACCOUNT_ID = "123456789012"
DEFAULT_REGION = "us-east-1"


@dataclass(frozen=True)
class CloudConfiguration:
    """Everything that is decided before a local cloud starts.

    Args:
        home: the cloud's own state folder; mode 0700.
        port: the one loopback port it listens on.
        region: the Region of its own user's default, and of unsigned requests.
        account_id: the twelve digits of the only account.
        time_scale: what AWS's own delays (retries, back-off) are multiplied with; expiry and
            timeouts are never scaled.
        decisions: a file for every decision about a permission; None keeps none.
    """

    home: Path
    port: int
    region: str = DEFAULT_REGION
    account_id: str = ACCOUNT_ID
    time_scale: float = 1 / 60
    decisions: Path | None = None

    @property
    def endpoint_url(self) -> str:
        """The address for boto3, the AWS CLI and functions."""
        return f"http://127.0.0.1:{self.port}"
