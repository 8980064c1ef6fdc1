"""Velocity templates (airspeed), held to what API Gateway lets a template do.

airspeed reaches any attribute of any Python object from a template, and calls it: a template could
run code in this process. Here a name finds only keys of mappings, the methods of Java's strings,
lists and maps that templates use, and the names that an object of ours offers by
``template_names``. Loops, texts and the answer are bounded, and values print as Java prints them.
airspeed offers no hook for this, so its element classes are replaced once, here; the tests of this
module fail if a new airspeed stops using them.
"""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
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
        variables: what its ``$names`` stand for: plain data, or objects with ``template_names``.

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


def _find_member(value: Any, name: str, *, is_call: bool) -> Any:
    """Return what a name stands for on a value, or None: the only door into Python."""
    if name in getattr(type(value), "template_names", ()):
        return getattr(value, name)
    if isinstance(value, Mapping) and not is_call:
        try:
            return value[name]
        except KeyError:
            return None
    return find_method(value, name) if is_call else None


class _Name(airspeed.NameOrCall):
    """A name, ``$a.b``, or a call, ``$a.b(…)``."""

    def calculate(self, current_object: Any, loader: Any, top_namespace: Any) -> Any:
        """Return its value, None where there is none."""
        if self.parameters is not None:
            found = _find_member(current_object, self.name, is_call=True)
            if found is None:
                return None
            return found(*self.parameters.calculate(top_namespace, loader))
        found = _find_member(current_object, self.name, is_call=False)
        if self.index is None or found is None:
            return found
        return _find_item(found, self.index.calculate(top_namespace, loader))


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

    def evaluate_raw(self, stream: Any, namespace: Any, loader: Any) -> None:
        """Render the block for each item.

        Raises:
            ValueError: what is looped over is no list or map, or is too long.
        """
        items = _loop_items(self.value.calculate(namespace, loader), self.loop_var_name)
        for index, item in enumerate(items):
            _count_step(namespace)
            has_next = index + 1 < len(items)
            scope = airspeed.LocalNamespace(namespace)
            scope["velocityCount"] = index + 1
            scope["velocityHasNext"] = has_next
            scope["foreach"] = {
                "count": index + 1,
                "index": index,
                "hasNext": has_next,
                "first": index == 0,
                "last": not has_next,
            }
            scope[self.loop_var_name] = item
            self.block.evaluate(stream, scope, loader)


def _loop_items(value: Any, name: str) -> list[Any]:
    if value is None:
        return []
    if isinstance(value, Mapping):
        value = value.values()
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise ValueError(f"value for ${name} is not iterable in #foreach")
    if len(value) > MAXIMUM_ITERATIONS:  # type: ignore[arg-type]
        raise ValueError(f"#foreach may go round {MAXIMUM_ITERATIONS} times")
    return list(value)


def _count_step(namespace: Any) -> None:
    steps = namespace.top()[_STEPS]
    steps[0] += 1
    if steps[0] > _MAXIMUM_STEPS:
        raise ValueError(f"the loops of a template may go round {_MAXIMUM_STEPS} times in all")


class _Stream(airspeed.StoppableStream):
    """Where a template writes; it holds what a response may hold."""

    def write(self, text: str) -> int:
        """Write a text.

        Raises:
            ValueError: the whole would be longer than a response may be.
        """
        if self.tell() + len(text) > _MAXIMUM_CHARACTERS:
            raise ValueError(f"a template may write {_MAXIMUM_CHARACTERS} characters")
        super().write(text)
        return len(text)


class _Set(airspeed.SetDirective):
    """``#set``; AWS's templates set only names and members of maps."""

    def evaluate_raw(self, stream: Any, namespace: Any, loader: Any) -> None:
        """Set the value.

        Raises:
            ValueError: the place is not a map, or a text is too long.
        """
        value = self.value.calculate(namespace, loader)
        if isinstance(value, str) and len(value) > _MAXIMUM_CHARACTERS:
            raise ValueError(f"a text may have {_MAXIMUM_CHARACTERS} characters")
        if len(self.terms) == 1:
            namespace.set_inherited(self.terms[0], value)
            return
        place: Any = namespace
        for term in self.terms[:-1]:
            place = place[term]
        if not isinstance(place, dict):
            raise ValueError(f"${'.'.join(self.terms)} cannot be set")
        place[self.terms[-1]] = value


def _of_numbers(calculate: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def apply(left: Any, right: Any) -> Any:
        if not isinstance(left, int | float) or not isinstance(right, int | float):
            raise TypeError("arithmetic needs two numbers")
        return calculate(left, right)

    return apply


def _add(left: Any, right: Any) -> Any:
    """Add numbers; join where one side is a text, as Velocity does."""
    if isinstance(left, str) or isinstance(right, str):
        return show_as_java(left) + show_as_java(right)
    return left + right


def _divide(left: Any, right: Any) -> Any:
    if isinstance(left, int) and isinstance(right, int):
        return int(left / right)
    return left / right


def _restrict_airspeed() -> None:
    airspeed.NameOrCall = _Name
    # A backslash in a text is a backslash, but before the quote that would end the text.
    airspeed.StringLiteral.STRING = re.compile(r"'((?:\\.|[^'\\])*)'", re.DOTALL)
    airspeed.StringLiteral.ESCAPED_CHAR = re.compile(r"\\(')")
    airspeed.InterpolatedStringLiteral.STRING = re.compile(r'"((?:\\.|[^"\\])*)"', re.DOTALL)
    airspeed.InterpolatedStringLiteral.ESCAPED_CHAR = re.compile(r'\\(")')
    airspeed.FormalReference = _Reference
    airspeed.ForeachDirective = _Foreach
    airspeed.SetDirective = _Set
    airspeed.StoppableStream = _Stream
    airspeed.BinaryOperator.OPERATORS.update(
        {
            "+": _add,
            "-": _of_numbers(operator.sub),
            "*": _of_numbers(operator.mul),
            "/": _of_numbers(_divide),
            "%": _of_numbers(operator.mod),
        }
    )


def to_json(value: Any) -> str:
    """Return a value as JSON text, as ``$input.json`` gives it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


_restrict_airspeed()
