"""Loading a function's handler, what it is given beside its event, and what it raised."""

from __future__ import annotations

import importlib
import os
import sys
import time
import traceback
from types import ModuleType, TracebackType
from typing import Any

from .messages import Output


class InitialisationError(Exception):
    """The function's module cannot be loaded; carries AWS's error type and message."""

    def __init__(self, error_type: str, message: str, stack: list[str] | None = None) -> None:
        super().__init__(message)
        self.error_type = error_type
        self.stack = stack or []


def load_handler(handler: str) -> Any:
    """Import the function's module and return its handler.

    Raises:
        InitialisationError: with AWS's error type and words.
    """
    module_name, dot, function_name = handler.rpartition(".")
    if not dot:
        reason = "not enough values to unpack (expected 2, got 1)"
        raise InitialisationError(
            "Runtime.MalformedHandlerName", f"Bad handler '{handler}': {reason}"
        )
    module = _import_module(module_name)
    try:
        return getattr(module, function_name)
    except AttributeError as error:
        message = f"Handler '{function_name}' missing on module '{module_name}'"
        raise InitialisationError("Runtime.HandlerNotFound", message) from error


def _import_module(module_name: str) -> ModuleType:
    if module_name.split(".")[0] in sys.builtin_module_names:
        message = f"Cannot use built-in module {module_name} as a handler module"
        raise InitialisationError("Runtime.BuiltInModuleConflict", message)
    try:
        return importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        message = f"Unable to import module '{module_name}': {error}"
        raise InitialisationError("Runtime.ImportModuleError", message) from error
    except SyntaxError as error:
        stack = [f'  File "{error.filename}" Line {error.lineno}\n    {error.text}']
        message = f"Syntax error in module '{module_name}': {error}"
        raise InitialisationError("Runtime.UserCodeSyntaxError", message, stack) from error


def list_frames(trace: TracebackType | None) -> list[traceback.FrameSummary]:
    """Return the function's frames, without the columns that newer Pythons underline."""
    own = os.path.dirname(__file__) + os.sep
    frames = traceback.extract_tb(trace)
    first = next((i for i, frame in enumerate(frames) if not frame.filename.startswith(own)), 0)
    return [
        traceback.FrameSummary(frame.filename, frame.lineno, frame.name, line=frame.line)
        for frame in frames[first:]
    ]


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
