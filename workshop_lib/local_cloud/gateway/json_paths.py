"""JSONPath, as mapping templates (``$input.json``) and parameter mappings use it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from jsonpath_ng.exceptions import JSONPathError
from jsonpath_ng.ext.parser import parse

_LONGEST_PATH = 1024


class JsonPathSyntaxError(ValueError):
    """An expression is not a JSONPath."""


def find_by_path(document: Any, path: str) -> Any:
    """Return what a JSONPath finds in a document; None where it finds nothing.

    A path that can find several things (``$..name``, ``$.items[*]``) gives a list.

    Raises:
        JsonPathSyntaxError: the path cannot be read.
    """
    if path in ("$", ""):
        return document
    found = [match.value for match in _compile(path).find(document)]
    if _finds_many(path):
        return found
    return found[0] if found else None


def _finds_many(path: str) -> bool:
    return any(sign in path for sign in ("*", "..", "?", ":")) or ("," in path and "[" in path)


@lru_cache(maxsize=512)
def _compile(path: str) -> Any:
    if len(path) > _LONGEST_PATH:
        raise JsonPathSyntaxError(f"A JSONPath may have {_LONGEST_PATH} characters.")
    try:
        return parse(path if path.startswith("$") else f"$.{path}")
    except (JSONPathError, ValueError) as error:
        raise JsonPathSyntaxError(f"Invalid JSONPath {path!r}: {error}") from error
