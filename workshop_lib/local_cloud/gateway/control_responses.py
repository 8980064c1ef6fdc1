"""Gateway responses: AWS lists every type, also those that nobody has changed."""

from __future__ import annotations

from typing import Any

from werkzeug import Response

from workshop_lib.local_cloud.gateway.control_calls import (
    ControlCall,
    answer_json,
    bad_request,
    not_found,
)
from workshop_lib.local_cloud.gateway.gateway_responses import (
    DEFAULT_STATUSES,
    DEFAULT_TEMPLATES,
)


def list_gateway_responses(call: ControlCall) -> Response:
    """Return every response type, with what the API or AWS says of it."""
    api = call.api
    return answer_json({"item": [_describe(api, kind) for kind in sorted(DEFAULT_STATUSES)]})


def get_gateway_response(call: ControlCall) -> Response:
    """Return one response type.

    Raises:
        AwsError: there is no such type.
    """
    _require_type(call)
    return answer_json(_describe(call.api, call.names["type"]))


def check_gateway_response(call: ControlCall) -> None:
    """Check PutGatewayResponse; moto carries it out.

    Raises:
        AwsError: no such type, a bad status, or a parameter that sets no header.
    """
    call.api  # noqa: B018 - an API that is not there is refused
    document = call.document
    if call.names["type"] not in DEFAULT_STATUSES:
        kinds = ", ".join(sorted(DEFAULT_STATUSES))
        raise bad_request(f"Invalid gateway response type: must be one of [{kinds}]")
    status = document.get("statusCode")
    if status and not (str(status).isdigit() and 100 <= int(status) <= 599):
        raise bad_request(f"Invalid status code: {status}")
    for name in document.get("responseParameters") or {}:
        if not name.startswith("gatewayresponse."):
            raise bad_request(f"Invalid mapping expression parameter specified: {name}")


def _require_type(call: ControlCall) -> None:
    if call.names["type"] not in DEFAULT_STATUSES:
        raise not_found("Gateway response type")


def _describe(api: Any, kind: str) -> dict[str, Any]:
    """Return a type as GetGatewayResponse shows it; what was not given is AWS's own."""
    own = api.gateway_responses.get(kind)
    status = DEFAULT_STATUSES[kind] if own is None else own.status_code or DEFAULT_STATUSES[kind]
    described: dict[str, Any] = {
        "responseType": kind,
        "defaultResponse": own is None,
        "responseParameters": (own.response_parameters if own else None) or {},
        "responseTemplates": (own.response_templates if own else None) or DEFAULT_TEMPLATES,
    }
    if status is not None:
        described["statusCode"] = str(status)
    return described
