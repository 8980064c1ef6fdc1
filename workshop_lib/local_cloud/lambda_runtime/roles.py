"""Whether AWS Lambda may take on a function's role."""

from __future__ import annotations

from workshop_lib.local_cloud.moto_hooks import moto_lock
from workshop_lib.local_cloud.permissions.contexts import Context
from workshop_lib.local_cloud.permissions.evaluations import AccessRequest, PolicySet, decide
from workshop_lib.local_cloud.permissions.policy_sources import PolicySources
from workshop_lib.local_cloud.permissions.principals import service_principal
from workshop_lib.local_cloud.permissions.resources import MotoResources

SERVICE = "lambda.amazonaws.com"
CANNOT_ASSUME = "The role defined for the function cannot be assumed by Lambda."


def may_lambda_assume(role_arn: str) -> bool:
    """Tell whether the role exists and its trust policy lets Lambda take it on."""
    if role_arn.count(":") < 5:
        return False
    account_id = role_arn.split(":")[4]
    with moto_lock:
        trust = PolicySources(account_id, MotoResources(account_id)).find_trust_policy(role_arn)
    context = Context({"aws:SourceAccount": account_id})
    request = AccessRequest(service_principal(SERVICE), "sts:AssumeRole", (role_arn,), context)
    return decide(request, PolicySet(resource=trust, resource_must_allow=True)).allowed
