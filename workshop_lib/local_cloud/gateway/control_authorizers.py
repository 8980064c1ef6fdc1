"""Authorizers: what moto loses or lets pass, and TestInvokeAuthorizer."""

from __future__ import annotations

from typing import Any

from werkzeug import Response

from workshop_lib.local_cloud.gateway.authorizers import AuthorizerCache, find_result
from workshop_lib.local_cloud.gateway.control_calls import (
    ControlCall,
    answer_json,
    bad_request,
    conflict,
    not_found,
    read_document,
)
from workshop_lib.local_cloud.gateway.gateway_responses import GatewayError, answer_fault
from workshop_lib.local_cloud.gateway.snapshots import read_configuration
from workshop_lib.local_cloud.gateway.test_invocations import begin_test_execution
from workshop_lib.local_cloud.moto_hooks import call_moto, moto_lock

_LONGEST_TTL_SECONDS = 3600


def create_authorizer(call: ControlCall) -> Response:
    """Create an authorizer, with the validation expression that moto drops by a slip of a name.

    Raises:
        AwsError: its name is taken, or what it needs is missing.
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
    if any(one.name == document.get("name") for one in call.api.authorizers.values()):
        raise conflict("Authorizer name must be unique")
    ttl = document.get("authorizerResultTtlInSeconds", 300)
    if not 0 <= int(ttl) <= _LONGEST_TTL_SECONDS:
        raise bad_request("Authorizer result TTL must be between 0 and 3600 seconds")
    if document.get("type") not in ("TOKEN", "REQUEST"):
        return
    if not document.get("authorizerUri"):
        raise bad_request("Authorizer URI must be specified for TOKEN and REQUEST authorizers")
    if not document.get("identitySource") and (document["type"] == "TOKEN" or int(ttl) > 0):
        raise bad_request("Identity source must be specified")


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


def test_invoke_authorizer(call: ControlCall) -> Response:
    """Call an authorizer as it stands now and answer with its policy and the log.

    Raises:
        AwsError: there is no such authorizer.
    """
    with moto_lock:
        configuration = read_configuration(call.api)
    authorizer = configuration.authorizers.get(call.names["authorizer_id"])
    if authorizer is None:
        raise not_found("Authorizer")
    execution = begin_test_execution(configuration, call.services, call.document)
    described: dict[str, Any] = {"clientStatus": 200}
    try:
        result = find_result(execution, call.services, AuthorizerCache(), authorizer)
        described |= {"principalId": result.principal_id, "authorization": {}}
        described["policy"] = result.policy_text
    except GatewayError as fault:
        described["clientStatus"] = answer_fault(execution, fault).status
    return answer_json({**described, "log": execution.log.as_text(), "latency": 0})
