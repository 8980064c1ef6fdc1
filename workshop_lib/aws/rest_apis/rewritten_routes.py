"""Routes whose requests and answers API Gateway hands on as they are, or rewrites."""

from __future__ import annotations

from typing import Any

from workshop_lib.aws.rest_apis.resources import ensure_open_method
from workshop_lib.aws.rest_apis.routes import function_uri


def ensure_http_route(apigateway: Any, api_id: str, *, path: str, address: str) -> str:
    """Have another web address answer GET of a path, unchanged; return the resource's id.

    Seen on a stage after the next deployment only.

    Args:
        apigateway: the client.
        api_id: which API.
        path: such as ``/mirror``.
        address: whose answer is handed back; the local cloud reaches its own stages only.
    """
    place = ensure_open_method(apigateway, api_id, path)
    apigateway.put_integration(**place, type="HTTP_PROXY", integrationHttpMethod="GET", uri=address)
    return place["resourceId"]


def ensure_template_route(
    apigateway: Any,
    api_id: str,
    *,
    path: str,
    function_arn: str,
    region: str,
    request: str,
    response: str,
) -> str:
    """Have a function answer GET of a path behind mapping templates; return the resource's id.

    Seen on a stage after the next deployment only, and API Gateway must be allowed to call the
    function.

    Args:
        apigateway: the client.
        api_id: which API.
        path: such as ``/key``.
        function_arn: what answers.
        region: where the function is.
        request: the template that makes the function's event, in JSON.
        response: the template that makes the answer's body, in JSON, for the status 200.
    """
    place = ensure_open_method(apigateway, api_id, path)
    apigateway.put_integration(
        **place,
        type="AWS",
        integrationHttpMethod="POST",
        uri=function_uri(function_arn, region),
        requestTemplates={"application/json": request},
        passthroughBehavior="NEVER",
    )
    apigateway.put_integration_response(
        **place, statusCode="200", responseTemplates={"application/json": response}
    )
    return place["resourceId"]
