"""Methods, their integrations and the responses of both, where moto is laxer than AWS."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from werkzeug import Response

from workshop_lib.local_cloud.gateway.control_calls import (
    ControlCall,
    answer_json,
    bad_request,
    conflict,
    left_out,
)
from workshop_lib.local_cloud.gateway.deployments import read_configuration
from workshop_lib.local_cloud.gateway.method_calls import invoke_method
from workshop_lib.local_cloud.moto_hooks import moto_lock

_SHORTEST_TIMEOUT, _LONGEST_TIMEOUT = 50, 29_000
_HTTP_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "ANY")
_AUTHORIZATION_TYPES = ("NONE", "AWS_IAM", "CUSTOM", "COGNITO_USER_POOLS")
_INTEGRATION_TYPES = ("HTTP", "AWS", "MOCK", "HTTP_PROXY", "AWS_PROXY")
_PATCHED = {"/authorizationType": "authorization_type", "/authorizerId": "authorizer_id"}


def test_invoke_method(call: ControlCall) -> Response:
    """Call a method as it stands now and answer with status, body, headers and log.

    Raises:
        AwsError: there is no such method, or the path is not its resource's.
    """
    with moto_lock:
        call.find("method")
        configuration = read_configuration(call.api)
    return answer_json(invoke_method(configuration, call.services, call.parameters))


def check_new_method(call: ControlCall) -> None:
    """Check PutMethod; moto carries it out.

    Raises:
        AwsError: the resource has the method already, or its authorizer does not exist.
    """
    _require_one_of("HttpMethod", call.get("httpMethod"), _HTTP_METHODS)
    if call.get("httpMethod") in call.find("resource").resource_methods:
        raise conflict("Method already exists for this resource")
    _require_authorizer(call, call.get("authorizationType"), call.get("authorizerId"))


def update_method(call: ControlCall) -> Response:
    """Change by patch operations who may call a method.

    Raises:
        AwsError: no such method or authorizer, or the patch of anything else.
    """
    method = call.find("method")
    patched = {name: getattr(method, name) for name in _PATCHED.values()}
    for operation in call.get("patchOperations") or ():
        verb, path = operation.get("op"), operation.get("path")
        if verb != "replace" or path not in _PATCHED:
            raise left_out(f"the patch '{verb} {path}' of methods", "Delete it and put it anew.")
        patched[_PATCHED[path]] = operation.get("value")
    _require_authorizer(call, patched["authorization_type"], patched["authorizer_id"])
    vars(method).update(patched)
    return answer_json(method.to_json())


def check_new_method_response(call: ControlCall) -> None:
    """Check PutMethodResponse; moto carries it out.

    Raises:
        AwsError: the method has a response of this status already.
    """
    if call.get("statusCode") in call.find("method").method_responses:
        raise conflict("Response already exists for this resource")


def check_integration(call: ControlCall) -> None:
    """Check PutIntegration; moto carries it out.

    Raises:
        AwsError: a timeout beyond the limits, a mapping from an undeclared parameter, or what is
            left out.
    """
    kind, timeout = call.get("type"), call.get("timeoutInMillis")
    _require_one_of("IntegrationType", kind, _INTEGRATION_TYPES)
    if kind == "HTTP":
        raise left_out("integrations of type HTTP", "Use HTTP_PROXY, or AWS to a function.")
    if kind.startswith("AWS") and ":lambda:path/" not in str(call.get("uri")):
        raise left_out("integrations with services but Lambda", "Call them in a function.")
    if timeout is not None and not _SHORTEST_TIMEOUT <= timeout <= _LONGEST_TIMEOUT:
        raise bad_request(
            f"Timeout should be between {_SHORTEST_TIMEOUT} ms and {_LONGEST_TIMEOUT} ms"
        )
    sources = (call.get("requestParameters") or {}).values()
    named = (source for source in sources if source.startswith("method.request."))
    _require_declared(named, call.find("method").request_parameters or {})


def check_integration_response(call: ControlCall) -> None:
    """Check PutIntegrationResponse; moto carries it out.

    Raises:
        AwsError: the method has no integration, or a header is mapped that the method response
            does not declare.
    """
    if call.find("method").method_integration is None:
        raise bad_request("No integration defined for method")
    response = call.find("method").method_responses.get(call.get("statusCode"))
    declared = (response and response.response_parameters) or {}
    _require_declared(call.get("responseParameters") or (), declared)


def _require_one_of(kind: str, value: Any, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise bad_request(
            f"Invalid {kind} specified: {value}. Must be one of [{', '.join(allowed)}]"
        )


def _require_authorizer(call: ControlCall, kind: Any, authorizer_id: Any) -> None:
    _require_one_of("authorizationType", kind, _AUTHORIZATION_TYPES)
    if kind not in ("NONE", "CUSTOM"):
        raise left_out(f"methods with authorizationType {kind}", "Use NONE or CUSTOM.")
    if kind == "CUSTOM" and authorizer_id not in call.api.authorizers:
        raise bad_request(
            "Invalid authorizer ID specified. Setting the authorization type to CUSTOM or "
            "COGNITO_USER_POOLS requires a valid authorizer."
        )


def _require_declared(names: Iterable[str], declared: Collection[str]) -> None:
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
