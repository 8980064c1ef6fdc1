"""The methods of Java's strings, lists, maps and numbers that a Velocity template may call.

Only these: the tables are the whole of what a template can do with a plain value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any


def show_as_java(value: Any) -> str:
    """Return a value's text as Velocity on Java prints it: ``true``, ``{a=1}``, ``[x, y]``."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        pairs = (f"{key}={show_as_java(item)}" for key, item in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(show_as_java(item) for item in value) + "]"
    return str(value)


def _replace_item(target: Any, place: Any, value: Any) -> Any:
    """Set an item and return what stood there, as Java does."""
    former = target.get(place) if isinstance(target, dict) else target[place]
    target[place] = value
    return former


def _replace_all(text: str, pattern: str, replacement: str) -> str:
    """Replace by a regular expression; ``$1`` and backslashes mean what they mean to Java."""

    def expand(match: re.Match[str]) -> str:
        return re.sub(
            r"\\\\(.)|\$(\d)",
            lambda part: part[1] if part[1] is not None else (match[int(part[2])] or ""),
            replacement,
        )

    return re.sub(pattern, expand, text)


_TEXT_METHODS: dict[str, Callable[..., Any]] = {
    "contains": lambda text, part: part in text,
    "endsWith": lambda text, part: text.endswith(part),
    "equals": lambda text, other: text == other,
    "equalsIgnoreCase": lambda text, other: text.lower() == str(other).lower(),
    "indexOf": lambda text, part: text.find(part),
    "isEmpty": lambda text: not text,
    "lastIndexOf": lambda text, part: text.rfind(part),
    "length": len,
    "matches": lambda text, pattern: re.fullmatch(pattern, text) is not None,
    "replace": lambda text, old, new: text.replace(old, new),
    "replaceAll": _replace_all,
    "split": lambda text, pattern: re.split(pattern, text),
    "startsWith": lambda text, part: text.startswith(part),
    "substring": lambda text, start, end=None: text[start:end],
    "toLowerCase": str.lower,
    "toString": str,
    "toUpperCase": str.upper,
    "trim": str.strip,
}
_LIST_METHODS: dict[str, Callable[..., Any]] = {
    "add": lambda items, item: items.append(item) is None,
    "contains": lambda items, item: item in items,
    "get": lambda items, index: items[index],
    "indexOf": lambda items, item: items.index(item) if item in items else -1,
    "isEmpty": lambda items: not items,
    "set": _replace_item,
    "size": len,
    "toString": show_as_java,
}
_MAP_METHODS: dict[str, Callable[..., Any]] = {
    "containsKey": lambda mapping, key: key in mapping,
    "entrySet": lambda mapping: [{"key": key, "value": item} for key, item in mapping.items()],
    "get": lambda mapping, key: mapping.get(key),
    "isEmpty": lambda mapping: not mapping,
    "keySet": list,
    "put": _replace_item,
    "putAll": lambda mapping, other: mapping.update(other),
    "remove": lambda mapping, key: mapping.pop(key, None),
    "size": len,
    "toString": show_as_java,
    "values": lambda mapping: list(mapping.values()),
}
_METHODS: tuple[tuple[Any, dict[str, Callable[..., Any]]], ...] = (
    (str, _TEXT_METHODS),
    (list, _LIST_METHODS),
    (Mapping, _MAP_METHODS),
    (int | float, {"intValue": int, "doubleValue": float, "toString": show_as_java}),
)


def find_method(value: Any, name: str) -> Callable[..., Any] | None:
    """Return a method that templates may call on a plain value, bound to it."""
    methods = next((methods for kind, methods in _METHODS if isinstance(value, kind)), {})
    return partial(methods[name], value) if name in methods else None
