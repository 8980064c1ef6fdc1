"""IAM's decision: policies and a request in, a verdict with its reason out.

Source: IAM user guide, "Policy evaluation for requests within a single account" and "Permissions
boundaries for IAM entities". Organisations' policies (SCP, RCP) have no place in the local cloud.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from workshop_lib.local_cloud.permissions.conditions import conditions_hold
from workshop_lib.local_cloud.permissions.contexts import Context
from workshop_lib.local_cloud.permissions.patterns import matches_action, matches_resource
from workshop_lib.local_cloud.permissions.policies import Effect, Elements, Policy, Statement
from workshop_lib.local_cloud.permissions.principals import (
    Naming,
    Principal,
    PrincipalKind,
    find_naming,
)
from workshop_lib.local_cloud.permissions.variables import (
    UnresolvedVariableError,
    expand_pattern,
)


class PolicyKind(Enum):
    """The kinds of policy, in the words of AWS's refusals."""

    IDENTITY = "identity-based policy"
    BOUNDARY = "permissions boundary"
    SESSION = "session policy"
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
        boundary, session: None where there is none; an empty tuple allows nothing.
        resource_must_allow: for role trust and key policies: no identity policy can stand in
            for them.
    """

    identity: tuple[Policy, ...] = ()
    boundary: tuple[Policy, ...] | None = None
    session: tuple[Policy, ...] | None = None
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
    for kind, held in (
        (PolicyKind.IDENTITY, policies.identity),
        (PolicyKind.BOUNDARY, policies.boundary or ()),
        (PolicyKind.SESSION, policies.session or ()),
    ):
        for policy in held:
            if _has_match(policy, Effect.DENY, request):
                return Verdict(False, kind, explicit=True)
    for policy in policies.resource:
        if _find_naming(policy, Effect.DENY, request, policies) > Naming.NOT:
            return Verdict(False, PolicyKind.RESOURCE, explicit=True)
    return None


def _find_allow(request: AccessRequest, policies: PolicySet) -> Verdict:
    naming = max(
        (_find_naming(policy, Effect.ALLOW, request, policies) for policy in policies.resource),
        default=Naming.NOT,
    )
    kind = request.principal.kind
    if naming is Naming.DIRECT:
        return ALLOWED
    if kind in (PrincipalKind.SERVICE, PrincipalKind.ANONYMOUS):
        return Verdict(False, PolicyKind.RESOURCE)
    if policies.resource_must_allow and naming is Naming.NOT:
        return Verdict(False, PolicyKind.RESOURCE)
    if kind is PrincipalKind.ROOT:
        return ALLOWED
    return _find_identity_allow(request, policies, role_is_named=naming is Naming.ROLE)


def _find_identity_allow(
    request: AccessRequest, policies: PolicySet, role_is_named: bool
) -> Verdict:
    """Intersect what the identity may do with its boundary and its session policy."""
    if not role_is_named and not _any_allows(policies.identity, request):
        return Verdict(False, PolicyKind.IDENTITY)
    if policies.boundary is not None and not _any_allows(policies.boundary, request):
        return Verdict(False, PolicyKind.BOUNDARY)
    if policies.session is not None and not _any_allows(policies.session, request):
        return Verdict(False, PolicyKind.SESSION)
    return ALLOWED


def _any_allows(policies: Iterable[Policy], request: AccessRequest) -> bool:
    return any(_has_match(policy, Effect.ALLOW, request) for policy in policies)


def _has_match(policy: Policy, effect: Effect, request: AccessRequest) -> bool:
    return any(
        statement.effect is effect and statement_matches(statement, request)
        for statement in policy.statements
    )


def _find_naming(
    policy: Policy, effect: Effect, request: AccessRequest, policies: PolicySet
) -> Naming:
    """Say how closely a resource policy's matching statements of this effect name the caller."""
    found = Naming.NOT
    for statement in policy.statements:
        if statement.effect is effect and statement_matches(statement, request):
            found = max(found, _weigh_naming(statement, request.principal, policies))
    return found


def _weigh_naming(statement: Statement, principal: Principal, policies: PolicySet) -> Naming:
    naming = find_naming(
        statement.principals, principal, statement.effect, policies.boundary is not None
    )
    asks_role = any(
        condition.key.lower() == "aws:principalarn" for condition in statement.conditions
    )
    # Everyone, narrowed to a role's ARN by a condition, is as good as naming the role.
    if naming is Naming.DIRECT and asks_role and principal.kind is PrincipalKind.ROLE_SESSION:
        return Naming.ROLE
    return naming


def statement_matches(statement: Statement, request: AccessRequest) -> bool:
    """Say whether a statement speaks of a request, its principal element left aside."""
    return (
        _actions_match(statement.actions, request.action)
        and _resources_match(statement, request)
        and conditions_hold(statement.conditions, request.context, statement.version)
    )


def _actions_match(actions: Elements, action: str) -> bool:
    matched = any(matches_action(pattern, action) for pattern in actions.values)
    return matched is not actions.negated


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
