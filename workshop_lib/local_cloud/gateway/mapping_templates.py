"""Choosing the mapping template for a body and rendering it, for requests and for answers."""

from __future__ import annotations

from collections.abc import Mapping

from workshop_lib.local_cloud.gateway.configurations import Integration, IntegrationResponse
from workshop_lib.local_cloud.gateway.executions import Execution
from workshop_lib.local_cloud.gateway.gateway_responses import GatewayError
from workshop_lib.local_cloud.gateway.template_variables import (
    request_variables,
    response_variables,
)
from workshop_lib.local_cloud.gateway.velocity import TemplateFailedError, render


def render_request(execution: Execution, integration: Integration) -> str | None:
    """Return the integration's request body by its template; None where the body passes through.

    Raises:
        GatewayError: no template fits and passing through is not allowed (415), or the template
            fails (500).
    """
    templates = integration.request_templates
    template = templates.get(execution.request.media_type)
    if template is not None:
        variables = request_variables(execution, execution.request.text)
        return _render(template, variables)
    behavior = integration.passthrough_behavior
    if behavior == "NEVER" or (behavior == "WHEN_NO_TEMPLATES" and templates):
        raise GatewayError(
            "UNSUPPORTED_MEDIA_TYPE",
            "Unsupported Media Type",
            reason=f"No request template for {execution.request.media_type}, and the "
            f"integration's passthroughBehavior is {behavior}.",
        )
    return None


def render_response(
    execution: Execution, response: IntegrationResponse, body: str
) -> tuple[str, str] | None:
    """Return content type and body by a response template; None where the body passes through."""
    content_type = execution.request.choose_media_type(response.templates)
    if content_type is None or not response.templates[content_type]:
        return None
    variables = response_variables(execution, body)
    return content_type, _render(response.templates[content_type], variables)


def _render(template: str, variables: Mapping[str, object]) -> str:
    try:
        return render(template, variables)
    except TemplateFailedError as error:
        raise GatewayError(
            "API_CONFIGURATION_ERROR",
            "Internal server error",
            reason=f"Execution failed due to configuration error: Unable to transform: {error}",
        ) from error
