"""AWS IAM: roles, and the policies written for them as pure functions."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError, WaiterError

from workshop_lib.errors import ResourceNotReadyError
from workshop_lib.waits import telling

Statement = dict[str, Any]
PolicyDocument = dict[str, Any]

INLINE_POLICY = "least-privilege"
TRUST_PAUSES_SECONDS = (1, 2, 4, 8)


@dataclass(frozen=True)
class Role:
    """A role as IAM describes it; policies are documents, inline ones by their names."""

    name: str
    arn: str
    path: str
    trust: PolicyDocument
    policies: dict[str, PolicyDocument]
    attached_policy_arns: tuple[str, ...]
    boundary_arn: str | None
    tags: dict[str, str]


# Policies ------------------------------------------------------------------------------------


def allow(
    *actions: str, on: str | Sequence[str], when: Mapping[str, Any] | None = None
) -> Statement:
    """Return a statement that allows these actions.

    Args:
        actions: such as ``s3:GetObject``.
        on: the ARN, or ARNs, of what they may be done to.
        when: conditions, such as ``{"StringEquals": {"aws:RequestedRegion": "us-east-1"}}``.
    """
    statement: Statement = {
        "Effect": "Allow",
        "Action": actions[0] if len(actions) == 1 else list(actions),
        "Resource": on if isinstance(on, str) else list(on),
    }
    if when:
        statement["Condition"] = dict(when)
    return statement


def policy_document(*statements: Statement) -> PolicyDocument:
    """Return the policy of these statements."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def service_trust(service: str, also: str | None = None) -> PolicyDocument:
    """Return the trust policy that lets a service take on a role.

    Args:
        service: the principal, such as ``lambda.amazonaws.com``.
        also: the ARN of a user or role that may take it on as well, to try it out.
    """
    principals: list[dict[str, str]] = [{"Service": service}]
    if also:
        principals.append({"AWS": also})
    return policy_document(
        *(
            {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
            for principal in principals
        )
    )


def write_logs_statements(log_group_arn: str) -> tuple[Statement, ...]:
    """Return what a function needs to write to its log group, which must stand already."""
    return (allow("logs:CreateLogStream", "logs:PutLogEvents", on=f"{log_group_arn}:*"),)


# Roles ---------------------------------------------------------------------------------------


def ensure_role(
    iam: Any,
    name: str,
    *,
    path: str,
    trust: PolicyDocument,
    policy: PolicyDocument,
    tags: Mapping[str, str],
    boundary: str | None = None,
) -> Role:
    """Make the role, or mend what differs: trust, inline policy, boundary, tags.

    Args:
        iam: the client.
        name: the role's name.
        path: where it stands, such as ``/workshop/``; cannot be changed later.
        trust: who may take the role on.
        policy: what the role may do; kept inline as :data:`INLINE_POLICY`.
        tags: those it lacks are added.
        boundary: the ARN of a permissions boundary; None leaves things as they are.

    Raises:
        ResourceNotReadyError: IAM does not show the new role.
    """
    role = describe_role(iam, name)
    if role is None:
        _create_role(iam, name, path, trust, tags, boundary)
    else:
        _mend_role(iam, role, trust, tags, boundary)
    if role is None or role.policies.get(INLINE_POLICY) != policy:
        iam.put_role_policy(
            RoleName=name, PolicyName=INLINE_POLICY, PolicyDocument=json.dumps(policy)
        )
    described = describe_role(iam, name)
    if described is None:
        raise ResourceNotReadyError(f"The role {name} vanished while it was made.", "Try again.")
    return described


def _create_role(
    iam: Any,
    name: str,
    path: str,
    trust: PolicyDocument,
    tags: Mapping[str, str],
    boundary: str | None,
) -> None:
    iam.create_role(
        RoleName=name,
        Path=path,
        AssumeRolePolicyDocument=json.dumps(trust),
        Tags=_write_tags(tags),
        **({"PermissionsBoundary": boundary} if boundary else {}),
    )
    try:
        with telling(f"IAM to show the role {name}"):
            iam.get_waiter("role_exists").wait(
                RoleName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 30}
            )
    except WaiterError as error:
        raise ResourceNotReadyError(
            f"IAM does not show the role {name} yet.", "Run this again in a minute."
        ) from error


def _mend_role(
    iam: Any, role: Role, trust: PolicyDocument, tags: Mapping[str, str], boundary: str | None
) -> None:
    if role.trust != trust:
        iam.update_assume_role_policy(RoleName=role.name, PolicyDocument=json.dumps(trust))
    if boundary and role.boundary_arn != boundary:
        iam.put_role_permissions_boundary(RoleName=role.name, PermissionsBoundary=boundary)
    if lacking := {key: value for key, value in tags.items() if key not in role.tags}:
        iam.tag_role(RoleName=role.name, Tags=_write_tags(lacking))


def describe_role(iam: Any, name: str) -> Role | None:
    """Return what IAM says of a role, or None when there is no such role."""
    try:
        role = iam.get_role(RoleName=name)["Role"]
    except iam.exceptions.NoSuchEntityException:
        return None
    return Role(
        name=name,
        arn=role["Arn"],
        path=role["Path"],
        trust=role["AssumeRolePolicyDocument"],
        policies={
            policy: iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
            for policy in _list_inline_policies(iam, name)
        },
        attached_policy_arns=tuple(_list_attached_policies(iam, name)),
        boundary_arn=role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        tags={tag["Key"]: tag["Value"] for tag in role.get("Tags", [])},
    )


def take_on_role(sts: Any, role_arn: str, session_name: str) -> dict[str, Any]:
    """Return temporary credentials with a role's rights, as STS answers them.

    A new trust policy takes some seconds until it holds everywhere; until then AWS refuses.

    Raises:
        ClientError: the role cannot be taken on.
    """
    with telling("STS to learn of the role's trust policy"):
        for pause in (*TRUST_PAUSES_SECONDS, None):
            try:
                answer = sts.assume_role(RoleArn=role_arn, RoleSessionName=session_name)
            except ClientError as error:
                if pause is None or error.response["Error"]["Code"] != "AccessDenied":
                    raise
                time.sleep(pause)
            else:
                break
    credentials: dict[str, Any] = answer["Credentials"]
    return credentials


def list_roles(iam: Any, path: str) -> list[str]:
    """Return the names of the roles under a path, such as ``/workshop/``."""
    pages = iam.get_paginator("list_roles").paginate(PathPrefix=path)
    return [role["RoleName"] for page in pages for role in page["Roles"]]


def delete_role(iam: Any, name: str) -> None:
    """Delete a role with its policies; nothing happens when there is none."""
    try:
        for policy in _list_inline_policies(iam, name):
            iam.delete_role_policy(RoleName=name, PolicyName=policy)
        for policy_arn in _list_attached_policies(iam, name):
            iam.detach_role_policy(RoleName=name, PolicyArn=policy_arn)
        iam.delete_role(RoleName=name)
    except iam.exceptions.NoSuchEntityException:
        return


def _list_inline_policies(iam: Any, name: str) -> list[str]:
    pages = iam.get_paginator("list_role_policies").paginate(RoleName=name)
    return [policy for page in pages for policy in page["PolicyNames"]]


def _list_attached_policies(iam: Any, name: str) -> list[str]:
    pages = iam.get_paginator("list_attached_role_policies").paginate(RoleName=name)
    return [policy["PolicyArn"] for page in pages for policy in page["AttachedPolicies"]]


def _write_tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
