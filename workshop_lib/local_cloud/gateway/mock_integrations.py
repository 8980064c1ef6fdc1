"""MOCK: the gateway answers by itself, with the status that the request template names."""

from __future__ import annotations

import json

from workshop_lib.local_cloud.gateway.executions import Answer, Execution
from workshop_lib.local_cloud.gateway.gateway_responses import configuration_fault
from workshop_lib.local_cloud.gateway.integration_answers import IntegrationAnswer, shape_answer
from workshop_lib.local_cloud.gateway.mapping_templates import render_request


def answer_with_mock(execution: Execution) -> Answer:
    """Return the answer of a MOCK integration.

    Raises:
        GatewayError: the template gives no whole number as ``statusCode``, or a template fails.
    """
    rendered = render_request(execution, execution.integration)
    body = execution.request.text if rendered is None else rendered
    execution.log.trace(f"Endpoint request body after transformations: {body}")
    status = _read_status(body)
    execution.context["integration"] = {"status": status, "latency": 0}
    return shape_answer(execution, IntegrationAnswer(str(status), b""))


def _read_status(body: str) -> int:
    try:
        document = json.loads(body)
        return int(document["statusCode"])
    except (ValueError, KeyError, TypeError) as error:
        raise configuration_fault(
            "Unable to parse statusCode. It should be an integer and defined in request template "
            '(such as {"statusCode": 200}).'
        ) from error
