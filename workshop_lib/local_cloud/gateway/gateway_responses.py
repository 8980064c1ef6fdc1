"""The gateway's own answers: the errors it makes itself, and how an API may change them.

Source: API Gateway developer guide, "Gateway response types" and "Gateway responses".
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from workshop_lib.local_cloud.gateway.deployments import Document
from workshop_lib.local_cloud.gateway.executions import Answer, Execution
from workshop_lib.local_cloud.gateway.parameter_mappings import (
    find_request_value,
    replace_variables,
)

# Each type's status (the defaults have the error's own) and what x-amzn-ErrorType says.
RESPONSE_TYPES: Mapping[str, tuple[int | None, str]] = {
    "ACCESS_DENIED": (403, "AccessDeniedException"),
    "API_CONFIGURATION_ERROR": (500, "InternalServerErrorException"),
    "AUTHORIZER_CONFIGURATION_ERROR": (500, "AuthorizerConfigurationException"),
    "AUTHORIZER_FAILURE": (500, "AuthorizerConfigurationException"),
    "BAD_REQUEST_BODY": (400, "BadRequestException"),
    "BAD_REQUEST_PARAMETERS": (400, "BadRequestException"),
    "DEFAULT_4XX": (None, "ForbiddenException"),
    "DEFAULT_5XX": (None, "InternalServerErrorException"),
    "EXPIRED_TOKEN": (403, "ForbiddenException"),
    "INTEGRATION_FAILURE": (504, "InternalServerErrorException"),
    "INTEGRATION_TIMEOUT": (504, "InternalServerErrorException"),
    "INVALID_API_KEY": (403, "ForbiddenException"),
    "INVALID_SIGNATURE": (403, "ForbiddenException"),
    "MISSING_AUTHENTICATION_TOKEN": (403, "MissingAuthenticationTokenException"),
    "QUOTA_EXCEEDED": (429, "LimitExceededException"),
    "REQUEST_TOO_LARGE": (413, "RequestEntityTooLargeException"),
    "RESOURCE_NOT_FOUND": (404, "ForbiddenException"),
    "THROTTLED": (429, "TooManyRequestsException"),
    "UNAUTHORIZED": (401, "UnauthorizedException"),
    "UNSUPPORTED_MEDIA_TYPE": (415, "UnsupportedMediaTypeException"),
    "WAF_FILTERED": (403, "ForbiddenException"),
}
DEFAULT_TEMPLATES = {"application/json": '{"message":$context.error.messageString}'}
# Where the API says nothing else, AWS writes this one with a capital M.
_ACCESS_DENIED_TEMPLATES = {"application/json": '{"Message":$context.error.messageString}'}


class GatewayError(Exception):
    """The gateway answers by itself, with one of its response types.

    Args:
        response_type: such as ``UNAUTHORIZED``; decides the status unless one is given.
        message: the sentence in the answer; None is written ``null``.
        reason: the line for the execution log, where the client is not told the cause.
        status: where it is another than the type's, or the type has none (``DEFAULT_5XX``).
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
        self.status = status or RESPONSE_TYPES[response_type][0] or 500


def configuration_fault(
    reason: str, response_type: str = "API_CONFIGURATION_ERROR", status: int = 500
) -> GatewayError:
    """Return AWS's error for an API that is set up wrongly; only the log learns the reason."""
    reason = f"Execution failed due to configuration error: {reason}"
    return GatewayError(response_type, "Internal server error", reason=reason, status=status)


def answer_fault(execution: Execution, fault: GatewayError) -> Answer:
    """Return the answer for a fault, as the API's gateway responses shape it."""
    if fault.reason:
        execution.log.note(fault.reason)
        execution.context["integrationErrorMessage"] = fault.reason
    execution.context["error"] = {
        "message": fault.message,
        "messageString": json.dumps(fault.message),
        "responseType": fault.response_type,
    }
    responses = execution.configuration.gateway_responses
    general = "DEFAULT_5XX" if fault.status >= 500 else "DEFAULT_4XX"
    response = responses.get(fault.response_type) or responses.get(general) or {}
    content_type, body = _render_body(execution, fault, response)
    error_type = RESPONSE_TYPES[fault.response_type][1]
    headers = {"content-type": ("Content-Type", content_type)}
    headers["x-amzn-errortype"] = ("x-amzn-ErrorType", error_type)
    for target, source in (response.get("responseParameters") or {}).items():
        name = target.removeprefix("gatewayresponse.header.")
        value = find_request_value(execution, source)
        if name != target and value is not None:
            headers[name.lower()] = (name, value)
    status = int(response.get("statusCode") or fault.status)
    return Answer(status, list(headers.values()), body.encode())


def _render_body(execution: Execution, fault: GatewayError, response: Document) -> tuple[str, str]:
    is_denial = fault.response_type == "ACCESS_DENIED"
    default = _ACCESS_DENIED_TEMPLATES if is_denial else DEFAULT_TEMPLATES
    templates = response.get("responseTemplates") or default
    content_type = execution.request.choose_media_type(templates) or "application/json"
    return content_type, replace_variables(templates[content_type] or "", execution.scopes)
