"""Which attribute values and keys DynamoDB takes.

Source: DynamoDB developer guide, "Supported data types and naming rules" and "Service, account, and
table quotas"; DynamoDB API reference, AttributeValue.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation

from workshop_lib.local_cloud.dynamodb.expressions import refuse
from workshop_lib.local_cloud.dynamodb.item_sizes import AttributeValue, Item

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
EMPTY_KEY = "The AttributeValue for a key attribute cannot contain an empty {} value."
TYPE_NAMES = {"S": "string", "B": "binary"}


def check_item(item: Item) -> None:
    """Check the values of an item.

    Raises:
        AwsError: ``ValidationException`` for the first that DynamoDB would not take.
    """
    for value in item.values():
        check_value(value)


def check_value(value: AttributeValue, level: int = 1) -> None:
    """Check one value, and those inside it down to DynamoDB's depth."""
    if len(value) != 1:
        state = "has more than one datatypes set" if value else "is empty"
        raise refuse(
            f"Supplied AttributeValue {state}, must contain exactly one of the supported datatypes"
        )
    if level > MOST_LEVELS:
        raise refuse("Nesting Levels have exceeded supported limits")
    ((kind, content),) = value.items()
    if kind == "N":
        check_number(content)
    elif kind == "NULL" and content is not True:
        raise refuse(f"{INVALID}Null attribute value types must have the value of true")
    elif kind in EMPTY_SETS:
        _check_set(kind, content)
    elif kind in ("L", "M"):
        for inner in content.values() if kind == "M" else content:
            check_value(inner, level + 1)


def check_number(text: str) -> None:
    """Check that a text is a number within DynamoDB's precision and range."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise refuse(f"The parameter cannot be converted to a numeric value: {text}")
    if number.is_zero():
        return
    if number.adjusted() > LARGEST_EXPONENT:
        raise refuse(
            "Number overflow. Attempting to store a number with magnitude larger than supported "
            "range"
        )
    if number.adjusted() < SMALLEST_EXPONENT:
        raise refuse(
            "Number underflow. Attempting to store a number with magnitude smaller than supported "
            "range"
        )
    if len("".join(map(str, number.as_tuple().digits)).strip("0")) > MOST_DIGITS:
        raise refuse("Attempting to store more than 38 significant digits in a Number")


def _check_set(kind: str, elements: list[str]) -> None:
    if not elements:
        raise refuse(f"{INVALID}{EMPTY_SETS[kind]}")
    if kind == "NS":
        for element in elements:
            check_number(element)
    distinct = {Decimal(element) if kind == "NS" else element for element in elements}
    if len(distinct) < len(elements):
        listed = ", ".join(map(str, elements))
        raise refuse(f"{INVALID}Input collection [{listed}] contains duplicates.")


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
    ((kind, content),) = value.items()
    if content in ("", b""):
        sentence = EMPTY_KEY.format(TYPE_NAMES.get(kind, kind))
        raise refuse(f"One or more parameter values are not valid. {sentence} Key: {name}")


def check_index_keys(
    item: Item, index_name: str, key_names: Iterable[str], types: Mapping[str, str]
) -> None:
    """Check that what an index would be sorted by has the type that the table defines."""
    for name in key_names:
        if name not in item:
            continue
        ((kind, content),) = item[name].items()
        if kind != types[name]:
            raise refuse(
                f"{INVALID}Type mismatch for Index Key {name} Expected: {types[name]} "
                f"Actual: {kind} IndexName: {index_name}"
            )
        if content in ("", b""):
            sentence = EMPTY_KEY.format(TYPE_NAMES.get(kind, kind))
            raise refuse(
                "One or more parameter values are not valid. A value specified for a secondary "
                f"index key is not supported. {sentence} IndexName: {index_name}, IndexKey: {name}"
            )
