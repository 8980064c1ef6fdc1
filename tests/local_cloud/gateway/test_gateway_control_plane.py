"""The control plane where moto falls short: refusals, tags, tests of a method, patches."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError


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


def test_test_needs_neither_authorizer_nor_key(api):
    """A test invocation asks for no API key."""
    place = api.proxy("/x", apiKeyRequired=True)
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
    settings = {
        "restApiId": api.id,
        "name": "guard",
        "type": "TOKEN",
        "authorizerUri": api.lambda_uri("guard"),
        "identitySource": "method.request.header.Authorization",
    }
    made = api.client.create_authorizer(**settings, identityValidationExpression="a+")
    assert "a+" == made["identityValidationExpression"]
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


def test_integration_is_changed_by_patches(api):
    """UpdateIntegration changes the URI and one template; the change waits for a deployment."""
    place = api.mock("/x")
    updated = api.client.update_integration(
        **place,
        patchOperations=[
            {"op": "replace", "path": "/timeoutInMillis", "value": "1000"},
            {"op": "add", "path": "/requestTemplates/text~1plain", "value": "{}"},
        ],
    )
    assert 1000 == updated["timeoutInMillis"]
    assert "{}" == updated["requestTemplates"]["text/plain"]
    wrong = [{"op": "replace", "path": "/nonsense", "value": "1"}]
    code = refusal(api.client.update_integration, **place, patchOperations=wrong)
    assert "BadRequestException" == code


def test_method_is_changed_by_patches(api):
    """UpdateMethod changes who may call and which parameters are required."""
    place = api.mock("/x")
    updated = api.client.update_method(
        **place,
        patchOperations=[
            {"op": "replace", "path": "/apiKeyRequired", "value": "true"},
            {"op": "add", "path": "/requestParameters/method.request.querystring.q",
             "value": "true"},
        ],
    )  # fmt: skip
    assert updated["apiKeyRequired"] is True
    assert {"method.request.querystring.q": True} == updated["requestParameters"]


def test_binary_media_types_are_kept(client):
    """Binary media types are kept at creation and changed by patches, as AWS writes them."""
    made = client.create_rest_api(name="binary", binaryMediaTypes=["image/png"])
    assert ["image/png"] == made["binaryMediaTypes"]
    changed = client.update_rest_api(
        restApiId=made["id"],
        patchOperations=[
            {"op": "add", "path": "/binaryMediaTypes/image~1*"},
            {"op": "remove", "path": "/binaryMediaTypes/image~1png"},
            {"op": "replace", "path": "/description", "value": "pictures"},
        ],
    )
    assert (["image/*"], "pictures") == (changed["binaryMediaTypes"], changed["description"])


def test_disabled_endpoint_is_forbidden(api):
    """An API whose execute-api endpoint is disabled answers 403; enabled again, it serves."""
    api.mock("/x")
    api.deploy()
    for value, status in (("true", 403), ("false", 200)):
        operation = {"op": "replace", "path": "/disableExecuteApiEndpoint", "value": value}
        api.client.update_rest_api(restApiId=api.id, patchOperations=[operation])
        assert status == api.call("/x").status_code


def test_resource_policy_is_refused_with_a_reason(client, api):
    """A resource policy, which nobody would evaluate here, is refused."""
    with pytest.raises(ClientError, match="does not evaluate resource policies"):
        client.create_rest_api(name="guarded", policy='{"Statement": []}')
    operation = {"op": "replace", "path": "/policy", "value": '{"Statement": []}'}
    code = refusal(client.update_rest_api, restApiId=api.id, patchOperations=[operation])
    assert "BadRequestException" == code


def test_what_is_not_there_is_not_found(api):
    """Reading or deleting what does not exist is NotFoundException, never a failure inside."""
    place = api.mock("/x")
    api.deploy()
    bare = api.method("/bare")
    client, absent = api.client, {**place, "httpMethod": "PUT"}
    for call, arguments in (
        (client.get_deployment, {"restApiId": api.id, "deploymentId": "nope"}),
        (client.delete_deployment, {"restApiId": api.id, "deploymentId": "nope"}),
        (client.get_method, absent),
        (client.delete_method, absent),
        (client.get_integration, bare),
        (client.delete_integration, bare),
        (client.get_method_response, {**place, "statusCode": "404"}),
        (client.delete_method_response, {**place, "statusCode": "404"}),
        (client.get_integration_response, {**place, "statusCode": "404"}),
        (client.delete_integration_response, {**place, "statusCode": "404"}),
        (client.delete_request_validator, {"restApiId": api.id, "requestValidatorId": "nope"}),
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
    """HTTP methods, authorization and integration types are those AWS has; no canaries here."""
    client = api.client
    place = api.mock("/x")
    bad_method = {**place, "httpMethod": "FETCH", "authorizationType": "NONE"}
    bad_type = {**place, "httpMethod": "PUT", "authorizationType": "SECRET"}
    canary = {"restApiId": api.id, "stageName": "v2", "deploymentId": api.deploy(),
              "canarySettings": {"percentTraffic": 5.0}}  # fmt: skip
    for call, arguments in (
        (client.put_method, bad_method),
        (client.put_method, bad_type),
        (client.put_integration, {**place, "type": "AWS_PROXIES"}),
        (client.create_stage, canary),
    ):
        assert "BadRequestException" == refusal(call, **arguments), arguments


def test_import_is_refused_with_a_reason(api):
    """OpenAPI documents are not imported, neither as a new API nor into one."""
    document = b'{"openapi": "3.0.0", "info": {"title": "t", "version": "1"}, "paths": {}}'
    with pytest.raises(ClientError, match="does not import OpenAPI documents"):
        api.client.import_rest_api(body=document)
    with pytest.raises(ClientError, match="does not import OpenAPI documents"):
        api.client.put_rest_api(restApiId=api.id, body=document)


def test_unknown_api_is_not_found(client):
    """Calls about an API that does not exist are refused with AWS's code."""
    for call, arguments in (
        (client.create_deployment, {"stageName": "dev"}),
        (client.update_stage, {"stageName": "dev", "patchOperations": []}),
        (client.get_gateway_responses, {}),
        (client.delete_rest_api, {}),
    ):
        assert "NotFoundException" == refusal(call, restApiId="nope", **arguments)
