"""The facts of a request that conditions and policy variables ask for.

Variables are ``${aws:username}``, with a default ``${aws:username, 'all'}``, and ``${*}``,
``${?}``, ``${$}``. Policies of version 2008-10-17 have none: there the characters stand for
themselves. Source: IAM user guide, "IAM policy elements: Variables and tags".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from workshop_lib.local_cloud.permissions.patterns import Pattern, Symbol, read_pattern

# Most keys have one value, keys such as aws:TagKeys have several.
ContextValue = str | Iterable[str]
VERSION_WITH_VARIABLES = "2012-10-17"
_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_DEFAULT = re.compile(r"\s*([^,\s]+)\s*,\s*'([^']*)'\s*", re.DOTALL)
_SPECIAL = ("*", "?", "$")


class UnresolvedVariableError(Exception):
    """A variable has no single value in the request and no default: its statement cannot match."""


class Context:
    """Condition keys and their values; a key's case does not count, as in IAM."""

    def __init__(self, values: Mapping[str, ContextValue]) -> None:
        self._values = {
            key.lower(): (value,) if isinstance(value, str) else tuple(value)
            for key, value in values.items()
        }

    def get(self, key: str) -> tuple[str, ...] | None:
        """Return the values of a key, None where the request does not have it."""
        return self._values.get(key.lower())

    def extend(self, values: Mapping[str, ContextValue]) -> Context:
        """Make a new context that also has these keys."""
        return Context({**self._values, **Context(values)._values})


def expand_pattern(template: str, context: Context, version: str) -> Pattern:
    """Replace a template's variables by the request's values, which are never wildcards.

    Raises:
        UnresolvedVariableError: the request has no value, or several, and there is no default.
    """
    if version != VERSION_WITH_VARIABLES or "${" not in template:
        return read_pattern(template)
    symbols: list[Symbol] = []
    position = 0
    for match in _VARIABLE.finditer(template):
        symbols.extend(read_pattern(template[position : match.start()]).symbols)
        symbols.extend(_resolve(match[1], context))
        position = match.end()
    return Pattern([*symbols, *read_pattern(template[position:]).symbols])


def _resolve(expression: str, context: Context) -> str:
    if expression in _SPECIAL:
        return expression
    with_default = _DEFAULT.fullmatch(expression)
    values = context.get(with_default[1] if with_default else expression.strip()) or ()
    if len(values) == 1:
        return values[0]
    if with_default and not values:
        return with_default[2]
    raise UnresolvedVariableError(expression)
