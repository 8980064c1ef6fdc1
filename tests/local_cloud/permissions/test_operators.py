"""Every condition operator, value by value."""

from __future__ import annotations

from typing import Any

import pytest

from workshop_lib.local_cloud.permissions.conditions import OPERATORS, conditions_hold
from workshop_lib.local_cloud.permissions.contexts import Context
from workshop_lib.local_cloud.permissions.policies import Condition

NEW = "2012-10-17"
TOPIC = "arn:aws:sns:us-east-1:123456789012:results"

# operator, the request's value, the policy's value, whether it holds.
TABLE = [
    ("StringEquals", "ada", "ada", True),
    ("StringEquals", "ada", "Ada", False),
    ("StringEquals", "ada", "a*", False),
    ("StringEquals", "a*", "a*", True),
    ("StringNotEquals", "ada", "eve", True),
    ("StringNotEquals", "ada", "ada", False),
    ("StringEqualsIgnoreCase", "ada", "ADA", True),
    ("StringEqualsIgnoreCase", "ada", "ad", False),
    ("StringNotEqualsIgnoreCase", "ada", "ADA", False),
    ("StringNotEqualsIgnoreCase", "ada", "eve", True),
    ("StringLike", "uploads/cat.jpg", "uploads/*", True),
    ("StringLike", "uploads/cat.jpg", "uploads/c?t.jpg", True),
    ("StringLike", "uploads/cat.jpg", "Uploads/*", False),
    ("StringLike", "a\nb", "a*b", True),
    ("StringNotLike", "uploads/cat.jpg", "uploads/*", False),
    ("StringNotLike", "other/cat.jpg", "uploads/*", True),
    ("NumericEquals", "10", "10.0", True),
    ("NumericEquals", "10", "11", False),
    ("NumericEquals", "ten", "10", False),
    ("NumericNotEquals", "10", "11", True),
    ("NumericNotEquals", "10", "1e1", False),
    ("NumericNotEquals", "ten", "10", False),
    ("NumericLessThan", "9", "10", True),
    ("NumericLessThan", "10", "10", False),
    ("NumericLessThanEquals", "10", "10", True),
    ("NumericGreaterThan", "10.5", "10", True),
    ("NumericGreaterThan", "10", "10", False),
    ("NumericGreaterThanEquals", "10", "10", True),
    ("DateEquals", "2026-11-23T09:30:00Z", "2026-11-23T10:30:00+01:00", True),
    ("DateEquals", "1795426200", "2026-11-23T09:30:00Z", True),
    ("DateEquals", "2026-11-23T09:30:00Z", "tomorrow", False),
    ("DateNotEquals", "2026-11-23T09:30:00Z", "2026-11-24T09:30:00Z", True),
    ("DateNotEquals", "2026-11-23T09:30:00Z", "tomorrow", False),
    ("DateLessThan", "2026-11-23T09:30:00Z", "2026-11-24", True),
    ("DateLessThanEquals", "2026-11-23", "2026-11-23T00:00:00Z", True),
    ("DateGreaterThan", "2026-11-23T09:30:00Z", "2026-11-23", True),
    ("DateGreaterThanEquals", "2026-11-22", "2026-11-23", False),
    ("Bool", "true", "True", True),
    ("Bool", "false", "true", False),
    ("Bool", "yes", "true", False),
    ("BinaryEquals", "Y2F0", "Y2F0", True),
    ("BinaryEquals", "Y2F0", "ZG9n", False),
    ("BinaryEquals", "not base64!", "Y2F0", False),
    ("IpAddress", "10.1.2.3", "10.0.0.0/8", True),
    ("IpAddress", "10.1.2.3", "10.1.2.3", True),
    ("IpAddress", "11.1.2.3", "10.0.0.0/8", False),
    ("IpAddress", "2001:db8::1", "2001:db8::/32", True),
    ("IpAddress", "::1", "0.0.0.0/0", False),
    ("IpAddress", "10.1.2.3", "10.0.0.0/99", False),
    ("NotIpAddress", "10.1.2.3", "10.0.0.0/8", False),
    ("NotIpAddress", "11.1.2.3", "10.0.0.0/8", True),
    ("ArnEquals", TOPIC, "arn:aws:sns:*:123456789012:results", True),
    ("ArnEquals", TOPIC, "arn:aws:sns:*:results", False),
    ("ArnLike", TOPIC, "arn:aws:sns:us-*-1:*:res*", True),
    ("ArnLike", TOPIC, "arn:aws:sqs:*:*:*", False),
    ("ArnLike", TOPIC, "*", False),
    ("ArnLike", "results", "arn:aws:sns:*:*:*", False),
    ("ArnNotEquals", TOPIC, "arn:aws:sns:*:*:other", True),
    ("ArnNotLike", TOPIC, "arn:aws:sns:*:*:res*", False),
    ("ArnNotLike", TOPIC, "*", False),
    ("ArnNotLike", TOPIC, "arn:aws:sqs:*:*:*", True),
    ("ArnNotEquals", TOPIC, TOPIC, False),
    ("NumericLessThanEquals", "11", "10", False),
    ("NumericGreaterThanEquals", "9", "10", False),
    ("DateLessThan", "2026-11-24", "2026-11-23", False),
    ("DateLessThanEquals", "2026-11-24", "2026-11-23", False),
    ("DateGreaterThan", "2026-11-23", "2026-11-23", False),
    ("DateGreaterThanEquals", "2026-11-23", "2026-11-23", True),
]


def holds(operator: str, context: dict[str, Any], key: str, *values: str) -> bool:
    """Decide one condition."""
    return conditions_hold([Condition(operator, key, values)], Context(context), NEW)


@pytest.mark.parametrize(("operator", "value", "wanted", "expected"), TABLE)
def test_compares(operator: str, value: str, wanted: str, expected: bool) -> None:
    """Each operator compares one value of the request with one of the policy."""
    assert expected == holds(operator, {"key": value}, "key", wanted)


def test_the_table_has_every_operator() -> None:
    """No operator is left without a line that holds or one that does not."""
    for expected in (True, False):
        assert set(OPERATORS) == {row[0] for row in TABLE if row[3] is expected}


@pytest.mark.parametrize("operator", sorted(OPERATORS))
def test_an_absent_key(operator: str) -> None:
    """Without the key, only negated operators, …IfExists and ForAllValues hold."""
    value = "10.0.0.0/8"
    assert OPERATORS[operator].negated == holds(operator, {}, "key", value)
    assert holds(f"{operator}IfExists", {}, "key", value)
    assert holds(f"ForAllValues:{operator}", {}, "key", value)
    assert not holds(f"ForAnyValue:{operator}", {}, "key", value)


def test_several_values_of_a_line() -> None:
    """A line holds if any of its values matches, a negated one if none does."""
    assert holds("StringEquals", {"k": "b"}, "k", "a", "b")
    assert not holds("StringNotEquals", {"k": "b"}, "k", "a", "b")
    assert holds("StringNotEquals", {"k": "c"}, "k", "a", "b")
    assert not holds("StringEquals", {"k": "b"}, "k")


def test_several_values_of_a_key() -> None:
    """A key with several values is met by set operators, and by no plain one."""
    keys = {"aws:TagKeys": ["team", "cost"]}
    assert holds("ForAllValues:StringEquals", keys, "aws:TagKeys", "team", "cost", "more")
    assert not holds("ForAllValues:StringEquals", keys, "aws:TagKeys", "team")
    assert holds("ForAnyValue:StringEquals", keys, "aws:TagKeys", "team")
    assert not holds("ForAnyValue:StringEquals", keys, "aws:TagKeys", "other")
    assert holds("ForAnyValue:StringNotEquals", keys, "aws:TagKeys", "team")
    assert not holds("StringEquals", keys, "aws:TagKeys", "team")
    assert not holds("StringNotEquals", keys, "aws:TagKeys", "other")
    assert holds("ForAllValues:StringEquals", {"aws:TagKeys": []}, "aws:TagKeys", "team")


def test_null() -> None:
    """Null tells whether a key is there."""
    assert holds("Null", {}, "k", "true")
    assert not holds("Null", {}, "k", "false")
    assert holds("Null", {"k": "v"}, "k", "false")


def test_keys_have_no_case() -> None:
    """AWS:UserName and aws:username are one key."""
    assert holds("StringEquals", {"aws:username": "ada"}, "AWS:UserName", "ada")


@pytest.mark.parametrize("operator", ["StringIs", "ForSomeValues:StringEquals", "", ":"])
def test_an_unknown_operator_never_holds(operator: str) -> None:
    """What IAM has no operator for does not hold."""
    assert not holds(operator, {"k": "v"}, "k", "v")
