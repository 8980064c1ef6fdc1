"""Routes that API Gateway answers by itself."""

from __future__ import annotations

from typing import Any

from workshop_lib.aws.rest_apis.preflights import MOCK_REQUEST
from workshop_lib.aws.rest_apis.resources import ensure_resource, find_method


def ensure_mock_route(apigateway: Any, api_id: str, *, path: str, template: str) -> str:
    """Have API Gateway answer GET of a path with what a template makes; return the resource's id.

    Seen on a stage after the next deployment only.

    Args:
        apigateway: the client.
        api_id: which API.
        path: such as ``/hello``.
        template: a mapping template that makes JSON, for the status 200.
    """
    resource_id = ensure_resource(apigateway, api_id, path)
    place = {"restApiId": api_id, "resourceId": resource_id, "httpMethod": "GET"}
    if find_method(apigateway, api_id, resource_id, "GET") is None:
        apigateway.put_method(**place, authorizationType="NONE")
        apigateway.put_method_response(
            **place, statusCode="200", responseModels={"application/json": "Empty"}
        )
        apigateway.put_integration(**place, type="MOCK", requestTemplates=MOCK_REQUEST)
    apigateway.put_integration_response(
        **place, statusCode="200", responseTemplates={"application/json": template}
    )
    return resource_id
