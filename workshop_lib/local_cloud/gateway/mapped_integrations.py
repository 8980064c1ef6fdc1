"""MOCK and AWS: integrations whose requests and answers are made by mapping templates."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from workshop_lib.local_cloud.gateway.deployments import Document
from workshop_lib.local_cloud.gateway.executions import Answer, Execution
from workshop_lib.local_cloud.gateway.function_calls import (
    GatewayServices,
    call_function,
    error_message,
)
from workshop_lib.local_cloud.gateway.gateway_responses import GatewayError, configuration_fault
from workshop_lib.local_cloud.gateway.mapping_templates import render_request, render_response
from workshop_lib.local_cloud.gateway.parameter_mappings import map_request, map_response


def answer_with_mock(execution: Execution, _: GatewayServices) -> Answer:
    """Return the gateway's own answer, with the status that the request template names.

    Raises:
        GatewayError: the template gives no whole number as ``statusCode``, or a template fails.
    """
    body = render_request(execution)
    execution.log.trace(f"Endpoint request body after transformations: {body}")
    try:
        status = int(json.loads(body)["statusCode"])
    except (ValueError, KeyError, TypeError) as error:
        raise configuration_fault(
            "Unable to parse statusCode. It should be an integer and defined in request template "
            '(such as {"statusCode": 200}).'
        ) from error
    execution.context["integration"] = {"status": status, "latency": 0}
    return _shape_answer(execution, str(status), b"", {})


def answer_with_function(execution: Execution, services: GatewayServices) -> Answer:
    """Return what the function answered to the mapped request, mapped again.

    Raises:
        GatewayError: as the templates, the call and the integration responses do.
    """
    headers = {name.lower(): value for name, value in map_request(execution).header.items()}
    if headers.get("x-amz-invocation-type", "RequestResponse") != "RequestResponse":
        raise configuration_fault("The local cloud's gateway calls functions synchronously only")
    payload = render_request(execution)
    payload = payload if payload.strip() else "{}"
    try:
        json.loads(payload)
    except (ValueError, RecursionError) as error:
        message = f"Could not parse request body into json: {error}"
        raise GatewayError("BAD_REQUEST_BODY", message, reason=message) from error
    result = call_function(execution, services, payload.encode())
    selector = error_message(result.payload) if result.function_error else ""
    headers = {"Content-Type": "application/json", "x-amzn-RequestId": result.request_id}
    return _shape_answer(execution, selector, result.payload, headers)


def _shape_answer(
    execution: Execution, selector: str, body: bytes, given: Mapping[str, str]
) -> Answer:
    """Return the method response: status, mapped headers, and the body by its template.

    Args:
        execution: whose answer it is.
        selector: what selection patterns are matched with: a MOCK's status, a function's error
            message, nothing for a function that succeeded.
        body: what came back from behind the gateway.
        given: the headers that came with it.

    Raises:
        GatewayError: no integration response fits (500), or its template fails (500).
    """
    responses = execution.integration.get("integrationResponses") or {}
    response = _select_response([*responses.values()], selector)
    status_code = str(response["statusCode"])
    if status_code not in (execution.matched.method.get("methodResponses") or {}):
        raise configuration_fault(
            f"Output mapping refers to an invalid method response: {status_code}"
        )
    text = body.decode("utf-8", "replace")
    headers = map_response(execution, response, given, text)
    rendered = render_response(execution, response, text)
    content_type = rendered[0] if rendered else given.get("Content-Type", "application/json")
    body = rendered[1].encode() if rendered else body
    execution.log.trace(f"Method response body after transformations: {body!r}")
    override = execution.context["responseOverride"]
    headers |= {name: str(value) for name, value in override.get("header", {}).items()}
    if not any(name.lower() == "content-type" for name in headers):
        headers["Content-Type"] = content_type
    return Answer(int(override.get("status") or status_code), [*headers.items()], body)


def _select_response(responses: Sequence[Document], selector: str) -> Document:
    """Return the response whose pattern matches the whole selector, else the default.

    Without a selector (a function that succeeded) only the default fits.
    """
    for response in responses:
        pattern = response.get("selectionPattern")
        if pattern and selector and _fits(pattern, selector):
            return response
    for response in responses:
        if not response.get("selectionPattern"):
            return response
    raise configuration_fault("No match for output mapping and no default output mapping.")


def _fits(pattern: str, selector: str) -> bool:
    try:
        return re.fullmatch(pattern, selector) is not None
    except re.error as error:
        raise configuration_fault(f"Invalid selection pattern {pattern!r}: {error}") from error
