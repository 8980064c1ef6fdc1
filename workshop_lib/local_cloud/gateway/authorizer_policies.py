"""Deciding by the policy that a Lambda authorizer returned whether a method may be called.

The policy is IAM's, and so is the decision: the evaluator is the one that every call of an API
passes. Source: API Gateway developer guide, "Output from an API Gateway Lambda authorizer".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workshop_lib.local_cloud.permissions.contexts import Context
from workshop_lib.local_cloud.permissions.evaluations import (
    AccessRequest,
    PolicySet,
    Verdict,
    decide,
)
from workshop_lib.local_cloud.permissions.policies import PolicyDocumentError, read_policy
from workshop_lib.local_cloud.permissions.principals import Principal, PrincipalKind

_ACTION = "execute-api:Invoke"


def decide_invocation(document: Any, method_arn: str, source_address: str) -> Verdict:
    """Return what a policy says about calling a method; an explicit Deny wins.

    Raises:
        PolicyDocumentError: the document is no policy with statements about resources.
    """
    if not isinstance(document, Mapping):
        raise PolicyDocumentError("policyDocument is a JSON object")
    policy = read_policy(document)
    if not policy.statements or any(one.resources is None for one in policy.statements):
        raise PolicyDocumentError("a policy has statements, each with a Resource or a NotResource")
    request = AccessRequest(
        Principal(PrincipalKind.USER),
        _ACTION,
        (method_arn,),
        Context({"aws:SourceIp": source_address}),
    )
    return decide(request, PolicySet(identity=(policy,)))
