"""What DynamoDB checks of an expression before it looks at any item.

Source: DynamoDB developer guide, "Using expressions in DynamoDB" and "Reserved words in DynamoDB".
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workshop_lib.local_cloud.aws_errors import AwsError

TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<placeholder>[#:]\w+)|(?P<identifier>[A-Za-z_]\w*)|(?P<number>\d+)"
    r"|(?P<symbol><>|<=|>=|[=<>()\[\],.+-])|(?P<unknown>.)",
    re.ASCII | re.DOTALL,
)
CONDITION_WORDS = frozenset({"AND", "OR", "NOT", "IN", "BETWEEN"})
CONDITION_FUNCTIONS = frozenset({
    "attribute_exists", "attribute_not_exists", "attribute_type", "begins_with", "contains", "size",
})  # fmt: skip
# The kinds of expression: their own words, and the functions they know.
GRAMMARS: Mapping[str, tuple[Collection[str], Collection[str]]] = {
    "ConditionExpression": (CONDITION_WORDS, CONDITION_FUNCTIONS),
    "FilterExpression": (CONDITION_WORDS, CONDITION_FUNCTIONS),
    "KeyConditionExpression": (CONDITION_WORDS, CONDITION_FUNCTIONS),
    "ProjectionExpression": (frozenset(), frozenset()),
    "UpdateExpression": (
        frozenset({"SET", "REMOVE", "ADD", "DELETE"}),
        frozenset({"if_not_exists", "list_append"}),
    ),
}


@dataclass(frozen=True)
class Token:
    """One word of an expression: its kind and its text."""

    kind: str
    text: str


def check_expressions(request: Mapping[str, Any], reserved_words: Collection[str]) -> None:
    """Check every expression of a request, with the names and values that it gives them.

    Args:
        request: the parameters; those named as in :data:`GRAMMARS` are expressions.
        reserved_words: in capitals.

    Raises:
        AwsError: ``ValidationException`` for the first thing wrong.
    """
    names = _read_placeholders(request, "ExpressionAttributeNames")
    values = _read_placeholders(request, "ExpressionAttributeValues")
    used: set[str] = set()
    for kind in GRAMMARS:
        if kind in request:
            used |= _check_expression(kind, request[kind], reserved_words, names, values)
    for parameter, defined in (("Names", names), ("Values", values)):
        unused = ", ".join(name for name in defined if name not in used)
        if unused:
            raise refuse(
                f"Value provided in ExpressionAttribute{parameter} unused in expressions: keys: "
                f"{{{unused}}}"
            )


def refuse(message: str) -> AwsError:
    """Return the error for input that DynamoDB does not take."""
    return AwsError("ValidationException", message, 400)


def refuse_syntax(kind: str, tokens: list[Token], position: int) -> AwsError:
    """Return the error for a token that may not stand where it does."""
    near = " ".join(token.text for token in tokens[max(0, position - 1) : position + 2])
    token = tokens[position].text if tokens else "<EOF>"
    return refuse(f'Invalid {kind}: Syntax error; token: "{token}", near: "{near}"')


def _read_placeholders(request: Mapping[str, Any], parameter: str) -> Mapping[str, Any]:
    placeholders: Mapping[str, Any] | None = request.get(parameter)
    if placeholders is None:
        return {}
    if not any(kind in request for kind in GRAMMARS):
        raise refuse(f"{parameter} can only be specified when using expressions")
    if not placeholders:
        raise refuse(f"{parameter} must not be empty")
    return placeholders


def _check_expression(
    kind: str,
    expression: str,
    reserved_words: Collection[str],
    names: Mapping[str, Any],
    values: Mapping[str, Any],
) -> set[str]:
    """Return the placeholders that an expression uses."""
    tokens = split_expression(expression)
    if not tokens:
        raise refuse(f"Invalid {kind}: The expression can not be empty;")
    for position, token in enumerate(tokens):
        if token.kind == "unknown":
            raise refuse_syntax(kind, tokens, position)
    for word in _list_attributes(kind, tokens):
        if word.upper() in reserved_words:
            raise refuse(
                f"Invalid {kind}: Attribute name is a reserved keyword; reserved keyword: {word}"
            )
    used = {token.text for token in tokens if token.kind == "placeholder"}
    _check_defined(kind, used, names, values)
    return used


def split_expression(expression: str) -> list[Token]:
    """Return the words of an expression, without the spaces between them."""
    found = TOKEN.finditer(expression)
    return [Token(match.lastgroup or "", match[0]) for match in found if match.lastgroup != "space"]


def _list_attributes(kind: str, tokens: list[Token]) -> Iterator[str]:
    """Yield the words that name attributes, and refuse functions that there are not."""
    words, functions = GRAMMARS[kind]
    following = [*(token.text for token in tokens[1:]), ""]
    for token, next_text in zip(tokens, following, strict=True):
        if token.kind != "identifier" or token.text.upper() in words:
            continue
        if next_text != "(":
            yield token.text
        elif token.text not in functions:
            raise refuse(f"Invalid {kind}: Invalid function name; function: {token.text}")


def _check_defined(
    kind: str, used: set[str], names: Mapping[str, Any], values: Mapping[str, Any]
) -> None:
    for placeholder in sorted(used):
        if placeholder.startswith("#") and placeholder not in names:
            raise refuse(
                f"Invalid {kind}: An expression attribute name used in the document path is not "
                f"defined; attribute name: {placeholder}"
            )
        if placeholder.startswith(":") and placeholder not in values:
            raise refuse(
                f"Invalid {kind}: An expression attribute value used in expression is not defined; "
                f"attribute value: {placeholder}"
            )
