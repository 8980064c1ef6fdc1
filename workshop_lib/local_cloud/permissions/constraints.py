"""Values that a service's own model does not allow, refused in the words that AWS's services share.

Lengths, ranges, patterns and lists of words stand in the models that botocore brings; clients check
few of them, and moto hardly any. The services named here answer with the shared sentence; S3, SNS,
SQS and API Gateway have words of their own, which stand in their packages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from moto.core.utils import get_service_model

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.permissions.calls import Call

_CODES = {
    "iam": "ValidationError",
    "sts": "ValidationError",
    "dynamodb": "ValidationException",
    "lambda": "ValidationException",
    "logs": "InvalidParameterException",
}

# The characters that Unicode calls separators; tabs and line ends are none.
_SEPARATORS = " \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"


def check_constraints(call: Call) -> None:
    """Refuse a call with values that its operation's model does not allow.

    Raises:
        AwsError: with each value and the constraint that it does not satisfy.
    """
    code = _CODES.get(call.service)
    if code is None:
        return
    shape = get_service_model(call.service).operation_model(call.operation).input_shape
    problems = [] if shape is None else list(_check_members(shape, call.parameters, ""))
    if problems:
        count = f"{len(problems)} validation error{'s' if len(problems) > 1 else ''}"
        raise AwsError(code, f"{count} detected: {'; '.join(problems)}", 400)


def _check(shape: Any, value: Any, place: str) -> Iterator[str]:
    if shape.type_name == "structure" and isinstance(value, Mapping):
        yield from _check_members(shape, value, f"{place}.")
    elif shape.type_name == "list" and isinstance(value, list | tuple):
        yield from _check_size(shape, value, len(value), "length", place)
        for number, element in enumerate(value, start=1):
            yield from _check(shape.member, element, f"{place}.{number}.member")
    elif shape.type_name == "map" and isinstance(value, Mapping):
        yield from _check_keys(shape, value, place)
    elif shape.type_name == "string" and isinstance(value, str):
        yield from _check_text(shape, value, place)
    elif shape.type_name in ("integer", "long") and isinstance(value, int):
        yield from _check_size(shape, value, value, "value", place)


def _check_keys(shape: Any, values: Mapping[str, Any], place: str) -> Iterator[str]:
    rules = {
        problem.partition("constraint: ")[2]
        for key in values
        for problem in _check_text(shape.key, key, place)
    }
    if rules:
        # What is in it may be a secret, and AWS does not repeat it.
        yield (
            f"Value at '{place}' failed to satisfy constraint: Map keys must satisfy constraint: "
            f"[{', '.join(sorted(rules))}]"
        )


def _check_members(shape: Any, values: Mapping[str, Any], prefix: str) -> Iterator[str]:
    for name, member in shape.members.items():
        if values.get(name) is not None:
            yield from _check(member, values[name], f"{prefix}{name[0].lower()}{name[1:]}")


def _check_text(shape: Any, value: str, place: str) -> Iterator[str]:
    yield from _check_size(shape, value, len(value), "length", place)
    pattern = shape.metadata.get("pattern")
    if pattern and not _compile(pattern).fullmatch(value):
        rule = f"Member must satisfy regular expression pattern: {pattern}"
        yield _describe(value, place, rule)
    words = shape.metadata.get("enum")
    if words and value not in words:
        yield _describe(value, place, f"Member must satisfy enum value set: [{', '.join(words)}]")


def _check_size(shape: Any, value: Any, size: int, what: str, place: str) -> Iterator[str]:
    lowest, highest = shape.metadata.get("min"), shape.metadata.get("max")
    if lowest is not None and size < lowest:
        rule = f"Member must have {what} greater than or equal to {lowest}"
        yield _describe(value, place, rule)
    if highest is not None and size > highest:
        rule = f"Member must have {what} less than or equal to {highest}"
        yield _describe(value, place, rule)


def _describe(value: Any, place: str, rule: str) -> str:
    return f"Value '{value}' at '{place}' failed to satisfy constraint: {rule}"


@lru_cache(maxsize=512)
def _compile(pattern: str) -> re.Pattern[str]:
    r"""Compile a pattern of Java's; the classes that occur are ``[\p{L}\p{Z}\p{N}_…]``."""
    if r"\p{" not in pattern:
        return re.compile(pattern, re.ASCII)
    letters_and_numbers = pattern.replace(r"\p{L}", r"\w").replace(r"\p{N}", "")
    return re.compile(letters_and_numbers.replace(r"\p{Z}", _SEPARATORS))
