"""What a handler is given beside its event."""

from __future__ import annotations

import os
import time
from typing import Any

from .outputs import Output


class Described:
    """Something whose ``repr`` names its attributes, in the manner of AWS's runtime."""

    shown: tuple[str, ...] = ()

    def __repr__(self) -> str:
        values = ",".join(f"{name}={getattr(self, name)}" for name in self.shown)
        return f"{type(self).__name__}([{values}])"


class CognitoIdentity(Described):
    """The Cognito identity of the caller; both are None without Cognito."""

    shown = ("cognito_identity_id", "cognito_identity_pool_id")

    cognito_identity_id: str | None = None
    cognito_identity_pool_id: str | None = None


class LambdaContext(Described):
    """The second argument of a handler, with the attributes of AWS's Python runtime."""

    shown = (
        "aws_request_id", "log_group_name", "log_stream_name", "function_name",
        "memory_limit_in_mb", "function_version", "invoked_function_arn", "client_context",
        "identity", "tenant_id",
    )  # fmt: skip

    def __init__(self, header: dict[str, Any], output: Output) -> None:
        self.aws_request_id: str = header["request_id"]
        self.invoked_function_arn: str = header["invoked_function_arn"]
        self.function_name = os.environ.get("AWS_LAMBDA_FUNCTION_NAME")
        self.function_version = os.environ.get("AWS_LAMBDA_FUNCTION_VERSION")
        self.memory_limit_in_mb = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.log_group_name = os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = os.environ.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self.identity = CognitoIdentity()
        self.tenant_id: str | None = None
        # What a mobile application tells of itself; Invoke refuses it here.
        self.client_context = None
        self._deadline = time.monotonic() + header["timeout_seconds"]
        self._output = output

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until the invocation times out, never below 0."""
        return max(0, int((self._deadline - time.monotonic()) * 1000))

    def log(self, message: object) -> None:
        """Write to the function's log."""
        self._output.write_record(str(message))
