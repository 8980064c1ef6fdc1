"""PutMethod, PutIntegration and their responses where moto is laxer than AWS; TestInvokeMethod."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from werkzeug import Response

from workshop_lib.local_cloud.gateway.control_calls import (
    ControlCall,
    answer_json,
    bad_request,
    conflict,
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
    "/operationName": "operation_name",
    "/requestValidatorId": "request_validator_id",
}
_INTEGRATION_ATTRIBUTES = {
    "/contentHandling": "content_handling",
    "/credentials": "credentials",
    "/httpMethod": "http_method",
    "/passthroughBehavior": "passthrough_behaviour",
    "/timeoutInMillis": "timeout_in_millis",
    "/uri": "uri",
}
_INTEGRATION_MAPS = {
    "requestParameters": "request_parameters",
    "requestTemplates": "request_templates",
}


def test_invoke_method(call: ControlCall) -> Response:
    """Call a method as it stands now and answer with status, body, headers and log.

    Raises:
        AwsError: there is no such method, or the path is not its resource's.
    """
    with moto_lock:
        configuration = read_configuration(call.api)
    resource_id, method = call.names["resource_id"], call.names["method"]
    return answer_json(
        invoke_method(configuration, call.services, resource_id, method, call.document)
    )


def check_new_method(call: ControlCall) -> None:
    """Check PutMethod; moto carries it out.

    Raises:
        AwsError: the resource has the method already, or its authorizer does not exist.
    """
    _require_one_of("HttpMethod", call.names["method"], _HTTP_METHODS)
    if call.names["method"] in call.resource.resource_methods:
        raise conflict("Method already exists for this resource")
    document = call.document
    kind = document.get("authorizationType")
    _require_one_of("authorizationType", kind, _AUTHORIZATION_TYPES)
    _require_authorizer(call, kind, document.get("authorizerId"))


def update_method(call: ControlCall) -> Response:
    """Change a method by patch operations.

    Raises:
        AwsError: no such method, or an operation the local cloud does not have.
    """
    method = call.method
    for operation in _operations(call):
        verb, path, value = operation["op"], operation["path"], operation.get("value")
        if verb == "replace" and path in _METHOD_ATTRIBUTES:
            setattr(method, _METHOD_ATTRIBUTES[path], value)
        elif verb == "replace" and path == "/apiKeyRequired":
            method.api_key_required = str(value).lower() == "true"
        elif path.startswith("/requestParameters/"):
            _patch_parameters(method, verb, path.removeprefix("/requestParameters/"), value)
        else:
            raise _unknown_patch(verb, path)
    _require_authorizer(call, method.authorization_type, method.authorizer_id)
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
        AwsError: a timeout beyond the limits, or a mapping from an undeclared parameter.
    """
    document = call.document
    _require_one_of("IntegrationType", document.get("type"), _INTEGRATION_TYPES)
    _require_timeout(document.get("timeoutInMillis"))
    sources = (document.get("requestParameters") or {}).values()
    _require_declared(
        (source for source in sources if str(source).startswith("method.request.")),
        call.method.request_parameters or {},
    )


def update_integration(call: ControlCall) -> Response:
    """Change an integration by patch operations.

    Raises:
        AwsError: the method has none, or an operation the local cloud does not have.
    """
    integration = _integration(call)
    for operation in _operations(call):
        verb, path, value = operation["op"], operation["path"], operation.get("value")
        head, _, rest = path.lstrip("/").partition("/")
        if path == "/timeoutInMillis":
            _require_timeout(value)
        if verb == "replace" and path in _INTEGRATION_ATTRIBUTES:
            setattr(integration, _INTEGRATION_ATTRIBUTES[path], value)
        elif head in _INTEGRATION_MAPS and rest:
            _patch_map(integration, _INTEGRATION_MAPS[head], verb, rest, value)
        else:
            raise _unknown_patch(verb, path)
    return answer_json(integration.to_json())


def check_integration_response(call: ControlCall) -> None:
    """Check PutIntegrationResponse; moto carries it out.

    Raises:
        AwsError: the method has no integration, or a header is mapped that the method response
            does not declare.
    """
    _integration(call)
    targets = list((call.document.get("responseParameters") or {}).keys())
    response = call.method.method_responses.get(call.names["status"])
    declared = (response.response_parameters or {}) if response is not None else {}
    _require_declared(targets, declared)


def _require_one_of(kind: str, value: Any, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise bad_request(
            f"Invalid {kind} specified: {value}. Must be one of [{', '.join(allowed)}]"
        )


def _integration(call: ControlCall) -> Any:
    integration = call.method.method_integration
    if integration is None:
        raise bad_request("No integration defined for method")
    return integration


def _operations(call: ControlCall) -> list[dict[str, Any]]:
    operations = call.document.get("patchOperations") or []
    if any("op" not in operation or "path" not in operation for operation in operations):
        raise bad_request("Each patch operation needs op and path")
    return list(operations)


def _require_authorizer(call: ControlCall, kind: Any, authorizer_id: Any) -> None:
    needs = kind in ("CUSTOM", "COGNITO_USER_POOLS")
    if needs and authorizer_id not in call.api.authorizers:
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


def _patch_parameters(method: Any, verb: str, name: str, value: Any) -> None:
    method.request_parameters = dict(method.request_parameters or {})
    if verb == "remove":
        method.request_parameters.pop(name, None)
    else:
        method.request_parameters[name] = str(value).lower() == "true"


def _patch_map(target: Any, attribute: str, verb: str, name: str, value: Any) -> None:
    """Change one entry of a map; ``~1`` in a patch path stands for a slash (RFC 6901)."""
    key = name.replace("~1", "/").replace("~0", "~")
    entries = dict(getattr(target, attribute) or {})
    if verb == "remove":
        entries.pop(key, None)
    else:
        entries[key] = value
    setattr(target, attribute, entries)


def _unknown_patch(verb: Any, path: Any) -> Exception:
    return bad_request(f"Invalid patch path  '{path}' specified for op '{verb}'.")
