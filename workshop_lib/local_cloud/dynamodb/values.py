"""Which attribute values and keys DynamoDB takes, and how many bytes an item is for it.

Source: DynamoDB developer guide, "Supported data types and naming rules", "DynamoDB item sizes and
formats" and "Service, account, and table quotas"; DynamoDB API reference, AttributeValue.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from workshop_lib.local_cloud.aws_errors import AwsError

# An attribute value as the API writes it, such as {"S": "cat"} or {"L": [{"N": "1"}]}.
AttributeValue = Mapping[str, Any]
Item = Mapping[str, AttributeValue]

LARGEST_ITEM = 400 * 1024
# A list or map costs this much whatever it holds, and one byte more for each of its elements.
COLLECTION_OVERHEAD = 3
MOST_DIGITS = 38
LARGEST_EXPONENT = 125
SMALLEST_EXPONENT = -130
MOST_LEVELS = 32
EMPTY_SETS = {
    "SS": "An string set  may not be empty",
    "NS": "An number set  may not be empty",
    "BS": "Binary sets should not be empty",
}
INVALID = "One or more parameter values were invalid: "
NOT_VALID = "One or more parameter values are not valid. "
EMPTY_KEY = "The AttributeValue for a key attribute cannot contain an empty {} value."
TYPE_NAMES = {"S": "string", "B": "binary"}


def refuse(message: str) -> AwsError:
    """Return the error for input that DynamoDB does not take."""
    return AwsError("ValidationException", message, 400)


# Sizes --------------------------------------------------------------------------------------------


def measure_item(item: Item) -> int:
    """Return the size of an item in bytes: the names of its attributes and their values."""
    return sum(_measure_text(name) + measure_value(value) for name, value in item.items())


def measure_value(value: AttributeValue) -> int:
    """Return the size of one attribute value in bytes, without its name."""
    ((kind, content),) = value.items()
    if kind == "L":
        return COLLECTION_OVERHEAD + sum(1 + measure_value(element) for element in content)
    if kind == "M":
        return COLLECTION_OVERHEAD + len(content) + measure_item(content)
    if kind in EMPTY_SETS:
        return sum(measure_value({kind[0]: element}) for element in content)
    if kind == "S":
        return _measure_text(content)
    if kind == "B":
        return len(content if isinstance(content, bytes) else base64.b64decode(content))
    return _measure_number(Decimal(content)) if kind == "N" else 1


def _measure_text(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _measure_number(number: Decimal) -> int:
    """Two significant digits to a byte, one byte more, and another for a minus sign."""
    if number.is_zero():
        return 1
    return (len(number.normalize().as_tuple().digits) + 1) // 2 + 1 + int(number < 0)


# Values -------------------------------------------------------------------------------------------


def check_value(value: AttributeValue, level: int = 1) -> None:
    """Check one value, and those inside it down to DynamoDB's depth.

    Raises:
        AwsError: ``ValidationException`` for the first that DynamoDB would not take.
    """
    if len(value) != 1:
        state = "has more than one datatypes set" if value else "is empty"
        raise refuse(
            f"Supplied AttributeValue {state}, must contain exactly one of the supported datatypes"
        )
    if level > MOST_LEVELS:
        raise refuse("Nesting Levels have exceeded supported limits")
    ((kind, content),) = value.items()
    if kind == "N":
        _check_number(content)
    elif kind == "NULL" and content is not True:
        raise refuse(f"{INVALID}Null attribute value types must have the value of true")
    elif kind in EMPTY_SETS:
        _check_set(kind, content)
    elif kind in ("L", "M"):
        for inner in content.values() if kind == "M" else content:
            check_value(inner, level + 1)


def check_values(values: Item) -> None:
    """Check the values that expressions are given.

    Raises:
        AwsError: ``ValidationException`` that names the value's key.
    """
    for key, value in values.items():
        try:
            check_value(value)
        except AwsError as error:
            what = f"ExpressionAttributeValues contains invalid value: {error.message}"
            raise refuse(f"{what} for key {key}") from error


def _check_number(text: str) -> None:
    """Check that a text is a number within DynamoDB's precision and range."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise refuse(f"The parameter cannot be converted to a numeric value: {text}")
    if number.is_zero():
        return
    for fault, compared, is_beyond in (
        ("overflow", "larger", number.adjusted() > LARGEST_EXPONENT),
        ("underflow", "smaller", number.adjusted() < SMALLEST_EXPONENT),
    ):
        if is_beyond:
            what = f"Attempting to store a number with magnitude {compared} than supported range"
            raise refuse(f"Number {fault}. {what}")
    if len("".join(map(str, number.as_tuple().digits)).strip("0")) > MOST_DIGITS:
        raise refuse("Attempting to store more than 38 significant digits in a Number")


def _check_set(kind: str, elements: list[str]) -> None:
    if not elements:
        raise refuse(f"{INVALID}{EMPTY_SETS[kind]}")
    for element in elements if kind == "NS" else ():
        _check_number(element)
    distinct = {Decimal(element) if kind == "NS" else element for element in elements}
    if len(distinct) < len(elements):
        listed = ", ".join(f'"{element}"' for element in elements)
        raise refuse(f"{INVALID}Input collection [{listed}] contains duplicates.")


# Keys ---------------------------------------------------------------------------------------------


def check_key(key: Item, key_names: Iterable[str], types: Mapping[str, str]) -> None:
    """Check that a key is a table's: exactly its attributes, of their types, none of them empty.

    Args:
        key: as the caller gives it.
        key_names: the table's key attributes.
        types: the type of each attribute that the table defines, such as ``{"pk": "S"}``.
    """
    if set(key) != set(key_names) or any(list(key[name]) != [types[name]] for name in key):
        raise refuse("The provided key element does not match the schema")
    for name, value in key.items():
        check_value(value)
        check_not_empty(name, value)


def check_not_empty(name: str, value: AttributeValue) -> None:
    """Check that a key attribute is not empty."""
    if sentence := _describe_empty(value):
        raise refuse(f"{NOT_VALID}{sentence} Key: {name}")


def _describe_empty(value: AttributeValue) -> str:
    ((kind, content),) = value.items()
    return EMPTY_KEY.format(TYPE_NAMES.get(kind, kind)) if content in ("", b"") else ""


def check_index_keys(
    item: Item, index_name: str, key_names: Iterable[str], types: Mapping[str, str]
) -> None:
    """Check that what an index would be sorted by has the type that the table defines."""
    for name in item.keys() & set(key_names):
        (kind,) = item[name]
        if kind != types[name]:
            raise refuse(
                f"{INVALID}Type mismatch for Index Key {name} Expected: {types[name]} "
                f"Actual: {kind} IndexName: {index_name}"
            )
        if sentence := _describe_empty(item[name]):
            raise refuse(
                f"{NOT_VALID}A value specified for a secondary index key is not supported. "
                f"{sentence} IndexName: {index_name}, IndexKey: {name}"
            )
