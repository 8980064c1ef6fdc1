"""What S3 answers when a bucket does not have the thing that was asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError


def answer_unless(absent: str, operation: Callable[..., Any], **parameters: Any) -> dict[str, Any]:
    """Return the operation's answer, or ``{}`` when S3 answers with the error code ``absent``.

    boto3 has no exception class of its own for these codes.
    """
    try:
        answer: dict[str, Any] = operation(**parameters)
    except ClientError as error:
        if error.response["Error"]["Code"] != absent:
            raise
        return {}
    return answer
