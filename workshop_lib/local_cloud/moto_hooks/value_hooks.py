"""The hook that keeps large objects of S3 in files instead of in memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def keep_large_values(make_buffer: Callable[[bytes], Any | None]) -> None:
    """Let what ``make_buffer`` returns hold an object's value; None leaves it to moto.

    Args:
        make_buffer: called with each value; what it returns is read as a file.
    """
    from moto.s3.models import FakeKey

    held = FakeKey.__dict__["value"]
    plain_set = getattr(held.fset, "__wrapped__", held.fset)

    def set_value(key: Any, value: bytes) -> None:
        buffer = make_buffer(value)
        if buffer is None:
            plain_set(key, value)
        else:
            key._value_buffer.close()
            key._value_buffer, key.contentsize = buffer, len(value)

    set_value.__wrapped__ = plain_set  # type: ignore[attr-defined]
    FakeKey.value = held.setter(set_value)
