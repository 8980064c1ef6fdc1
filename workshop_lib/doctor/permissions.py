"""May the caller do what the workshop needs? Asked of IAM, or else tried on what is not there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from workshop_lib.aws.roles import Statement, allow
from workshop_lib.cloud import Cloud
from workshop_lib.doctor.dry_calls import NOT_THERE, make_dry_calls
from workshop_lib.doctor.symptoms import (
    Finding,
    bad,
    denied_by_organisation,
    good,
    is_denial,
    note,
)
from workshop_lib.naming import Names, boundary_arn
from workshop_lib.policies import attendee_policy

SUBJECT = "Permissions"


def examine_permissions(cloud: Cloud, names: Names) -> Iterator[Finding]:
    """Say which of the attendee policy's actions are missing, with the statement to ask for."""
    statements = _needed(cloud, names)
    try:
        missing = simulate(cloud, names, statements)
    except ClientError as error:
        if not (is_denial(error) or _is_absent(error)):
            raise
        yield from _try_dry_calls(cloud, names, statements)
        return
    if missing:
        yield bad(SUBJECT, f"{len(missing)} actions are missing", ask_for(missing))
    else:
        count = sum(len(_listed(statement["Action"])) for statement in statements)
        yield good(SUBJECT, f"all {count} actions are allowed (IAM's simulation)")


def ask_for(statements: list[Statement]) -> str:
    """Return the exact statements to ask for."""
    return "Ask whoever administers the account for:\n" + json.dumps(statements, indent=2)


def simulate(cloud: Cloud, names: Names, statements: list[Statement]) -> list[Statement]:
    """Return what IAM would not allow of these statements, each cut down to what is missing.

    Raises:
        ClientError: the caller may not simulate, or IAM does not know the caller.
    """
    iam, source = cloud.make_client("iam"), _find_policy_source(cloud)
    missing = []
    for statement in statements:
        pages = iam.get_paginator("simulate_principal_policy").paginate(
            PolicySourceArn=source,
            ActionNames=_listed(statement["Action"]),
            ResourceArns=_name_examples(statement),
            ContextEntries=_make_context(statement),
        )
        refused = {
            result["EvalActionName"]
            for page in pages
            for result in page["EvaluationResults"]
            if result["EvalDecision"] != "allowed"
        }
        if refused:
            missing.append({**statement, "Action": sorted(refused)})
    return missing


def _needed(cloud: Cloud, names: Names) -> list[Statement]:
    policy = attendee_policy(names, cloud.boundary or boundary_arn(names.account_id))
    return [statement for statement in policy["Statement"] if statement["Effect"] == "Allow"]


def _find_policy_source(cloud: Cloud) -> str:
    """Return the user or role behind the caller; a session's ARN does not tell its role's path."""
    arn: str = cloud.make_client("sts").get_caller_identity()["Arn"]
    if ":assumed-role/" not in arn:
        return arn
    role = arn.split("/")[1]
    found: str = cloud.make_client("iam").get_role(RoleName=role)["Role"]["Arn"]
    return found


def _name_examples(statement: Statement) -> list[str]:
    # Simulation compares ARNs of things, not patterns.
    return [
        arn if arn == "*" else arn.replace("*", NOT_THERE) for arn in _listed(statement["Resource"])
    ]


def _make_context(statement: Statement) -> list[dict[str, Any]]:
    return [
        {"ContextKeyName": key, "ContextKeyValues": _listed(value), "ContextKeyType": "string"}
        for pairs in statement.get("Condition", {}).values()
        for key, value in pairs.items()
    ]


# Dry calls -----------------------------------------------------------------------------------


def _try_dry_calls(cloud: Cloud, names: Names, statements: list[Statement]) -> Iterator[Finding]:
    refused, closed = [], []
    calls = make_dry_calls(cloud, names)
    for action, call in calls.items():
        try:
            call()
        except ClientError as error:
            if denied_by_organisation(error):
                closed.append(action)
            elif is_denial(error):
                refused.append(action)
    if closed:
        yield bad(
            SUBJECT,
            f"the organisation forbids {', '.join(closed)} in {cloud.region}",
            "Set WORKSHOP_REGION to the Region that your account is pinned to, or use another.",
        )
    if refused:
        asked = [s for s in statements if set(refused) & set(_listed(s["Action"]))]
        yield bad(SUBJECT, f"{', '.join(refused)} refused", ask_for(asked or [_plain(refused)]))
    if not refused and not closed:
        yield note(
            SUBJECT,
            f"{len(calls)} looks at all services were allowed; what changes things was not tried",
            "`iam:SimulatePrincipalPolicy` on yourself would let the doctor ask for every action.",
        )


def _plain(actions: list[str]) -> Statement:
    return allow(*actions, on="*")


def _is_absent(error: ClientError) -> bool:
    """Tell whether IAM knows no such operation or caller, as the local cloud does not."""
    status = error.response["ResponseMetadata"].get("HTTPStatusCode")
    return status in (404, 501) or error.response["Error"]["Code"] in (
        "NoSuchEntity",
        "InvalidInput",
        "InvalidAction",
    )


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
