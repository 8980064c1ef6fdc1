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
ROLES, USERS, POLICIES = (
    f"arn:aws:iam::123456789012:{kind}/" for kind in ("role", "user", "policy")
)
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
    (
        "put_role_policy",
        inline(statement(Sid="read all")),
        malformed(
            "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the "
            "regular expression [0-9A-Za-z]*"
        ),
    ),
    (
        "put_role_policy",
        inline(statement(Action=[f"s3:Get{number}" for number in range(1000)])),
        Refusal(
            409, "LimitExceeded", f"Maximum policy size of 10240 bytes exceeded for role {HELD}"
        ),
    ),
    *(
        (
            "create_role",
            trusting(statement(Action="sts:AssumeRole", Resource=None, Principal=principal)),
            malformed(f"Invalid principal in policy: {named}"),
        )
        for principal, named in (
            ({"Service": "lambda"}, '"SERVICE":"lambda"'),
            ({"Service": "lambda.amazon.com"}, '"SERVICE":"lambda.amazon.com"'),
            ({"Service": "lamda.amazonaws.com"}, '"SERVICE":"lamda.amazonaws.com"'),
            ({"Service": "event.amazonaws.com"}, '"SERVICE":"event.amazonaws.com"'),
            ({"AWS": "anna"}, '"AWS":"anna"'),
            ({"AWS": ROLES + NONE}, f'"AWS":"{ROLES}{NONE}"'),
            ({"AWS": USERS + "nobody"}, f'"AWS":"{USERS}nobody"'),
            ({"Robot": "x"}, '"Robot":"x"'),
        )
    ),
    (
        "create_role",
        {**trusting(TRUST), "PermissionsBoundary": POLICIES + "none"},
        Refusal(
            404,
            "NoSuchEntity",
            f"Scope ARN: {POLICIES}none does not exist or is not attachable.",
        ),
    ),
    (
        "get_policy",
        {"PolicyArn": POLICIES + "none"},
        Refusal(404, "NoSuchEntity", f"Policy {POLICIES}none was not found."),
    ),
    (
        "delete_policy",
        {"PolicyArn": POLICIES + "held"},
        Refusal(409, "DeleteConflict", "Cannot delete a policy attached to entities."),
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
    client.create_policy(PolicyName="held", PolicyDocument=statement())
    client.attach_role_policy(RoleName=HELD, PolicyArn=POLICIES + "held")
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


@pytest.mark.parametrize("principal", [
    {"Service": "lambda.amazonaws.com"}, {"Service": "delivery.logs.amazonaws.com"},
    {"Service": ["edgelambda.amazonaws.com", "ecs-tasks.amazonaws.com"]}, {"AWS": "*"}, "*",
    {"AWS": "111122223333"}, {"AWS": "arn:aws:iam::111122223333:role/theirs"},
    {"AWS": USERS + "workshop"}, {"AWS": ROLES + HELD}, {"Federated": "accounts.google.com"},
])  # fmt: skip
def test_who_may_be_trusted(iam: Any, principal: Any) -> None:
    """A role is made for services, accounts, identities that stand, and everyone."""
    document = statement(Action="sts:AssumeRole", Resource=None, Principal=principal)
    iam.create_role(RoleName="trusting", AssumeRolePolicyDocument=document)
    iam.delete_role(RoleName="trusting")


def test_how_long_a_session_may_be(shell: Shell, iam: Any) -> None:
    """A session lasts as long as its role allows; one that a role takes, an hour at most."""
    document = statement(
        Action="sts:AssumeRole", Resource=None, Principal={"AWS": "arn:aws:iam::123456789012:root"}
    )
    role = {"RoleArn": ROLES + "assumed", "RoleSessionName": "session"}
    iam.create_role(RoleName="assumed", AssumeRolePolicyDocument=document, MaxSessionDuration=7200)
    sts = shell.client("sts")
    plain = read_refusal(sts.assume_role, **role, DurationSeconds=7201)
    session = sts.assume_role(**role, DurationSeconds=7200)["Credentials"]
    iam.put_role_policy(
        RoleName="assumed", PolicyName="assume", PolicyDocument=statement(Action="sts:AssumeRole")
    )
    variables = shell.variables | {
        "AWS_ACCESS_KEY_ID": session["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": session["SecretAccessKey"],
        "AWS_SESSION_TOKEN": session["SessionToken"],
    }
    chained = read_refusal(
        Shell(shell.folder, variables).client("sts").assume_role, **role, DurationSeconds=3601
    )
    prefix = "The requested DurationSeconds exceeds the "
    assert [
        Refusal(400, "ValidationError", prefix + "MaxSessionDuration set for this role."),
        Refusal(
            400,
            "ValidationError",
            prefix + "1 hour session limit for roles assumed by role chaining.",
        ),
    ] == [plain, chained]
