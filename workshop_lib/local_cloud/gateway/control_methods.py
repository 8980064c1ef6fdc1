"""PutMethod, PutIntegration and their responses where moto is laxer than AWS; TestInvokeMethod."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from werkzeug import Response

from workshop_lib.local_cloud.gateway.control_calls import (
    ControlCall,
    answer_json,
    bad_request,
    conflict,
    left_out,
)
from workshop_lib.local_cloud.gateway.snapshots import read_configuration
from workshop_lib.local_cloud.gateway.test_invocations import invoke_method
from workshop_lib.local_cloud.moto_hooks import moto_lock

_SHORTEST_TIMEOUT, _LONGEST_TIMEOUT = 50, 29_000
_HTTP_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "ANY")
_AUTHORIZATION_TYPES = ("NONE", "AWS_IAM", "CUSTOM", "COGNITO_USER_POOLS")
_INTEGRATION_TYPES = ("HTTP", "AWS", "MOCK", "HTTP_PROXY", "AWS_PROXY")
_METHOD_ATTRIBUTES = {
    "/authorizationType": "authorization_type",
    "/authorizerId": "authorizer_id",
}
# Members of a call that would ask for more than there is here, and what that is.
_LEFT_OUT = {
    "apiKeyRequired": ("API keys and usage plans", ""),
    "requestValidatorId": ("request validators", "Let the function check what it is given."),
    "contentHandling": ("contentHandling", "A Lambda proxy integration answers with Base64."),
    "credentials": ("integrations that act as a role", "Use lambda add-permission."),
    "connectionId": ("VPC links", ""),
}


def test_invoke_method(call: ControlCall) -> Response:
    """Call a method as it stands now and answer with status, body, headers and log.

    Raises:
        AwsError: there is no such method, or the path is not its resource's.
    """
    with moto_lock:
        place = (call.resource.id, call.method.http_method)
        configuration = read_configuration(call.api)
    return answer_json(invoke_method(configuration, call.services, *place, call.document))


def check_new_method(call: ControlCall) -> None:
    """Check PutMethod; moto carries it out.

    Raises:
        AwsError: the resource has the method already, its authorizer does not exist, or it asks
            for what is left out.
    """
    _require_one_of("HttpMethod", call.names["method"], _HTTP_METHODS)
    if call.names["method"] in call.resource.resource_methods:
        raise conflict("Method already exists for this resource")
    document = call.document
    _refuse_left_out(document)
    _require_authorizer(call, document.get("authorizationType"), document.get("authorizerId"))


def update_method(call: ControlCall) -> Response:
    """Change by patch operations who may call a method.

    Raises:
        AwsError: no such method or authorizer, or the patch of anything else.
    """
    method = call.method
    patched = {name: getattr(method, name) for name in _METHOD_ATTRIBUTES.values()}
    for operation in call.document.get("patchOperations") or []:
        verb, path = operation.get("op"), operation.get("path")
        if verb != "replace" or path not in _METHOD_ATTRIBUTES:
            raise left_out(f"the patch '{verb} {path}' of methods", "Delete it and put it anew.")
        patched[_METHOD_ATTRIBUTES[path]] = operation.get("value")
    _require_authorizer(call, patched["authorization_type"], patched["authorizer_id"])
    for name, value in patched.items():
        setattr(method, name, value)
    return answer_json(method.to_json())


def check_new_method_response(call: ControlCall) -> None:
    """Check PutMethodResponse; moto carries it out.

    Raises:
        AwsError: the method has a response of this status already.
    """
    if call.names["status"] in call.method.method_responses:
        raise conflict("Response already exists for this resource")


def check_integration(call: ControlCall) -> None:
    """Check PutIntegration; moto carries it out.

    Raises:
        AwsError: a timeout beyond the limits, a mapping from an undeclared parameter, or what is
            left out.
    """
    document = call.document
    _require_one_of("IntegrationType", document.get("type"), _INTEGRATION_TYPES)
    if document["type"] == "HTTP":
        raise left_out("integrations of type HTTP", "Use HTTP_PROXY, or AWS to a function.")
    if document["type"].startswith("AWS") and ":lambda:path/" not in str(document.get("uri")):
        raise left_out("integrations with services but Lambda", "Call them in a function.")
    _refuse_left_out(document)
    _require_timeout(document.get("timeoutInMillis"))
    sources = (document.get("requestParameters") or {}).values()
    _require_declared(
        (source for source in sources if str(source).startswith("method.request.")),
        call.method.request_parameters or {},
    )


def check_integration_response(call: ControlCall) -> None:
    """Check PutIntegrationResponse; moto carries it out.

    Raises:
        AwsError: the method has no integration, or a header is mapped that the method response
            does not declare.
    """
    if call.method.method_integration is None:
        raise bad_request("No integration defined for method")
    _refuse_left_out(call.document)
    targets = list((call.document.get("responseParameters") or {}).keys())
    response = call.method.method_responses.get(call.names["status"])
    declared = (response.response_parameters or {}) if response is not None else {}
    _require_declared(targets, declared)


def _require_one_of(kind: str, value: Any, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise bad_request(
            f"Invalid {kind} specified: {value}. Must be one of [{', '.join(allowed)}]"
        )


def _refuse_left_out(document: Mapping[str, Any]) -> None:
    for name, (what, instead) in _LEFT_OUT.items():
        if document.get(name):
            raise left_out(what, instead)


def _require_authorizer(call: ControlCall, kind: Any, authorizer_id: Any) -> None:
    _require_one_of("authorizationType", kind, _AUTHORIZATION_TYPES)
    if kind not in ("NONE", "CUSTOM"):
        raise left_out(f"methods with authorizationType {kind}", "Use NONE or CUSTOM.")
    if kind == "CUSTOM" and authorizer_id not in call.api.authorizers:
        raise bad_request(
            "Invalid authorizer ID specified. Setting the authorization type to CUSTOM or "
            "COGNITO_USER_POOLS requires a valid authorizer."
        )


def _require_timeout(value: Any) -> None:
    if value is None:
        return
    if not str(value).isdigit() or not _SHORTEST_TIMEOUT <= int(value) <= _LONGEST_TIMEOUT:
        raise bad_request(
            f"Timeout should be between {_SHORTEST_TIMEOUT} ms and {_LONGEST_TIMEOUT} ms"
        )


def _require_declared(names: Iterable[str], declared: Any) -> None:
    """Refuse mappings that use a parameter which the method does not declare."""
    errors = [
        f"Invalid mapping expression parameter specified: {name}"
        for name in names
        if not name.startswith("method.request.body") and name not in declared
    ]
    if errors:
        raise bad_request(
            "Invalid mapping expression specified: Validation Result: warnings : [], errors : "
            f"[{', '.join(errors)}]"
        )
