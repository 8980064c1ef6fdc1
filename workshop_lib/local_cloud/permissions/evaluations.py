"""IAM's decision: policies and a request in, a verdict with its reason out.

Source: IAM user guide, "Policy evaluation for requests within a single account" and "Permissions
boundaries for IAM entities". Organisations' policies (SCP, RCP) and session policies have no place
in the local cloud.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from workshop_lib.local_cloud.permissions.conditions import conditions_hold
from workshop_lib.local_cloud.permissions.contexts import (
    Context,
    UnresolvedVariableError,
    expand_pattern,
)
from workshop_lib.local_cloud.permissions.patterns import matches_action, matches_resource
from workshop_lib.local_cloud.permissions.policies import Effect, Policy, Statement
from workshop_lib.local_cloud.permissions.principals import (
    Naming,
    Principal,
    PrincipalKind,
    find_naming,
)


class PolicyKind(Enum):
    """The kinds of policy, in the words of AWS's refusals."""

    IDENTITY = "identity-based policy"
    BOUNDARY = "permissions boundary"
    RESOURCE = "resource-based policy"


@dataclass(frozen=True)
class AccessRequest:
    """One action on one resource.

    Attributes:
        resources: the resource's ARN, and its other spellings where a service has two; a
            statement speaks of the resource if it matches any of them.
    """

    principal: Principal
    action: str
    resources: tuple[str, ...]
    context: Context


@dataclass(frozen=True)
class PolicySet:
    """All policies that speak in one decision.

    Attributes:
        boundary: None where there is none; an empty tuple allows nothing.
        resource_must_allow: for role trust: no identity policy can stand in for it.
    """

    identity: tuple[Policy, ...] = ()
    boundary: tuple[Policy, ...] | None = None
    resource: tuple[Policy, ...] = ()
    resource_must_allow: bool = False


@dataclass(frozen=True)
class Verdict:
    """A decision: for a refusal, which kind of policy refused, and whether in so many words."""

    allowed: bool
    kind: PolicyKind | None = None
    explicit: bool = False


ALLOWED = Verdict(allowed=True)


def decide(request: AccessRequest, policies: PolicySet) -> Verdict:
    """Decide a request within one account."""
    return _find_explicit_deny(request, policies) or _find_allow(request, policies)


def _find_explicit_deny(request: AccessRequest, policies: PolicySet) -> Verdict | None:
    if _any_has(Effect.DENY, policies.identity, request):
        return Verdict(False, PolicyKind.IDENTITY, explicit=True)
    if _any_has(Effect.DENY, policies.boundary or (), request):
        return Verdict(False, PolicyKind.BOUNDARY, explicit=True)
    if _find_naming(Effect.DENY, request, policies) > Naming.NOT:
        return Verdict(False, PolicyKind.RESOURCE, explicit=True)
    return None


def _find_allow(request: AccessRequest, policies: PolicySet) -> Verdict:
    naming = _find_naming(Effect.ALLOW, request, policies)
    kind = request.principal.kind
    if naming is Naming.DIRECT:
        return ALLOWED
    if kind in (PrincipalKind.SERVICE, PrincipalKind.ANONYMOUS):
        return Verdict(False, PolicyKind.RESOURCE)
    if policies.resource_must_allow and naming is Naming.NOT:
        return Verdict(False, PolicyKind.RESOURCE)
    if naming is not Naming.ROLE and not _any_has(Effect.ALLOW, policies.identity, request):
        return Verdict(False, PolicyKind.IDENTITY)
    if policies.boundary is None or _any_has(Effect.ALLOW, policies.boundary, request):
        return ALLOWED
    return Verdict(False, PolicyKind.BOUNDARY)


def _any_has(effect: Effect, policies: Iterable[Policy], request: AccessRequest) -> bool:
    return any(
        statement.effect is effect and statement_matches(statement, request)
        for policy in policies
        for statement in policy.statements
    )


def _find_naming(effect: Effect, request: AccessRequest, policies: PolicySet) -> Naming:
    """Say how closely the resource's matching statements of this effect name the caller."""
    namings = (
        _weigh_naming(statement, request.principal, policies)
        for policy in policies.resource
        for statement in policy.statements
        if statement.effect is effect and statement_matches(statement, request)
    )
    return max(namings, default=Naming.NOT)


def _weigh_naming(statement: Statement, principal: Principal, policies: PolicySet) -> Naming:
    naming = find_naming(
        statement.principals, principal, statement.effect, policies.boundary is not None
    )
    asks_role = any(one.key.lower() == "aws:principalarn" for one in statement.conditions)
    # Everyone, narrowed to a role's ARN by a condition, is as good as naming the role.
    if naming is Naming.DIRECT and asks_role and principal.kind is PrincipalKind.ROLE_SESSION:
        return Naming.ROLE
    return naming


def statement_matches(statement: Statement, request: AccessRequest) -> bool:
    """Say whether a statement speaks of a request, its principal element left aside."""
    actions = statement.actions
    matched = any(matches_action(pattern, request.action) for pattern in actions.values)
    return (
        matched is not actions.negated
        and _resources_match(statement, request)
        and conditions_hold(statement.conditions, request.context, statement.version)
    )


def _resources_match(statement: Statement, request: AccessRequest) -> bool:
    elements = statement.resources
    # A trust policy has no Resource element: it is about the role that carries it.
    if elements is None:
        return True
    matches = [_resource_matches(value, statement.version, request) for value in elements.values]
    if elements.negated:
        return all(match is False for match in matches)
    return any(matches)


def _resource_matches(value: str, version: str, request: AccessRequest) -> bool | None:
    """Match one Resource value; None when it holds a variable that the request cannot fill."""
    try:
        pattern = expand_pattern(value, request.context, version)
    except UnresolvedVariableError:
        return None
    return any(matches_resource(pattern, resource) for resource in request.resources)
