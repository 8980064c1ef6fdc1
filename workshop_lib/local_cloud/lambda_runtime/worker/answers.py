"""What a worker answers: the handler's value, or an error in AWS's shape."""

from __future__ import annotations

import decimal
import json
import math
import os
from typing import Any

RESPONSE_BYTES = 6 * 1024 * 1024 + 100
ERROR_INDENT = "\u00a0"
# Whose answers are ASCII; later ones leave what is not as it is.
ESCAPING_RUNTIMES = tuple(f"AWS_Lambda_python3.{minor}" for minor in range(6, 12))


def encode(value: Any) -> bytes:
    """Encode a handler's answer, or an error, as AWS's runtime does."""
    return ResponseEncoder().encode(value).encode()


def describe_error(
    error_type: str, message: str, stack: list[str], request_id: str = ""
) -> dict[str, Any]:
    """Return an error in AWS's shape."""
    return {
        "errorMessage": message,
        "errorType": error_type,
        "requestId": request_id,
        "stackTrace": stack,
    }


def describe_oversize() -> dict[str, Any]:
    """Return AWS's error for an answer of more than 6 MB."""
    message = (
        f"Response payload size exceeded maximum allowed payload size ({RESPONSE_BYTES} bytes)."
    )
    return {"errorMessage": message, "errorType": "Function.ResponseSizeTooLarge"}


def format_error(error: dict[str, Any]) -> str:
    """Return the log record of an error: its type and message, then its traceback."""
    message = f": {error['errorMessage']}" if error["errorMessage"] else ""
    lines = [f"[ERROR] {error['errorType']}{message}", "Traceback (most recent call last):"]
    for entry in error["stackTrace"]:
        for line in entry.splitlines():
            text = line.lstrip(" ")
            lines.append(ERROR_INDENT * (len(line) - len(text)) + text)
    return "\n".join(lines)


class ResponseEncoder(json.JSONEncoder):
    """Encodes what a handler returns, to the letter of AWS's runtime.

    There a Decimal is a number with the digits it has, a named tuple an object, and bytes are text.
    """

    def __init__(self) -> None:
        super().__init__(ensure_ascii=os.environ.get("AWS_EXECUTION_ENV") in ESCAPING_RUNTIMES)
        # Around digits that must not stay a string; no answer can hold it by chance or intent.
        self.mark = os.urandom(16).hex()

    def encode(self, value: Any) -> str:
        """Return the JSON of a value."""
        text = super().encode(translate(value) if needs_translation(value) else value)
        return text.replace(f'"{self.mark}', "").replace(f'{self.mark}"', "")

    def default(self, value: Any) -> Any:
        """Encode what JSON has no type for."""
        if isinstance(value, decimal.Decimal):
            return math.nan if value.is_nan() else f"{self.mark}{value}{self.mark}"
        if isinstance(value, bytes):
            return value.decode()
        if is_named(value):
            return value._asdict()
        return super().default(value)


def is_named(value: Any) -> bool:
    """Tell whether a value is a named tuple, or offers to be a dictionary as they do."""
    return callable(getattr(value, "_asdict", None))


def needs_translation(value: Any) -> bool:
    """Tell whether a value holds a named tuple or a key of bytes: json itself would not ask."""
    waiting, seen = [value], set()
    while waiting:
        part = waiting.pop()
        if not isinstance(part, (dict, list, tuple)) or id(part) in seen:
            continue
        if is_named(part) or (isinstance(part, dict) and bytes in map(type, part)):
            return True
        seen.add(id(part))
        waiting.extend(part.values() if isinstance(part, dict) else part)
    return False


def translate(value: Any) -> Any:
    """Return a value with dictionaries for named tuples, and with text for keys of bytes."""
    if isinstance(value, tuple) and is_named(value):
        named: Any = value
        value = named._asdict()
    if isinstance(value, dict):
        return {
            key.decode() if isinstance(key, bytes) else key: translate(part)
            for key, part in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [translate(part) for part in value]
    return value
