"""Filter patterns of CloudWatch Logs on messages that are JSON: ``{ $.level = "ERROR" }``.

Source: CloudWatch Logs user guide, "Using filter patterns to match terms in JSON log events".
"""

from __future__ import annotations

import fnmatch
import json
import operator
import re
from collections.abc import Callable
from typing import Any

from workshop_lib.local_cloud.aws_errors import AwsError

Condition = Callable[[Any], bool]

TOKEN = re.compile(
    r"""\s*(?:(?P<selector>\$(?:\.[\w*-]+|\[(?:\d+|\*)\]|\['[^']*'\])*)|(?P<word>&&|\|\||[(){}])"""
    r"""|(?P<comparison>!=|>=|<=|=|>|<)|"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<plain>[^\s(){}&|=<>!"]+))"""
)
STEP = re.compile(r"\.([\w*-]+)|\[(\d+|\*)\]|\['([^']*)'\]")
ORDERS = {
    ">": operator.gt, "<": operator.lt, ">=": operator.ge, "<=": operator.le,
}  # fmt: skip
STATES: dict[str, Any] = {"NULL": None, "TRUE": True, "FALSE": False}
MOST_NESTED = 20


def refuse(reason: str) -> AwsError:
    """Return the error for a pattern that CloudWatch Logs would not take."""
    return AwsError("InvalidParameterException", f"Invalid filter pattern: {reason}", 400)


def parse_condition(text: str) -> Callable[[str], bool]:
    """Return what tells whether a message is JSON that fulfils a condition in braces.

    Raises:
        AwsError: ``InvalidParameterException`` for what is not a condition.
    """
    condition = _Parser(text).parse()

    def matches(message: str) -> bool:
        try:
            document = json.loads(message)
        except (ValueError, RecursionError):
            return False
        return isinstance(document, (dict, list)) and condition(document)

    return matches


class _Parser:
    """Reads ``&&`` before ``||``, and parentheses before both."""

    def __init__(self, text: str) -> None:
        self._tokens = _split(text)
        self._nested = 0

    def parse(self) -> Condition:
        self._expect("{")
        condition = self._parse_alternatives()
        self._expect("}")
        if self._tokens:
            raise refuse("Something follows the closing brace")
        return condition

    def _parse_alternatives(self) -> Condition:
        conditions = [self._parse_all()]
        while self._take("||"):
            conditions.append(self._parse_all())
        return lambda document: any(condition(document) for condition in conditions)

    def _parse_all(self) -> Condition:
        conditions = [self._parse_one()]
        while self._take("&&"):
            conditions.append(self._parse_one())
        return lambda document: all(condition(document) for condition in conditions)

    def _parse_one(self) -> Condition:
        if self._take("("):
            self._nested += 1
            if self._nested > MOST_NESTED:
                raise refuse("Too many parentheses")
            condition = self._parse_alternatives()
            self._expect(")")
            self._nested -= 1
            return condition
        kind, selector = self._next()
        if kind != "selector":
            raise refuse(f"Expecting a property such as $.level, not {selector!r}")
        return self._parse_comparison(selector)

    def _parse_comparison(self, selector: str) -> Condition:
        kind, sign = self._next()
        operand_kind, operand = self._next()
        if kind == "comparison" and operand_kind in ("quoted", "plain"):
            return _compare(selector, sign, operand, is_text=operand_kind == "quoted")
        words = (sign.upper(), operand.upper())
        if words == ("NOT", "EXISTS"):
            return lambda document: not list(_select(document, selector))
        if words[0] == "IS" and words[1] in STATES:
            state = STATES[words[1]]
            return lambda document: any(found is state for found in _select(document, selector))
        raise refuse(f"Expecting a comparison of {selector}, not '{sign} {operand}'")

    def _next(self) -> tuple[str, str]:
        if not self._tokens:
            raise refuse("It ends too early")
        return self._tokens.pop(0)

    def _take(self, word: str) -> bool:
        if self._tokens and self._tokens[0] == ("word", word):
            del self._tokens[0]
            return True
        return False

    def _expect(self, word: str) -> None:
        if not self._take(word):
            raise refuse(f"Expecting '{word}'")


def _split(text: str) -> list[tuple[str, str]]:
    tokens, position = [], 0
    while text[position:].strip():
        found = TOKEN.match(text, position)
        if found is None:
            raise refuse(f"Invalid character at position {position}")
        kind = str(found.lastgroup)
        tokens.append((kind, found[kind]))
        position = found.end()
    return tokens


def _compare(selector: str, sign: str, operand: str, *, is_text: bool) -> Condition:
    if sign in ORDERS:
        try:
            bound = float(operand)
        except ValueError as error:
            raise refuse(f"'{sign}' compares numbers, and {operand!r} is none") from error
        order = ORDERS[sign]
        return lambda document: any(
            _is_number(found) and order(found, bound) for found in _select(document, selector)
        )
    is_equal = _make_equal(re.sub(r"\\(.)", r"\1", operand), is_text=is_text)
    wanted = sign == "="
    return lambda document: any(is_equal(found) is wanted for found in _select(document, selector))


def _make_equal(operand: str, *, is_text: bool) -> Callable[[Any], bool]:
    number = None
    if not is_text and re.fullmatch(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?", operand):
        number = float(operand)
    # Only * is a wildcard; the other signs of fnmatch mean themselves.
    pattern = re.sub(r"([\[?])", r"[\1]", operand)

    def is_equal(found: Any) -> bool:
        if number is not None and _is_number(found):
            return bool(found == number)
        return isinstance(found, str) and fnmatch.fnmatchcase(found, pattern)

    return is_equal


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _select(document: Any, selector: str) -> list[Any]:
    """Return the values that a selector names: none, one, or with ``*`` several."""
    found = [document]
    for name, index, quoted in STEP.findall(selector):
        found = [value for holder in found for value in _descend(holder, name or quoted, index)]
    return found


def _descend(holder: Any, name: str, index: str) -> list[Any]:
    if isinstance(holder, dict) and not index:
        return list(holder.values()) if name == "*" else [holder[name]] if name in holder else []
    if isinstance(holder, list) and index:
        return holder if index == "*" else holder[int(index) : int(index) + 1]
    return []
