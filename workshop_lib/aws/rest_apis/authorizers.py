"""Lambda authorizers: a function that looks at a caller's token and answers with a policy."""

from __future__ import annotations

from typing import Any

from workshop_lib.aws.rest_apis.resources import find_resource
from workshop_lib.aws.rest_apis.routes import function_uri
from workshop_lib.errors import WorkshopError


def ensure_authorizer(
    apigateway: Any, api_id: str, name: str, *, function_arn: str, region: str
) -> str:
    """Have a function look at the header ``Authorization``; return the authorizer's id.

    API Gateway must be allowed to call the function. Nothing is remembered: every request asks.

    Args:
        apigateway: the client.
        api_id: which API.
        name: its name, one of a kind in the API.
        function_arn: what decides.
        region: where the function is.
    """
    settings = {
        "authorizerUri": function_uri(function_arn, region),
        "identitySource": "method.request.header.Authorization",
    }
    standing = _find_authorizer(apigateway, api_id, name)
    if standing is None:
        standing = apigateway.create_authorizer(
            restApiId=api_id, name=name, type="TOKEN", authorizerResultTtlInSeconds=0, **settings
        )
    authorizer_id: str = standing["id"]
    changes = [
        {"op": "replace", "path": f"/{setting}", "value": value}
        for setting, value in settings.items()
        if standing.get(setting) != value
    ]
    if changes:
        apigateway.update_authorizer(
            restApiId=api_id, authorizerId=authorizer_id, patchOperations=changes
        )
    return authorizer_id


def require_authorizer(
    apigateway: Any, api_id: str, *, path: str, method: str, authorizer_id: str
) -> None:
    """Let nobody call a method before the authorizer has agreed.

    Seen on a stage after the next deployment only.

    Raises:
        WorkshopError: the API has no such path.
    """
    resource = find_resource(apigateway, api_id, path)
    if resource is None:
        raise WorkshopError(f"The API {api_id} has no path {path}.", "Make its route first.")
    apigateway.update_method(
        restApiId=api_id,
        resourceId=resource["id"],
        httpMethod=method,
        patchOperations=[
            {"op": "replace", "path": "/authorizationType", "value": "CUSTOM"},
            {"op": "replace", "path": "/authorizerId", "value": authorizer_id},
        ],
    )


def delete_authorizer(apigateway: Any, api_id: str, name: str) -> None:
    """Delete an authorizer that no route asks any more; nothing happens when there is none."""
    standing = _find_authorizer(apigateway, api_id, name)
    if standing is not None:
        apigateway.delete_authorizer(restApiId=api_id, authorizerId=standing["id"])


def _find_authorizer(apigateway: Any, api_id: str, name: str) -> dict[str, Any] | None:
    pages = apigateway.get_paginator("get_authorizers").paginate(restApiId=api_id)
    for page in pages:
        for authorizer in page.get("items", []):
            if authorizer["name"] == name:
                found: dict[str, Any] = authorizer
                return found
    return None
