"""What API Gateway's control plane refuses is refused here with AWS's status, code and sentence."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.conftest import Refusal, Shell, read_refusal

NONE = "none"
NO_API = Refusal(404, "NotFoundException", f"Invalid API identifier specified 123456789012:{NONE}")
RESPONSE_TYPES = (
    "REQUEST_TOO_LARGE, RESOURCE_NOT_FOUND, AUTHORIZER_CONFIGURATION_ERROR, "
    "MISSING_AUTHENTICATION_TOKEN, BAD_REQUEST_BODY, INVALID_SIGNATURE, INVALID_API_KEY, "
    "BAD_REQUEST_PARAMETERS, AUTHORIZER_FAILURE, UNAUTHORIZED, INTEGRATION_TIMEOUT, ACCESS_DENIED, "
    "DEFAULT_4XX, DEFAULT_5XX, WAF_FILTERED, QUOTA_EXCEEDED, THROTTLED, API_CONFIGURATION_ERROR, "
    "UNSUPPORTED_MEDIA_TYPE, INTEGRATION_FAILURE, EXPIRED_TOKEN"
)
SERVICE = "arn:aws:apigateway:us-east-1:{}"


def bad(sentence: str) -> Refusal:
    return Refusal(400, "BadRequestException", sentence)


def absent(what: str) -> Refusal:
    return Refusal(404, "NotFoundException", f"Invalid {what} identifier specified")


def violated(value: str, member: str, constraint: str) -> Refusal:
    return Refusal(
        400,
        "ValidationException",
        f"1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: "
        f"Member must satisfy {constraint}",
    )


def mapping(error: str) -> Refusal:
    what = f"Validation Result: warnings : [], errors : [{error}]"
    return bad(f"Invalid mapping expression specified: {what}")


# What is said of an API that is not there, and of what would be in it.
ABSENT: list[tuple[str, dict[str, Any], Refusal]] = [
    ("get_rest_api", {}, NO_API),
    ("delete_rest_api", {}, NO_API),
    ("get_resources", {}, NO_API),
    ("get_stages", {}, NO_API),
    ("get_deployments", {}, NO_API),
    ("get_authorizers", {}, NO_API),
    ("create_resource", {"parentId": NONE, "pathPart": "x"}, NO_API),
    ("create_deployment", {}, NO_API),
    ("get_resource", {"resourceId": NONE}, absent("Resource")),
    ("delete_resource", {"resourceId": NONE}, absent("Resource")),
    ("put_method", {"resourceId": NONE, "httpMethod": "GET", "authorizationType": "NONE"},
     absent("Resource")),
    ("get_stage", {"stageName": NONE}, absent("stage")),
    ("delete_stage", {"stageName": NONE}, absent("stage")),
]  # fmt: skip
NEW_APIS: list[tuple[dict[str, Any], Refusal]] = [
    ({"name": ""}, bad("Name cannot be an empty string")),
    ({"name": "x", "description": ""}, bad("Description cannot be an empty string")),
    ({"name": "x", "endpointConfiguration": {"types": ["EDGE", "REGIONAL"]}},
     bad("Cannot create an api with multiple Endpoint Types.")),
    ({"name": "x", "endpointConfiguration": {"types": []}},
     bad("REGIONAL Configuration and EDGE Configuration cannot be both DISABLED.")),
    ({"name": "x", "endpointConfiguration": {"types": ["wrong"]}},
     violated("[wrong]", "createRestApiInput.endpointConfiguration.types",
              "constraint: [Member must satisfy enum value set: [PRIVATE, EDGE, REGIONAL]]")),
]  # fmt: skip
# What is wrong about an API that stands: /, with GET that has no integration, and /{proxy+}.
CALLS: list[tuple[str, dict[str, Any], Refusal]] = [
    ("get_resource", {"resourceId": NONE}, absent("Resource")),
    ("get_stage", {"stageName": NONE}, absent("stage")),
    ("get_authorizer", {"authorizerId": NONE}, absent("Authorizer")),
    ("get_method", {"httpMethod": "POST"}, absent("Method")),
    ("get_integration", {"httpMethod": "GET"}, absent("Integration")),
    ("create_resource", {"parentId": "GREEDY", "pathPart": "x"},
     bad("Cannot create a child of a resource with a greedy path variable: {proxy+}")),
    ("create_resource", {"parentId": "ROOT", "pathPart": "{proxy+}"},
     Refusal(409, "ConflictException",
             "Another resource with the same parent already has this name: {proxy+}")),
    ("create_resource", {"parentId": "ROOT", "pathPart": "{other}"},
     bad("A sibling ({proxy+}) of this resource already has a variable path part -- only one is "
         "allowed")),
    ("put_method", {"httpMethod": "GETT", "authorizationType": "NONE"},
     bad("Invalid HttpMethod specified. Valid options are "
         "GET,PUT,POST,DELETE,PATCH,OPTIONS,HEAD,ANY")),
    ("put_method", {"httpMethod": "GET", "authorizationType": "NONE"},
     Refusal(409, "ConflictException", "Method already exists for this resource")),
    ("put_method", {
        "httpMethod": "PUT", "authorizationType": "NONE",
        "requestParameters": {
            "method.request.querystring.a": True, "method.request.header.a": True,
        },
    }, bad("Parameter names must be unique across querystring, header and path")),
    ("put_method", {
        "httpMethod": "PUT", "authorizationType": "NONE",
        "requestParameters": {"method.request.querystring.page[size]": True},
    }, mapping("Parameter name should match the following regular expression: ^[a-zA-Z0-9._$-]+$")),
    ("put_method", {"httpMethod": "PUT", "authorizationType": "CUSTOM", "authorizerId": NONE},
     bad("Invalid authorizer ID specified. Setting the authorization type to CUSTOM or "
         "COGNITO_USER_POOLS requires a valid authorizer.")),
    ("update_method", {
        "httpMethod": "GET",
        "patchOperations": [{"op": "add", "path": "/authorizationType", "value": "NONE"}],
    }, bad("Invalid patch operation specified. Must be one of: [replace]")),
    ("update_method", {
        "httpMethod": "GET", "patchOperations": [{"op": "replace", "path": "/x", "value": "y"}],
    }, bad("Invalid patch path /x")),
    ("put_method_response", {"httpMethod": "GET", "statusCode": "wrong"},
     violated("wrong", "statusCode", r"regular expression pattern: [1-5]\d\d")),
    ("put_method_response", {"httpMethod": "POST", "statusCode": "200"}, absent("Method")),
    ("put_integration", {"httpMethod": "POST", "type": "MOCK"}, absent("Method")),
    ("put_integration", {"httpMethod": "GET", "type": "LAMBDA"},
     violated("LAMBDA", "putIntegrationInput.type",
              "enum value set: [HTTP, MOCK, AWS_PROXY, HTTP_PROXY, AWS]")),
    ("put_integration", {
        "httpMethod": "GET", "type": "AWS_PROXY", "integrationHttpMethod": "POST",
        "uri": SERVICE.format("dynamodb:action/PutItem"),
    }, bad("Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose "
           "stream invocations.")),
    ("put_integration", {
        "httpMethod": "GET", "type": "AWS_PROXY", "integrationHttpMethod": "POST",
        "uri": SERVICE.format("lambda:x"),
    }, bad("AWS ARN for integration must contain path or action")),
    ("put_integration", {
        "httpMethod": "GET", "type": "HTTP_PROXY", "integrationHttpMethod": "GET", "uri": "none",
    }, bad("Invalid HTTP endpoint specified for URI")),
    ("put_integration", {"httpMethod": "GET", "type": "HTTP_PROXY", "uri": "http://example.com"},
     bad("Enumeration value for HttpMethod must be non-empty")),
    ("put_integration_response", {"httpMethod": "GET", "statusCode": "200"},
     Refusal(404, "NotFoundException", "No integration defined for method")),
    ("put_integration_response", {
        "httpMethod": "DELETE", "statusCode": "200",
        "responseParameters": {"method.response.header.a": "'b'"},
    }, mapping("No method response exists for method.")),
    ("put_gateway_response", {"responseType": "NONE"},
     violated("NONE", "responseType", f"enum value set: [{RESPONSE_TYPES}]")),
    ("put_gateway_response", {"responseType": "ACCESS_DENIED", "statusCode": "9"},
     violated("9", "putGatewayResponseInput.statusCode",
              r"regular expression pattern: [1-5]\d\d")),
    ("delete_gateway_response", {"responseType": "ACCESS_DENIED"},
     Refusal(404, "NotFoundException", "Gateway response type not defined on api")),
    ("create_deployment", {}, bad("No integration defined for method")),
    ("create_stage", {"stageName": "v1", "deploymentId": NONE},
     bad("Deployment id does not exist")),
]  # fmt: skip


@pytest.fixture(scope="module")
def gateway(shell: Shell) -> Any:
    return shell.client("apigateway")


@pytest.fixture(scope="module")
def places(gateway: Any) -> dict[str, str]:
    """The ids of an API that stands and of its resources."""
    api = gateway.create_rest_api(name="refusals")["id"]
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    greedy = gateway.create_resource(restApiId=api, parentId=root, pathPart="{proxy+}")["id"]
    for verb in ("GET", "DELETE"):
        gateway.put_method(
            restApiId=api, resourceId=root, httpMethod=verb, authorizationType="NONE"
        )
    gateway.put_integration(restApiId=api, resourceId=root, httpMethod="DELETE", type="MOCK")
    return {"API": api, "ROOT": root, "GREEDY": greedy}


@pytest.mark.parametrize(("operation", "parameters", "expected"), ABSENT)
def test_an_api_that_is_not_there(
    gateway: Any, operation: str, parameters: dict[str, Any], expected: Refusal
) -> None:
    """Of an API AWS says its account and id, of what would be in it that it is not there."""
    assert expected == read_refusal(getattr(gateway, operation), restApiId=NONE, **parameters)


@pytest.mark.parametrize(("parameters", "expected"), NEW_APIS)
def test_an_api_that_cannot_be(gateway: Any, parameters: dict[str, Any], expected: Refusal) -> None:
    """An API has a name and one type of endpoint."""
    assert expected == read_refusal(gateway.create_rest_api, **parameters)


@pytest.mark.parametrize(("operation", "parameters", "expected"), CALLS)
def test_a_call_that_is_refused(
    gateway: Any,
    places: dict[str, str],
    operation: str,
    parameters: dict[str, Any],
    expected: Refusal,
) -> None:
    """Resources, methods, integrations, their responses, deployments and stages."""
    named = {
        name: places.get(value, value) if isinstance(value, str) else value
        for name, value in parameters.items()
    }
    if "httpMethod" in named:
        named = {"resourceId": places["ROOT"]} | named
    call = getattr(gateway, operation)
    assert expected == read_refusal(call, restApiId=places["API"], **named)


def test_a_response_of_no_method_response(gateway: Any, places: dict[str, str]) -> None:
    """An integration response needs no method response of its status as long as it maps nothing."""
    gateway.put_integration_response(
        restApiId=places["API"], resourceId=places["ROOT"], httpMethod="DELETE", statusCode="201"
    )
