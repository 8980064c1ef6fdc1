"""Methods, their integrations and the responses of both, where moto is laxer than AWS."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Any

from werkzeug import Response

from workshop_lib.local_cloud.aws_errors import AwsError
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
_HTTP_METHODS = ("GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "HEAD", "ANY")
_AUTHORIZATION_TYPES = ("NONE", "AWS_IAM", "CUSTOM", "COGNITO_USER_POOLS")
_SERVICE_URI = re.compile(r"arn:aws[\w-]*:apigateway:[\w-]+:([\w.-]+):(path|action)/")
_PARAMETER = re.compile(r"method\.request\.(path|querystring|header)\.(?P<name>.+)")
_PARAMETER_NAME = re.compile(r"[a-zA-Z0-9._$-]+")
# What AWS patches of a method beside what is patched here.
_OTHER_PATHS = re.compile(
    r"/(apiKeyRequired|operationName|requestValidatorId|authorizationScopes"
    r"|requestParameters/.+|requestModels/.+)"
)
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
        AwsError: no such verb, the resource has the method already, its authorizer does not
            exist, or a parameter that cannot be.
    """
    if call.get("httpMethod") not in _HTTP_METHODS:
        options = ",".join(_HTTP_METHODS)
        raise bad_request(f"Invalid HttpMethod specified. Valid options are {options}")
    _check_parameters(call.get("requestParameters") or ())
    if call.get("httpMethod") in call.find("resource").resource_methods:
        raise conflict("Method already exists for this resource")
    _require_authorizer(call, call.get("authorizationType"), call.get("authorizerId"))


def _check_parameters(parameters: Collection[str]) -> None:
    names = []
    for parameter in parameters:
        match = _PARAMETER.fullmatch(parameter)
        if match is None:
            raise _refuse_mapping([f"Invalid mapping expression parameter specified: {parameter}"])
        if not _PARAMETER_NAME.fullmatch(match["name"]):
            rule = f"^{_PARAMETER_NAME.pattern}$"
            raise _refuse_mapping(
                [f"Parameter name should match the following regular expression: {rule}"]
            )
        names.append(match["name"])
    if len(set(names)) < len(names):
        raise bad_request("Parameter names must be unique across querystring, header and path")


def update_method(call: ControlCall) -> Response:
    """Change by patch operations who may call a method.

    Raises:
        AwsError: no such method or authorizer, or the patch of anything else.
    """
    method = call.find("method")
    patched = {name: getattr(method, name) for name in _PATCHED.values()}
    for operation in call.get("patchOperations") or ():
        verb, path = operation.get("op"), operation.get("path") or ""
        if _OTHER_PATHS.fullmatch(path):
            raise left_out(f"the patch '{verb} {path}' of methods", "Delete it and put it anew.")
        if path not in _PATCHED:
            raise bad_request(f"Invalid patch path {path}")
        if verb != "replace":
            raise bad_request("Invalid patch operation specified. Must be one of: [replace]")
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
    if kind == "HTTP":
        raise left_out("integrations of type HTTP", "Use HTTP_PROXY, or AWS to a function.")
    service = _SERVICE_URI.match(str(call.get("uri")))
    if kind == "AWS_PROXY" and service and service[1] not in ("lambda", "firehose"):
        raise bad_request(
            "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose "
            "stream invocations."
        )
    if kind.startswith("AWS") and service and service[0].split(":")[4:] != ["lambda", "path/"]:
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
        raise AwsError("NotFoundException", "No integration defined for method", 404)
    mapped = call.get("responseParameters") or ()
    response = call.find("method").method_responses.get(call.get("statusCode"))
    if mapped and response is None:
        raise _refuse_mapping(["No method response exists for method."])
    _require_declared(mapped, (response and response.response_parameters) or {})


def _require_authorizer(call: ControlCall, kind: Any, authorizer_id: Any) -> None:
    if kind not in _AUTHORIZATION_TYPES:
        allowed = ", ".join(_AUTHORIZATION_TYPES)
        raise bad_request(
            f"Invalid authorizationType specified: {kind}. Must be one of [{allowed}]"
        )
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
        raise _refuse_mapping(errors)


def _refuse_mapping(errors: list[str]) -> AwsError:
    return bad_request(
        "Invalid mapping expression specified: Validation Result: warnings : [], errors : "
        f"[{', '.join(errors)}]"
    )
