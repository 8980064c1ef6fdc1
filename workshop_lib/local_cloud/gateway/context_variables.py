"""Replacing ``$context.…`` variables in plain text: access log formats and gateway responses.

There is no template language here, only names: ``$context.identity.sourceIp``,
``$stageVariables.lang``, each also in braces, ``${context.requestId}``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from workshop_lib.local_cloud.gateway.velocity_methods import show_as_java

_VARIABLE = re.compile(
    r"\$(?:\{(?P<braced>[A-Za-z][\w.-]*)\}|(?P<bare>[A-Za-z]\w*(?:\.[A-Za-z_][\w-]*)*))"
)


def replace_variables(
    text: str, scopes: Mapping[str, Any], *, missing: str = "", escape: Callable[[str], str] = str
) -> str:
    """Replace every known ``$scope.name`` in a text.

    Args:
        text: the format.
        scopes: what the names begin with, such as ``{"context": …, "stageVariables": …}``; names
            that begin with anything else are left as they are.
        missing: what stands for a name that has no value.
        escape: what is done to a value before it is put in.
    """

    def replace(match: re.Match[str]) -> str:
        name = match["braced"] or match["bare"]
        scope, _, rest = name.partition(".")
        if scope not in scopes or not rest:
            return match[0]
        value = look_up(scopes[scope], rest)
        return missing if value is None else escape(show_as_java(value))

    return _VARIABLE.sub(replace, text)


def look_up(tree: Any, dotted_name: str) -> Any:
    """Return what stands at a dotted name in nested mappings, or None."""
    for part in dotted_name.split("."):
        if not isinstance(tree, Mapping):
            return None
        tree = tree.get(part)
    return tree
