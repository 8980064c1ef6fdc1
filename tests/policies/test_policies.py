"""The policies on paper: a linter has nothing to say, every ARN is one of its service's own."""

import json
import re

import parliament
import pytest
from typer.testing import CliRunner

from workshop_lib import cli
from workshop_lib.naming import Names, boundary_arn
from workshop_lib.policies import (
    ANY_ATTENDEE,
    attendee_policy,
    boundary_policy,
    function_policies,
)

ACCOUNT = "123456789012"
# What a managed policy may hold, without white space: IAM and AWS STS quotas.
MANAGED_POLICY_CHARACTERS = 6144
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:topic"


def make_policies(attendee, region):
    names = Names(attendee, ACCOUNT, region)
    boundary = boundary_arn(ACCOUNT)
    return {
        "attendee": attendee_policy(names, boundary),
        "attendee with Rekognition": attendee_policy(names, boundary, with_rekognition=True),
        "boundary": boundary_policy(ACCOUNT, region),
        "boundary with Rekognition": boundary_policy(ACCOUNT, region, with_rekognition=True),
        **function_policies(names),
    }


POLICIES = {
    f"{name} of {attendee}": policy
    for attendee in ("anna", ANY_ATTENDEE)
    for name, policy in make_policies(attendee, "us-east-1").items()
}


def lint(policy):
    findings = parliament.analyze_policy_string(json.dumps(policy)).findings
    return [(finding.issue, str(finding.detail)) for finding in findings]


def list_values(statement, name):
    value = statement[name]
    return [value] if isinstance(value, str) else list(value)


@pytest.mark.parametrize("name", POLICIES)
def test_a_linter_has_nothing_to_say(name):
    """parliament knows every action, condition key and resource, and finds nothing too wide."""
    # The IAM user guide compares iam:PermissionsBoundary with StringEquals; the linter would
    # take its value for an ARN.
    said = [issue for issue, _ in lint(POLICIES[name]) if issue != "MISMATCHED_TYPE_BUT_USABLE"]

    assert [] == said


@pytest.mark.parametrize(
    ("statement", "issue"),
    [
        ({"Action": "s3:GetObjekt", "Resource": "arn:aws:s3:::bucket/*"}, "UNKNOWN_ACTION"),
        ({"Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket"}, "RESOURCE_MISMATCH"),
        (
            {"Action": "sns:Unsubscribe", "Resource": TOPIC},
            "RESOURCE_MISMATCH",
        ),
    ],
)
def test_the_linter_sees_what_is_wrong(statement, issue):
    """An action that does not exist, or a resource that it is not for, is found."""
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]}

    assert issue in [found for found, _ in lint(policy)]


@pytest.mark.parametrize("name", POLICIES)
def test_every_arn_names_a_resource_type_of_its_service(name):
    """Each ARN has the form of a resource that the service authorization reference lists."""
    unknown = [
        arn
        for statement in POLICIES[name]["Statement"]
        for arn in list_values(statement, "Resource")
        if arn != "*" and not is_known(arn)
    ]

    assert [] == unknown


def is_known(arn):
    service = arn.split(":")[2]
    types = [
        (resource["resource"], re.sub(r"\$\{\w+\}", "*", resource["arn"]))
        for definition in parliament.iam_definition
        if definition["prefix"] == service
        for resource in definition["resources"]
    ]
    return any(parliament.is_arn_match(name, pattern, arn) for name, pattern in types)


@pytest.mark.parametrize("region", ["us-east-1", "ap-southeast-1"])
@pytest.mark.parametrize("attendee", ["e" * 18, ANY_ATTENDEE])
def test_each_fits_into_a_managed_policy(attendee, region):
    """Even with the longest id and Region, no policy is longer than IAM takes."""
    sizes = {
        name: len(json.dumps(policy, separators=(",", ":")))
        for name, policy in make_policies(attendee, region).items()
    }

    assert [] == [name for name, size in sizes.items() if size > MANAGED_POLICY_CHARACTERS]


def test_the_boundary_holds_every_function_policy():
    """What a function's policy grants is in the boundary, or the boundary would take it away."""
    names = Names("anna", ACCOUNT, "us-east-1")
    boundary = boundary_policy(ACCOUNT, "us-east-1", attendee="anna")
    granted = {
        (action, resource)
        for statement in boundary["Statement"]
        for action in list_values(statement, "Action")
        for resource in list_values(statement, "Resource")
    }

    assert (
        set()
        == {
            (action, resource)
            for policy in function_policies(names).values()
            for statement in policy["Statement"]
            for action in list_values(statement, "Action")
            for resource in list_values(statement, "Resource")
        }
        - granted
    )


@pytest.mark.parametrize("kind", ["attendee", "boundary", "functions"])
def test_the_command_prints_json_with_account_and_region(kind, tmp_path):
    """`workshop policy` prints nothing but the policy, with the account and Region filled in."""
    outcome = workshop(tmp_path, "policy", kind, "--account", ACCOUNT)

    printed = json.dumps(json.loads(outcome.stdout))
    assert ACCOUNT in printed
    assert "eu-west-1" in printed


def test_the_attendee_s_policy_asks_for_the_boundary_of_the_settings(tmp_path):
    """Where the instructor's boundary has another name, roles must be under that one."""
    boundary = f"arn:aws:iam::{ACCOUNT}:policy/teaching/limits"
    command = ("policy", "attendee", "--account", ACCOUNT)

    usual = workshop(tmp_path, *command).stdout
    named = workshop(tmp_path, *command, WORKSHOP_BOUNDARY=boundary).stdout

    assert usual.replace(boundary_arn(ACCOUNT), boundary) == named != usual


def test_a_wrong_id_or_account_is_refused(tmp_path):
    """An id that no name can hold, or a number that is no account's, prints no policy."""
    wrong_id = workshop(tmp_path, "policy", "attendee", "--attendee", "Anna", "--account", ACCOUNT)
    wrong_account = workshop(tmp_path, "policy", "boundary", "--account", "1234")

    assert "" == wrong_id.output == wrong_account.output
    assert "'Anna' is no attendee's id." == wrong_id.exception.what
    assert "Use its twelve digits." == wrong_account.exception.next_step


def workshop(home, *arguments, **variables):
    environment = {"WORKSHOP_HOME": str(home), "WORKSHOP_REGION": "eu-west-1", **variables}
    return CliRunner().invoke(cli.app, arguments, env=environment)
