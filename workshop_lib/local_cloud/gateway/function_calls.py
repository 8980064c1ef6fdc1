"""Calling a function for the gateway: which one, whether it may, and in what time."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, wait
from contextvars import copy_context
from dataclasses import dataclass
from threading import Thread
from typing import Any, TypeVar

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.gateway.executions import Answer, Execution
from workshop_lib.local_cloud.gateway.gateway_responses import GatewayError, configuration_fault
from workshop_lib.local_cloud.gateway.method_requests import MethodRequest
from workshop_lib.local_cloud.lambda_runtime import InvocationResult

Result = TypeVar("Result")
InvokeFunction = Callable[[str, bytes], InvocationResult]
MayInvoke = Callable[[str, str], bool]

_LAMBDA_URI = re.compile(
    r"arn:aws[\w-]*:apigateway:[\w-]+:lambda:path/2015-03-31/functions/(?P<function>.+)/invocations"
)
_FUNCTION_ARN = re.compile(r"arn:aws[\w-]*:lambda:[\w-]+:\d{12}:function:[\w-]+(:[\w$-]+)?")
NO_PERMISSION = (
    "Invalid permissions on Lambda function (its policy must let apigateway.amazonaws.com call it "
    "with SourceArn {}; see lambda add-permission)"
)
_STAGE_VARIABLE = re.compile(r"\$\{stageVariables\.([\w-]+)\}")


@dataclass(frozen=True)
class GatewayServices:
    """What a request may need beside its own configuration.

    Args:
        invoke: calls a function by ARN with a payload; raises AwsError.
        can_invoke: says whether a function's policy lets API Gateway call it from a source ARN.
        call_stage: answers a request to a stage of this cloud, by the API's id and its name.
        account_id: the account of everything here.
        port: the cloud's own port, the only place HTTP integrations may call.
    """

    invoke: InvokeFunction
    can_invoke: MayInvoke
    call_stage: Callable[[str, str, MethodRequest], Answer]
    account_id: str
    port: int


class DeadlineExceededError(Exception):
    """A call did not answer in its time; it goes on, and nobody waits for it."""


def call_within(seconds: float, call: Callable[[], Result]) -> Result:
    """Return what a call gives, or what it raises, if it does so in time.

    Raises:
        DeadlineExceededError: it did not; the thread goes on until the call ends by itself, as the
            function does on AWS.
    """
    outcome: Future[Result] = Future()
    # The call belongs to the request that caused it, and to its trace, in its own thread too.
    context = copy_context()

    def run() -> None:
        try:
            outcome.set_result(context.run(call))
        except BaseException as error:  # noqa: BLE001 - handed to the caller, who raises it
            outcome.set_exception(error)

    Thread(target=run, name="gateway-integration", daemon=True).start()
    if not wait([outcome], seconds).done:
        raise DeadlineExceededError(f"No answer within {seconds:g} s.")
    return outcome.result()


def call_integration(execution: Execution, call: Callable[[], Result]) -> Result:
    """Return what stands behind the method gives, at most after the integration's timeout.

    Raises:
        GatewayError: AWS's 504 where it did not answer in time.
    """
    milliseconds = int(execution.integration.get("timeoutInMillis") or 29_000)
    try:
        return call_within(milliseconds / 1000, call)
    except DeadlineExceededError as error:
        reason = "Execution failed due to a timeout error"
        message = "Endpoint request timed out"
        raise GatewayError("INTEGRATION_TIMEOUT", message, reason=reason) from error


def call_function(
    execution: Execution, services: GatewayServices, payload: bytes
) -> InvocationResult:
    """Call the function behind the method and wait for it.

    Raises:
        GatewayError: the integration is set up wrongly or the function may not be called (500), it
            cannot run (500), or it does not answer in time (504).
    """
    log, integration = execution.log, execution.integration
    log.trace(f"Endpoint request body after transformations: {payload.decode()}")
    function_arn = function_in_uri(integration["uri"], execution.scopes["stageVariables"])
    if integration["httpMethod"] != "POST":
        raise configuration_fault(
            "Lambda is always called with POST, whatever the method is: set the integration's "
            f"integrationHttpMethod to POST (it is {integration['httpMethod']})."
        )
    if not services.can_invoke(function_arn, execution.permission_arn):
        raise configuration_fault(NO_PERMISSION.format(execution.permission_arn))
    address = f"https://lambda.{execution.configuration.region}.amazonaws.com"
    log.note(f"Sending request to {address}/2015-03-31/functions/{function_arn}/invocations")
    started = time.monotonic()
    try:
        result = call_integration(execution, lambda: services.invoke(function_arn, payload))
    except AwsError as error:
        raise _invocation_fault(error) from error
    _note_result(execution, result, int((time.monotonic() - started) * 1000))
    return result


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


def error_message(payload: bytes) -> str:
    """Return ``errorMessage`` of a function's error document, or the whole where it has none."""
    text = payload.decode("utf-8", "replace")
    try:
        document: Any = json.loads(payload)
    except ValueError:
        return text
    return str(document.get("errorMessage", text)) if isinstance(document, dict) else text


def _invocation_fault(error: AwsError) -> GatewayError:
    if error.status == 413:
        return GatewayError("REQUEST_TOO_LARGE", "Request Too Long", reason=str(error))
    if error.code == "ResourceNotFoundException":
        return configuration_fault(f"Invalid permissions on Lambda function ({error.message})")
    reason = f"Lambda invocation failed with status: {error.status}. {error}"
    return GatewayError("DEFAULT_5XX", "Internal server error", reason=reason)


def _note_result(execution: Execution, result: InvocationResult, latency: int) -> None:
    execution.context["integration"] = {
        "status": 200,
        "integrationStatus": 200,
        "latency": latency,
        "requestId": result.request_id,
    }
    execution.context["integrationLatency"] = latency
    log, text = execution.log, result.payload.decode("utf-8", "replace")
    log.note(f"Received response. Status: 200, Integration latency: {latency} ms")
    log.trace(f"Endpoint response body before transformations: {text}")
    if result.function_error:
        log.note(
            "Lambda execution failed with status 200 due to customer function error: "
            f"{error_message(result.payload)}. Lambda request id: {result.request_id}"
        )
