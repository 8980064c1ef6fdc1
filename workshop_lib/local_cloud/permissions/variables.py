"""Policy variables: ``${aws:username}``, defaults, and ``${*}``, ``${?}``, ``${$}``.

Source: IAM user guide, "IAM policy elements: Variables and tags". Policies of version 2008-10-17
have no variables: there the characters stand for themselves.
"""

from __future__ import annotations

import re

from workshop_lib.local_cloud.permissions.contexts import Context
from workshop_lib.local_cloud.permissions.patterns import Pattern, Symbol, read_pattern

VERSION_WITH_VARIABLES = "2012-10-17"
_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_DEFAULT = re.compile(r"\s*([^,\s]+)\s*,\s*'([^']*)'\s*", re.DOTALL)
_SPECIAL = ("*", "?", "$")


class UnresolvedVariableError(Exception):
    """A variable has no single value in the request and no default: its statement cannot match."""


def expand_pattern(template: str, context: Context, version: str) -> Pattern:
    """Replace a template's variables by the request's values, which are never wildcards.

    Raises:
        UnresolvedVariableError: the request has no value, or several, and there is no default.
    """
    if version != VERSION_WITH_VARIABLES:
        return read_pattern(template)
    symbols: list[Symbol] = []
    position = 0
    for match in _VARIABLE.finditer(template):
        symbols.extend(read_pattern(template[position : match.start()]).symbols)
        symbols.extend(_resolve(match.group(1), context))
        position = match.end()
    symbols.extend(read_pattern(template[position:]).symbols)
    return Pattern(tuple(symbols))


def _resolve(expression: str, context: Context) -> str:
    if expression in _SPECIAL:
        return expression
    with_default = _DEFAULT.fullmatch(expression)
    name = with_default.group(1) if with_default else expression.strip()
    values = context.get(name, ())
    if len(values) == 1:
        return values[0]
    if with_default and not values:
        return with_default.group(2)
    raise UnresolvedVariableError(name)
