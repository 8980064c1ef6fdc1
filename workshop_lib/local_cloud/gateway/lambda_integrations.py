"""Lambda behind a method: AWS_PROXY (the function sees and makes all) and AWS (by templates)."""

from __future__ import annotations

import json

from workshop_lib.local_cloud.gateway.executions import Answer, Execution
from workshop_lib.local_cloud.gateway.gateway_responses import (
    GatewayError,
    malformed_answer_fault,
)
from workshop_lib.local_cloud.gateway.integration_answers import IntegrationAnswer, shape_answer
from workshop_lib.local_cloud.gateway.lambda_calls import call_function, error_message
from workshop_lib.local_cloud.gateway.mapping_templates import render_request
from workshop_lib.local_cloud.gateway.parameter_mappings import map_request
from workshop_lib.local_cloud.gateway.proxy_answers import read_proxy_answer
from workshop_lib.local_cloud.gateway.proxy_events import proxy_event
from workshop_lib.local_cloud.gateway.services import GatewayServices


def answer_with_proxy(execution: Execution, services: GatewayServices) -> Answer:
    """Return what the function answered to the whole request.

    Raises:
        GatewayError: the function failed or its answer is malformed (502), and all that
            ``call_function`` raises.
    """
    payload = json.dumps(proxy_event(execution)).encode()
    execution.log.trace(f"Endpoint request body after transformations: {payload.decode()}")
    result = call_function(execution, services, payload)
    if result.function_error:
        raise malformed_answer_fault(
            "Execution failed due to configuration error: Malformed Lambda proxy response"
        )
    return read_proxy_answer(execution, result.payload)


def answer_with_function(execution: Execution, services: GatewayServices) -> Answer:
    """Return what the function answered to the mapped request, mapped again.

    Raises:
        GatewayError: as the templates, the call and the integration responses do.
    """
    payload = _request_payload(execution)
    execution.log.trace(f"Endpoint request body after transformations: {payload.decode()}")
    result = call_function(execution, services, payload)
    selector = error_message(result.payload) if result.function_error else ""
    headers = {"Content-Type": "application/json", "x-amzn-RequestId": result.request_id}
    return shape_answer(execution, IntegrationAnswer(selector, result.payload, headers))


def _request_payload(execution: Execution) -> bytes:
    """Return the payload by the template, or the body passed through (``{}`` for none)."""
    _refuse_asynchronous_call(execution)
    rendered = render_request(execution, execution.integration)
    if rendered is None:
        rendered = execution.request.text
    payload = rendered if rendered.strip() else "{}"
    try:
        json.loads(payload)
    except (ValueError, RecursionError) as error:
        message = f"Could not parse request body into json: {error}"
        raise GatewayError("BAD_REQUEST_BODY", message, reason=message) from error
    return payload.encode()


def _refuse_asynchronous_call(execution: Execution) -> None:
    headers = {name.lower(): value for name, value in map_request(execution).headers.items()}
    if headers.get("x-amz-invocation-type", "RequestResponse") != "RequestResponse":
        message = "The local cloud's gateway calls functions synchronously only"
        raise GatewayError("API_CONFIGURATION_ERROR", "Internal server error", reason=message)
