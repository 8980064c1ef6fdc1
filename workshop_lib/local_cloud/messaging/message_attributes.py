"""Which attributes a message may have: types and values for SNS and SQS, names for SNS.

Source: SNS API reference, MessageAttributeValue; SNS developer guide, "Amazon SNS message
attributes"; sentences and their order from recorded answers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from workshop_lib.local_cloud.aws_errors import AwsError

LONGEST_NAME = 256
DATA_TYPE = re.compile(r"(String|Number|Binary)(\..+)?")
NO_NAME = re.compile(r"[^\w.-]", re.ASCII)


class Words(NamedTuple):
    """What a service says of a wrong type, an empty value, another field and no number."""

    data_type: str
    empty: str
    field: str
    number: str


WORDS = Words(
    "The message attribute '{name}' has an invalid message attribute type, the set of supported "
    "type prefixes is Binary, Number, and String.",
    "The message attribute '{name}' must contain non-empty message attribute value for message "
    "attribute type '{data_type}'.",
    "The message attribute '{name}' with type '{data_type}' must use field '{field}'.",
    "Could not cast message attribute '{name}' value to number.",
)


def check_message_attributes(attributes: Mapping[str, Mapping[str, Any]]) -> None:
    """Check the names, types and values of a message's attributes.

    Raises:
        AwsError: ``ParameterValueInvalid``, or ``ValidationError`` for one without a type.
    """
    for name, attribute in attributes.items():
        _check_name(name)
        _check_value(name, attribute)


def _check_name(name: str) -> None:
    if len(name) > LONGEST_NAME:
        raise _refuse("Length of message attribute name must be less than 256 bytes.")
    for place, is_dot in (("starting", name.startswith(".")), ("ending", name.endswith("."))):
        if is_dot:
            raise _refuse(f"Invalid message attribute name {place} with character '.' was found.")
    other = NO_NAME.search(name)
    if other is not None:
        raise _refuse(
            f"Invalid non-alphanumeric character '#x{ord(other[0]):X}' was found in the message "
            "attribute name. Can only include alphanumeric characters, hyphens, underscores, or "
            "dots."
        )
    if ".." in name:
        raise _refuse("Message attribute name can not have successive '.' character.")


def _check_value(name: str, attribute: Mapping[str, Any]) -> None:
    if attribute.get("DataType") is None:
        place = f"messageAttributes.{name}.member.dataType"
        raise AwsError(
            "ValidationError",
            f"1 validation error detected: Value null at '{place}' failed to satisfy constraint: "
            "Member must not be null",
        )
    fault = find_fault(name, attribute, WORDS)
    if fault is not None:
        raise _refuse(fault)


def find_fault(name: str, attribute: Mapping[str, Any], words: Words) -> str | None:
    """Return what is wrong with an attribute's type or value, None when nothing is."""
    data_type = str(attribute.get("DataType"))
    field = "Binary" if data_type.startswith("Binary") else "String"
    given = {key for key in ("StringValue", "BinaryValue") if attribute.get(key)}
    if not DATA_TYPE.fullmatch(data_type):
        sentence = words.data_type
    elif not given:
        sentence = words.empty
    elif f"{field}Value" not in given:
        sentence = words.field
    elif data_type == "Number" and not _is_number(attribute["StringValue"]):
        sentence = words.number
    else:
        return None
    return sentence.format(name=name, data_type=data_type, field=field)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _refuse(sentence: str) -> AwsError:
    return AwsError("ParameterValueInvalid", sentence)
