"""Lambda authorizers: a function decides, from a token or from the request, who may call.

The policy it answers with is IAM's, and so is the decision: the evaluator is the one that every
call of an API passes. Source: API Gateway developer guide, "Use API Gateway Lambda authorizers" and
"Output from an API Gateway Lambda authorizer".
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.gateway.deployments import Document
from workshop_lib.local_cloud.gateway.executions import Execution
from workshop_lib.local_cloud.gateway.function_calls import (
    NO_PERMISSION,
    DeadlineExceededError,
    GatewayServices,
    call_within,
    error_message,
    function_in_uri,
)
from workshop_lib.local_cloud.gateway.gateway_responses import GatewayError
from workshop_lib.local_cloud.gateway.lambda_proxies import make_event
from workshop_lib.local_cloud.gateway.parameter_mappings import find_request_value
from workshop_lib.local_cloud.gateway.velocity_methods import show_as_java
from workshop_lib.local_cloud.permissions.contexts import Context
from workshop_lib.local_cloud.permissions.evaluations import (
    AccessRequest,
    PolicySet,
    Verdict,
    decide,
)
from workshop_lib.local_cloud.permissions.policies import PolicyDocumentError, read_policy
from workshop_lib.local_cloud.permissions.principals import Principal, PrincipalKind

DEFAULT_TTL_SECONDS = 300
_TIMEOUT_SECONDS = 29
_MOST_CACHED = 10_000
CacheKey = tuple[str, str, str, tuple[str, ...]]


@dataclass(frozen=True)
class AuthorizerResult:
    """What an authorizer's function returned: who calls, what they may, and facts to pass on."""

    principal_id: str
    policy: Any
    context: Mapping[str, Any] = field(default_factory=dict)


class AuthorizerCache:
    """Results by API, stage, authorizer and identity, each for its time to live.

    Args:
        clock: seconds that only go forward.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._results: dict[CacheKey, tuple[float, AuthorizerResult]] = {}

    def find(self, key: CacheKey) -> AuthorizerResult | None:
        """Return a result that still holds, or None."""
        with self._lock:
            expires, result = self._results.get(key, (0.0, None))
            return result if expires > self._clock() else None

    def keep(self, key: CacheKey, result: AuthorizerResult, seconds: int) -> None:
        """Keep a result for its time to live."""
        with self._lock:
            if len(self._results) >= _MOST_CACHED:
                self._results.clear()
            self._results[key] = (self._clock() + seconds, result)


def authorize(execution: Execution, services: GatewayServices, cache: AuthorizerCache) -> None:
    """Let the method's authorizer decide; what it says of the caller joins ``$context``.

    Raises:
        GatewayError: no identity (401), refused (403), or the authorizer fails (500).
    """
    method, api = execution.route.method, execution.configuration
    if method["authorizationType"] == "NONE":
        return
    authorizer = api.authorizers.get(method["authorizerId"])
    if authorizer is None:
        raise _broken(f"The method's authorizer {method['authorizerId']} does not exist")
    identity = _read_identity(execution, authorizer)
    ttl = authorizer.get("authorizerResultTtlInSeconds")
    seconds = DEFAULT_TTL_SECONDS if ttl is None else int(ttl)
    key = (api.api_id, execution.stage["stageName"], authorizer["id"], identity)
    result = cache.find(key) if identity and seconds else None
    if result is None:
        result = _call_authorizer(execution, services, authorizer, identity)
        if identity and seconds:
            cache.keep(key, result, seconds)
    execution.context["authorizer"] = {
        "principalId": result.principal_id,
        **{
            name: None if value is None else show_as_java(value)
            for name, value in result.context.items()
        },
    }
    execution.context["identity"]["user"] = result.principal_id
    _require_allowed(execution, result.policy)


def _read_identity(execution: Execution, authorizer: Document) -> tuple[str, ...]:
    """Return the values of the identity sources.

    Raises:
        GatewayError: one is missing (401).
    """
    listed = (authorizer.get("identitySource") or "").split(",")
    sources = [source.strip() for source in listed if source.strip()]
    identity = tuple(find_request_value(execution, source) or "" for source in sources)
    if not all(identity):
        raise _unauthorized(f"An identity source of authorizer {authorizer['name']} is missing.")
    return identity


def _require_allowed(execution: Execution, policy: Any) -> None:
    """Check that a policy lets the method be called.

    Raises:
        GatewayError: it does not (403), or is not a policy (500).
    """
    method_arn = execution.method_arn
    try:
        verdict = decide_invocation(policy, method_arn, execution.request.source_ip)
    except PolicyDocumentError as error:
        raise _broken(f"Invalid policy document: {error}") from error
    if verdict.allowed:
        return
    message = "User is not authorized to access this resource"
    if verdict.explicit:
        message += " with an explicit deny"
    raise GatewayError("ACCESS_DENIED", message, reason=f"{message}: {method_arn}")


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
    caller, context = Principal(PrincipalKind.USER), Context({"aws:SourceIp": source_address})
    request = AccessRequest(caller, "execute-api:Invoke", (method_arn,), context)
    return decide(request, PolicySet(identity=(policy,)))


def _unauthorized(reason: str) -> GatewayError:
    """Return AWS's 401."""
    return GatewayError("UNAUTHORIZED", "Unauthorized", reason=f"Unauthorized request: {reason}")


def _broken(reason: str) -> GatewayError:
    reason = f"Execution failed due to configuration error: {reason}"
    return GatewayError("AUTHORIZER_CONFIGURATION_ERROR", None, reason=reason)


def _call_authorizer(
    execution: Execution, services: GatewayServices, authorizer: Document, identity: tuple[str, ...]
) -> AuthorizerResult:
    uri, variables = authorizer["authorizerUri"], execution.scopes["stageVariables"]
    function_arn = function_in_uri(uri, variables)
    source_arn = execution.make_arn(f"authorizers/{authorizer['id']}")
    if not services.can_invoke(function_arn, source_arn):
        raise _broken(NO_PERMISSION.format(source_arn))
    event = {"type": authorizer["type"], "methodArn": execution.method_arn}
    if authorizer["type"] == "TOKEN":
        event["authorizationToken"] = identity[0] if identity else ""
    else:
        event |= make_event(execution)
    payload = json.dumps(event).encode()
    log, request_id = execution.log, execution.log.request_id
    log.note(f"Starting authorizer: {authorizer['id']} for request: {request_id}")
    try:
        result = call_within(_TIMEOUT_SECONDS, lambda: services.invoke(function_arn, payload))
    except (DeadlineExceededError, AwsError) as error:
        raise _broken(f"Authorizer failed: {error}") from error
    if not result.function_error:
        return _read_result(execution, result.payload)
    message = error_message(result.payload)
    if message == "Unauthorized":
        raise _unauthorized("The authorizer's function said so.")
    raise _broken(f"Authorizer error: {message}")


def _read_result(execution: Execution, payload: bytes) -> AuthorizerResult:
    try:
        document = json.loads(payload)
    except ValueError as error:
        raise _broken(f"The authorizer's answer is not JSON: {error}") from error
    if not isinstance(document, dict) or not document.get("principalId"):
        raise _broken("The authorizer's answer must be an object with a principalId")
    facts = document.get("context") or {}
    if not isinstance(facts, dict) or any(isinstance(fact, dict | list) for fact in facts.values()):
        raise _broken("The authorizer's context may hold texts, numbers and booleans only")
    execution.log.trace(f"Authorizer result body: {payload.decode('utf-8', 'replace')}")
    return AuthorizerResult(str(document["principalId"]), document.get("policyDocument"), facts)
