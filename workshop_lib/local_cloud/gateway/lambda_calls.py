"""Calling a function for the gateway: which one, whether it may, and in what time."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from typing import Any

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.gateway.executions import Execution
from workshop_lib.local_cloud.gateway.gateway_responses import (
    GatewayError,
    configuration_fault,
)
from workshop_lib.local_cloud.gateway.services import (
    DeadlineExceededError,
    FunctionResult,
    GatewayServices,
    call_within,
)

_LAMBDA_URI = re.compile(
    r"arn:aws[\w-]*:apigateway:[\w-]+:lambda:path/2015-03-31/functions/(?P<function>.+)/invocations"
)
_FUNCTION_ARN = re.compile(r"arn:aws[\w-]*:lambda:[\w-]+:\d{12}:function:[\w-]+(:[\w$-]+)?")
_STAGE_VARIABLE = re.compile(r"\$\{stageVariables\.([\w-]+)\}")


def call_function(
    execution: Execution, services: GatewayServices, payload: bytes
) -> FunctionResult:
    """Call the function behind the method and wait for it, at most the integration's timeout.

    Raises:
        GatewayError: the integration is set up wrongly or the function may not be called (500), it
            cannot run (500), or it does not answer in time (504).
    """
    integration = execution.integration
    function_arn = integration_function(execution)
    _require_permission(execution, services, function_arn)
    address = f"https://lambda.{execution.configuration.region}.amazonaws.com"
    execution.log.note(
        f"Sending request to {address}/2015-03-31/functions/{function_arn}/invocations"
    )
    started = time.monotonic()
    try:
        result = call_within(
            integration.timeout_milliseconds / 1000,
            lambda: services.invoke(function_arn, payload),
        )
    except DeadlineExceededError as error:
        raise timeout_fault() from error
    except AwsError as error:
        raise _invocation_fault(error) from error
    _note_result(execution, result, started)
    return result


def integration_function(execution: Execution) -> str:
    """Return the ARN of the function in the integration's URI.

    Raises:
        GatewayError: the URI is no Lambda invocation, or its HTTP method is not POST (500).
    """
    integration = execution.integration
    function_arn = function_in_uri(integration.uri, execution.stage.variables)
    if integration.http_method != "POST":
        raise configuration_fault(
            "Lambda is always called with POST, whatever the method is: set the integration's "
            f"integrationHttpMethod to POST (it is {integration.http_method})."
        )
    return function_arn


def function_in_uri(uri: str, stage_variables: Mapping[str, str]) -> str:
    """Return the function's ARN in a Lambda invocation URI, stage variables filled in.

    Raises:
        GatewayError: it is not such a URI, or names no function (500).
    """
    filled = fill_stage_variables(uri, stage_variables)
    match = _LAMBDA_URI.fullmatch(filled)
    if match is None:
        raise configuration_fault(
            "A function is called by "
            "arn:aws:apigateway:REGION:lambda:path/2015-03-31/functions/ARN/invocations; the "
            f"integration's URI is {filled}."
        )
    if not _FUNCTION_ARN.fullmatch(match["function"]):
        raise configuration_fault(f"Invalid function ARN in the integration: {match['function']}")
    return match["function"]


def fill_stage_variables(text: str, variables: Mapping[str, str]) -> str:
    """Return a text with ``${stageVariables.name}`` filled in, nothing where there is none."""
    return _STAGE_VARIABLE.sub(lambda match: variables.get(match[1], ""), text)


def timeout_fault() -> GatewayError:
    """Return AWS's 504 for an integration that did not answer in time."""
    return GatewayError(
        "INTEGRATION_TIMEOUT",
        "Endpoint request timed out",
        reason="Execution failed due to a timeout error",
    )


def error_message(payload: bytes) -> str:
    """Return ``errorMessage`` of a function's error document, or the whole where it has none."""
    try:
        document: Any = json.loads(payload)
    except ValueError:
        return payload.decode("utf-8", "replace")
    if isinstance(document, dict) and "errorMessage" in document:
        return str(document["errorMessage"])
    return payload.decode("utf-8", "replace")


def _require_permission(execution: Execution, services: GatewayServices, function_arn: str) -> None:
    """Check the function's policy.

    Raises:
        GatewayError: it does not let this method call it (500).
    """
    if not services.can_invoke(function_arn, execution.permission_arn):
        raise configuration_fault(
            "Invalid permissions on Lambda function "
            f"(its policy must let apigateway.amazonaws.com call it with SourceArn "
            f"{execution.permission_arn}; see lambda add-permission)"
        )


def _invocation_fault(error: AwsError) -> GatewayError:
    if error.status == 413:
        return GatewayError("REQUEST_TOO_LARGE", "Request Too Long", reason=str(error))
    if error.code == "ResourceNotFoundException":
        return configuration_fault(f"Invalid permissions on Lambda function ({error.message})")
    return GatewayError(
        "DEFAULT_5XX",
        "Internal server error",
        reason=f"Lambda invocation failed with status: {error.status}. {error}",
        status=500,
    )


def _note_result(execution: Execution, result: FunctionResult, started: float) -> None:
    latency = int((time.monotonic() - started) * 1000)
    execution.context["integration"] = {
        "status": 200,
        "integrationStatus": 200,
        "latency": latency,
        "requestId": result.request_id,
    }
    execution.context["integrationLatency"] = latency
    execution.log.note(f"Received response. Status: 200, Integration latency: {latency} ms")
    execution.log.trace(
        "Endpoint response body before transformations: "
        f"{result.payload.decode('utf-8', 'replace')}"
    )
    if result.function_error:
        execution.log.fail(
            "Lambda execution failed with status 200 due to customer function error: "
            f"{error_message(result.payload)}. Lambda request id: {result.request_id}"
        )
