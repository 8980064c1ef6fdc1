"""The way of one request through a method: each step in the order the gateway takes them.

TestInvokeMethod takes the same way through the method as it stands, before any deployment.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.gateway.authorizers import AuthorizerCache, authorize
from workshop_lib.local_cloud.gateway.deployments import ApiConfiguration
from workshop_lib.local_cloud.gateway.executions import Answer, Execution, begin_execution
from workshop_lib.local_cloud.gateway.function_calls import GatewayServices
from workshop_lib.local_cloud.gateway.gateway_responses import (
    GatewayError,
    answer_fault,
    configuration_fault,
)
from workshop_lib.local_cloud.gateway.integrations import (
    answer_with_function,
    answer_with_http_proxy,
    answer_with_mock,
)
from workshop_lib.local_cloud.gateway.lambda_proxies import answer_with_proxy
from workshop_lib.local_cloud.gateway.method_requests import (
    MethodRequest,
    Route,
    find_route,
    group_values,
    last_values,
)
from workshop_lib.local_cloud.gateway.throttles import ThrottleTable

TEST_STAGE = "test-invoke-stage"
_INTEGRATIONS: dict[str, Callable[[Execution, GatewayServices], Answer]] = {
    "AWS": answer_with_function,
    "AWS_PROXY": answer_with_proxy,
    "HTTP_PROXY": answer_with_http_proxy,
    "MOCK": answer_with_mock,
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
        return _integrate(execution, services)
    except GatewayError as fault:
        return answer_fault(execution, fault)


def _require_acceptable(execution: Execution) -> None:
    """Find the route of a request that is not too large.

    Raises:
        GatewayError: too large (413), or no such route (403, AWS's misleading sentence).
    """
    request, resources = execution.request, execution.configuration.resources
    route = find_route(resources, request.http_method, request.raw_path)
    if route is not None:
        execution.follow_route(route)
    if request.too_large:
        raise GatewayError("REQUEST_TOO_LARGE", "Request Too Long")
    if route is None:
        raise GatewayError("MISSING_AUTHENTICATION_TOKEN", "Missing Authentication Token")


def _note_request(execution: Execution) -> None:
    request, log = execution.request, execution.log
    path = execution.route.resource["path"]
    log.note(f"Starting execution for request: {log.request_id}")
    log.note(f"HTTP Method: {request.http_method}, Resource Path: {path}")
    log.trace(f"Method request path: {_show(execution.route.path_parameters)}")
    log.trace(f"Method request query string: {_show(last_values(request.query))}")
    log.trace(f"Method request headers: {_show(last_values(request.headers))}")
    log.trace(f"Method request body before transformations: {request.text}")


def _show(mapping: Mapping[str, Any]) -> str:
    return "{" + ", ".join(f"{name}={value}" for name, value in mapping.items()) + "}"


def _integrate(execution: Execution, services: GatewayServices) -> Answer:
    if not execution.route.method.get("methodIntegration"):
        raise configuration_fault("The method has no integration")
    answer = _INTEGRATIONS[execution.integration["type"]](execution, services)
    execution.log.note("Successfully completed execution")
    return answer


# TestInvokeMethod --------------------------------------------------------------------------------


def invoke_method(
    configuration: ApiConfiguration, services: GatewayServices, call: Mapping[str, Any]
) -> dict[str, Any]:
    """Call a method of the live API, with neither authorizer nor throttle.

    Args:
        configuration: the API as it stands now.
        services: what the gateway calls.
        call: TestInvokeMethod's parameters; the method is there (``ANY`` is tested as a GET).

    Returns:
        What TestInvokeMethod returns.

    Raises:
        AwsError: the path is not the resource's.
    """
    resource = next(one for one in configuration.resources if one["id"] == call["resourceId"])
    verb = "GET" if call["httpMethod"] == "ANY" else call["httpMethod"]
    request = _read_test_request(call, verb, resource["path"])
    route = Route(resource, resource["resourceMethods"][call["httpMethod"]], {})
    if request.path != resource["path"]:
        found = find_route([resource], verb, request.raw_path)
        if found is None:
            raise AwsError("BadRequestException", "Invalid path or query string specified", 400)
        route = found
    variables = call.get("stageVariables") or {}
    stage = {"stageName": TEST_STAGE, "deploymentId": "", "variables": variables}
    domain = "testPrefix.testDomainName"
    execution = begin_execution(services.account_id, domain, configuration, stage, request)
    execution.context["identity"]["sourceIp"] = "test-invoke-source-ip"
    execution.context["path"] = request.path
    execution.follow_route(route)
    return _describe_test(execution, services)


def _read_test_request(call: Mapping[str, Any], verb: str, path: str) -> MethodRequest:
    target = urlsplit(call.get("pathWithQueryString") or path)
    headers = {name: [value] for name, value in (call.get("headers") or {}).items()}
    return MethodRequest(
        http_method=verb,
        raw_path=target.path or "/",
        headers={**headers, **(call.get("multiValueHeaders") or {})},
        query=group_values(parse_qsl(target.query, True)),
        body=(call.get("body") or "").encode(),
        source_ip=TEST_STAGE,
    )


def _describe_test(execution: Execution, services: GatewayServices) -> dict[str, Any]:
    started = time.monotonic()
    try:
        _note_request(execution)
        answer = _integrate(execution, services)
    except GatewayError as fault:
        answer = answer_fault(execution, fault)
    headers = group_values(answer.headers)
    shown = {name: ",".join(values) for name, values in headers.items()}
    execution.log.trace(f"Method response headers: {_show(shown)}")
    execution.log.note(f"Method completed with status: {answer.status}")
    return {
        "status": answer.status,
        "body": answer.body.decode("utf-8", "replace"),
        "headers": shown,
        "multiValueHeaders": headers,
        "log": execution.log.as_text(),
        "latency": int((time.monotonic() - started) * 1000),
    }
