"""Roles and the policies written for them."""

import pytest

from workshop_lib.aws import roles

TRUST = roles.service_trust("lambda.amazonaws.com")
READ = roles.policy_document(roles.allow("s3:GetObject", on="arn:aws:s3:::pictures/*"))


@pytest.fixture
def iam(client):
    return client("iam")


@pytest.fixture
def make(iam, name, tags):
    """Make the role; what is given replaces what it has by default."""

    def ensure(**changes):
        wanted = {"path": "/workshop/", "trust": TRUST, "policy": READ, "tags": tags, **changes}
        return roles.ensure_role(iam, name, **wanted)

    return ensure


def test_a_statement_names_actions_resources_and_conditions():
    """One action stands alone, several in a list; a condition is there only when given."""
    assert {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "a"} == roles.allow(
        "s3:GetObject", on="a"
    )
    assert {
        "Effect": "Allow",
        "Action": ["s3:GetObject", "s3:PutObject"],
        "Resource": ["a", "b"],
        "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}},
    } == roles.allow(
        "s3:GetObject",
        "s3:PutObject",
        on=["a", "b"],
        when={"StringEquals": {"aws:RequestedRegion": "eu-west-1"}},
    )


def test_a_trust_policy_names_the_service_and_who_else():
    """Beside the service one more principal may take the role on."""
    arn = "arn:aws:iam::123456789012:user/anna"

    principals = [
        statement["Principal"]
        for statement in roles.service_trust("lambda.amazonaws.com", also=arn)["Statement"]
    ]

    assert [{"Service": "lambda.amazonaws.com"}, {"AWS": arn}] == principals


def test_logs_are_written_to_one_group_only():
    """The right to write logs ends at the streams of one group, and makes no group."""
    (statement,) = roles.write_logs_statements("arn:aws:logs:r:a:log-group:/aws/lambda/f")

    assert ["logs:CreateLogStream", "logs:PutLogEvents"] == statement["Action"]
    assert "arn:aws:logs:r:a:log-group:/aws/lambda/f:*" == statement["Resource"]


def test_a_role_is_made_with_all_it_needs(make, name, tags):
    """Trust, inline policy, path and tags are as given, and the ARN carries the path."""
    role = make()

    assert (name, "/workshop/", TRUST) == (role.name, role.path, role.trust)
    assert {roles.INLINE_POLICY: READ} == role.policies
    assert f"arn:aws:iam::123456789012:role/workshop/{name}" == role.arn
    assert (tags, None, ()) == (role.tags, role.boundary_arn, role.attached_policy_arns)


def test_twice_is_once(make, changes):
    """Making a role that stands as wanted changes nothing."""
    make()

    assert [] == changes(make)


def test_drift_is_mended(make, iam, name, tags):
    """A changed trust, a changed policy and lost tags are put right; the boundary is set."""
    make()
    other = roles.service_trust("ec2.amazonaws.com")
    boundary = iam.create_policy(PolicyName=name, PolicyDocument=READ_AS_TEXT)["Policy"]["Arn"]
    make(trust=other, policy=roles.policy_document(roles.allow("s3:*", on="*")))
    iam.untag_role(RoleName=name, TagKeys=["attendee"])

    mended = make(boundary=boundary)

    assert (TRUST, {roles.INLINE_POLICY: READ}) == (mended.trust, mended.policies)
    assert (tags, boundary) == (mended.tags, mended.boundary_arn)


def test_a_role_goes_with_inline_and_attached_policies(make, iam, name):
    """Policies do not keep a role alive, and deleting what is not there is fine."""
    make()
    iam.put_role_policy(RoleName=name, PolicyName="more", PolicyDocument=READ_AS_TEXT)
    attached = iam.create_policy(PolicyName=name, PolicyDocument=READ_AS_TEXT)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName=name, PolicyArn=attached)
    assert name in roles.list_roles(iam, "/workshop/")

    roles.delete_role(iam, name)
    roles.delete_role(iam, name)

    assert roles.describe_role(iam, name) is None
    assert name not in roles.list_roles(iam, "/workshop/")


READ_AS_TEXT = (
    '{"Version":"2012-10-17","Statement":'
    '[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}'
)
