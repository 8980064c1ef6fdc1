"""TestInvokeMethod: calling a method as it stands, before any deployment."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.gateway.configurations import (
    ApiConfiguration,
    Method,
    Resource,
    StageSettings,
)
from workshop_lib.local_cloud.gateway.execution_logs import show_mapping
from workshop_lib.local_cloud.gateway.executions import Answer, Execution, begin_execution
from workshop_lib.local_cloud.gateway.method_calls import answer_test_call
from workshop_lib.local_cloud.gateway.method_requests import MethodRequest, group_values
from workshop_lib.local_cloud.gateway.routes import Route, find_route
from workshop_lib.local_cloud.gateway.services import GatewayServices

TEST_STAGE = "test-invoke-stage"


def invoke_method(
    configuration: ApiConfiguration,
    services: GatewayServices,
    resource_id: str,
    http_method: str,
    document: Mapping[str, Any],
) -> dict[str, Any]:
    """Call a method of the live API and return what TestInvokeMethod returns.

    Args:
        configuration: the API as it stands now.
        services: what the gateway calls.
        resource_id: the resource.
        http_method: the name of one of its methods (``ANY`` is tested as a GET).
        document: the call's body: pathWithQueryString, body, headers, multiValueHeaders,
            stageVariables.

    Raises:
        AwsError: the path is not the resource's.
    """
    resource = next(one for one in configuration.resources if one.id == resource_id)
    method = resource.methods[http_method]
    execution = _begin(configuration, services, resource.path, http_method, document)
    execution.follow_route(_route(configuration, resource, method, execution.request))
    started = time.monotonic()
    answer = answer_test_call(execution, services)
    return _describe(execution, answer, started)


def _read_request(path: str, http_method: str, document: Mapping[str, Any]) -> MethodRequest:
    target = urlsplit(document.get("pathWithQueryString") or path)
    headers = {name: [value] for name, value in (document.get("headers") or {}).items()}
    headers.update(document.get("multiValueHeaders") or {})
    return MethodRequest(
        http_method="GET" if http_method == "ANY" else http_method,
        raw_path=target.path or "/",
        headers=headers,
        query=group_values(parse_qsl(target.query, True)),
        body=(document.get("body") or "").encode(),
        source_ip=TEST_STAGE,
    )


def _begin(
    configuration: ApiConfiguration,
    services: GatewayServices,
    path: str,
    http_method: str,
    document: Mapping[str, Any],
) -> Execution:
    request = _read_request(path, http_method, document)
    stage = StageSettings(TEST_STAGE, "", dict(document.get("stageVariables") or {}))
    domain = "testPrefix.testDomainName"
    execution = begin_execution(services.account_id, domain, configuration, stage, request)
    execution.context["identity"]["sourceIp"] = "test-invoke-source-ip"
    execution.context["path"] = request.path
    return execution


def _route(
    configuration: ApiConfiguration, resource: Resource, method: Method, request: MethodRequest
) -> Route:
    """Return the method's route; a path given by hand must be the resource's."""
    if request.path == resource.path:
        return Route(resource, method, {})
    alone = ApiConfiguration(configuration.api_id, configuration.region, (resource,))
    verb = "GET" if method.http_method == "ANY" else method.http_method
    route = find_route(alone, verb, request.raw_path)
    if route is None:
        raise AwsError("BadRequestException", "Invalid path or query string specified", 400)
    return route


def _describe(execution: Execution, answer: Answer, started: float) -> dict[str, Any]:
    headers = group_values(answer.headers)
    shown = {name: ",".join(values) for name, values in headers.items()}
    execution.log.trace(f"Method response headers: {show_mapping(shown)}")
    execution.log.note(f"Method completed with status: {answer.status}")
    return {
        "status": answer.status,
        "body": answer.body.decode("utf-8", "replace"),
        "headers": shown,
        "multiValueHeaders": headers,
        "log": execution.log.as_text(),
        "latency": int((time.monotonic() - started) * 1000),
    }
