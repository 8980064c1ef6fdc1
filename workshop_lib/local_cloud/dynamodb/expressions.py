"""What DynamoDB checks of an expression before it looks at any item.

Source: DynamoDB developer guide, "Using expressions in DynamoDB" and "Reserved words in DynamoDB";
sentences and their order from recorded answers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from workshop_lib.local_cloud.dynamodb.operand_types import check_types
from workshop_lib.local_cloud.dynamodb.syntax import (
    COMPARATORS,
    CONDITION_WORDS,
    GROUP,
    PATH,
    SECTIONS,
    Node,
    NotInGrammarError,
    RedundantParenthesesError,
    Token,
    parse_expression,
    split_expression,
)
from workshop_lib.local_cloud.dynamodb.values import refuse

CONDITION_FUNCTIONS = {
    "attribute_exists": 1, "attribute_not_exists": 1, "attribute_type": 2, "begins_with": 2,
    "contains": 2, "size": 1,
}  # fmt: skip
# The kinds of expression: their own words, and how many operands the functions take they know.
GRAMMARS: Mapping[str, tuple[Collection[str], Mapping[str, int]]] = {
    "UpdateExpression": (SECTIONS, {"if_not_exists": 2, "list_append": 2}),
    "KeyConditionExpression": (CONDITION_WORDS, CONDITION_FUNCTIONS),
    "FilterExpression": (CONDITION_WORDS, CONDITION_FUNCTIONS),
    "ConditionExpression": (CONDITION_WORDS, CONDITION_FUNCTIONS),
    "ProjectionExpression": (frozenset(), {}),
}
# What a placeholder stands for, by its first character: the parameter, and DynamoDB's words.
PLACEHOLDERS = {
    "#": ("Names", "name used in the document path", "name"),
    ":": ("Values", "value used in expression", "value"),
}
OF_PATHS = ("attribute_exists", "attribute_not_exists", "attribute_type", "if_not_exists")

Expressions = Mapping[str, tuple[Node, ...]]


def check_expressions(request: Mapping[str, Any], reserved_words: Collection[str]) -> Expressions:
    """Check every expression of a request, with the names and values that it gives them.

    Args:
        request: the parameters; those named as in :data:`GRAMMARS` are expressions.
        reserved_words: in capitals.

    Returns:
        The operations of each expression.

    Raises:
        AwsError: ``ValidationException`` for the first thing wrong.
    """
    given = {kind: request[kind] for kind in GRAMMARS if kind in request}
    defined = {sign: _read_placeholders(request, sign, given) for sign in PLACEHOLDERS}
    parsed = {
        kind: _check_expression(kind, text, reserved_words, defined) for kind, text in given.items()
    }
    used = {token.text for text in given.values() for token in split_expression(text)}
    for sign, (parameter, *_) in PLACEHOLDERS.items():
        unused = ", ".join(name for name in defined[sign] if name not in used)
        if unused:
            what = f"Value provided in ExpressionAttribute{parameter} unused in expressions"
            raise refuse(f"{what}: keys: {{{unused}}}")
    return parsed


def _read_placeholders(
    request: Mapping[str, Any], sign: str, kinds: Collection[str]
) -> Mapping[str, Any]:
    parameter = f"ExpressionAttribute{PLACEHOLDERS[sign][0]}"
    placeholders: Mapping[str, Any] | None = request.get(parameter)
    if placeholders is None:
        return {}
    if not kinds:
        raise refuse(f"{parameter} can only be specified when using expressions")
    if not placeholders:
        raise refuse(f"{parameter} must not be empty")
    for key in placeholders:
        if [one.text for one in split_expression(key)] != [key] or not key.startswith(sign):
            raise refuse(f'{parameter} contains invalid key: Syntax error; key: "{key}"')
    return placeholders


def _check_expression(
    kind: str,
    expression: str,
    reserved_words: Collection[str],
    defined: Mapping[str, Mapping[str, Any]],
) -> tuple[Node, ...]:
    tokens = split_expression(expression)
    if not tokens:
        raise refuse(f"Invalid {kind}: The expression can not be empty;")
    try:
        nodes = parse_expression(kind, expression)
    except NotInGrammarError as error:
        raise refuse(f"Invalid {kind}: {error}") from error
    except RedundantParenthesesError as error:
        raise refuse(f"Invalid {kind}: The expression has redundant parentheses;") from error
    for word in _list_attributes(kind, tokens):
        if word.upper() in reserved_words:
            raise refuse(
                f"Invalid {kind}: Attribute name is a reserved keyword; reserved keyword: {word}"
            )
    _check_functions(kind, nodes)
    for placeholder in (token.text for token in tokens if token.kind == "placeholder"):
        _, what, name = PLACEHOLDERS[placeholder[0]]
        if placeholder not in defined[placeholder[0]]:
            raise refuse(
                f"Invalid {kind}: An expression attribute {what} is not defined; "
                f"attribute {name}: {placeholder}"
            )
    for node in nodes:
        _check_operands(kind, node, defined)
    if kind == "ProjectionExpression":
        _check_overlaps([find_path(node, defined["#"]) for node in nodes])
    return nodes


def _list_attributes(kind: str, tokens: list[Token]) -> Iterator[str]:
    """Yield the words that name attributes."""
    words, _ = GRAMMARS[kind]
    following = [*(token.text for token in tokens[1:]), ""]
    for token, next_text in zip(tokens, following, strict=True):
        is_word = token.kind == "identifier" and token.text.upper() not in words
        if is_word and next_text != "(":
            yield token.text


def _list_functions(nodes: tuple[Node, ...]) -> Iterator[Node]:
    for node in nodes:
        yield from (
            one
            for one in node.walk()
            if one.operands and one.operator.islower() and one.operator != GROUP
        )


def _check_functions(kind: str, nodes: tuple[Node, ...]) -> None:
    _, functions = GRAMMARS[kind]
    for node in _list_functions(nodes):
        if node.operator not in functions:
            raise refuse(f"Invalid {kind}: Invalid function name; function: {node.operator}")


def _check_overlaps(paths: list[tuple[str, ...]]) -> None:
    """Check that no path of a projection is within another."""
    for position, second in enumerate(paths):
        for first in paths[:position]:
            if all(one == other for one, other in zip(first, second, strict=False)):
                places = f"path one: [{', '.join(first)}], path two: [{', '.join(second)}]"
                raise refuse(
                    "Invalid ProjectionExpression: Two document paths overlap with each other; "
                    f"must remove or rewrite one of these paths; {places}"
                )


def _check_operands(kind: str, node: Node, defined: Mapping[str, Mapping[str, Any]]) -> None:
    """Check that each function has the operands it takes, and stands where it may."""
    _, functions = GRAMMARS[kind]
    is_condition = kind not in ("UpdateExpression", "ProjectionExpression")
    for one, decides in _list_places(node, decides=True) if is_condition else ():
        if one.operator in functions and decides == (one.operator == "size"):
            raise refuse(
                f"Invalid {kind}: The function is not allowed to be used this way in an "
                f"expression; function: {one.operator}"
            )
    for one in node.walk():
        _check_operation(kind, one, functions, defined["#"])
        check_types(kind, one, defined[":"])


def _list_places(node: Node, *, decides: bool) -> Iterator[tuple[Node, bool]]:
    """Yield the operations of a condition, and whether each stands where a condition does."""
    yield node, decides
    for operand in node.operands:
        yield from _list_places(operand, decides=node.operator in ("AND", "OR", "NOT", GROUP))


def _check_operation(
    kind: str, node: Node, functions: Mapping[str, int], names: Mapping[str, Any]
) -> None:
    wanted, count = functions.get(node.operator), len(node.operands)
    if wanted not in (None, count):
        raise refuse(
            f"Invalid {kind}: Incorrect number of operands for operator or function; operator or "
            f"function: {node.operator}, number of operands: {count}"
        )
    if node.operator in OF_PATHS and node.operands[0].operator != PATH:
        raise refuse(
            f"Invalid {kind}: Operator or function requires a document path; operator or function: "
            f"{node.operator}"
        )
    if node.operator in (*COMPARATORS, "contains", "begins_with"):
        first, *others = (find_name(one, names) for one in node.operands)
        if first is not None and first in others:
            raise refuse(
                f"Invalid {kind}: The first operand must be distinct from the remaining operands "
                f"for this operator or function; operator: {node.operator}, first operand: "
                f"[{first}]"
            )


def find_name(node: Node, names: Mapping[str, str]) -> str | None:
    """Return the attribute that a path names, None for a path into one and for all else."""
    if node.operator != PATH or node.steps:
        return None
    return names.get(node.name, node.name)


def find_path(node: Node, names: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names and indexes of a path."""
    return tuple(names.get(step, step) for step in (node.name, *node.steps))
