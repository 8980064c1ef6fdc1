"""The resources of an API: a tree of paths, each with its methods."""

from __future__ import annotations

from typing import Any

PAGE = 500


def read_resources(apigateway: Any, api_id: str) -> list[dict[str, Any]]:
    """Return every resource with its methods and their integrations, as API Gateway tells them."""
    pages = apigateway.get_paginator("get_resources").paginate(
        restApiId=api_id, embed=["methods"], PaginationConfig={"PageSize": PAGE}
    )
    return [resource for page in pages for resource in page["items"]]


def list_paths(apigateway: Any, api_id: str) -> list[str]:
    """Return the path of every resource, the root's ``/`` included."""
    return [resource["path"] for resource in read_resources(apigateway, api_id)]


def find_resource(apigateway: Any, api_id: str, path: str) -> dict[str, Any] | None:
    """Return the resource of a path such as ``/upload``, or None."""
    for resource in read_resources(apigateway, api_id):
        if resource["path"] == path:
            return resource
    return None


def ensure_resource(apigateway: Any, api_id: str, path: str) -> str:
    """Make the resource of a path, with those above it, and return its id."""
    standing = {resource["path"]: resource["id"] for resource in read_resources(apigateway, api_id)}
    parent, so_far = standing["/"], ""
    for part in path.strip("/").split("/") if path != "/" else []:
        so_far = f"{so_far}/{part}"
        if so_far not in standing:
            standing[so_far] = apigateway.create_resource(
                restApiId=api_id, parentId=parent, pathPart=part
            )["id"]
        parent = standing[so_far]
    resource_id: str = parent
    return resource_id


def delete_path(apigateway: Any, api_id: str, path: str) -> None:
    """Delete a path with its methods; nothing happens when there is none.

    Seen on a stage after the next deployment only.
    """
    resource = find_resource(apigateway, api_id, path)
    if resource is not None:
        apigateway.delete_resource(restApiId=api_id, resourceId=resource["id"])


def find_method(
    apigateway: Any, api_id: str, resource_id: str, method: str
) -> dict[str, Any] | None:
    """Return a method with its integration and responses, or None."""
    try:
        answer: dict[str, Any] = apigateway.get_method(
            restApiId=api_id, resourceId=resource_id, httpMethod=method
        )
    except apigateway.exceptions.NotFoundException:
        return None
    return answer


def ensure_open_method(apigateway: Any, api_id: str, path: str) -> dict[str, str]:
    """Let everyone GET a path, with JSON for an answer; return where the method is.

    What stands behind it is put there by an integration.
    """
    resource_id = ensure_resource(apigateway, api_id, path)
    place = {"restApiId": api_id, "resourceId": resource_id, "httpMethod": "GET"}
    if find_method(apigateway, api_id, resource_id, "GET") is None:
        apigateway.put_method(**place, authorizationType="NONE")
        apigateway.put_method_response(
            **place, statusCode="200", responseModels={"application/json": "Empty"}
        )
    return place
