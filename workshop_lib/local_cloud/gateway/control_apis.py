"""APIs, their resources, authorizers, gateway responses and tags, where moto is laxer than AWS."""

from __future__ import annotations

import json
import re
from typing import Any

from werkzeug import Response

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.gateway.control_calls import (
    ControlCall,
    answer_json,
    bad_request,
    conflict,
    find_named,
    left_out,
)
from workshop_lib.local_cloud.gateway.deployments import get_api
from workshop_lib.local_cloud.gateway.gateway_responses import DEFAULT_TEMPLATES, RESPONSE_TYPES

_LONGEST_TTL_SECONDS = 3600
_PATCHED_OF_AUTHORIZERS = (
    "/authorizerResultTtlInSeconds", "/authorizerUri", "/identitySource", "/name",
)  # fmt: skip
_TAGGED_ARN = re.compile(
    r"arn:aws[\w-]*:apigateway:[\w-]+::/restapis/(?P<api>[^/]+)(/stages/(?P<stage>[^/]+))?"
)
_MOST_TAGS = 50


def create_rest_api(call: ControlCall) -> Response:
    """Create an API, with its binary media types, which moto forgets.

    Raises:
        AwsError: an empty name or description, or not one type of endpoint.
    """
    for member in ("name", "description"):
        if call.get(member) == "":
            raise bad_request(f"{member.capitalize()} cannot be an empty string")
    types = (call.get("endpointConfiguration") or {}).get("types")
    if types == []:
        raise bad_request("REGIONAL Configuration and EDGE Configuration cannot be both DISABLED.")
    if types and len(types) > 1:
        raise bad_request("Cannot create an api with multiple Endpoint Types.")
    answer = call.answer_by_moto()
    if answer.status_code >= 400:
        return answer
    api = get_api(call.services.account_id, json.loads(answer.get_data())["id"])
    api.binaryMediaTypes = call.get("binaryMediaTypes") or []
    return answer_json({k: value for k, value in api.to_dict().items() if value is not None}, 201)


def delete_rest_api(call: ControlCall) -> Response:
    """Delete an API; AWS answers 202, and no body."""
    answer = call.answer_by_moto()
    return Response(status=202) if answer.status_code < 400 else answer


# Resources ---------------------------------------------------------------------------------------


def check_new_resource(call: ControlCall) -> None:
    """Check CreateResource; moto carries it out.

    Raises:
        AwsError: no such parent, its name is taken there, or a parameter is taken already.
    """
    api, part = call.api, call.get("pathPart") or ""
    parent = find_named(api.resources, call.get("parentId"), "Resource identifier")
    taken = [one.path_part for one in _list_children(api, parent.id)]
    if part in taken:
        raise conflict(f"Another resource with the same parent already has this name: {part}")
    if parent.path_part.endswith("+}"):
        raise bad_request(
            f"Cannot create a child of a resource with a greedy path variable: {parent.path_part}"
        )
    if not part.startswith("{"):
        return
    variable = next((one for one in taken if one.startswith("{")), None)
    if variable is not None:
        raise bad_request(
            f"A sibling ({variable}) of this resource already has a variable path part -- only one "
            "is allowed"
        )


def delete_resource(call: ControlCall) -> Response:
    """Delete a resource and all below it.

    Raises:
        AwsError: there is none, or it is the root.
    """
    resource = call.find("resource")
    if resource.parent_id is None:
        raise bad_request("Root resource cannot be deleted")
    _delete_tree(call.api, resource.id)
    return Response(status=202)


def _delete_tree(api: Any, resource_id: str) -> None:
    for child in _list_children(api, resource_id):
        _delete_tree(api, child.id)
    del api.resources[resource_id]


def _list_children(api: Any, resource_id: str) -> list[Any]:
    return [one for one in api.resources.values() if one.parent_id == resource_id]


# Authorizers -------------------------------------------------------------------------------------


def check_new_authorizer(call: ControlCall) -> None:
    """Check CreateAuthorizer; moto carries it out.

    Raises:
        AwsError: its name is taken, what it needs is missing, or it is no Lambda authorizer.
    """
    if call.get("type") not in ("TOKEN", "REQUEST"):
        raise left_out(f"authorizers of type {call.get('type')}", "Use TOKEN or REQUEST.")
    if any(one.name == call.get("name") for one in call.api.authorizers.values()):
        raise conflict("Authorizer name must be unique")
    ttl = call.get("authorizerResultTtlInSeconds")
    if ttl is not None and not 0 <= ttl <= _LONGEST_TTL_SECONDS:
        raise bad_request(
            f"Authorizer result TTL must be between 0 and {_LONGEST_TTL_SECONDS} seconds"
        )
    if not call.get("authorizerUri"):
        raise bad_request("Authorizer URI must be specified for TOKEN and REQUEST authorizers")
    if not call.get("identitySource") and (call.get("type") == "TOKEN" or ttl != 0):
        raise bad_request("Identity source must be specified")


def check_authorizer_patches(call: ControlCall) -> None:
    """Check UpdateAuthorizer; moto carries it out.

    Raises:
        AwsError: there is none, or it would become one that could not be made here.
    """
    call.find("authorizer")
    for operation in call.get("patchOperations") or ():
        if operation.get("path") not in _PATCHED_OF_AUTHORIZERS:
            raise left_out(f"the patch of {operation.get('path')} of authorizers")


def check_deleted_authorizer(call: ControlCall) -> None:
    """Check DeleteAuthorizer; moto carries it out.

    Raises:
        AwsError: there is none, or a method uses it.
    """
    authorizer_id = call.find("authorizer").id
    for resource in call.api.resources.values():
        for method in resource.resource_methods.values():
            if method.authorizer_id == authorizer_id:
                raise conflict(
                    "Cannot delete authorizer: it is used by method "
                    f"{method.http_method} of {resource.get_path()}"
                )


# Gateway responses: AWS lists every type, also those that nobody has changed ---------------------


def list_gateway_responses(call: ControlCall) -> Response:
    """Return every response type, with what the API or AWS says of it."""
    api = call.api
    return answer_json({"item": [_describe_response(api, kind) for kind in RESPONSE_TYPES]})


def get_gateway_response(call: ControlCall) -> Response:
    """Return one response type."""
    return answer_json(_describe_response(call.api, call.parameters["responseType"]))


def check_gateway_response(call: ControlCall) -> None:
    """Check PutGatewayResponse; moto carries it out.

    Raises:
        AwsError: a parameter that sets no header.
    """
    for name in call.get("responseParameters") or ():
        if not name.startswith("gatewayresponse."):
            raise bad_request(f"Invalid mapping expression parameter specified: {name}")


def check_deleted_gateway_response(call: ControlCall) -> None:
    """Check DeleteGatewayResponse; moto carries it out.

    Raises:
        AwsError: the API says nothing of this type.
    """
    if call.get("responseType") not in call.api.gateway_responses:
        raise AwsError("NotFoundException", "Gateway response type not defined on api", 404)


def _describe_response(api: Any, kind: str) -> dict[str, Any]:
    """Return a type as GetGatewayResponse shows it; what was not given is AWS's own."""
    own = api.gateway_responses[kind].to_json() if kind in api.gateway_responses else {}
    status = own.get("statusCode") or RESPONSE_TYPES[kind][0]
    return {
        "responseType": kind,
        "defaultResponse": not own,
        "responseParameters": own.get("responseParameters") or {},
        "responseTemplates": own.get("responseTemplates") or DEFAULT_TEMPLATES,
    } | ({} if status is None else {"statusCode": str(status)})


# Tags: moto knows only those of stages -----------------------------------------------------------


def list_tags(call: ControlCall) -> Response:
    """Return the tags of an API or a stage."""
    return answer_json({"tags": dict(_find_tagged(call).tags or {})})


def add_tags(call: ControlCall) -> Response:
    """Add tags to an API or a stage, over tags of the same key.

    Raises:
        AwsError: the ARN names neither, or there would be too many.
    """
    tagged = _find_tagged(call)
    tags = {**(tagged.tags or {}), **(call.get("tags") or {})}
    if len(tags) > _MOST_TAGS:
        raise bad_request(f"A resource can have at most {_MOST_TAGS} tags")
    tagged.tags = tags
    return Response(status=204)


def remove_tags(call: ControlCall) -> Response:
    """Take tags off an API or a stage."""
    tagged, gone = _find_tagged(call), call.get("tagKeys") or ()
    tagged.tags = {key: value for key, value in (tagged.tags or {}).items() if key not in gone}
    return Response(status=204)


def _find_tagged(call: ControlCall) -> Any:
    match = _TAGGED_ARN.fullmatch(call.get("resourceArn"))
    if match is None:
        raise bad_request("The local cloud tags REST APIs and stages: invalid resource ARN")
    api = get_api(call.services.account_id, match["api"])
    stage = match["stage"]
    return api if stage is None else find_named(api.stages, stage, "stage identifier")
