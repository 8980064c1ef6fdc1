"""AWS IAM and STS: which actions on which users, roles and policies a call needs.

Source: Service authorization reference, "… for AWS Identity and Access Management" and "… for AWS
Security Token Service".
"""

from __future__ import annotations

from collections.abc import Callable

from workshop_lib.local_cloud.permissions.calls import Call
from workshop_lib.local_cloud.permissions.contexts import ContextValue
from workshop_lib.local_cloud.permissions.requirements import (
    Requirement,
    ResourceFacts,
    Rule,
    list_call_tags,
    on_everything,
)

ArnFinder = Callable[[Call, ResourceFacts], str]

_ROLE_OPERATIONS = (
    "GetRole", "DeleteRole", "UpdateRole", "UpdateAssumeRolePolicy",
    "ListRolePolicies", "GetRolePolicy", "PutRolePolicy", "DeleteRolePolicy",
    "ListAttachedRolePolicies", "AttachRolePolicy", "DetachRolePolicy",
    "PutRolePermissionsBoundary", "DeleteRolePermissionsBoundary",
    "TagRole", "UntagRole", "ListRoleTags",
)  # fmt: skip
_USER_OPERATIONS = (
    "GetUser", "DeleteUser", "UpdateUser", "ListUserPolicies", "GetUserPolicy", "PutUserPolicy",
    "DeleteUserPolicy", "ListAttachedUserPolicies", "AttachUserPolicy", "DetachUserPolicy",
    "PutUserPermissionsBoundary", "DeleteUserPermissionsBoundary",
    "CreateAccessKey", "DeleteAccessKey", "ListAccessKeys", "UpdateAccessKey",
    "TagUser", "UntagUser", "ListUserTags", "ListGroupsForUser",
)  # fmt: skip
_GROUP_OPERATIONS = (
    "GetGroup", "DeleteGroup", "UpdateGroup", "AddUserToGroup", "RemoveUserFromGroup",
    "ListGroupPolicies", "GetGroupPolicy", "PutGroupPolicy", "DeleteGroupPolicy",
    "ListAttachedGroupPolicies", "AttachGroupPolicy", "DetachGroupPolicy",
)  # fmt: skip
_POLICY_OPERATIONS = (
    "GetPolicy", "DeletePolicy", "GetPolicyVersion", "ListPolicyVersions", "CreatePolicyVersion",
    "DeletePolicyVersion", "SetDefaultPolicyVersion", "ListEntitiesForPolicy",
    "TagPolicy", "UntagPolicy", "ListPolicyTags",
)  # fmt: skip
# Operations without a resource of their own; IAM lists them under the kind they list.
_LISTS = {
    "ListRoles": "role/",
    "ListUsers": "user/",
    "ListGroups": "group/",
    "ListPolicies": "policy/",
}
# Changes of a principal's rights may be conditioned on the boundary that the principal has.
_BOUNDED = (
    "AttachRolePolicy", "DetachRolePolicy", "PutRolePolicy", "DeleteRolePolicy",
    "AttachUserPolicy", "DetachUserPolicy", "PutUserPolicy", "DeleteUserPolicy",
    "DeleteRolePermissionsBoundary", "DeleteUserPermissionsBoundary",
)  # fmt: skip


def require_pass_role(role_arn: str, service: str, resource_arn: str = "") -> Requirement:
    """Require handing a role to a service, which will act with the role's rights."""
    context: dict[str, ContextValue] = {"iam:PassedToService": service}
    if resource_arn:
        context["iam:AssociatedResourceArn"] = resource_arn
    return Requirement("iam:PassRole", (role_arn,), context, tagged=role_arn)


def _make_arn(call: Call, kind: str, name: str, path: str | None = None) -> str:
    return f"arn:aws:iam::{call.account_id}:{kind}{path or '/'}{name}"


def _find_role(call: Call, facts: ResourceFacts) -> str:
    name = str(call.get("RoleName"))
    return facts.find_role_arn(name) or _make_arn(call, "role", name)


def _find_user(call: Call, facts: ResourceFacts) -> str:
    name = call.get("UserName")
    if not name:
        return call.caller_arn
    return facts.find_user_arn(name) or _make_arn(call, "user", name)


def _find_group(call: Call, facts: ResourceFacts) -> str:
    name = str(call.get("GroupName"))
    return facts.find_group_arn(name) or _make_arn(call, "group", name)


def _find_policy(call: Call, facts: ResourceFacts) -> str:
    return str(call.get("PolicyArn"))


def _on(operation: str, find_arn: ArnFinder) -> Rule:
    def rule(call: Call, facts: ResourceFacts) -> list[Requirement]:
        arn = find_arn(call, facts)
        context = {
            **list_call_tags(call),
            **_policy_keys(call),
            **_boundary_keys(call, facts, arn),
        }
        return [Requirement(f"iam:{operation}", (arn,), context, tagged=arn)]

    return rule


def _policy_keys(call: Call) -> dict[str, ContextValue]:
    attaches = call.operation.startswith(("Attach", "Detach"))
    return {"iam:PolicyARN": str(call.get("PolicyArn"))} if attaches else {}


def _boundary_keys(call: Call, facts: ResourceFacts, arn: str) -> dict[str, ContextValue]:
    boundary = call.get("PermissionsBoundary")
    if not boundary and call.operation in _BOUNDED:
        boundary = facts.find_boundary_arn(arn)
    return {"iam:PermissionsBoundary": boundary} if boundary else {}


def _create(kind: str) -> Rule:
    """Make the rule of CreateRole, CreateUser, … whose ARN the request itself makes."""

    def rule(call: Call, facts: ResourceFacts) -> list[Requirement]:
        arn = _make_arn(call, kind.lower(), call.get(f"{kind}Name"), call.get("Path"))
        tags = list_call_tags(call)
        context = {**tags, **_boundary_keys(call, facts, arn)}
        required = [Requirement(f"iam:Create{kind}", (arn,), context)]
        if tags:
            required.append(Requirement(f"iam:Tag{kind}", (arn,), tags))
        return required

    return rule


def _list(operation: str, resource: str) -> Rule:
    return lambda call, facts: [
        Requirement(f"iam:{operation}", (f"arn:aws:iam::{call.account_id}:{resource}",))
    ]


def _assume_role(call: Call, facts: ResourceFacts) -> list[Requirement]:
    arn = str(call.get("RoleArn"))
    context: dict[str, ContextValue] = {"sts:RoleSessionName": str(call.get("RoleSessionName"))}
    if call.get("ExternalId"):
        context["sts:ExternalId"] = str(call.get("ExternalId"))
    tags = list_call_tags(call)
    required = [Requirement("sts:AssumeRole", (arn,), {**context, **tags}, tagged=arn)]
    if tags:
        required.append(Requirement("sts:TagSession", (arn,), {**context, **tags}, tagged=arn))
    return required


def _require_nothing(call: Call, facts: ResourceFacts) -> list[Requirement]:
    """GetCallerIdentity needs no permission, and no policy denies it."""
    return []


IAM_RULES: dict[str, Rule] = {
    **{operation: _on(operation, _find_role) for operation in _ROLE_OPERATIONS},
    **{operation: _on(operation, _find_user) for operation in _USER_OPERATIONS},
    **{operation: _on(operation, _find_group) for operation in _GROUP_OPERATIONS},
    **{operation: _on(operation, _find_policy) for operation in _POLICY_OPERATIONS},
    **{f"Create{kind}": _create(kind) for kind in ("Role", "User", "Group", "Policy")},
    **{operation: _list(operation, resource) for operation, resource in _LISTS.items()},
    **on_everything(
        "iam", "GetAccountSummary", "ListAccountAliases", "GetAccountAuthorizationDetails"
    ),
}

STS_RULES: dict[str, Rule] = {
    "AssumeRole": _assume_role,
    "GetCallerIdentity": _require_nothing,
    **on_everything("sts", "GetAccessKeyInfo"),
}
