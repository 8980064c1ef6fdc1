"""What DynamoDB checks of an expression before it looks at any item.

Source: DynamoDB developer guide, "Using expressions in DynamoDB" and "Reserved words in DynamoDB".
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.dynamodb.values import refuse

TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<placeholder>[#:]\w+)|(?P<identifier>[A-Za-z_]\w*)|(?P<number>\d+)"
    r"|(?P<symbol><>|<=|>=|[=<>()\[\],.+-])|(?P<unknown>.)",
    re.ASCII | re.DOTALL,
)
# A condition's own words, and the functions that it knows.
CONDITION = (
    frozenset({"AND", "OR", "NOT", "IN", "BETWEEN"}),
    frozenset({
        "attribute_exists", "attribute_not_exists", "attribute_type", "begins_with", "contains",
        "size",
    }),
)  # fmt: skip
# The kinds of expression, each with its words and functions.
GRAMMARS: Mapping[str, tuple[Collection[str], Collection[str]]] = {
    **dict.fromkeys(("ConditionExpression", "FilterExpression", "KeyConditionExpression"),
                    CONDITION),
    "ProjectionExpression": (frozenset(), frozenset()),
    "UpdateExpression": (
        frozenset({"SET", "REMOVE", "ADD", "DELETE"}), frozenset({"if_not_exists", "list_append"}),
    ),
}  # fmt: skip
# What a placeholder stands for, by its first character: the parameter, and DynamoDB's words.
PLACEHOLDERS = {
    "#": ("Names", "name used in the document path", "name"),
    ":": ("Values", "value used in expression", "value"),
}


class Token(NamedTuple):
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
    kinds = [kind for kind in GRAMMARS if kind in request]
    defined = {sign: _read_placeholders(request, sign, kinds) for sign in PLACEHOLDERS}
    used: set[str] = set()
    for kind in kinds:
        used |= _check_expression(kind, request[kind], reserved_words, defined)
    for sign, (parameter, *_) in PLACEHOLDERS.items():
        unused = ", ".join(name for name in defined[sign] if name not in used)
        if unused:
            what = f"Value provided in ExpressionAttribute{parameter} unused in expressions"
            raise refuse(f"{what}: keys: {{{unused}}}")


def refuse_syntax(kind: str, tokens: list[Token], position: int) -> AwsError:
    """Return the error for a token that may not stand where it does."""
    near = " ".join(token.text for token in tokens[max(0, position - 1) : position + 2])
    token = tokens[position].text if tokens else "<EOF>"
    return refuse(f'Invalid {kind}: Syntax error; token: "{token}", near: "{near}"')


def _read_placeholders(
    request: Mapping[str, Any], sign: str, kinds: list[str]
) -> Mapping[str, Any]:
    parameter = f"ExpressionAttribute{PLACEHOLDERS[sign][0]}"
    placeholders: Mapping[str, Any] | None = request.get(parameter)
    if placeholders is None:
        return {}
    if not kinds:
        raise refuse(f"{parameter} can only be specified when using expressions")
    if not placeholders:
        raise refuse(f"{parameter} must not be empty")
    return placeholders


def _check_expression(
    kind: str,
    expression: str,
    reserved_words: Collection[str],
    defined: Mapping[str, Mapping[str, Any]],
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
    for placeholder in sorted(used):
        _, what, name = PLACEHOLDERS[placeholder[0]]
        if placeholder not in defined[placeholder[0]]:
            raise refuse(
                f"Invalid {kind}: An expression attribute {what} is not defined; "
                f"attribute {name}: {placeholder}"
            )
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
