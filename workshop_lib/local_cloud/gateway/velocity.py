"""Velocity templates (airspeed), held to what API Gateway lets a template do.

airspeed reaches any attribute of any Python object from a template, and calls it: a template could
run code in this process. Here a name finds only keys of mappings, functions that stand in them, and
the methods of Java's strings, lists and maps that templates use. Loops, texts and the answer are
bounded, and values print as Java prints them. airspeed offers no hook for this, so its element
classes are replaced once, here; the tests of this module fail if a new airspeed stops using them.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

import airspeed

from workshop_lib.local_cloud.gateway.velocity_methods import find_method, show_as_java

MAXIMUM_ITERATIONS = 1000  # of one #foreach, as AWS's quota says
MAXIMUM_TEMPLATE_BYTES = 300 * 1024
_MAXIMUM_STEPS = 100_000  # of all loops of one rendering together
_MAXIMUM_CHARACTERS = 10 * 1024 * 1024
_STEPS = "#steps"


class TemplateFailedError(Exception):
    """A template could not be read or rendered; the text says where and why."""


def render(template: str, variables: Mapping[str, Any]) -> str:
    """Render a Velocity template.

    Args:
        template: its text.
        variables: what its ``$names`` stand for: plain data, and functions in mappings.

    Raises:
        TemplateFailedError: it has an error, or goes beyond the bounds.
    """
    try:
        return str(_compile(template).merge({**variables, _STEPS: [0]}))
    except airspeed.TemplateError as error:
        raise TemplateFailedError(str(error)) from error
    except RecursionError as error:
        raise TemplateFailedError("The template is nested too deeply.") from error


@lru_cache(maxsize=256)
def _compile(template: str) -> Any:
    if len(template) > MAXIMUM_TEMPLATE_BYTES:
        raise airspeed.TemplateError(f"A template may have {MAXIMUM_TEMPLATE_BYTES} bytes.")
    compiled = airspeed.Template(template)
    try:
        compiled.ensure_compiled()
    except airspeed.NoMatch as error:
        raise airspeed.TemplateError("A directive of the template is not complete.") from error
    return compiled


class _Name(airspeed.NameOrCall):
    """A name, ``$a.b``, or a call, ``$a.b(…)``: the only door into Python."""

    def calculate(self, current_object: Any, loader: Any, top_namespace: Any) -> Any:
        """Return its value, None where there is none."""
        own = _find_item(current_object, self.name) if isinstance(current_object, Mapping) else None
        if self.parameters is not None:
            found = own if callable(own) else find_method(current_object, self.name)
            return found and found(*self.parameters.calculate(top_namespace, loader))
        if callable(own):
            return None
        return (
            own
            if self.index is None
            else _find_item(own, self.index.calculate(top_namespace, loader))
        )


def _find_item(container: Any, index: Any) -> Any:
    try:
        return container[index]
    except (KeyError, IndexError, TypeError):
        return None


class _Reference(airspeed.FormalReference):
    """A reference in the text; a reference without a value prints itself."""

    def evaluate_raw(self, stream: Any, namespace: Any, loader: Any) -> None:
        """Write the value as Java would."""
        value = None if self.expression is None else self.expression.calculate(namespace, loader)
        if value is None and self.alternate is not None:
            value = self.alternate.calculate(namespace, loader)
        if value is not None:
            stream.write(show_as_java(value))
        elif not (self.silent and self.expression is not None):
            stream.write(self.my_text())


class _Foreach(airspeed.ForeachDirective):
    """A loop: over a list, a range, or the values of a map, as in Java."""

    def parse(self) -> None:
        """Read the loop, and bound what it goes over."""
        super().parse()
        given: Any = self.value

        def calculate(namespace: Any, loader: Any) -> list[Any]:
            items = _list_items(given.calculate(namespace, loader), self.loop_var_name)
            steps = namespace.top()[_STEPS]
            steps[0] += len(items)
            if steps[0] > _MAXIMUM_STEPS:
                raise ValueError(f"the loops of a template may go round {_MAXIMUM_STEPS} times")
            return items

        self.value: Any = SimpleNamespace(calculate=calculate)


def _list_items(value: Any, name: str) -> list[Any]:
    items = value.values() if isinstance(value, Mapping) else () if value is None else value
    if isinstance(items, str) or not isinstance(items, Iterable):
        raise ValueError(f"value for ${name} is not iterable in #foreach")
    if len(items) > MAXIMUM_ITERATIONS:  # type: ignore[arg-type]
        raise ValueError(f"#foreach may go round {MAXIMUM_ITERATIONS} times")
    return list(items)


class _Stream(airspeed.StoppableStream):
    """Where a template writes; it holds what a response may hold."""

    def write(self, text: str) -> int:
        """Write a text.

        Raises:
            ValueError: the whole would be longer than a response may be.
        """
        _bound(self.tell() + len(text))
        super().write(text)
        return len(text)


def _bound(characters: int) -> None:
    if characters > _MAXIMUM_CHARACTERS:
        raise ValueError(f"a text may have {_MAXIMUM_CHARACTERS} characters")


def _add(left: Any, right: Any) -> Any:
    """Add numbers; join where one side is a text, as Velocity does."""
    if not isinstance(left, str) and not isinstance(right, str):
        return left + right
    joined = show_as_java(left) + show_as_java(right)
    _bound(len(joined))
    return joined


def _of_numbers(calculate: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def apply(left: Any, right: Any) -> Any:
        if not isinstance(left, int | float) or not isinstance(right, int | float):
            raise TypeError("arithmetic needs two numbers")
        return calculate(left, right)

    return apply


def _divide(left: Any, right: Any) -> Any:
    quotient = left / right
    return int(quotient) if isinstance(left, int) and isinstance(right, int) else quotient


def _restrict_airspeed() -> None:
    airspeed.NameOrCall = _Name
    # A backslash in a text is a backslash, but before the quote that would end the text.
    airspeed.StringLiteral.STRING = re.compile(r"'((?:\\.|[^'\\])*)'", re.DOTALL)
    airspeed.StringLiteral.ESCAPED_CHAR = re.compile(r"\\(')")
    airspeed.InterpolatedStringLiteral.STRING = re.compile(r'"((?:\\.|[^"\\])*)"', re.DOTALL)
    airspeed.InterpolatedStringLiteral.ESCAPED_CHAR = re.compile(r'\\(")')
    airspeed.FormalReference = _Reference
    airspeed.ForeachDirective = _Foreach
    airspeed.StoppableStream = _Stream
    numeric = {"-": operator.sub, "*": operator.mul, "/": _divide, "%": operator.mod}
    airspeed.BinaryOperator.OPERATORS |= {
        "+": _add,
        **{sign: _of_numbers(calculate) for sign, calculate in numeric.items()},
    }


_restrict_airspeed()
