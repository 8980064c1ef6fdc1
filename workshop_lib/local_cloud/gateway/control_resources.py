"""CreateResource and DeleteResource where moto is laxer than AWS."""

from __future__ import annotations

from typing import Any

from werkzeug import Response

from workshop_lib.local_cloud.gateway.control_calls import ControlCall, bad_request, conflict


def check_new_resource(call: ControlCall) -> None:
    """Check CreateResource; moto carries it out.

    Raises:
        AwsError: no such parent, its name is taken there, or a parameter is taken already.
    """
    parent, part = call.resource, call.document.get("pathPart") or ""
    siblings = _children(call.api, parent.id)
    if any(sibling.path_part == part for sibling in siblings):
        raise conflict(f"Another resource with the same parent already has this name: {part}")
    if part.startswith("{"):
        if any(sibling.path_part.startswith("{") for sibling in siblings):
            raise bad_request(
                f"A sibling ({_parameter_of(siblings)}) of this resource already has a variable "
                "path part -- only one is allowed"
            )
        if parent.path_part.endswith("+}"):
            raise bad_request("Cannot create a child of a resource with a greedy path variable")


def delete_resource(call: ControlCall) -> Response:
    """Delete a resource and all below it.

    Raises:
        AwsError: there is none, or it is the root.
    """
    resource = call.resource
    if resource.parent_id is None:
        raise bad_request("Root resource cannot be deleted")
    _delete_tree(call.api, resource.id)
    return Response(status=202)


def _delete_tree(api: Any, resource_id: str) -> None:
    for child in _children(api, resource_id):
        _delete_tree(api, child.id)
    del api.resources[resource_id]


def _children(api: Any, resource_id: str) -> list[Any]:
    return [one for one in api.resources.values() if one.parent_id == resource_id]


def _parameter_of(resources: list[Any]) -> str:
    return next(str(one.path_part) for one in resources if one.path_part.startswith("{"))
