"""The way of one request through a method: each step in the order the gateway takes them."""

from __future__ import annotations

from collections.abc import Callable

from workshop_lib.local_cloud.gateway.authorizers import AuthorizerCache, authorize
from workshop_lib.local_cloud.gateway.execution_logs import show_mapping
from workshop_lib.local_cloud.gateway.executions import Answer, Execution
from workshop_lib.local_cloud.gateway.gateway_responses import (
    GatewayError,
    answer_fault,
    configuration_fault,
)
from workshop_lib.local_cloud.gateway.http_integrations import answer_with_http_proxy
from workshop_lib.local_cloud.gateway.lambda_integrations import (
    answer_with_function,
    answer_with_proxy,
)
from workshop_lib.local_cloud.gateway.method_requests import last_values
from workshop_lib.local_cloud.gateway.mock_integrations import answer_with_mock
from workshop_lib.local_cloud.gateway.routes import find_route
from workshop_lib.local_cloud.gateway.services import GatewayServices
from workshop_lib.local_cloud.gateway.throttles import ThrottleTable

_INTEGRATIONS: dict[str, Callable[[Execution, GatewayServices], Answer]] = {
    "AWS": answer_with_function,
    "AWS_PROXY": answer_with_proxy,
    "HTTP_PROXY": answer_with_http_proxy,
    "MOCK": lambda execution, _: answer_with_mock(execution),
}


def answer_call(
    execution: Execution,
    services: GatewayServices,
    throttles: ThrottleTable,
    authorizations: AuthorizerCache,
) -> Answer:
    """Take a request to a deployed stage through all its steps; errors become answers."""
    try:
        _require_acceptable(execution)
        _note_request(execution)
        throttles.take(execution)
        authorize(execution, services, authorizations)
        answer = integrate(execution, services)
    except GatewayError as fault:
        answer = answer_fault(execution, fault)
    return answer


def answer_test_call(execution: Execution, services: GatewayServices) -> Answer:
    """Take a test invocation through a method: neither authorizer nor throttle."""
    try:
        _note_request(execution)
        return integrate(execution, services)
    except GatewayError as fault:
        return answer_fault(execution, fault)


def integrate(execution: Execution, services: GatewayServices) -> Answer:
    """Let the method's integration answer.

    Raises:
        GatewayError: whatever a step refuses.
    """
    if execution.method.integration is None:
        raise configuration_fault("The method has no integration")
    answer_by_type = _INTEGRATIONS.get(execution.integration.type)
    if answer_by_type is None:
        raise configuration_fault(f"Unknown integration type {execution.integration.type}")
    answer = answer_by_type(execution, services)
    execution.log.note("Successfully completed execution")
    return answer


def _require_acceptable(execution: Execution) -> None:
    """Find the route of a request that is not too large.

    Raises:
        GatewayError: too large (413), or no such route (403, AWS's misleading sentence).
    """
    request = execution.request
    route = find_route(execution.configuration, request.http_method, request.raw_path)
    if route is not None:
        execution.follow_route(route)
    if request.too_large:
        raise GatewayError("REQUEST_TOO_LARGE", "Request Too Long")
    if route is None:
        raise GatewayError("MISSING_AUTHENTICATION_TOKEN", "Missing Authentication Token")


def _note_request(execution: Execution) -> None:
    request, log = execution.request, execution.log
    log.note(f"Starting execution for request: {execution.request_id}")
    log.note(f"HTTP Method: {request.http_method}, Resource Path: {execution.resource.path}")
    log.trace(f"Method request path: {show_mapping(execution.path_parameters)}")
    log.trace(f"Method request query string: {show_mapping(last_values(request.query))}")
    log.trace(f"Method request headers: {show_mapping(last_values(request.headers))}")
    log.trace(f"Method request body before transformations: {request.text}")
