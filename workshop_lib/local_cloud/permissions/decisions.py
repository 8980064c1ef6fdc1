"""One decision: a requirement of a caller, against the policies that speak of it."""

from __future__ import annotations

from dataclasses import dataclass

from workshop_lib.local_cloud.identities import Identity
from workshop_lib.local_cloud.permissions.contexts import Context, ContextValue
from workshop_lib.local_cloud.permissions.evaluations import (
    AccessRequest,
    PolicySet,
    Verdict,
    decide,
)
from workshop_lib.local_cloud.permissions.policies import Policy
from workshop_lib.local_cloud.permissions.policy_sources import PolicySources
from workshop_lib.local_cloud.permissions.principals import Principal, PrincipalKind
from workshop_lib.local_cloud.permissions.requirements import Requirement
from workshop_lib.local_cloud.permissions.resources import MotoResources

# Nobody assumes a role but those whom its trust policy lets.
_TRUSTING_ACTIONS = ("sts:AssumeRole", "sts:TagSession")


@dataclass(frozen=True)
class Caller:
    """A principal with the policies that it brings along."""

    principal: Principal
    identity_policies: tuple[Policy, ...] = ()
    boundary: tuple[Policy, ...] | None = None
    session: tuple[Policy, ...] | None = None


def describe_caller(
    principal: Principal, identity: Identity | None, sources: PolicySources
) -> Caller:
    """Gather a principal's policies; services and strangers bring none."""
    if principal.kind in (PrincipalKind.ANONYMOUS, PrincipalKind.SERVICE, PrincipalKind.ROOT):
        return Caller(principal)
    return Caller(
        principal,
        sources.list_identity_policies(principal),
        sources.find_boundary(principal),
        sources.find_session_policies(identity),
    )


def decide_requirement(
    caller: Caller,
    requirement: Requirement,
    context: Context,
    sources: PolicySources,
    resources: MotoResources,
) -> Verdict:
    """Decide one requirement, its own condition keys and its resource's tags included."""
    full = context.extend(requirement.context).extend(list_resource_keys(requirement, resources))
    request = AccessRequest(caller.principal, requirement.action, requirement.resources, full)
    resource_policies, must_allow = _find_resource_policies(requirement, sources)
    return decide(
        request,
        PolicySet(
            caller.identity_policies,
            caller.boundary,
            caller.session,
            resource_policies,
            must_allow,
        ),
    )


def list_resource_keys(
    requirement: Requirement, resources: MotoResources
) -> dict[str, ContextValue]:
    """Make ``aws:ResourceTag/…`` (and IAM's and S3's own spelling) of a resource's tags."""
    resource = requirement.resources[0]
    if resource.startswith("arn:aws:s3:::"):
        bucket, _, key = resource.removeprefix("arn:aws:s3:::").partition("/")
        tags = resources.list_object_tags(bucket, key) if key else {}
        return {f"s3:ExistingObjectTag/{name}": tags[name] for name in tags}
    tags = resources.list_tags(requirement.tagged) if requirement.tagged else {}
    keys: dict[str, ContextValue] = {f"aws:ResourceTag/{name}": tags[name] for name in tags}
    if requirement.action.startswith("iam:"):
        keys |= {f"iam:ResourceTag/{name}": tags[name] for name in tags}
    return keys


def _find_resource_policies(
    requirement: Requirement, sources: PolicySources
) -> tuple[tuple[Policy, ...], bool]:
    resource = requirement.resources[0]
    if requirement.action in _TRUSTING_ACTIONS:
        return sources.find_trust_policy(resource), True
    policies = sources.find_resource_policy(resource)
    # A key without its policy's leave is nobody's: account policies alone never suffice.
    is_key = resource.startswith("arn:aws:kms:") and ":key/" in resource
    return policies, is_key and bool(policies)
