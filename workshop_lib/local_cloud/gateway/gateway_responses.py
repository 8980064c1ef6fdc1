"""The gateway's own answers: the errors it makes itself, and how an API may change them.

Source: API Gateway developer guide, "Gateway response types" and "Gateway responses".
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from workshop_lib.local_cloud.gateway.configurations import GatewayResponse
from workshop_lib.local_cloud.gateway.context_variables import replace_variables
from workshop_lib.local_cloud.gateway.executions import Answer, Execution
from workshop_lib.local_cloud.gateway.parameter_mappings import find_request_value

DEFAULT_STATUSES: Mapping[str, int | None] = {
    "ACCESS_DENIED": 403,
    "API_CONFIGURATION_ERROR": 500,
    "AUTHORIZER_CONFIGURATION_ERROR": 500,
    "AUTHORIZER_FAILURE": 500,
    "BAD_REQUEST_BODY": 400,
    "BAD_REQUEST_PARAMETERS": 400,
    "DEFAULT_4XX": None,
    "DEFAULT_5XX": None,
    "EXPIRED_TOKEN": 403,
    "INTEGRATION_FAILURE": 504,
    "INTEGRATION_TIMEOUT": 504,
    "INVALID_API_KEY": 403,
    "INVALID_SIGNATURE": 403,
    "MISSING_AUTHENTICATION_TOKEN": 403,
    "QUOTA_EXCEEDED": 429,
    "REQUEST_TOO_LARGE": 413,
    "RESOURCE_NOT_FOUND": 404,
    "THROTTLED": 429,
    "UNAUTHORIZED": 401,
    "UNSUPPORTED_MEDIA_TYPE": 415,
    "WAF_FILTERED": 403,
}
DEFAULT_TEMPLATES: Mapping[str, str] = {
    "application/json": '{"message":$context.error.messageString}'
}
# Where the API says nothing else, AWS writes this one with a capital M.
_ACCESS_DENIED_TEMPLATE = '{"Message":$context.error.messageString}'

_ERROR_TYPES: Mapping[str, str] = {
    "ACCESS_DENIED": "AccessDeniedException",
    "AUTHORIZER_CONFIGURATION_ERROR": "AuthorizerConfigurationException",
    "AUTHORIZER_FAILURE": "AuthorizerConfigurationException",
    "BAD_REQUEST_BODY": "BadRequestException",
    "BAD_REQUEST_PARAMETERS": "BadRequestException",
    "INVALID_API_KEY": "ForbiddenException",
    "MISSING_AUTHENTICATION_TOKEN": "MissingAuthenticationTokenException",
    "QUOTA_EXCEEDED": "LimitExceededException",
    "REQUEST_TOO_LARGE": "RequestEntityTooLargeException",
    "THROTTLED": "TooManyRequestsException",
    "UNAUTHORIZED": "UnauthorizedException",
    "UNSUPPORTED_MEDIA_TYPE": "UnsupportedMediaTypeException",
}


class GatewayError(Exception):
    """The gateway answers by itself, with one of its response types.

    Args:
        response_type: such as ``UNAUTHORIZED``; decides the status unless one is given.
        message: the sentence in the answer; None is written ``null``.
        reason: the line for the execution log, where the client is not told the cause.
        status: where the type has no status of its own (``DEFAULT_4XX``, ``DEFAULT_5XX``).
    """

    def __init__(
        self,
        response_type: str,
        message: str | None,
        *,
        reason: str | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(message or response_type)
        self.response_type = response_type
        self.message = message
        self.reason = reason
        self.status = status or DEFAULT_STATUSES[response_type] or 500


def configuration_fault(reason: str) -> GatewayError:
    """Return AWS's 500 for an API that is set up wrongly; only the log learns the reason."""
    return GatewayError(
        "API_CONFIGURATION_ERROR",
        "Internal server error",
        reason=f"Execution failed due to configuration error: {reason}",
    )


def malformed_answer_fault(reason: str) -> GatewayError:
    """Return AWS's 502 for an integration whose answer cannot be used."""
    return GatewayError("DEFAULT_5XX", "Internal server error", reason=reason, status=502)


def answer_fault(execution: Execution, fault: GatewayError) -> Answer:
    """Return the answer for a fault, as the API's gateway responses shape it."""
    if fault.reason:
        execution.log.fail(fault.reason)
        execution.context["integrationErrorMessage"] = fault.reason
    response = _find_response(execution, fault)
    execution.context["error"] = {
        "message": fault.message,
        "messageString": json.dumps(fault.message),
        "responseType": fault.response_type,
    }
    status = (response.status_code if response else None) or fault.status
    content_type, body = _render_body(execution, fault, response)
    headers = [("Content-Type", content_type)]
    headers.append(("x-amzn-ErrorType", _error_type(fault)))
    for name, value in _mapped_headers(execution, response).items():
        headers = [header for header in headers if header[0].lower() != name.lower()]
        headers.append((name, value))
    return Answer(status, headers, body.encode())


def _find_response(execution: Execution, fault: GatewayError) -> GatewayResponse | None:
    """Return the API's own response for the type, or for its class of status, or None."""
    responses = execution.configuration.gateway_responses
    general = "DEFAULT_5XX" if fault.status >= 500 else "DEFAULT_4XX"
    return responses.get(fault.response_type) or responses.get(general)


def _error_type(fault: GatewayError) -> str:
    known = _ERROR_TYPES.get(fault.response_type)
    return known or (
        "InternalServerErrorException" if fault.status >= 500 else "ForbiddenException"
    )


def _render_body(
    execution: Execution, fault: GatewayError, response: GatewayResponse | None
) -> tuple[str, str]:
    templates = (response.templates if response else None) or _default_templates(fault)
    content_type = execution.request.choose_media_type(templates) or "application/json"
    scopes = {"context": execution.context, "stageVariables": execution.stage.variables}
    return content_type, replace_variables(templates[content_type], scopes)


def _default_templates(fault: GatewayError) -> Mapping[str, str]:
    if fault.response_type == "ACCESS_DENIED":
        return {"application/json": _ACCESS_DENIED_TEMPLATE}
    return DEFAULT_TEMPLATES


def _mapped_headers(execution: Execution, response: GatewayResponse | None) -> dict[str, str]:
    """Return the headers that ``gatewayresponse.header.…`` parameters set."""
    headers: dict[str, str] = {}
    for target, source in (response.parameters if response else {}).items():
        name = target.removeprefix("gatewayresponse.header.")
        value = find_request_value(execution, source)
        if name != target and value is not None:
            headers[name] = value
    return headers
