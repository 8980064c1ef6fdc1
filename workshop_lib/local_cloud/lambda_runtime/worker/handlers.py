"""Loading a function's handler, and what it raised."""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from types import ModuleType, TracebackType
from typing import Any


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
