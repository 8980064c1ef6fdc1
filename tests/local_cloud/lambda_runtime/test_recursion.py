"""Loops are counted on every way into a function, and stopped."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError

from workshop_lib.local_cloud.launcher import RunningCloud

Make = Callable[..., str]
Client = Callable[..., Any]

HEADER = "X-Amzn-Trace-Id"
LOOPS = 16
SHOWS_TRACE = (
    "import os\ndef handler(event, context):\n"
    "    return {'statusCode': 200, 'body': os.environ['_X_AMZN_TRACE_ID']}\n"
)


@pytest.fixture
def name(make_function: Make) -> str:
    """A function that answers with the trace header that its own calls would carry."""
    return make_function(SHOWS_TRACE)


def invoke_with_trace(functions: Any, name: str, trace: str) -> str:
    """Invoke as AWS's SDK does inside a function: with the trace; return the next one."""

    def add(request: Any, **further: Any) -> None:
        request.headers[HEADER] = trace

    functions.meta.events.register("before-sign.lambda.Invoke", add)
    try:
        answer = json.loads(functions.invoke(FunctionName=name)["Payload"].read())
    finally:
        functions.meta.events.unregister("before-sign.lambda.Invoke", add)
    return str(answer["body"])


def make_api(client: Client, name: str) -> str:
    """Deploy a REST API whose root calls the function; return its id."""
    gateway = client("apigateway")
    api = gateway.create_rest_api(name="loop")["id"]
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    arn = f"arn:aws:lambda:us-east-1:123456789012:function:{name}"
    method = {"restApiId": api, "resourceId": root, "httpMethod": "GET"}
    gateway.put_method(**method, authorizationType="NONE")
    gateway.put_integration(
        **method,
        type="AWS_PROXY",
        integrationHttpMethod="POST",
        uri=f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{arn}/invocations",
    )
    gateway.create_deployment(restApiId=api, stageName="live")
    client("lambda").add_permission(
        FunctionName=name,
        StatementId="api",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
        SourceArn=f"arn:aws:execute-api:us-east-1:123456789012:{api}/*",
    )
    return str(api)


def test_a_chain_through_invoke_is_stopped(client: Client, name: str) -> None:
    """The seventeenth pass is RecursiveInvocationException."""
    functions, trace = client("lambda"), "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700"
    for _ in range(LOOPS):
        trace = invoke_with_trace(functions, name, trace)

    with pytest.raises(ClientError, match="recursive loop") as caught:
        invoke_with_trace(functions, name, trace)

    assert "RecursiveInvocationException" == caught.value.response["Error"]["Code"]


def test_a_chain_through_the_gateway_counts(
    client: Client, name: str, local_cloud: RunningCloud
) -> None:
    """A stage hands its request's trace on to the function, and the seventeenth pass fails."""
    api = make_api(client, name)
    url = f"{local_cloud.endpoint_url}/_execute-api/{api}/live/"
    trace = "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700"
    with httpx.Client(trust_env=False) as browser:
        for _ in range(LOOPS):
            answer = browser.get(url, headers={HEADER: trace})
            assert (200, trace[:40]) == (answer.status_code, answer.text[:40])
            trace = answer.text
        stopped = browser.get(url, headers={HEADER: trace})

    assert trace.endswith(f":{LOOPS}")
    assert stopped.status_code >= 500


def test_a_chain_through_test_invoke_method_counts(client: Client, name: str) -> None:
    """The console's test of a method carries its request's trace too."""
    api, gateway = make_api(client, name), client("apigateway")
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]

    def add(request: Any, **further: Any) -> None:
        request.headers[HEADER] = "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Lineage=abcdef01:3"

    gateway.meta.events.register("before-sign.api-gateway.TestInvokeMethod", add)
    answer = gateway.test_invoke_method(restApiId=api, resourceId=root, httpMethod="GET")

    assert "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700" == answer["body"].split(";")[0]
    assert "Lineage=abcdef01:3|" in answer["body"]


def test_the_recursion_configuration_says_that_loops_are_stopped(client: Client, name: str) -> None:
    """Terminate, which no call changes; a function that is none is not found."""
    functions = client("lambda")
    arn = f"arn:aws:lambda:us-east-1:123456789012:function:{name}"

    for spelling in (name, arn):
        answer = functions.get_function_recursion_config(FunctionName=spelling)
        assert "Terminate" == answer["RecursiveLoop"]
    with pytest.raises(ClientError, match="Function not found") as absent:
        functions.get_function_recursion_config(FunctionName="absent")
    assert "ResourceNotFoundException" == absent.value.response["Error"]["Code"]
