"""Authorizers: what moto loses or lets pass."""

from __future__ import annotations

from werkzeug import Response

from workshop_lib.local_cloud.gateway.control_calls import (
    ControlCall,
    answer_json,
    bad_request,
    conflict,
    left_out,
    not_found,
    read_document,
)
from workshop_lib.local_cloud.moto_hooks import call_moto

_LONGEST_TTL_SECONDS = 3600
_PATCHED = (
    "/authorizerResultTtlInSeconds", "/authorizerUri", "/identitySource",
    "/identityValidationExpression", "/name",
)  # fmt: skip


def create_authorizer(call: ControlCall) -> Response:
    """Create an authorizer, with the validation expression that moto drops by a slip of a name.

    Raises:
        AwsError: its name is taken, what it needs is missing, or it is no Lambda authorizer.
    """
    _check_new_authorizer(call)
    answer = call_moto("apigateway", call.request)
    expression = call.document.get("identityValidationExpression")
    if answer.status_code >= 400 or not expression:
        return answer
    authorizer = call.api.authorizers[read_document(answer.get_data())["id"]]
    authorizer.identity_validation_expression = expression
    return answer_json(authorizer.to_json(), answer.status_code)


def _check_new_authorizer(call: ControlCall) -> None:
    document = call.document
    if document.get("type") not in ("TOKEN", "REQUEST"):
        raise left_out(f"authorizers of type {document.get('type')}", "Use TOKEN or REQUEST.")
    if document.get("authorizerCredentials"):
        raise left_out("authorizers that act as a role", "Use lambda add-permission.")
    if any(one.name == document.get("name") for one in call.api.authorizers.values()):
        raise conflict("Authorizer name must be unique")
    ttl = document.get("authorizerResultTtlInSeconds", 300)
    if not 0 <= int(ttl) <= _LONGEST_TTL_SECONDS:
        raise bad_request("Authorizer result TTL must be between 0 and 3600 seconds")
    if not document.get("authorizerUri"):
        raise bad_request("Authorizer URI must be specified for TOKEN and REQUEST authorizers")
    if not document.get("identitySource") and (document["type"] == "TOKEN" or int(ttl) > 0):
        raise bad_request("Identity source must be specified")


def check_authorizer_patches(call: ControlCall) -> None:
    """Check UpdateAuthorizer; moto carries it out.

    Raises:
        AwsError: it would become an authorizer that could not be made here.
    """
    for path in call.list_patched():
        if path not in _PATCHED:
            raise left_out(f"the patch of {path} of authorizers")


def check_deleted_authorizer(call: ControlCall) -> None:
    """Check DeleteAuthorizer; moto carries it out.

    Raises:
        AwsError: there is none, or a method uses it.
    """
    api, authorizer_id = call.api, call.names["authorizer_id"]
    if authorizer_id not in api.authorizers:
        raise not_found("Authorizer")
    for resource in api.resources.values():
        for method in resource.resource_methods.values():
            if method.authorizer_id == authorizer_id:
                raise conflict(
                    "Cannot delete authorizer: it is used by method "
                    f"{method.http_method} of {resource.get_path()}"
                )
