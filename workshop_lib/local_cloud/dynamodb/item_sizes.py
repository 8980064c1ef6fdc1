"""How many bytes an item is for DynamoDB: what its limits and its capacity units go by.

Source: DynamoDB developer guide, "DynamoDB item sizes and formats".
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

# An attribute value as the API writes it, such as {"S": "cat"} or {"L": [{"N": "1"}]}.
AttributeValue = Mapping[str, Any]
Item = Mapping[str, AttributeValue]

LARGEST_ITEM = 400 * 1024
# A list or map costs this much whatever it holds, and one byte more for each of its elements.
COLLECTION_OVERHEAD = 3


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
    if kind in ("SS", "NS", "BS"):
        return sum(_measure_scalar(kind[0], element) for element in content)
    return _measure_scalar(kind, content)


def _measure_scalar(kind: str, content: Any) -> int:
    if kind == "S":
        return _measure_text(content)
    if kind == "N":
        return _measure_number(content)
    if kind == "B":
        return len(content if isinstance(content, bytes) else base64.b64decode(content))
    return 1


def _measure_text(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _measure_number(text: str) -> int:
    """Two significant digits to a byte, one byte more, and another for a minus sign."""
    number = Decimal(text)
    if number.is_zero():
        return 1
    digits = len(number.normalize().as_tuple().digits)
    return (digits + 1) // 2 + 1 + int(number < 0)
