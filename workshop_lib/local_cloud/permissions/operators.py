"""IAM's condition operators on one value of the request and one value of the policy.

Source: IAM user guide, "IAM JSON policy elements: Condition operators".
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from workshop_lib.local_cloud.permissions.patterns import Pattern, matches_arn, matches_text

Comparison = Callable[[str, Pattern], bool]


class IncomparableError(ValueError):
    """A value does not have its operator's type: neither the operator nor its negation holds."""


@dataclass(frozen=True)
class Operator:
    """How one value is compared.

    ``negated`` operators hold when no value of the policy is met, and when the key is absent;
    only string and ARN operators take policy variables.
    """

    compare: Comparison
    negated: bool = False
    takes_variables: bool = False


def _equals(value: str, pattern: Pattern) -> bool:
    return value == pattern.text


def _equals_ignoring_case(value: str, pattern: Pattern) -> bool:
    return value.casefold() == pattern.text.casefold()


def _is_like(value: str, pattern: Pattern) -> bool:
    return matches_text(pattern, value)


def _is_arn_like(value: str, pattern: Pattern) -> bool:
    _require(pattern.text.count(":") >= 5, pattern.text, "an ARN")
    return matches_arn(pattern, value)


def _equals_boolean(value: str, pattern: Pattern) -> bool:
    return _read_boolean(value) == _read_boolean(pattern.text)


def _equals_bytes(value: str, pattern: Pattern) -> bool:
    return _read_bytes(value) == _read_bytes(pattern.text)


def _is_in_network(value: str, pattern: Pattern) -> bool:
    try:
        return ipaddress.ip_address(value) in ipaddress.ip_network(pattern.text, strict=False)
    except ValueError as error:
        raise IncomparableError(str(error)) from error


def _compare_numbers(holds: Callable[[Decimal, Decimal], bool]) -> Comparison:
    return lambda value, pattern: holds(_read_number(value), _read_number(pattern.text))


def _compare_dates(holds: Callable[[datetime, datetime], bool]) -> Comparison:
    return lambda value, pattern: holds(_read_date(value), _read_date(pattern.text))


def _read_boolean(text: str) -> bool:
    _require(text.lower() in ("true", "false"), text, "true or false")
    return text.lower() == "true"


def _read_number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise IncomparableError(f"{text!r} is not a number") from error


def _read_date(text: str) -> datetime:
    """Read ISO 8601 or seconds since 1970; a date without a zone is UTC."""
    try:
        moment = (
            datetime.fromtimestamp(float(text), UTC)
            if text.replace(".", "", 1).isdigit()
            else datetime.fromisoformat(text)
        )
    except (ValueError, OverflowError) as error:
        raise IncomparableError(f"{text!r} is not a date") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _read_bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise IncomparableError(f"{text!r} is not base64") from error


def _require(holds: bool, text: str, what: str) -> None:
    if not holds:
        raise IncomparableError(f"{text!r} is not {what}")


_ORDERS: dict[str, Callable[[object, object], bool]] = {
    "Equals": lambda value, other: value == other,
    "LessThan": lambda value, other: value < other,  # type: ignore[operator]
    "LessThanEquals": lambda value, other: value <= other,  # type: ignore[operator]
    "GreaterThan": lambda value, other: value > other,  # type: ignore[operator]
    "GreaterThanEquals": lambda value, other: value >= other,  # type: ignore[operator]
}

OPERATORS: dict[str, Operator] = {
    "StringEquals": Operator(_equals, takes_variables=True),
    "StringNotEquals": Operator(_equals, negated=True, takes_variables=True),
    "StringEqualsIgnoreCase": Operator(_equals_ignoring_case, takes_variables=True),
    "StringNotEqualsIgnoreCase": Operator(
        _equals_ignoring_case, negated=True, takes_variables=True
    ),
    "StringLike": Operator(_is_like, takes_variables=True),
    "StringNotLike": Operator(_is_like, negated=True, takes_variables=True),
    "ArnEquals": Operator(_is_arn_like, takes_variables=True),
    "ArnNotEquals": Operator(_is_arn_like, negated=True, takes_variables=True),
    "ArnLike": Operator(_is_arn_like, takes_variables=True),
    "ArnNotLike": Operator(_is_arn_like, negated=True, takes_variables=True),
    "Bool": Operator(_equals_boolean),
    "BinaryEquals": Operator(_equals_bytes),
    "IpAddress": Operator(_is_in_network),
    "NotIpAddress": Operator(_is_in_network, negated=True),
    "NumericNotEquals": Operator(_compare_numbers(_ORDERS["Equals"]), negated=True),
    "DateNotEquals": Operator(_compare_dates(_ORDERS["Equals"]), negated=True),
    **{f"Numeric{order}": Operator(_compare_numbers(_ORDERS[order])) for order in _ORDERS},
    **{f"Date{order}": Operator(_compare_dates(_ORDERS[order])) for order in _ORDERS},
}
