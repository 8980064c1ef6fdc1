"""Any value as plain data: what JSON knows, bounded in depth and size, without secrets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from itertools import islice
from typing import Any

from workshop_lib.ui.redaction import hide_secrets

MOST_DEPTH = 12
MOST_ENTRIES = 200
MOST_CHARACTERS = 4000


def to_plain(value: Any) -> Any:
    """The value as dictionaries, lists, texts, numbers, booleans and None.

    Dataclasses become dictionaries, bytes say how many they are. Whatever lies deeper than
    `MOST_DEPTH` or beyond `MOST_ENTRIES` is counted instead of shown; so a value that holds itself
    ends too.
    """
    return hide_secrets(_plain(value, 0))


def _plain(value: Any, depth: int) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return _shorten(value)
    if depth == MOST_DEPTH:
        return f"… ({type(value).__name__}, deeper than is shown)"
    return _plain_container(value, depth)


def _plain_container(value: Any, depth: int) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        value = {field.name: getattr(value, field.name) for field in fields(value) if field.repr}
    if isinstance(value, Mapping):
        return _plain_mapping(value, depth)
    if isinstance(value, list | tuple | Set):
        return _plain_list(value, depth)
    return _plain_scalar(value)


def _plain_mapping(value: Mapping[Any, Any], depth: int) -> dict[str, Any]:
    kept = {
        str(name): _plain(held, depth + 1) for name, held in islice(value.items(), MOST_ENTRIES)
    }
    if len(value) > MOST_ENTRIES:
        kept["…"] = f"{len(value) - MOST_ENTRIES} more"
    return kept


def _plain_list(value: Any, depth: int) -> list[Any]:
    entries: Iterable[Any] = sorted(value, key=repr) if isinstance(value, Set) else value
    kept = [_plain(held, depth + 1) for held in islice(entries, MOST_ENTRIES)]
    return kept if len(value) <= MOST_ENTRIES else [*kept, f"… {len(value) - MOST_ENTRIES} more"]


def _plain_scalar(value: Any) -> Any:
    if isinstance(value, Decimal) and value.is_finite():
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return f"({len(bytes(value)):,} bytes)"
    return _plain(value.value, 0) if isinstance(value, Enum) else _shorten(str(value))


def _shorten(text: str) -> str:
    if len(text) <= MOST_CHARACTERS:
        return text
    return f"{text[:MOST_CHARACTERS]}… ({len(text) - MOST_CHARACTERS:,} more characters)"
