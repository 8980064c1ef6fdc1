"""Roles: who may assume them, what a session may do, and what a function may be given."""

from __future__ import annotations

import json

from people import ACCOUNT, Clients, Person, allow, assume, deny, make_role, refusal, trust, unique


def test_only_the_trusted_assume_a_role(client: Clients) -> None:
    """A role's trust policy decides: naming a user suffices, and rights alone do not."""
    ada, eve = Person(client), Person(client, allow("sts:AssumeRole"), name="eve")
    role = make_role(client, trust({"AWS": ada.arn}), allow("sns:ListTopics"))

    session = assume(client, role, ada.client("sts"))
    assert "Topics" in session("sns").list_topics()
    assert (
        "AccessDenied",
        403,
        f"User: {eve.arn} is not authorized to perform: sts:AssumeRole on resource: {role}",
    ) == refusal(eve.client("sts").assume_role, RoleArn=role, RoleSessionName="morning")


def test_a_trusted_account_still_asks_the_users_policies(client: Clients) -> None:
    """A trust policy that names the account hands the decision to identity policies."""
    role = make_role(client, trust({"AWS": ACCOUNT}))
    ada, eve = Person(client, allow("sts:AssumeRole", role)), Person(client, name="eve")
    assume(client, role, ada.client("sts"))
    message = refusal(eve.client("sts").assume_role, RoleArn=role, RoleSessionName="morning")[2]
    assert message.endswith("because no identity-based policy allows the sts:AssumeRole action")


def test_trust_may_ask_for_an_external_id(client: Clients) -> None:
    """A condition of a trust policy on sts:ExternalId holds."""
    secret = {"StringEquals": {"sts:ExternalId": "lovelace"}}
    ada = Person(client)
    role = make_role(client, trust({"AWS": ada.arn}, Condition=secret))
    assume(client, role, ada.client("sts"), ExternalId="lovelace")
    code = refusal(ada.client("sts").assume_role, RoleArn=role, RoleSessionName="morning")[0]
    assert "AccessDenied" == code


def test_a_role_that_does_not_exist_is_not_assumed(client: Clients) -> None:
    """A role that does not exist is refused like one that is not trusting."""
    role = f"arn:aws:iam::{ACCOUNT}:role/{unique('missing')}"
    code = refusal(client("sts").assume_role, RoleArn=role, RoleSessionName="morning")[0]
    assert "AccessDenied" == code


def test_a_session_names_itself_in_a_refusal(client: Clients) -> None:
    """A role session without a right is refused under its own ARN."""
    role = make_role(client, trust({"AWS": ACCOUNT}))
    message = refusal(assume(client, role)("sns").list_topics)[2]
    name = role.rpartition("/")[2]
    who = f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/morning"
    assert message.startswith(f"User: {who} is not authorized to perform: SNS:ListTopics")


def test_a_boundary_limits_a_role(client: Clients) -> None:
    """A role has no right that its permissions boundary lacks."""
    boundary = client("iam").create_policy(
        PolicyName=unique("boundary"), PolicyDocument=json.dumps(allow("sns:*"))
    )["Policy"]["Arn"]
    role = make_role(client, trust({"AWS": ACCOUNT}), allow("*"), PermissionsBoundary=boundary)
    session = assume(client, role)
    assert "Topics" in session("sns").list_topics()
    message = refusal(session("dynamodb").list_tables)[2]
    assert "because no permissions boundary allows" in message


def test_roles_are_made_with_their_boundary_only(client: Clients) -> None:
    """iam:PermissionsBoundary holds for making a role, and for writing its policies later."""
    boundary = client("iam").create_policy(
        PolicyName=unique("boundary"), PolicyDocument=json.dumps(allow("s3:*"))
    )["Policy"]["Arn"]
    bounded = {"StringEquals": {"iam:PermissionsBoundary": boundary}}
    ada = Person(client, allow(["iam:CreateRole", "iam:PutRolePolicy"], Condition=bounded))
    iam, document = ada.client("iam"), json.dumps(trust({"Service": "lambda.amazonaws.com"}))

    name = unique("made")
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=document, PermissionsBoundary=boundary)
    policy = {"PolicyName": "p", "PolicyDocument": json.dumps(allow("s3:*"))}
    iam.put_role_policy(RoleName=name, **policy)

    unbounded = make_role(client, trust({"Service": "lambda.amazonaws.com"})).rpartition("/")[2]
    assert "AccessDenied" == refusal(iam.put_role_policy, RoleName=unbounded, **policy)[0]
    call = {"RoleName": unique("other"), "AssumeRolePolicyDocument": document}
    assert "AccessDenied" == refusal(iam.create_role, **call)[0]


def test_roles_are_known_by_their_path(client: Clients) -> None:
    """A role with a path is decided on under its whole ARN."""
    role = make_role(client, trust({"AWS": ACCOUNT}), Path="/workshop/")
    inside = f"arn:aws:iam::{ACCOUNT}:role/workshop/*"
    name = role.rpartition("/")[2]
    ada, eve = (
        Person(client, allow("iam:GetRole", inside)),
        Person(client, allow("iam:GetRole", f"arn:aws:iam::{ACCOUNT}:role/role-*"), name="eve"),
    )
    assert role == ada.client("iam").get_role(RoleName=name)["Role"]["Arn"]
    assert "AccessDenied" == refusal(eve.client("iam").get_role, RoleName=name)[0]


def test_tags_of_users_and_roles_count(client: Clients) -> None:
    """aws:PrincipalTag is a user's or a role's tag."""
    vision = {"StringEquals": {"aws:PrincipalTag/team": "vision"}}
    ada = Person(
        client, allow("sns:ListTopics", Condition=vision),
        Tags=[{"Key": "team", "Value": "vision"}],
    )  # fmt: skip
    assert "Topics" in ada.client("sns").list_topics()

    sound, seeing = (
        make_role(
            client, trust({"AWS": ACCOUNT}), allow("sns:ListTopics", Condition=vision),
            Tags=[{"Key": "team", "Value": team}],
        )
        for team in ("sound", "vision")
    )  # fmt: skip
    assert "AuthorizationError" == refusal(assume(client, sound)("sns").list_topics)[0]
    assert "Topics" in assume(client, seeing)("sns").list_topics()


def test_a_role_is_passed_to_the_named_service_only(client: Clients) -> None:
    """iam:PassedToService is lambda.amazonaws.com when a function is given its role."""
    role = make_role(client, trust({"Service": "lambda.amazonaws.com"}))
    other = {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
    ada = Person(client, allow("lambda:*"), allow("iam:PassRole", role, Condition=other))
    parameters = {
        "FunctionName": unique("f"), "Role": role, "Runtime": "python3.13", "Handler": "h.h",
        "Code": {"ZipFile": b"zip"},
    }  # fmt: skip
    assert "iam:PassRole" in refusal(ada.client("lambda").create_function, **parameters)[2]


def test_lambda_must_be_able_to_assume_the_role(client: Clients) -> None:
    """A function is not given a role that does not trust Lambda."""
    role = make_role(client, trust({"AWS": ACCOUNT}))
    expected = (
        "InvalidParameterValueException",
        400,
        "The role defined for the function cannot be assumed by Lambda.",
    )
    assert expected == refusal(
        client("lambda").create_function,
        FunctionName=unique("f"), Role=role, Runtime="python3.13", Handler="h.h",
        Code={"ZipFile": b"zip"},
    )  # fmt: skip


def test_everyone_may_ask_who_they_are(client: Clients) -> None:
    """GetCallerIdentity is open to every signed caller, whatever denies it."""
    eve = Person(client, deny("*"), name="eve")
    assert eve.arn == eve.client("sts").get_caller_identity()["Arn"]


def test_managed_policies_give_rights(client: Clients) -> None:
    """A user has the rights of a policy that is attached, and loses them with it."""
    iam = client("iam")
    managed = iam.create_policy(
        PolicyName=unique("managed"), PolicyDocument=json.dumps(allow("sns:ListTopics"))
    )["Policy"]["Arn"]
    ada = Person(client)
    iam.attach_user_policy(UserName=ada.name, PolicyArn=managed)
    assert "Topics" in ada.client("sns").list_topics()
    iam.detach_user_policy(UserName=ada.name, PolicyArn=managed)
    assert "AuthorizationError" == refusal(ada.client("sns").list_topics)[0]


def test_users_have_boundaries(client: Clients) -> None:
    """A user's permissions boundary is put, shown, obeyed and deleted."""
    iam = client("iam")
    boundary = iam.create_policy(
        PolicyName=unique("boundary"), PolicyDocument=json.dumps(allow("s3:*"))
    )["Policy"]["Arn"]
    ada = Person(client, allow("*"))
    iam.put_user_permissions_boundary(UserName=ada.name, PermissionsBoundary=boundary)
    shown = iam.get_user(UserName=ada.name)["User"]["PermissionsBoundary"]
    assert boundary == shown["PermissionsBoundaryArn"]
    assert "AuthorizationError" == refusal(ada.client("sns").list_topics)[0]
    iam.delete_user_permissions_boundary(UserName=ada.name)
    assert "Topics" in ada.client("sns").list_topics()


def test_awss_managed_policies_are_there(client: Clients) -> None:
    """A policy that AWS manages can be attached, and gives what it says."""
    managed = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
    role = make_role(client, trust({"AWS": ACCOUNT}))
    client("iam").attach_role_policy(RoleName=role.rpartition("/")[2], PolicyArn=managed)
    session = assume(client, role)
    session("logs").create_log_group(logGroupName=f"/aws/lambda/{unique('f')}")
    assert "AccessDeniedException" == refusal(session("logs").describe_log_groups)[0]
