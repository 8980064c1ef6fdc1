"""AWS IAM and STS: which actions on which users, roles and policies a call needs.

Source: Service authorization reference, "… for AWS Identity and Access Management" and "… for AWS
Security Token Service".
"""

from __future__ import annotations

import re

from workshop_lib.local_cloud.permissions.calls import Call
from workshop_lib.local_cloud.permissions.contexts import ContextValue
from workshop_lib.local_cloud.permissions.requirements import (
    Requirement,
    Rule,
    list_call_tags,
    on_everything,
    on_listing,
)
from workshop_lib.local_cloud.permissions.resources import MotoResources

# By the kind of resource that they are about.
_OPERATIONS = {
    "Role": (
        "GetRole", "DeleteRole", "UpdateAssumeRolePolicy", "ListRolePolicies", "GetRolePolicy",
        "PutRolePolicy", "DeleteRolePolicy", "ListAttachedRolePolicies", "AttachRolePolicy",
        "DetachRolePolicy", "PutRolePermissionsBoundary", "DeleteRolePermissionsBoundary",
        "TagRole", "UntagRole",
    ),
    "User": (
        "GetUser", "DeleteUser", "ListUserPolicies", "PutUserPolicy", "DeleteUserPolicy",
        "ListAttachedUserPolicies", "AttachUserPolicy", "DetachUserPolicy",
        "PutUserPermissionsBoundary", "DeleteUserPermissionsBoundary",
        "CreateAccessKey", "DeleteAccessKey", "ListAccessKeys", "UpdateAccessKey", "TagUser",
    ),
    "Policy": ("GetPolicy", "GetPolicyVersion", "DeletePolicy"),
}  # fmt: skip
# Changes of a principal's rights may be conditioned on the boundary that the principal has.
_BOUNDED = re.compile(
    r"(Attach|Detach|Put|Delete)(Role|User)Policy|Delete(Role|User)PermissionsBoundary"
)


def require_pass_role(role_arn: str, service: str) -> Requirement:
    """Require handing a role to a service, which will act with the role's rights."""
    return Requirement("iam:PassRole", (role_arn,), {"iam:PassedToService": service}, role_arn)


def _make_arn(call: Call, kind: str, path: str | None = None) -> str:
    path = f"{kind.lower()}{path or '/'}{call.get(f'{kind}Name')}"
    return f"arn:aws:iam::{call.account_id}:{path}"


def _on(operation: str, kind: str) -> Rule:
    def rule(call: Call, resources: MotoResources) -> list[Requirement]:
        name, held = call.get(f"{kind}Name"), None
        if name:
            held = resources.find_role(name) if kind == "Role" else resources.find_user(name)
        # A few operations are about their caller unless told.
        arn = _make_arn(call, kind) if name else str(call.get("PolicyArn") or call.caller_arn)
        boundary = call.get("PermissionsBoundary")
        if _BOUNDED.fullmatch(operation):
            boundary = getattr(held, "permissions_boundary_arn", None)
        context = {**list_call_tags(call), **_boundary_key(boundary)}
        arn = held.arn if held else arn
        return [Requirement(f"iam:{operation}", (arn,), context, tagged=arn)]

    return rule


def _boundary_key(boundary: str | None) -> dict[str, ContextValue]:
    return {"iam:PermissionsBoundary": boundary} if boundary else {}


def _create(kind: str) -> Rule:
    """Make the rule of CreateRole, CreateUser or CreatePolicy: the request itself makes the ARN."""

    def rule(call: Call, resources: MotoResources) -> list[Requirement]:
        arn, tags = _make_arn(call, kind, call.get("Path")), list_call_tags(call)
        context = {**tags, **_boundary_key(call.get("PermissionsBoundary"))}
        required = [Requirement(f"iam:Create{kind}", (arn,), context)]
        return [*required, Requirement(f"iam:Tag{kind}", (arn,), tags)] if tags else required

    return rule


def _list(operation: str, kind: str) -> dict[str, Rule]:
    """IAM lists an operation without a resource of its own under the kind that it lists."""
    return on_listing("iam", f"arn:aws:iam::{{account}}:{kind}/", operation)


def _assume_role(call: Call, resources: MotoResources) -> list[Requirement]:
    arn = str(call.get("RoleArn"))
    context: dict[str, ContextValue] = {"sts:RoleSessionName": str(call.get("RoleSessionName"))}
    if call.get("ExternalId"):
        context["sts:ExternalId"] = str(call.get("ExternalId"))
    return [Requirement("sts:AssumeRole", (arn,), context, tagged=arn)]


IAM_RULES: dict[str, Rule] = {
    **{each: _on(each, kind) for kind, operations in _OPERATIONS.items() for each in operations},
    **{f"Create{kind}": _create(kind) for kind in _OPERATIONS},
    **_list("ListRoles", "role"),
    **_list("ListUsers", "user"),
    **_list("ListPolicies", "policy"),
    **on_everything("iam", "GetAccountSummary", "GetAccountAuthorizationDetails"),
}

STS_RULES: dict[str, Rule] = {
    "AssumeRole": _assume_role,
    # It needs no permission, and no policy denies it.
    "GetCallerIdentity": lambda call, resources: [],
}
