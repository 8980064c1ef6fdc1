"""Values that a service's own model does not allow, refused in the words that AWS's services share.

What must be there, types, lengths, ranges, patterns and lists of words stand in the models that
botocore brings; clients check few of them, and moto hardly any. The services named here answer with
the shared sentence; S3, SNS and SQS have words of their own, which stand in their packages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
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
    "apigateway": "ValidationException",
}
# Lists of words that AWS is recorded to write in another order than its models.
_ORDERS = (
    ("B", "N", "S"),
    ("SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES"),
    ("INDEXES", "TOTAL", "NONE"),
    ("SIZE", "NONE"),
    ("HTTP", "MOCK", "AWS_PROXY", "HTTP_PROXY", "AWS"),
    ("PRIVATE", "EDGE", "REGIONAL"),
    ("add", "remove", "move", "test", "replace", "copy"),
    ("REQUEST_TOO_LARGE", "RESOURCE_NOT_FOUND", "AUTHORIZER_CONFIGURATION_ERROR",
     "MISSING_AUTHENTICATION_TOKEN", "BAD_REQUEST_BODY", "INVALID_SIGNATURE", "INVALID_API_KEY",
     "BAD_REQUEST_PARAMETERS", "AUTHORIZER_FAILURE", "UNAUTHORIZED", "INTEGRATION_TIMEOUT",
     "ACCESS_DENIED", "DEFAULT_4XX", "DEFAULT_5XX", "WAF_FILTERED", "QUOTA_EXCEEDED", "THROTTLED",
     "API_CONFIGURATION_ERROR", "UNSUPPORTED_MEDIA_TYPE", "INTEGRATION_FAILURE", "EXPIRED_TOKEN"),
)  # fmt: skip
# What errors call a value of JSON.
_KINDS_OF_JSON = {
    str: "STRING_VALUE", int: "NUMBER_VALUE", float: "NUMBER_VALUE", bool: "BOOLEAN_VALUE",
}  # fmt: skip
_ORDER_OF = {frozenset(words): words for words in _ORDERS}

# The periods of CloudWatch Logs, by its shape's name: its model has no list of them.
_NUMBERS = {"Days": (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
)}  # fmt: skip
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
    if shape is None:
        return
    _check_types(shape, call.parameters)
    # API Gateway says of what stands in a body that it is in the operation's input.
    body = f"{call.operation[0].lower()}{call.operation[1:]}Input."
    body = body if call.service == "apigateway" else ""
    problems = list(_check_members(shape, call.parameters, "", body))
    if problems:
        count = f"{len(problems)} validation error{'s' if len(problems) > 1 else ''}"
        raise AwsError(code, f"{count} detected: {'; '.join(problems)}", 400)


def _check_types(shape: Any, value: Any) -> None:
    """Refuse a value of another type than its shape's, which nobody could read."""
    if value is None:
        return
    given = _KINDS_OF_JSON.get(type(value), "")
    if shape.type_name == "structure" and isinstance(value, Mapping):
        for name, member in shape.members.items():
            _check_types(member, value.get(name))
    elif shape.type_name == "list" and isinstance(value, list | tuple):
        for element in value:
            _check_types(shape.member, element)
    elif shape.type_name == "map" and isinstance(value, Mapping):
        for element in value.values():
            _check_types(shape.value, element)
    elif shape.type_name in ("structure", "list", "map"):
        raise _unreadable("Unexpected field type")
    elif shape.type_name == "string" and given != "STRING_VALUE":
        sentence = f"{given} cannot be converted to String"
        raise _unreadable(
            sentence if given else "Start of structure or map found where not expected"
        )


def _unreadable(sentence: str) -> AwsError:
    return AwsError("SerializationException", sentence, 400)


def _check(shape: Any, value: Any, place: str) -> Iterator[str]:
    if shape.type_name == "structure" and isinstance(value, Mapping):
        yield from _check_members(shape, value, f"{place}.")
    elif shape.type_name == "list" and isinstance(value, list | tuple):
        yield from _check_size(shape, value, len(value), "length", place)
        yield from _check_elements(shape, value, place)
    elif shape.type_name == "map" and isinstance(value, Mapping):
        yield from _check_keys(shape, value, place)
        yield from _check_map(shape, value, place)
    elif shape.type_name == "string" and isinstance(value, str):
        yield from _check_text(shape, value, place)
    elif shape.type_name in ("integer", "long") and isinstance(value, int):
        yield from _check_size(shape, value, value, "value", place)
        numbers = _NUMBERS.get(shape.name)
        if numbers and value not in numbers:
            yield _describe(value, place, f"Member must satisfy enum value set: {list(numbers)}")


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


def _check_members(
    shape: Any, values: Mapping[str, Any], prefix: str, body: str = ""
) -> Iterator[str]:
    for name, member in shape.members.items():
        inside = prefix if member.serialization.get("location") else prefix + body
        place = f"{inside}{name[0].lower()}{name[1:]}"
        if values.get(name) is not None:
            yield from _check(member, values[name], place)
        elif name in shape.required_members:
            yield f"Value null at '{place}' failed to satisfy constraint: Member must not be null"


def _check_map(shape: Any, value: Mapping[str, Any], place: str) -> Iterator[str]:
    lowest, highest = (shape.value.metadata.get(bound) for bound in ("min", "max"))
    for key, element in value.items():
        if lowest and highest and not lowest <= len(element) <= highest:
            yield _describe(
                f"{{{key}=[...]}}",
                place,
                f"Map value must satisfy constraint: [Member must have length less than or equal "
                f"to {highest}, Member must have length greater than or equal to {lowest}]",
            )
        else:
            yield from _check(shape.value, element, f"{place}.{key}.member")


def _check_elements(shape: Any, value: Sequence[Any], place: str) -> Iterator[str]:
    words = shape.member.metadata.get("enum")
    if not words:
        for number, element in enumerate(value, start=1):
            yield from _check(shape.member, element, f"{place}.{number}.member")
    elif not set(value) <= set(words):
        rule = f"Member must satisfy constraint: [{_list_words(words)}]"
        yield _describe(f"[{', '.join(value)}]", place, rule)


def _check_text(shape: Any, value: str, place: str) -> Iterator[str]:
    yield from _check_size(shape, value, len(value), "length", place)
    pattern = shape.metadata.get("pattern")
    if pattern and not _compile(pattern).fullmatch(value):
        rule = f"Member must satisfy regular expression pattern: {pattern}"
        yield _describe(value, place, rule)
    words = shape.metadata.get("enum")
    if words and value not in words:
        yield _describe(value, place, _list_words(words))


def _list_words(words: Sequence[str]) -> str:
    ordered = _ORDER_OF.get(frozenset(words), words)
    return f"Member must satisfy enum value set: [{', '.join(ordered)}]"


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
