"""Routes: a method of a path, and the function that answers it."""

# test_route has the name of the call it makes, test-invoke-method; it is no test of pytest's.
# ruff: noqa: PT028

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workshop_lib.aws.rest_apis.resources import ensure_resource, find_method, find_resource
from workshop_lib.errors import WorkshopError


@dataclass(frozen=True)
class RouteTest:
    """What came of a test call: the answer as a client would see it, and the gateway's own log."""

    status: int
    headers: dict[str, str]
    body: str
    latency_ms: int
    log: str


def function_uri(function_arn: str, region: str) -> str:
    """Return the URI by which API Gateway calls a function.

    Source: the ``uri`` of an integration in the API Gateway REST API Reference (PutIntegration).
    """
    return (
        f"arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{function_arn}/invocations"
    )


def ensure_function_route(
    apigateway: Any, api_id: str, *, path: str, method: str, function_arn: str, region: str
) -> str:
    """Have a function answer a method of a path, by Lambda proxy; return the resource's id.

    The route is seen on a stage after the next deployment only, and API Gateway must be allowed
    to call the function.

    Args:
        apigateway: the client.
        api_id: which API.
        path: such as ``/upload``; the paths above are made too.
        method: such as ``GET``.
        function_arn: what answers.
        region: where the function is.
    """
    resource_id = ensure_resource(apigateway, api_id, path)
    place = {"restApiId": api_id, "resourceId": resource_id, "httpMethod": method}
    standing = find_method(apigateway, api_id, resource_id, method)
    if standing is None:
        apigateway.put_method(**place, authorizationType="NONE")
    integration = (standing or {}).get("methodIntegration", {})
    uri = function_uri(function_arn, region)
    if (integration.get("type"), integration.get("uri")) != ("AWS_PROXY", uri):
        # Lambda is called by POST, whatever the method of the route.
        apigateway.put_integration(**place, type="AWS_PROXY", integrationHttpMethod="POST", uri=uri)
    return resource_id


def test_route(
    apigateway: Any,
    api_id: str,
    *,
    path: str,
    method: str,
    query: str = "",
    headers: Mapping[str, str] | None = None,
    body: str = "",
    stage_variables: Mapping[str, str] | None = None,
) -> RouteTest:
    """Call a method through API Gateway without any deployment, and see the gateway's log.

    Args:
        apigateway: the client.
        api_id: which API.
        path: such as ``/upload``.
        method: such as ``GET``.
        query: such as ``filename=cat.jpg``.
        headers: what a client would send.
        body: what a client would send.
        stage_variables: what a stage would set.

    Raises:
        WorkshopError: the API has no such path.
    """
    resource = find_resource(apigateway, api_id, path)
    if resource is None:
        raise WorkshopError(f"The API {api_id} has no path {path}.", "Make its route first.")
    answer = apigateway.test_invoke_method(
        restApiId=api_id,
        resourceId=resource["id"],
        httpMethod=method,
        pathWithQueryString=f"{path}?{query}" if query else path,
        headers=dict(headers or {}),
        body=body,
        stageVariables=dict(stage_variables or {}),
    )
    return RouteTest(
        answer["status"],
        answer.get("headers", {}),
        answer.get("body", ""),
        answer.get("latency", 0),
        answer.get("log", ""),
    )


# pytest collects what is called test_… wherever it is imported.
test_route.__test__ = False  # type: ignore[attr-defined]
