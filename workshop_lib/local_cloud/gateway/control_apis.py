"""CreateRestApi, UpdateRestApi and DeleteRestApi where moto drops or mixes up what AWS keeps.

moto forgets the binary media types of a new API, takes those of a patch from its value (AWS has
them in the path), and reads every text as true.
"""

from __future__ import annotations

from typing import Any

from werkzeug import Response

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.gateway.control_calls import (
    ControlCall,
    answer_json,
    bad_request,
    read_document,
)
from workshop_lib.local_cloud.gateway.live_apis import get_api
from workshop_lib.local_cloud.moto_hooks import call_moto

_MEDIA_TYPES = "/binaryMediaTypes"
_DISABLED = "/disableExecuteApiEndpoint"
_PLAIN = frozenset({"/name", "/description", "/apiKeySource", "/minimumCompressionSize"})


def create_rest_api(call: ControlCall) -> Response:
    """Create an API, with its binary media types.

    Raises:
        AwsError: it has a resource policy, or is to be imported; the local cloud does neither.
    """
    if call.request.args.get("mode") == "import":
        raise _import_refusal()
    document = call.document
    _refuse_policy(document.get("policy"))
    answer = call_moto("apigateway", call.request)
    if answer.status_code >= 400:
        return answer
    api = get_api(call.account_id, read_document(answer.get_data())["id"])
    api.binaryMediaTypes = list(document.get("binaryMediaTypes") or [])
    return answer_json(_describe(api), 201)


def refuse_import(call: ControlCall) -> None:
    """Refuse PutRestApi: moto would drop authorizers, parameters and models without a word.

    Raises:
        AwsError: always.
    """
    call.api  # noqa: B018 - an API that is not there is refused
    raise _import_refusal()


def update_rest_api(call: ControlCall) -> Response:
    """Change an API by patch operations: all of them, or none where one is wrong.

    Raises:
        AwsError: no such API, or an operation AWS or the local cloud does not have.
    """
    api, operations = call.api, call.document.get("patchOperations") or []
    for operation in operations:
        _check_patch(operation)
    for operation in operations:
        _apply_patch(api, operation)
    return answer_json(_describe(api))


def delete_rest_api(call: ControlCall) -> Response:
    """Delete an API and forget what was cached for it.

    Raises:
        AwsError: there is none.
    """
    api_id = call.api.id
    answer = call_moto("apigateway", call.request)
    call.forget(api_id)
    return Response(status=202) if answer.status_code < 400 else answer


def _describe(api: Any) -> dict[str, Any]:
    described: dict[str, Any] = api.to_dict()
    return {name: value for name, value in described.items() if value is not None}


def _import_refusal() -> AwsError:
    return bad_request(
        "The local cloud does not import OpenAPI documents: make the API with create_resource, "
        "put_method and put_integration, or import it on AWS."
    )


def _refuse_policy(policy: Any) -> None:
    if policy:
        raise bad_request(
            "The local cloud's gateway does not evaluate resource policies of APIs. Guard the "
            "method with a Lambda authorizer, or try the policy on AWS."
        )


def _check_patch(operation: dict[str, Any]) -> None:
    verb, path = operation.get("op"), operation.get("path") or ""
    if path == "/policy":
        _refuse_policy(operation.get("value"))
    known = path in _PLAIN | {_DISABLED, "/policy"} or path.startswith("/endpointConfiguration/")
    media_type = path.startswith(f"{_MEDIA_TYPES}/") and verb in ("add", "remove", "replace")
    if not media_type and not (known and verb == "replace"):
        raise bad_request(f"Invalid patch path  '{path}' specified for op '{verb}'.")


def _apply_patch(api: Any, operation: dict[str, Any]) -> None:
    path, value = operation["path"], operation.get("value")
    if path.startswith(f"{_MEDIA_TYPES}/"):
        _patch_media_types(api, operation)
    elif path == _DISABLED:
        api.disableExecuteApiEndpoint = str(value).lower() == "true"
    elif path == "/minimumCompressionSize":
        api.minimum_compression_size = int(value) if value else None
    elif path != "/policy":
        api.apply_patch_operations([operation])


def _patch_media_types(api: Any, operation: dict[str, Any]) -> None:
    """Add, remove or replace one type, whose slash is ``~1`` in the path (RFC 6901)."""
    name = operation["path"].removeprefix(f"{_MEDIA_TYPES}/").replace("~1", "/").replace("~0", "~")
    kept = [one for one in api.binaryMediaTypes if one != name]
    new = {"add": name, "replace": operation.get("value")}.get(operation["op"])
    api.binaryMediaTypes = [*kept, new] if new else kept
