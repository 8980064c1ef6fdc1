"""Lambda authorizers: a function decides, from a token or from the request, who may call.

Source: API Gateway developer guide, "Use API Gateway Lambda authorizers".
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.gateway.authorizer_policies import decide_invocation
from workshop_lib.local_cloud.gateway.configurations import Authorizer
from workshop_lib.local_cloud.gateway.executions import Execution
from workshop_lib.local_cloud.gateway.gateway_responses import GatewayError
from workshop_lib.local_cloud.gateway.lambda_calls import error_message, function_in_uri
from workshop_lib.local_cloud.gateway.parameter_mappings import find_request_value
from workshop_lib.local_cloud.gateway.proxy_events import request_event
from workshop_lib.local_cloud.gateway.services import (
    DeadlineExceededError,
    GatewayServices,
    call_within,
)
from workshop_lib.local_cloud.gateway.velocity_methods import show_as_java
from workshop_lib.local_cloud.permissions.policies import PolicyDocumentError

_TIMEOUT_SECONDS = 29
_MOST_CACHED = 10_000


@dataclass(frozen=True)
class AuthorizerResult:
    """What an authorizer's function returned: who calls, what they may, and facts to pass on."""

    principal_id: str
    policy: Any
    context: Mapping[str, Any] = field(default_factory=dict)


CacheKey = tuple[str, str, str, tuple[str, ...]]


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
        """Keep a result for its time to live; 0 keeps nothing."""
        if seconds <= 0:
            return
        with self._lock:
            if len(self._results) >= _MOST_CACHED:
                self._results.clear()
            self._results[key] = (self._clock() + seconds, result)

    def forget(self, api_id: str) -> None:
        """Forget an API's results."""
        with self._lock:
            for key in [key for key in self._results if key[0] == api_id]:
                del self._results[key]


def authorize(execution: Execution, services: GatewayServices, cache: AuthorizerCache) -> None:
    """Let the method's authorizer decide; what it says of the caller joins ``$context``.

    Raises:
        GatewayError: no identity (401), refused (403), or the authorizer fails (500).
    """
    if execution.method.authorization_type == "NONE":
        return
    authorizer = _find_authorizer(execution)
    result = _find_result(execution, services, cache, authorizer)
    execution.context["authorizer"] = {
        "principalId": result.principal_id,
        **{
            name: None if value is None else show_as_java(value)
            for name, value in result.context.items()
        },
    }
    execution.context["identity"]["user"] = result.principal_id
    _require_allowed(execution, result.policy)


def _find_result(
    execution: Execution,
    services: GatewayServices,
    cache: AuthorizerCache,
    authorizer: Authorizer,
) -> AuthorizerResult:
    """Return the authorizer's result, from the cache while it holds."""
    identity = _read_identity(execution, authorizer)
    api_id, stage = execution.configuration.api_id, execution.stage.name
    key = (api_id, stage, authorizer.id, identity)
    cached = cache.find(key) if authorizer.ttl_seconds and identity else None
    if cached is not None:
        return cached
    result = _call_authorizer(execution, services, authorizer, identity)
    if identity:
        cache.keep(key, result, authorizer.ttl_seconds)
    return result


def _read_identity(execution: Execution, authorizer: Authorizer) -> tuple[str, ...]:
    """Return the values of the identity sources.

    Raises:
        GatewayError: one is missing, or a token does not fit the validation expression (401).
    """
    sources = authorizer.identity_sources
    identity = tuple(find_request_value(execution, source) or "" for source in sources)
    if not all(identity):
        raise _unauthorized(f"An identity source of authorizer {authorizer.name} is missing.")
    expression = authorizer.validation_expression
    if authorizer.type == "TOKEN" and expression and not _fits(expression, identity[0]):
        raise _unauthorized("The token does not match the identity validation expression.")
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


def _unauthorized(reason: str) -> GatewayError:
    """Return AWS's 401."""
    return GatewayError("UNAUTHORIZED", "Unauthorized", reason=f"Unauthorized request: {reason}")


def _broken(reason: str) -> GatewayError:
    return GatewayError(
        "AUTHORIZER_CONFIGURATION_ERROR",
        None,
        reason=f"Execution failed due to configuration error: {reason}",
    )


def _find_authorizer(execution: Execution) -> Authorizer:
    authorizer = execution.configuration.authorizers.get(execution.method.authorizer_id or "")
    if authorizer is None:
        raise _broken(f"The method's authorizer {execution.method.authorizer_id} does not exist")
    return authorizer


def _fits(expression: str, token: str) -> bool:
    try:
        return re.fullmatch(expression, token) is not None
    except re.error as error:
        raise _broken(f"Invalid identity validation expression: {error}") from error


def _call_authorizer(
    execution: Execution,
    services: GatewayServices,
    authorizer: Authorizer,
    identity: tuple[str, ...],
) -> AuthorizerResult:
    function_arn = function_in_uri(authorizer.uri, execution.stage.variables)
    _require_permission(execution, services, authorizer, function_arn)
    payload = json.dumps(_authorizer_event(execution, authorizer, identity)).encode()
    execution.log.note(f"Starting authorizer: {authorizer.id} for request: {execution.request_id}")
    try:
        result = call_within(_TIMEOUT_SECONDS, lambda: services.invoke(function_arn, payload))
    except DeadlineExceededError as error:
        raise _broken("Authorizer timed out") from error
    except AwsError as error:
        raise _broken(str(error)) from error
    if result.function_error:
        raise _function_fault(result.payload)
    return _read_result(execution, result.payload)


def _require_permission(
    execution: Execution, services: GatewayServices, authorizer: Authorizer, function_arn: str
) -> None:
    configuration = execution.configuration
    source_arn = (
        f"arn:aws:execute-api:{configuration.region}:{execution.account_id}:"
        f"{configuration.api_id}/authorizers/{authorizer.id}"
    )
    if not services.can_invoke(function_arn, source_arn):
        raise _broken(
            f"Invalid permissions on Lambda function (its policy must let "
            f"apigateway.amazonaws.com call it with SourceArn {source_arn})"
        )


def _authorizer_event(
    execution: Execution, authorizer: Authorizer, identity: tuple[str, ...]
) -> dict[str, Any]:
    if authorizer.type == "TOKEN":
        return {
            "type": "TOKEN",
            "methodArn": execution.method_arn,
            "authorizationToken": identity[0] if identity else "",
        }
    return {"type": "REQUEST", "methodArn": execution.method_arn, **request_event(execution)}


def _function_fault(payload: bytes) -> GatewayError:
    """A function that raises ``Unauthorized`` says 401; any other error is a broken authorizer."""
    message = error_message(payload)
    if message == "Unauthorized":
        return _unauthorized("The authorizer's function said so.")
    return _broken(f"Authorizer error: {message}")


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
