"""Wildcards and policy variables."""

from __future__ import annotations

import pytest

from workshop_lib.local_cloud.permissions.contexts import (
    Context,
    UnresolvedVariableError,
    expand_pattern,
)
from workshop_lib.local_cloud.permissions.patterns import (
    matches_action,
    matches_resource,
    read_pattern,
)

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:reco-image"
OLD, NEW = "2008-10-17", "2012-10-17"


@pytest.mark.parametrize(
    ("pattern", "arn", "expected"),
    [
        ("*", FUNCTION, True),
        ("arn:aws:lambda:us-east-1:123456789012:function:reco-*", FUNCTION, True),
        ("arn:aws:lambda:us-east-1:123456789012:*", FUNCTION, True),
        ("arn:aws:lambda:us-east-1:*", FUNCTION, True),
        ("arn:aws:lambda:*:function:reco-image", FUNCTION, True),
        ("arn:aws:lambda:u*1:123456789012:function:reco-image", FUNCTION, True),
        ("arn:aws:lambda:u*e:reco-image", FUNCTION, False),
        ("arn:aws:lambda:us?east?1:123456789012:function:reco?image", FUNCTION, True),
        ("arn:aws:lambda?us-east-1:123456789012:function:reco-image", FUNCTION, False),
        ("arn:aws:lambda:us-east-1:123456789012:function:Reco-image", FUNCTION, False),
        ("arn:aws:s3:::pictures/*", "arn:aws:s3:::pictures/a/b:c", True),
        ("arn:aws:s3:::pictures/*.jpg", "arn:aws:s3:::pictures/a:b/c.jpg", True),
        ("arn:aws:s3:::pictures/*", "arn:aws:s3:::pictures", False),
        ("arn:aws:s3:::pictures", "arn:aws:s3:::pictures/cat.jpg", False),
        ("arn:aws:s3:::pictures/a\nb", "arn:aws:s3:::pictures/a\nb", True),
        ("", "", True),
        ("**", "anything", True),
        ("a*b*c", "abc", True),
        ("a*b*c", "ab", False),
    ],
)
def test_resources(pattern: str, arn: str, expected: bool) -> None:
    """A resource pattern matches case and all, its wildcards within an ARN's segments."""
    assert expected == matches_resource(read_pattern(pattern), arn)


@pytest.mark.parametrize(
    ("pattern", "action", "expected"),
    [
        ("*", "s3:GetObject", True),
        ("s3:*", "s3:GetObject", True),
        ("S3:getobject", "s3:GetObject", True),
        ("s3:Get?bject", "s3:GetObject", True),
        ("s3:Get", "s3:GetObject", False),
        ("lambda:*", "s3:GetObject", False),
    ],
)
def test_actions(pattern: str, action: str, expected: bool) -> None:
    """An action pattern matches whatever the case."""
    assert expected == matches_action(pattern, action)


def test_a_hostile_pattern_takes_no_time() -> None:
    """Many wildcards against a long key are decided in one pass over the key."""
    pattern = read_pattern("arn:aws:s3:::b/" + "*a" * 60 + "!")
    assert not matches_resource(pattern, "arn:aws:s3:::b/" + "a" * 1000)


@pytest.mark.parametrize(
    ("template", "text", "expected"),
    [
        ("home/${aws:username}/*", "home/ada/cat.jpg", True),
        ("home/${AWS:UserName}/*", "home/ada/cat.jpg", True),
        ("home/${aws:PrincipalTag/team, 'all'}", "home/all", True),
        ("home/${aws:PrincipalTag/team,'all'}", "home/all", True),
        ("home/${aws:username, 'all'}", "home/ada", True),
        ("home/${odd}", "home/a*", True),
        ("home/${odd}", "home/abc", False),
        ("home/${*}", "home/*", True),
        ("home/${*}", "home/ada", False),
        ("home/${?}", "home/?", True),
        ("home/${$}{aws:username}", "home/${aws:username}", True),
        ("home/$aws", "home/$aws", True),
    ],
)
def test_variables(template: str, text: str, expected: bool) -> None:
    """Variables, defaults and the three literal characters are put in, never as wildcards."""
    context = Context({"aws:username": "ada", "odd": "a*"})
    assert expected == matches_resource(expand_pattern(template, context, NEW), text)


@pytest.mark.parametrize("name", ["aws:PrincipalTag/team", "aws:TagKeys"])
def test_a_variable_needs_one_value(name: str) -> None:
    """A variable without a value, or with several, cannot be put in."""
    context = Context({"aws:TagKeys": ["a", "b"]})
    with pytest.raises(UnresolvedVariableError):
        expand_pattern(f"home/${{{name}}}", context, NEW)


def test_the_old_version_has_no_variables() -> None:
    """In version 2008-10-17 the characters of a variable stand for themselves."""
    pattern = expand_pattern("home/${aws:username}", Context({"aws:username": "ada"}), OLD)
    assert matches_resource(pattern, "home/${aws:username}")
    assert not matches_resource(pattern, "home/ada")
