"""The grammar of DynamoDB's expressions, and the token at which one leaves it.

Source: DynamoDB developer guide, "Condition and filter expressions, operators, and functions" and
"Update expressions"; which token an error names, and what stands near it, from recorded answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<placeholder>[#:]\w+)|(?P<identifier>[A-Za-z]\w*)|(?P<number>\d+)"
    r"|(?P<symbol><>|<=|>=|[=<>()\[\],.+-])|(?P<unknown>.)",
    re.ASCII | re.DOTALL,
)
COMPARATORS = ("=", "<>", "<", "<=", ">", ">=")
CONDITION_WORDS = frozenset({"AND", "OR", "NOT", "IN", "BETWEEN"})
SECTIONS = frozenset({"SET", "REMOVE", "ADD", "DELETE"})
# Parentheses that open in each other; more would be too deep for Python, not only for DynamoDB.
MOST_LEVELS = 100
PATH, VALUE, GROUP = "path", "value", "group"


class NotInGrammarError(Exception):
    """An expression has a token where its grammar has none.

    Args:
        token: the token, ``<EOF>`` where the expression ends too early.
        near: the expression's text around it.
    """

    def __init__(self, token: str, near: str) -> None:
        super().__init__(f'Syntax error; token: "{token}", near: "{near}"')


class RedundantParenthesesError(Exception):
    """Parentheses stand directly within parentheses."""


@dataclass(frozen=True)
class Token:
    """One word of an expression: its kind, its text and where it stands."""

    kind: str
    text: str
    start: int


@dataclass(frozen=True)
class Node:
    """One operation of an expression.

    Args:
        operator: such as ``AND``, ``=``, ``size``; :data:`PATH` and :data:`VALUE` are leaves.
        operands: what it is applied to.
        name: of a leaf, the placeholder or the first attribute's name as it is written.
        steps: of a path, what follows its first attribute: names, and indexes such as ``[0]``.
    """

    operator: str
    operands: tuple[Node, ...] = ()
    name: str = ""
    steps: tuple[str, ...] = ()

    def walk(self) -> Iterator[Node]:
        """Yield this operation and all below it."""
        yield self
        for operand in self.operands:
            yield from operand.walk()


def split_expression(expression: str) -> list[Token]:
    """Return the words of an expression, without the spaces between them."""
    found = TOKEN.finditer(expression)
    return [
        Token(match.lastgroup or "", match[0], match.start())
        for match in found
        if match.lastgroup != "space"
    ]


def parse_expression(kind: str, expression: str) -> tuple[Node, ...]:
    """Return the operations of an expression: one condition, or the paths, or the actions.

    Args:
        kind: such as ``FilterExpression``.
        expression: not empty.

    Raises:
        NotInGrammarError: it is none.
        RedundantParenthesesError: it has more parentheses than it may.
    """
    return _Parser(expression, CONDITION_WORDS if "Filter" in kind or "Condition" in kind else
                   SECTIONS if kind == "UpdateExpression" else frozenset()).parse(kind)  # fmt: skip


class _UnexpectedError(Exception):
    """The token in hand may not stand here."""


class _Parser:
    def __init__(self, expression: str, words: frozenset[str]) -> None:
        self._expression, self._words = expression, words
        self._tokens = split_expression(expression)
        self._position = self._furthest = self._level = 0

    def parse(self, kind: str) -> tuple[Node, ...]:
        read = {"UpdateExpression": self._update, "ProjectionExpression": self._projection}
        try:
            nodes = read.get(kind, self._whole_condition)()
            if self._position < len(self._tokens):
                raise _UnexpectedError
        except _UnexpectedError:
            raise self._refuse(max(self._furthest, self._position)) from None
        return nodes

    def _refuse(self, position: int) -> NotInGrammarError:
        tokens = self._tokens
        if position >= len(tokens):
            return NotInGrammarError("<EOF>", tokens[-1].text)
        last = tokens[min(position + 1, len(tokens) - 1)]
        near = self._expression[tokens[max(0, position - 1)].start : last.start + len(last.text)]
        return NotInGrammarError(tokens[position].text, near)

    # One token ----------------------------------------------------------------------------------

    def _at(self, *texts: str) -> bool:
        if self._position >= len(self._tokens):
            return False
        token = self._tokens[self._position]
        return (token.text.upper() if token.kind == "identifier" else token.text) in texts

    def _take(self) -> Token:
        self._position += 1
        self._furthest = max(self._furthest, self._position)
        return self._tokens[self._position - 1]

    def _skip(self, *texts: str) -> bool:
        found = self._at(*texts)
        if found:
            self._take()
        return found

    def _expect(self, *texts: str) -> None:
        if not self._skip(*texts):
            raise _UnexpectedError

    def _is_kind(self, kind: str, prefix: str = "") -> bool:
        if self._position >= len(self._tokens):
            return False
        token = self._tokens[self._position]
        return token.kind == kind and token.text.startswith(prefix)

    def _separated(self, read: Callable[[], Node]) -> tuple[Node, ...]:
        nodes = [read()]
        while self._skip(","):
            nodes.append(read())
        return tuple(nodes)

    # Operands -----------------------------------------------------------------------------------

    def _path(self) -> Node:
        name, steps = self._name(), []
        while self._at(".", "["):
            if self._skip("."):
                steps.append(self._name())
                continue
            self._take()
            if not self._is_kind("number"):
                raise _UnexpectedError
            steps.append(f"[{self._take().text}]")
            self._expect("]")
        return Node(PATH, name=name, steps=tuple(steps))

    def _name(self) -> str:
        is_word = self._is_kind("identifier") and not self._at(*self._words)
        if not is_word and not self._is_kind("placeholder", "#"):
            raise _UnexpectedError
        return self._take().text

    def _value(self) -> Node:
        if not self._is_kind("placeholder", ":"):
            raise _UnexpectedError
        return Node(VALUE, name=self._take().text)

    def _operand(self) -> Node:
        """Read a path, a value, a function, or one of them in parentheses."""
        if self._is_kind("placeholder", ":"):
            return self._value()
        following = self._tokens[self._position + 1 : self._position + 2]
        if self._is_kind("identifier") and [one.text for one in following] == ["("]:
            if self._at(*self._words):
                raise _UnexpectedError
            function = self._take().text
            self._take()
            arguments = self._separated(self._operand)
            self._expect(")")
            return Node(function, arguments)
        if self._at("("):
            with_parentheses = self._enclosed(self._operand)
            return with_parentheses.operands[0]
        return self._path()

    def _enclosed(self, read: Callable[[], Node]) -> Node:
        self._level += 1
        if self._level > MOST_LEVELS:
            raise _UnexpectedError
        self._expect("(")
        node = read()
        self._expect(")")
        self._level -= 1
        return Node(GROUP, (node,))

    # Conditions ---------------------------------------------------------------------------------

    def _whole_condition(self) -> tuple[Node, ...]:
        return (self._condition(),)

    def _condition(self) -> Node:
        return self._joined("OR", lambda: self._joined("AND", self._negated))

    def _joined(self, word: str, read: Callable[[], Node]) -> Node:
        nodes = [read()]
        while self._skip(word):
            nodes.append(read())
        return nodes[0] if len(nodes) == 1 else Node(word, tuple(nodes))

    def _negated(self) -> Node:
        if self._skip("NOT"):
            return Node("NOT", (self._negated(),))
        if not self._at("("):
            return self._comparison()
        # Parentheses may hold a condition, or one operand of it.
        start, level = self._position, self._level
        try:
            group = self._enclosed(self._condition)
        except _UnexpectedError:
            self._position, self._level = start, level
            return self._comparison()
        if group.operands[0].operator == GROUP:
            raise RedundantParenthesesError
        return group

    def _comparison(self) -> Node:
        left = self._operand()
        if self._at(*COMPARATORS):
            return Node(self._take().text, (left, self._operand()))
        if self._skip("BETWEEN"):
            low = self._operand()
            self._expect("AND")
            return Node("BETWEEN", (left, low, self._operand()))
        if self._skip("IN"):
            self._expect("(")
            values = self._separated(self._operand)
            self._expect(")")
            return Node("IN", (left, *values))
        if left.operator in (PATH, VALUE):
            raise _UnexpectedError
        return left

    # Projections and updates --------------------------------------------------------------------

    def _projection(self) -> tuple[Node, ...]:
        return self._separated(self._path)

    def _update(self) -> tuple[Node, ...]:
        actions: dict[str, Callable[[], Node]] = {
            "SET": self._assignment,
            "REMOVE": self._path,
            "ADD": lambda: Node("ADD", (self._path(), self._value())),
            "DELETE": lambda: Node("DELETE", (self._path(), self._value())),
        }
        if not self._at(*SECTIONS):
            raise _UnexpectedError
        nodes: list[Node] = []
        while self._at(*SECTIONS):
            nodes += self._separated(actions[self._take().text.upper()])
        return tuple(nodes)

    def _assignment(self) -> Node:
        target = self._path()
        self._expect("=")
        source = self._operand()
        if self._at("+", "-"):
            source = Node(self._take().text, (source, self._operand()))
        return Node("SET", (target, source))
