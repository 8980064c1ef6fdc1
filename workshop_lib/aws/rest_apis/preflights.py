"""CORS of an API: the answer to a browser's preflight, and headers on the gateway's own errors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workshop_lib.aws.rest_apis.resources import ensure_resource, find_method

ALLOW_ORIGIN = "Access-Control-Allow-Origin"
MOCK_REQUEST = {"application/json": '{"statusCode": 200}'}


def ensure_preflight(
    apigateway: Any,
    api_id: str,
    *,
    path: str,
    origin: str,
    methods: Sequence[str],
    headers: Sequence[str] = ("Content-Type",),
) -> None:
    """Have API Gateway answer OPTIONS of a path by itself, with the CORS headers.

    A MOCK integration, which calls nothing; as the console's *Enable CORS* makes it. Seen on a
    stage after the next deployment only.

    Args:
        apigateway: the client.
        api_id: which API.
        path: such as ``/upload``.
        origin: whose pages may call: scheme, host and port without a slash, or ``*``.
        methods: what they may call; OPTIONS is added.
        headers: the request headers that they may set.
    """
    wanted = {
        ALLOW_ORIGIN: origin,
        "Access-Control-Allow-Methods": ",".join(dict.fromkeys([*methods, "OPTIONS"])),
        "Access-Control-Allow-Headers": ",".join(headers),
    }
    # API Gateway sends a mapped value as it is when it stands between single quotes.
    mapping = {f"method.response.header.{name}": f"'{value}'" for name, value in wanted.items()}
    resource_id = ensure_resource(apigateway, api_id, path)
    place = {"restApiId": api_id, "resourceId": resource_id, "httpMethod": "OPTIONS"}
    standing = find_method(apigateway, api_id, resource_id, "OPTIONS")
    if standing is not None:
        if _mapping_of(standing) == mapping:
            return
        apigateway.delete_method(**place)
    _put_preflight(apigateway, place, mapping)


def _mapping_of(method: dict[str, Any]) -> dict[str, str]:
    integration = method.get("methodIntegration", {})
    response = integration.get("integrationResponses", {}).get("200", {})
    mapping: dict[str, str] = response.get("responseParameters", {})
    return mapping if integration.get("type") == "MOCK" else {}


def _put_preflight(apigateway: Any, place: dict[str, str], mapping: dict[str, str]) -> None:
    apigateway.put_method(**place, authorizationType="NONE")
    apigateway.put_method_response(
        **place,
        statusCode="200",
        responseParameters=dict.fromkeys(mapping, False),
        responseModels={"application/json": "Empty"},
    )
    apigateway.put_integration(**place, type="MOCK", requestTemplates=MOCK_REQUEST)
    apigateway.put_integration_response(
        **place, statusCode="200", responseParameters=mapping, responseTemplates={}
    )


def ensure_error_headers(apigateway: Any, api_id: str, *, origin: str) -> None:
    """Put the CORS header on the errors that the gateway itself answers.

    Without it a browser hides a 403, 429 or 502 behind a CORS error. Seen after a deployment.
    """
    wanted = {f"gatewayresponse.header.{ALLOW_ORIGIN}": f"'{origin}'"}
    for response_type in ("DEFAULT_4XX", "DEFAULT_5XX"):
        if _error_headers(apigateway, api_id, response_type) != wanted:
            apigateway.put_gateway_response(
                restApiId=api_id, responseType=response_type, responseParameters=wanted
            )


def _error_headers(apigateway: Any, api_id: str, response_type: str) -> dict[str, str]:
    try:
        answer = apigateway.get_gateway_response(restApiId=api_id, responseType=response_type)
    except apigateway.exceptions.NotFoundException:
        return {}
    headers: dict[str, str] = answer.get("responseParameters", {})
    return headers
