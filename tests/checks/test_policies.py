"""What a policy's text allows."""

import pytest

from workshop_lib.checks.outcomes import WrongAnswerError
from workshop_lib.checks.policies import is_allowed, read_statements

READ = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/uploads/*"}


@pytest.mark.parametrize(
    ("changes", "allowed"),
    [
        ({}, True),
        ({"Action": "S3:getOBJECT"}, True),
        ({"Action": "s3:Get?bject"}, True),
        ({"Action": ["s3:PutObject", "*"]}, True),
        ({"Resource": "arn:aws:s3:::?/*.jpg"}, True),
        ({"Resource": "arn:aws:s3:::B/uploads/*"}, False),
        ({"Resource": "arn:aws:s3:::b/uploads"}, False),
        ({"Action": "s3:GetObjects"}, False),
        ({"Effect": "Deny"}, False),
    ],
)
def test_wildcards_and_case_are_as_in_iam(changes, allowed):
    """Actions ignore case, resources do not; stars and question marks match in both."""
    statements = read_statements(READ | changes)

    assert allowed == is_allowed(statements, "s3:GetObject", "arn:aws:s3:::b/uploads/cat.jpg")


def test_a_deny_wins():
    """One Deny ends it, whatever else allows."""
    statements = read_statements([READ, READ | {"Effect": "Deny", "Resource": "*"}])

    assert not is_allowed(statements, "s3:GetObject", "arn:aws:s3:::b/uploads/cat.jpg")


def test_not_action_and_not_resource_turn_the_match_around():
    """What is not named is covered."""
    statements = read_statements(
        {"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::c/*"}
    )

    assert is_allowed(statements, "s3:GetObject", "arn:aws:s3:::b/x")
    assert not is_allowed(statements, "iam:GetRole", "arn:aws:s3:::b/x")
    assert not is_allowed(statements, "s3:GetObject", "arn:aws:s3:::c/x")


@pytest.mark.parametrize("policy", [[], {"Statement": []}, [3], {"Effect": "Allow"}])
def test_what_is_no_policy_is_said(policy):
    """A policy without a statement, or a statement without its parts, is a wrong answer."""
    with pytest.raises(WrongAnswerError):
        read_statements(policy)
