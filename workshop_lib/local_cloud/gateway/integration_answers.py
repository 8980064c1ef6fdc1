"""From what an integration answered to what the client gets: the integration responses."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from workshop_lib.local_cloud.gateway.configurations import IntegrationResponse
from workshop_lib.local_cloud.gateway.executions import Answer, Execution
from workshop_lib.local_cloud.gateway.gateway_responses import configuration_fault
from workshop_lib.local_cloud.gateway.mapping_templates import render_response
from workshop_lib.local_cloud.gateway.parameter_mappings import map_response


@dataclass(frozen=True)
class IntegrationAnswer:
    """What came back from behind the gateway.

    ``selector`` is what selection patterns are matched with: the status of a MOCK or HTTP
    endpoint, the error message of a function, nothing for a function that succeeded.
    """

    selector: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


def shape_answer(execution: Execution, answer: IntegrationAnswer) -> Answer:
    """Return the method response: status, mapped headers, and the body by its template.

    Raises:
        GatewayError: no integration response fits (500), or its template fails (500).
    """
    response = select_response(execution.integration.responses, answer.selector)
    if response is None:
        raise configuration_fault("No match for output mapping and no default output mapping.")
    if response.status_code not in execution.method.response_statuses:
        raise configuration_fault(
            f"Output mapping refers to an invalid method response: {response.status_code}"
        )
    text = answer.body.decode("utf-8", "replace")
    headers = map_response(execution, response, answer.headers, text)
    content_type, body = _shape_body(execution, response, answer)
    status = _override(execution, headers) or int(response.status_code)
    execution.log.trace(f"Method response body after transformations: {body!r}")
    if not any(name.lower() == "content-type" for name in headers):
        headers["Content-Type"] = content_type
    return Answer(status, list(headers.items()), body)


def select_response(
    responses: Sequence[IntegrationResponse], selector: str
) -> IntegrationResponse | None:
    """Return the response whose pattern matches the whole selector, else the default, else None.

    Without a selector (a function that succeeded) only the default fits.
    """
    for response in responses:
        if selector and response.selection_pattern and _fits(response.selection_pattern, selector):
            return response
    return next((response for response in responses if not response.selection_pattern), None)


def _fits(pattern: str, selector: str) -> bool:
    try:
        return re.fullmatch(pattern, selector) is not None
    except re.error as error:
        raise configuration_fault(f"Invalid selection pattern {pattern!r}: {error}") from error


def _shape_body(
    execution: Execution, response: IntegrationResponse, answer: IntegrationAnswer
) -> tuple[str, bytes]:
    rendered = render_response(execution, response, answer.body.decode("utf-8", "replace"))
    content_type = answer.headers.get("Content-Type", "application/json")
    return (content_type, answer.body) if rendered is None else (rendered[0], rendered[1].encode())


def _override(execution: Execution, headers: dict[str, str]) -> int | None:
    """Let ``$context.responseOverride`` win; return the status it sets, if it does."""
    override = execution.context["responseOverride"]
    for name, value in override.get("header", {}).items():
        headers[name] = str(value)
    status = override.get("status")
    return None if status in (None, "") else int(status)
