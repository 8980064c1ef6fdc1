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
from workshop_lib.local_cloud.gateway.authorizer_policies import UnusablePolicyError, decide
from workshop_lib.local_cloud.gateway.configurations import Authorizer
from workshop_lib.local_cloud.gateway.context_variables import look_up
from workshop_lib.local_cloud.gateway.executions import Execution
from workshop_lib.local_cloud.gateway.gateway_responses import GatewayError
from workshop_lib.local_cloud.gateway.lambda_calls import (
    error_message,
    function_in_uri,
    refuse_credentials,
)
from workshop_lib.local_cloud.gateway.proxy_events import request_event
from workshop_lib.local_cloud.gateway.services import (
    DeadlineExceededError,
    GatewayServices,
    call_within,
)

_TIMEOUT_SECONDS = 29
_MOST_CACHED = 10_000


@dataclass(frozen=True)
class AuthorizerResult:
    """What an authorizer's function returned: who calls, what they may, and facts to pass on."""

    principal_id: str
    policy: Any
    context: Mapping[str, Any] = field(default_factory=dict)

    @property
    def policy_text(self) -> str:
        """The policy as JSON text."""
        return json.dumps(self.policy)


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

    def flush(self, api_id: str, stage: str | None = None) -> None:
        """Forget an API's results, or those of one stage."""
        with self._lock:
            for key in list(self._results):
                if key[0] == api_id and stage in (None, key[1]):
                    del self._results[key]


def authorize(execution: Execution, services: GatewayServices, cache: AuthorizerCache) -> None:
    """Let the method's authorizer decide; what it says of the caller joins ``$context``.

    Raises:
        GatewayError: no identity (401), refused (403), or the authorizer fails (500).
    """
    kind = execution.method.authorization_type
    if kind == "NONE":
        return
    if kind != "CUSTOM":
        raise _unsupported(kind)
    authorizer = _find_authorizer(execution)
    result = find_result(execution, services, cache, authorizer)
    execution.context["authorizer"] = {
        "principalId": result.principal_id,
        **{name: _as_text(value) for name, value in result.context.items()},
    }
    execution.context["identity"]["user"] = result.principal_id
    require_allowed(result.policy, execution.method_arn)


def find_result(
    execution: Execution,
    services: GatewayServices,
    cache: AuthorizerCache,
    authorizer: Authorizer,
) -> AuthorizerResult:
    """Return the authorizer's result, from the cache while it holds.

    Raises:
        GatewayError: as ``authorize`` says.
    """
    identity = read_identity(execution, authorizer)
    api_id, stage = execution.configuration.api_id, execution.stage.name
    key = (api_id, stage, authorizer.id, identity)
    cached = cache.find(key) if authorizer.ttl_seconds and identity else None
    if cached is not None:
        return cached
    result = _call_authorizer(execution, services, authorizer, identity)
    if identity:
        cache.keep(key, result, authorizer.ttl_seconds)
    return result


def read_identity(execution: Execution, authorizer: Authorizer) -> tuple[str, ...]:
    """Return the values of the identity sources.

    Raises:
        GatewayError: one is missing, or a token does not fit the validation expression (401).
    """
    values = [_source_value(execution, source) for source in authorizer.identity_sources]
    if not all(values):
        raise unauthorized(f"An identity source of authorizer {authorizer.name} is missing.")
    identity = tuple(str(value) for value in values)
    expression = authorizer.validation_expression
    if authorizer.type == "TOKEN" and expression and not _fits(expression, identity[0]):
        raise unauthorized("The token does not match the identity validation expression.")
    return identity


def require_allowed(policy: Any, method_arn: str) -> None:
    """Check that a policy lets a method be called.

    Raises:
        GatewayError: it does not (403), or is not a policy (500).
    """
    try:
        decision = decide(policy, method_arn)
    except UnusablePolicyError as error:
        raise _broken(f"Invalid policy document: {error}") from error
    if decision == "Allow":
        return
    message = "User is not authorized to access this resource"
    if decision == "Deny":
        message += " with an explicit deny"
    raise GatewayError("ACCESS_DENIED", message, reason=f"{message}: {method_arn}")


def unauthorized(reason: str) -> GatewayError:
    """Return AWS's 401."""
    return GatewayError("UNAUTHORIZED", "Unauthorized", reason=f"Unauthorized request: {reason}")


def _unsupported(kind: str) -> GatewayError:
    return GatewayError(
        "API_CONFIGURATION_ERROR",
        "Internal server error",
        reason=f"The local cloud's stages do not check authorizationType {kind}, so they refuse "
        "it: use NONE or CUSTOM (a Lambda authorizer), or try it on AWS.",
    )


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
    if authorizer.type not in ("TOKEN", "REQUEST"):
        raise _unsupported(authorizer.type)
    return authorizer


def _source_value(execution: Execution, source: str) -> str | None:
    request = execution.request
    if source.startswith("method.request.header."):
        return request.header(source.removeprefix("method.request.header."))
    if source.startswith("method.request.querystring."):
        return request.query_value(source.removeprefix("method.request.querystring."))
    scope, _, name = source.partition(".")
    scopes: dict[str, Any] = {
        "context": execution.context,
        "stageVariables": execution.stage.variables,
    }
    value = look_up(scopes.get(scope), name)
    return None if value is None else str(value)


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
    refuse_credentials(authorizer.credentials)
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
        return unauthorized("The authorizer's function said so.")
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


def _as_text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
