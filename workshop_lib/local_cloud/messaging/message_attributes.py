"""Which attributes a message may have that SNS publishes.

Source: SNS API reference, MessageAttributeValue; SNS developer guide, "Amazon SNS message
attributes"; sentences and their order from recorded answers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from workshop_lib.local_cloud.aws_errors import AwsError

LONGEST_NAME = 256
DATA_TYPE = re.compile(r"(String|Number|Binary)(\..+)?")
NO_NAME = re.compile(r"[^\w.-]", re.ASCII)


def check_message_attributes(attributes: Mapping[str, Mapping[str, Any]]) -> None:
    """Check the names, types and values of a message's attributes.

    Raises:
        AwsError: ``ParameterValueInvalid``, or ``ValidationError`` for one without a type.
    """
    for name, attribute in attributes.items():
        _check_name(name)
        _check_value(f"The message attribute '{name}'", name, attribute)


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


def _check_value(subject: str, name: str, attribute: Mapping[str, Any]) -> None:
    data_type = attribute.get("DataType")
    if data_type is None:
        place = f"messageAttributes.{name}.member.dataType"
        raise AwsError(
            "ValidationError",
            f"1 validation error detected: Value null at '{place}' failed to satisfy constraint: "
            "Member must not be null",
        )
    if not DATA_TYPE.fullmatch(data_type):
        raise _refuse(
            f"{subject} has an invalid message attribute type, the set of supported type prefixes "
            "is Binary, Number, and String."
        )
    field = "Binary" if data_type.startswith("Binary") else "String"
    given = {key for key in ("StringValue", "BinaryValue") if key in attribute}
    if given and f"{field}Value" not in given:
        raise _refuse(f"{subject} with type '{data_type}' must use field '{field}'.")
    if not attribute.get(f"{field}Value"):
        raise _refuse(
            f"{subject} must contain non-empty message attribute value for message attribute type "
            f"'{data_type}'."
        )
    if data_type == "Number" and not _is_number(attribute["StringValue"]):
        raise _refuse(f"Could not cast message attribute '{name}' value to number.")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _refuse(sentence: str) -> AwsError:
    return AwsError("ParameterValueInvalid", sentence)
