"""The control plane where moto falls short: refusals, tags, tests of a method, patches."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

GUARD = {"name": "guard", "type": "TOKEN", "identitySource": "method.request.header.Authorization"}


def refusal(call, **arguments):
    """Return the error code with which a call is refused."""
    with pytest.raises(ClientError) as refused:
        call(**arguments)
    return refused.value.response["Error"]["Code"]


def test_method_is_tested_before_it_is_deployed(api):
    """TestInvokeMethod calls the live method and answers status, body, headers, log, latency."""
    place = api.proxy("/x/{id}", "POST")
    tested = api.client.test_invoke_method(
        **place,
        pathWithQueryString="/x/a%20b?q=1",
        body='{"a": 1}',
        headers={"X-One": "1"},
        multiValueHeaders={"X-Many": ["1", "2"]},
        stageVariables={"mood": "calm"},
    )
    assert 200 == tested["status"]
    assert "application/json" == tested["headers"]["Content-Type"]
    assert ["application/json"] == tested["multiValueHeaders"]["Content-Type"]
    assert tested["latency"] >= 0
    event = api.functions.events[0]
    assert ({"id": "a b"}, {"q": "1"}) == (
        event["pathParameters"],
        event["queryStringParameters"],
    )
    assert ('{"a": 1}', {"mood": "calm"}) == (event["body"], event["stageVariables"])
    assert ["1", "2"] == event["multiValueHeaders"]["X-Many"]
    assert "test-invoke-stage" == event["requestContext"]["stage"]
    for line in (
        "Execution log for request",
        "Starting execution for request",
        "HTTP Method: POST, Resource Path: /x/{id}",
        "Method request path: {id=a b}",
        "Method request query string: {q=1}",
        "Sending request to https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/",
        "Successfully completed execution",
        "Method completed with status: 200",
    ):
        assert line in tested["log"]


def test_test_sees_changes_that_no_stage_has(api):
    """A test runs what stands now, a stage what was deployed."""
    place = api.mock("/x", body="one")
    api.deploy()
    api.client.put_integration_response(
        **place, statusCode="200", responseTemplates={"application/json": "two"}
    )
    assert ("two", "one") == (
        api.client.test_invoke_method(**place)["body"],
        api.call("/x").text,
    )


def test_test_asks_no_authorizer(api):
    """A test invocation asks no authorizer, which would say no to everyone else."""
    guard = {**GUARD, "restApiId": api.id, "authorizerUri": api.lambda_uri("nobody")}
    made = api.client.create_authorizer(**guard)
    place = api.proxy("/x", authorizationType="CUSTOM", authorizerId=made["id"])
    assert 200 == api.client.test_invoke_method(**place)["status"]


def test_test_of_what_is_not_there_is_refused(api):
    """An unknown resource, method or path is refused."""
    place = api.mock("/x")
    call = api.client.test_invoke_method
    assert "NotFoundException" == refusal(call, **{**place, "resourceId": "nope"})
    assert "NotFoundException" == refusal(call, **{**place, "httpMethod": "POST"})
    assert "BadRequestException" == refusal(call, **place, pathWithQueryString="/other")


def test_names_that_are_taken_are_refused(api):
    """A second resource, method or method response of the same name is a conflict."""
    place = api.mock("/x")
    root = api.paths["/"]
    code = refusal(api.client.create_resource, restApiId=api.id, parentId=root, pathPart="x")
    assert "ConflictException" == code
    code = refusal(api.client.put_method, **place, authorizationType="NONE")
    assert "ConflictException" == code
    code = refusal(api.client.put_method_response, **place, statusCode="200")
    assert "ConflictException" == code
    api.deploy()
    code = refusal(api.client.create_stage, restApiId=api.id, stageName="dev",
                   deploymentId=api.deploy("other"))  # fmt: skip
    assert "ConflictException" == code


def test_two_parameters_beside_each_other_are_refused(api):
    """A resource has one variable child, and a greedy one has no children."""
    api.resource("/x/{id}")
    api.resource("/y/{all+}")
    create = api.client.create_resource
    code = refusal(create, restApiId=api.id, parentId=api.paths["/x"], pathPart="{name}")
    assert "BadRequestException" == code
    code = refusal(create, restApiId=api.id, parentId=api.paths["/y/{all+}"], pathPart="{b}")
    assert "BadRequestException" == code


def test_deleting_a_resource_takes_all_below_it(api):
    """DeleteResource takes the resource and all below it; the root stays."""
    api.mock("/a/b/c")
    api.mock("/ab")
    api.client.delete_resource(restApiId=api.id, resourceId=api.paths["/a"])
    left = {one["path"] for one in api.client.get_resources(restApiId=api.id)["items"]}
    assert {"/", "/ab"} == left
    code = refusal(api.client.delete_resource, restApiId=api.id, resourceId=api.paths["/"])
    assert "BadRequestException" == code


def test_custom_authorization_needs_an_authorizer(api):
    """PutMethod with CUSTOM and no such authorizer is refused."""
    code = refusal(
        api.client.put_method, **api.place("/x", "GET"), authorizationType="CUSTOM",
        authorizerId="nope",
    )  # fmt: skip
    assert "BadRequestException" == code


@pytest.mark.parametrize("milliseconds", [49, 29_001])
def test_timeout_beyond_the_limits_is_refused(api, milliseconds):
    """An integration's timeout lies between 50 ms and 29 s."""
    place = api.method("/x")
    code = refusal(
        api.client.put_integration,
        **place,
        type="MOCK",
        timeoutInMillis=milliseconds,
    )
    assert "BadRequestException" == code


def test_authorizer_in_use_is_not_deleted(api):
    """DeleteAuthorizer refuses one that a method uses; names are unique."""
    settings = {**GUARD, "restApiId": api.id, "authorizerUri": api.lambda_uri("guard")}
    made = api.client.create_authorizer(**settings)
    assert "ConflictException" == refusal(api.client.create_authorizer, **settings)
    place = api.proxy("/x", authorizationType="CUSTOM", authorizerId=made["id"])
    delete = api.client.delete_authorizer
    code = refusal(delete, restApiId=api.id, authorizerId=made["id"])
    assert "ConflictException" == code
    api.client.delete_method(**place)
    delete(restApiId=api.id, authorizerId=made["id"])
    assert [] == api.client.get_authorizers(restApiId=api.id)["items"]


@pytest.mark.parametrize("kind", ["api", "stage"])
def test_apis_and_stages_carry_tags(api, kind):
    """Tags are added, listed and removed, on an API as on a stage."""
    api.mock("/x")
    api.deploy()
    arn = f"arn:aws:apigateway:us-east-1::/restapis/{api.id}"
    arn += "/stages/dev" if kind == "stage" else ""
    api.client.tag_resource(resourceArn=arn, tags={"workshop": "w", "lesson": "2"})
    assert {"workshop": "w", "lesson": "2"} == api.client.get_tags(resourceArn=arn)["tags"]
    api.client.untag_resource(resourceArn=arn, tagKeys=["lesson"])
    assert {"workshop": "w"} == api.client.get_tags(resourceArn=arn)["tags"]
    if kind == "api":
        assert {"workshop": "w"} == api.client.get_rest_api(restApiId=api.id)["tags"]


def test_tags_given_at_creation_are_listed(client):
    """Tags given to CreateRestApi are those that GetTags lists."""
    made = client.create_rest_api(name="tagged", tags={"attendee": "ada"})
    arn = f"arn:aws:apigateway:us-east-1::/restapis/{made['id']}"
    assert {"attendee": "ada"} == client.get_tags(resourceArn=arn)["tags"]
    assert "NotFoundException" == refusal(client.get_tags, resourceArn=arn + "nope")


def test_method_gets_another_authorizer_by_patches(api):
    """UpdateMethod changes who may call; one wrong operation, and nothing is changed."""
    guard = {**GUARD, "restApiId": api.id, "authorizerUri": api.lambda_uri("guard")}
    made = api.client.create_authorizer(**guard)
    place = api.mock("/x")
    custom = {"op": "replace", "path": "/authorizationType", "value": "CUSTOM"}
    by_guard = {"op": "replace", "path": "/authorizerId", "value": made["id"]}
    for wrong in ([custom], [by_guard, custom, {**custom, "path": "/operationName"}]):
        code = refusal(api.client.update_method, **place, patchOperations=wrong)
        assert "BadRequestException" == code
        assert "NONE" == api.client.get_method(**place)["authorizationType"]
    updated = api.client.update_method(**place, patchOperations=[custom, by_guard])
    assert ("CUSTOM", made["id"]) == (updated["authorizationType"], updated["authorizerId"])


def test_binary_media_types_are_kept(client):
    """Binary media types are kept at creation."""
    made = client.create_rest_api(name="binary", binaryMediaTypes=["image/png"])
    assert ["image/png"] == made["binaryMediaTypes"]


def test_disabled_endpoint_is_forbidden(api):
    """An API whose execute-api endpoint is disabled answers 403."""
    api = api.another(disableExecuteApiEndpoint=True)
    api.mock("/x")
    api.deploy()
    assert 403 == api.call("/x").status_code


ROLE = "arn:aws:iam::123456789012:role/x"
S3_URI = "arn:aws:apigateway:us-east-1:s3:path/bucket/key"


@pytest.mark.parametrize(
    ("operation", "settings", "what"),
    [
        ("create_rest_api", {"policy": "{}"}, "resource policies of APIs"),
        ("create_authorizer", {"type": "COGNITO_USER_POOLS"}, "authorizers of type COGNITO"),
        ("create_authorizer", {"authorizerCredentials": ROLE}, "authorizers that act as a role"),
        ("create_authorizer", {"identityValidationExpression": "a+"}, "validation expressions"),
        ("create_rest_api", {"minimumCompressionSize": 1}, "compressed answers"),
        ("create_rest_api", {"cloneFrom": "a"}, "copies of APIs"),
        ("create_deployment", {"cacheClusterEnabled": True}, "caches of stages"),
        ("create_deployment", {"tracingEnabled": True}, "X-Ray traces of stages"),
        ("put_method", {"authorizationType": "AWS_IAM"}, "authorizationType AWS_IAM"),
        ("put_method", {"authorizationType": "COGNITO_USER_POOLS"}, "COGNITO_USER_POOLS"),
        ("put_method", {"apiKeyRequired": True}, "API keys and usage plans"),
        ("put_method", {"requestValidatorId": "v"}, "request validators"),
        ("put_integration", {"type": "HTTP"}, "integrations of type HTTP"),
        ("put_integration", {"type": "AWS", "uri": S3_URI}, "services but Lambda"),
        ("put_integration", {"credentials": ROLE}, "integrations that act as a role"),
        ("put_integration", {"contentHandling": "CONVERT_TO_TEXT"}, "contentHandling"),
        ("put_integration", {"connectionId": "v"}, "VPC links"),
        ("put_integration_response", {"contentHandling": "CONVERT_TO_TEXT"}, "contentHandling"),
        ("create_deployment", {"canarySettings": {"percentTraffic": 5.0}}, "canaries of stages"),
    ],
    ids=lambda value: value if isinstance(value, str) else next(iter(value), ""),
)
def test_what_is_left_out_is_refused_in_a_sentence(api, operation, settings, what):
    """What no lesson needs is refused with 400 and says so, instead of being taken and ignored."""
    place = api.mock("/x")
    other = {**place, "httpMethod": "PUT", "authorizationType": "NONE"}
    usual = {
        "create_rest_api": {"name": "n"},
        "create_authorizer": {**GUARD, "restApiId": api.id, "authorizerUri": api.lambda_uri("g")},
        "put_method": other,
        "put_integration": {**place, "type": "MOCK"},
        "put_integration_response": {**place, "statusCode": "200"},
        "create_deployment": {"restApiId": api.id},
    }[operation]
    with pytest.raises(ClientError) as refused:
        getattr(api.client, operation)(**{**usual, **settings})
    error = refused.value.response["Error"]
    assert "BadRequestException" == error["Code"]
    assert error["Message"].startswith("The local cloud does not have ")
    assert what in error["Message"]


def test_authorizer_does_not_become_what_could_not_be_made(api):
    """UpdateAuthorizer changes what a Lambda authorizer has, and refuses a role to call it with."""
    guard = {**GUARD, "restApiId": api.id, "authorizerUri": api.lambda_uri("guard")}
    place = {"restApiId": api.id, "authorizerId": api.client.create_authorizer(**guard)["id"]}
    uri = {"op": "replace", "path": "/authorizerUri", "value": api.lambda_uri("other")}
    role = {"op": "replace", "path": "/authorizerCredentials", "value": ROLE}
    update = api.client.update_authorizer
    assert "BadRequestException" == refusal(update, **place, patchOperations=[uri, role])
    assert api.lambda_uri("other") == update(**place, patchOperations=[uri])["authorizerUri"]


def test_what_is_not_there_is_not_found(api):
    """Reading or deleting what does not exist is NotFoundException, never a failure inside."""
    place = api.mock("/x")
    api.deploy()
    bare = api.method("/bare")
    client, absent = api.client, {**place, "httpMethod": "PUT"}
    for call, arguments in (
        (client.get_deployment, {"restApiId": api.id, "deploymentId": "nope"}),
        (client.get_method, absent),
        (client.delete_method, absent),
        (client.get_integration, bare),
        (client.delete_integration, bare),
        (client.get_method_response, {**place, "statusCode": "404"}),
        (client.delete_method_response, {**place, "statusCode": "404"}),
        (client.get_integration_response, {**place, "statusCode": "404"}),
        (client.delete_integration_response, {**place, "statusCode": "404"}),
    ):
        assert "NotFoundException" == refusal(call, **arguments), call.__name__


def test_what_is_there_can_be_deleted(api):
    """Responses, integration and method go one after the other."""
    place = api.mock("/x")
    api.client.delete_integration_response(**place, statusCode="200")
    api.client.delete_method_response(**place, statusCode="200")
    api.client.delete_integration(**place)
    api.client.delete_method(**place)
    assert "NotFoundException" == refusal(api.client.get_method, **place)


def test_unknown_kinds_are_refused(api):
    """HTTP methods and types of authorization are those AWS has; no canaries here."""
    client = api.client
    place = api.mock("/x")
    bad_method = {**place, "httpMethod": "FETCH", "authorizationType": "NONE"}
    bad_type = {**place, "httpMethod": "PUT", "authorizationType": "SECRET"}
    canary = {"restApiId": api.id, "stageName": "v2", "deploymentId": api.deploy(),
              "canarySettings": {"percentTraffic": 5.0}}  # fmt: skip
    for call, arguments in (
        (client.put_method, bad_method),
        (client.put_method, bad_type),
        (client.create_stage, canary),
    ):
        assert "BadRequestException" == refusal(call, **arguments), arguments


def test_unknown_api_is_not_found(client):
    """Calls about an API that does not exist are refused with AWS's code."""
    for call, arguments in (
        (client.create_deployment, {"stageName": "dev"}),
        (client.update_stage, {"stageName": "dev", "patchOperations": []}),
        (client.get_gateway_responses, {}),
        (client.delete_rest_api, {}),
    ):
        assert "NotFoundException" == refusal(call, restApiId="nope", **arguments)
