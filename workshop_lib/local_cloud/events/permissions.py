"""What AWS's own services may do to a destination, and what a function's role may."""

from __future__ import annotations

from typing import Protocol

from workshop_lib.local_cloud.moto_hooks import moto_lock
from workshop_lib.local_cloud.permissions.contexts import Context
from workshop_lib.local_cloud.permissions.decision_logs import DecisionLog
from workshop_lib.local_cloud.permissions.evaluations import AccessRequest, PolicySet, decide
from workshop_lib.local_cloud.permissions.policy_sources import PolicySources
from workshop_lib.local_cloud.permissions.principals import (
    Principal,
    PrincipalKind,
    service_principal,
)
from workshop_lib.local_cloud.permissions.resources import MotoResources


class DeliveryPermissions(Protocol):
    """Decides what a delivery may do."""

    def may_service(self, service: str, action: str, target_arn: str, source_arn: str) -> bool:
        """Tell whether a service, acting for a bucket or topic, may use a destination."""

    def may_role(self, role_arn: str, action: str, target_arn: str) -> bool:
        """Tell whether a function's role may do something."""


class PolicyPermissions:
    """Decides by the policies that moto holds: the destination's own, and the role's."""

    def __init__(self, account_id: str, decisions: DecisionLog | None = None) -> None:
        self._account_id = account_id
        self._decisions = decisions or DecisionLog()
        self._resources = MotoResources(account_id)
        self._sources = PolicySources(account_id, self._resources)

    def may_service(self, service: str, action: str, target_arn: str, source_arn: str) -> bool:
        """Ask the destination's resource policy, with aws:SourceArn and aws:SourceAccount."""
        context = Context({"aws:SourceArn": source_arn, "aws:SourceAccount": self._account_id})
        with moto_lock:
            policies = PolicySet(resource=self._sources.find_resource_policy(target_arn))
        request = AccessRequest(service_principal(service), action, (target_arn,), context)
        return self._decide(request, policies)

    def may_role(self, role_arn: str, action: str, target_arn: str) -> bool:
        """Ask the role's policies, its boundary, and the destination's policy."""
        principal = Principal(
            PrincipalKind.ROLE_SESSION, role_arn, self._account_id, role_arn=role_arn
        )
        with moto_lock:
            policies = PolicySet(
                identity=self._sources.list_identity_policies(principal),
                boundary=self._sources.find_boundary(principal),
                resource=self._sources.find_resource_policy(target_arn),
            )
        context = Context({"aws:PrincipalArn": role_arn})
        return self._decide(AccessRequest(principal, action, (target_arn,), context), policies)

    def _decide(self, request: AccessRequest, policies: PolicySet) -> bool:
        verdict = decide(request, policies)
        self._decisions.write(request.principal, request.action, request.resources, verdict)
        return verdict.allowed
