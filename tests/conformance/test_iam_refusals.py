"""What IAM refuses is refused here with AWS's status, code and sentence."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conformance.conftest import Refusal, Shell, read_refusal

NONE, HELD = "role-nobody-has", "role-that-stands"
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [{
    "Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole",
}]})  # fmt: skip
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


def statement(**elements: Any) -> str:
    """Return a policy of one statement that allows reading, with some elements changed."""
    held = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", **elements}
    kept = {name: value for name, value in held.items() if value is not None}
    return json.dumps({"Version": "2012-10-17", "Statement": [kept]})


def no_role(name: str = NONE) -> Refusal:
    return Refusal(404, "NoSuchEntity", f"The role with name {name} cannot be found.")


def no_policy(name: str) -> Refusal:
    return Refusal(404, "NoSuchEntity", f"The role policy with name {name} cannot be found.")


def malformed(sentence: str) -> Refusal:
    return Refusal(400, "MalformedPolicyDocument", sentence)


def inline(document: str) -> dict[str, str]:
    return {"RoleName": HELD, "PolicyName": "p", "PolicyDocument": document}


def trusting(document: str) -> dict[str, str]:
    return {"RoleName": "new", "AssumeRolePolicyDocument": document}


CALLS: list[tuple[str, dict[str, Any], Refusal]] = [
    ("get_role", {"RoleName": NONE}, no_role()),
    ("delete_role", {"RoleName": NONE}, no_role()),
    ("get_role_policy", {"RoleName": NONE, "PolicyName": "p"}, no_role()),
    ("put_role_policy", inline(statement()) | {"RoleName": NONE}, no_role()),
    ("list_role_policies", {"RoleName": NONE}, no_role()),
    ("list_attached_role_policies", {"RoleName": NONE}, no_role()),
    ("attach_role_policy", {"RoleName": NONE, "PolicyArn": READ_ONLY}, no_role()),
    ("tag_role", {"RoleName": NONE, "Tags": [{"Key": "a", "Value": "b"}]}, no_role()),
    ("update_assume_role_policy", {"RoleName": NONE, "PolicyDocument": TRUST}, no_role()),
    ("get_role_policy", {"RoleName": HELD, "PolicyName": "none"}, no_policy("none")),
    ("delete_role_policy", {"RoleName": HELD, "PolicyName": "none"}, no_policy("none")),
    (
        "create_role",
        {"RoleName": HELD, "AssumeRolePolicyDocument": TRUST},
        Refusal(409, "EntityAlreadyExists", f"Role with name {HELD} already exists."),
    ),
    (
        "create_user",
        {"UserName": "workshop"},
        Refusal(409, "EntityAlreadyExists", "User with name workshop already exists."),
    ),
    (
        "get_user",
        {"UserName": "nobody"},
        Refusal(404, "NoSuchEntity", "The user with name nobody cannot be found."),
    ),
    (
        "attach_role_policy",
        {"RoleName": HELD, "PolicyArn": "arn:aws:iam::aws:policy/None"},
        Refusal(
            404,
            "NoSuchEntity",
            "Policy arn:aws:iam::aws:policy/None does not exist or is not attachable.",
        ),
    ),
    (
        "detach_role_policy",
        {"RoleName": HELD, "PolicyArn": READ_ONLY},
        Refusal(404, "NoSuchEntity", f"Policy {READ_ONLY} was not found."),
    ),
    ("put_role_policy", inline("{"), malformed("Syntax errors in policy.")),
    (
        "put_role_policy",
        inline(statement(Action=None)),
        malformed("Policy statement must contain actions."),
    ),
    (
        "put_role_policy",
        inline(statement(Resource=None)),
        malformed("Policy statement must contain resources."),
    ),
    (
        "put_role_policy",
        inline(statement(Action="GetObject")),
        malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."),
    ),
    (
        "put_role_policy",
        inline(statement(Resource="bucket")),
        malformed('Resource bucket must be in ARN format or "*".'),
    ),
    (
        "put_role_policy",
        inline(statement(Principal="*")),
        malformed("Policy document should not specify a principal."),
    ),
    ("create_role", trusting("nope"), malformed("This policy contains invalid Json")),
    (
        "create_role",
        trusting(statement(Resource=None, Principal={"Service": "lambda.amazonaws.com"})),
        malformed("AssumeRole policy may only specify STS AssumeRole actions."),
    ),
    (
        "create_role",
        trusting(statement(Action="sts:AssumeRole", Principal={"AWS": "*"})),
        malformed("Has prohibited field Resource"),
    ),
]


@pytest.fixture(scope="module")
def iam(shell: Shell) -> Any:
    client = shell.client("iam")
    client.create_role(RoleName=HELD, AssumeRolePolicyDocument=TRUST)
    return client


@pytest.mark.parametrize(("operation", "parameters", "expected"), CALLS)
def test_a_refusal(iam: Any, operation: str, parameters: dict[str, Any], expected: Refusal) -> None:
    """boto3 reads of each call what it would read on AWS."""
    assert expected == read_refusal(getattr(iam, operation), **parameters)


def test_unique_ids(iam: Any) -> None:
    """An identity's unique id says what it is: AROA for a role, AIDA for a user."""
    role = iam.get_role(RoleName=HELD)["Role"]["RoleId"]
    user = iam.get_user(UserName="workshop")["User"]["UserId"]
    assert [("AROA", 21), ("AIDA", 21)] == [(one[:4], len(one)) for one in (role, user)]
    assert role.isupper() == user.isupper()
