"""Routes that API Gateway answers by itself."""

from __future__ import annotations

from typing import Any

from workshop_lib.aws.rest_apis.preflights import MOCK_REQUEST
from workshop_lib.aws.rest_apis.resources import ensure_open_method


def ensure_mock_route(apigateway: Any, api_id: str, *, path: str, template: str) -> str:
    """Have API Gateway answer GET of a path with what a template makes; return the resource's id.

    Seen on a stage after the next deployment only.

    Args:
        apigateway: the client.
        api_id: which API.
        path: such as ``/hello``.
        template: a mapping template that makes JSON, for the status 200.
    """
    place = ensure_open_method(apigateway, api_id, path)
    apigateway.put_integration(**place, type="MOCK", requestTemplates=MOCK_REQUEST)
    apigateway.put_integration_response(
        **place, statusCode="200", responseTemplates={"application/json": template}
    )
    return place["resourceId"]
