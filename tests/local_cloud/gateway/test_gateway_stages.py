"""What a stage adds: variables, throttling, gateway responses, logs."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from workshop_lib.local_cloud.gateway.deployments import ApiConfiguration
from workshop_lib.local_cloud.gateway.executions import begin_execution
from workshop_lib.local_cloud.gateway.gateway_responses import GatewayError
from workshop_lib.local_cloud.gateway.method_requests import MethodRequest, Route
from workshop_lib.local_cloud.gateway.throttles import ThrottleTable

# Throttling ------------------------------------------------------------------------------------


def throttled_execution(rate, burst):
    settings = {"*/*": {"throttlingRateLimit": rate, "throttlingBurstLimit": burst}}
    resource = {"id": "id", "path": "/x", "resourceMethods": {"GET": {"httpMethod": "GET"}}}
    execution = begin_execution(
        "123456789012",
        "domain",
        ApiConfiguration("api", "us-east-1", (resource,)),
        {"stageName": "dev", "deploymentId": "d", "methodSettings": settings},
        MethodRequest("GET", "/x"),
    )
    execution.follow_route(Route(resource, resource["resourceMethods"]["GET"], {}))
    return execution


def test_bucket_fills_at_the_rate_up_to_the_burst():
    """The burst can be taken at once; then the bucket fills at the rate, never beyond the burst."""
    now = [0.0]
    table, execution = ThrottleTable(lambda: now[0]), throttled_execution(2, 3)

    def take():
        try:
            table.take(execution)
        except GatewayError as error:
            return error.status
        return 200

    assert [200, 200, 200, 429] == [take() for _ in range(4)]
    now[0] += 0.5
    assert [200, 429] == [take() for _ in range(2)]
    now[0] += 3600
    assert [200, 200, 200, 429] == [take() for _ in range(4)]


def test_stage_limit_answers_429(api):
    """Over the stage's limit the answer is 429; lifting the limit counts at once."""
    api.mock("/x")
    api.deploy()
    api.patch_stage(
        ("replace", "/*/*/throttling/rateLimit", "0.001"),
        ("replace", "/*/*/throttling/burstLimit", "1"),
    )
    assert 200 == api.call("/x").status_code
    answer = api.call("/x")
    assert (429, {"message": "Too Many Requests"}) == (answer.status_code, answer.json())
    assert "TooManyRequestsException" == answer.headers["x-amzn-errortype"]
    api.patch_stage(("remove", "/*/*", None))
    assert 200 == api.call("/x").status_code


def test_method_limit_counts_for_that_method_alone(api):
    """A method's own limit, set by its escaped path, leaves the other methods alone."""
    api.mock("/upload/new")
    api.mock("/other")
    api.deploy()
    stage = api.patch_stage(
        ("replace", "/~1upload~1new/GET/throttling/rateLimit", "0"),
        ("replace", "/~1upload~1new/GET/throttling/burstLimit", "0"),
    )
    settings = stage["methodSettings"]["~1upload~1new/GET"]
    assert (0.0, 0) == (settings["throttlingRateLimit"], settings["throttlingBurstLimit"])
    assert [429, 200] == [api.call(path).status_code for path in ("/upload/new", "/other")]


def test_a_resource_named_variables_has_limits_too(api):
    """The limit of GET /variables is no stage variable, although its path looks like one's."""
    api.mock("/variables")
    api.deploy()
    stage = api.patch_stage(("replace", "/~1variables/GET/throttling/burstLimit", "3"))
    assert 3 == stage["methodSettings"]["~1variables/GET"]["throttlingBurstLimit"]
    assert {} == stage.get("variables", {})


def test_one_limit_alone_leaves_the_other_at_the_default(api):
    """Setting one throttling limit leaves the other at the account's default."""
    api.mock("/x")
    api.deploy()
    stage = api.patch_stage(("replace", "/*/*/throttling/burstLimit", "3"))
    settings = stage["methodSettings"]["*/*"]
    assert (10_000.0, 3) == (settings["throttlingRateLimit"], settings["throttlingBurstLimit"])


# UpdateStage -----------------------------------------------------------------------------------


def test_variables_change_without_a_deployment(api):
    """Stage variables are the stage's: a change shows at once."""
    api.mock("/x", body="$stageVariables.mood")
    api.deploy(variables={"mood": "calm"})
    assert "calm" == api.call("/x").text
    api.patch_stage(("replace", "/variables/mood", "merry"))
    assert "merry" == api.call("/x").text
    api.patch_stage(("remove", "/variables/mood", None))
    assert "" == api.call("/x").text


@pytest.mark.parametrize(
    ("op", "path", "value"),
    [
        ("add", "/variables/x", "y"),
        ("replace", "/variables/a b", "y"),
        ("replace", "/variables/x", "line\nbreak"),
        ("replace", "/nonsense", "1"),
        ("replace", "/*/*/throttling/rateLimit", "many"),
        ("replace", "/*/*/logging/loglevel", "INFO"),
        ("replace", "/*/*/logging/dataTrace", "true"),
        ("replace", "/*/*/caching/enabled", "true"),
        ("replace", "/tracingEnabled", "true"),
        ("remove", "/deploymentId", None),
    ],
)
def test_wrong_patch_changes_nothing(api, op, path, value):
    """A patch operation AWS does not have is refused, and none of its neighbours is applied."""
    api.mock("/x")
    api.deploy()
    with pytest.raises(ClientError) as refused:
        api.patch_stage(("replace", "/description", "changed"), (op, path, value))
    assert "BadRequestException" == refused.value.response["Error"]["Code"]
    assert "" == api.client.get_stage(restApiId=api.id, stageName="dev").get("description", "")


# Gateway responses -----------------------------------------------------------------------------


def test_gateway_response_gives_errors_cors_headers(api):
    """DEFAULT_4XX and DEFAULT_5XX change the errors of their class, after a deployment."""
    api.proxy("/x", name="nobody")
    api.deploy()
    for kind in ("DEFAULT_4XX", "DEFAULT_5XX"):
        api.client.put_gateway_response(
            restApiId=api.id,
            responseType=kind,
            responseParameters={
                "gatewayresponse.header.Access-Control-Allow-Origin": "'http://site'"
            },
        )
    assert "access-control-allow-origin" not in api.call("/nothing").headers
    api.deploy()
    for path, status in (("/nothing", 403), ("/x", 500)):
        answer = api.call(path)
        assert (status, "http://site") == (
            answer.status_code,
            answer.headers["access-control-allow-origin"],
        )
    assert {"message": "Missing Authentication Token"} == api.call("/nothing").json()


def test_gateway_response_changes_status_and_body(api):
    """A type's own response goes before its class: status, template with $context, headers."""
    api.mock("/x")
    api.client.put_gateway_response(restApiId=api.id, responseType="DEFAULT_4XX", statusCode="418")
    api.client.put_gateway_response(
        restApiId=api.id,
        responseType="MISSING_AUTHENTICATION_TOKEN",
        statusCode="404",
        responseParameters={
            "gatewayresponse.header.X-Origin": "method.request.header.Origin",
            "gatewayresponse.header.X-Stage": "context.stage",
        },
        responseTemplates={
            "application/json": '{"error": $context.error.messageString, '
            '"plain": "$context.error.message", "type": "$context.error.responseType"}'
        },
    )
    api.deploy()
    answer = api.call("/nothing", headers={"Origin": "http://me"})
    assert 404 == answer.status_code
    assert {
        "error": "Missing Authentication Token",
        "plain": "Missing Authentication Token",
        "type": "MISSING_AUTHENTICATION_TOKEN",
    } == answer.json()
    assert ("http://me", "dev") == (answer.headers["x-origin"], answer.headers["x-stage"])


def test_header_from_the_request_stays_on_one_line(api):
    """A header made from the query cannot begin another header."""
    api.mock("/x")
    api.client.put_gateway_response(
        restApiId=api.id,
        responseType="DEFAULT_4XX",
        responseParameters={"gatewayresponse.header.X-Query": "method.request.querystring.q"},
    )
    api.deploy()
    answer = api.call("/nothing?q=a%0d%0aSet-Cookie:%20b=1")
    assert (403, "a Set-Cookie: b=1") == (answer.status_code, answer.headers["x-query"])
    assert "set-cookie" not in answer.headers


def test_every_gateway_response_is_listed(api):
    """GetGatewayResponses lists every type, with AWS's defaults for those nobody changed."""
    api.client.put_gateway_response(restApiId=api.id, responseType="THROTTLED", statusCode="503")
    listed = api.client.get_gateway_responses(restApiId=api.id)["items"]
    by_type = {one["responseType"]: one for one in listed}
    assert 21 == len(by_type)
    assert ("503", False) == (
        by_type["THROTTLED"]["statusCode"],
        by_type["THROTTLED"]["defaultResponse"],
    )
    unchanged = api.client.get_gateway_response(restApiId=api.id, responseType="UNAUTHORIZED")
    assert ("401", True) == (unchanged["statusCode"], unchanged["defaultResponse"])
    assert {"application/json": '{"message":$context.error.messageString}'} == unchanged[
        "responseTemplates"
    ]


# Logs ------------------------------------------------------------------------------------------


def set_log_role(api):
    operation = {
        "op": "replace",
        "path": "/cloudwatchRoleArn",
        "value": "arn:aws:iam::123456789012:role/logs",
    }
    api.client.update_account(patchOperations=[operation])


def read_log(logs, group):
    if not logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]:
        return []
    return [one["message"] for one in logs.filter_log_events(logGroupName=group)["events"]]


def test_logging_needs_a_role_in_the_account(api):
    """Switching logs on without a CloudWatch role in the account's settings is refused."""
    operation = {"op": "replace", "path": "/cloudwatchRoleArn", "value": ""}
    api.client.update_account(patchOperations=[operation])
    api.mock("/x")
    api.deploy()
    with pytest.raises(ClientError, match="CloudWatch Logs role ARN must be set"):
        api.patch_stage(("replace", "/accessLogSettings/format", "$context.requestId"))


def test_access_log_has_the_chosen_variables(api, logs):
    """Each call writes one line of the stage's format; what has no value is a dash."""
    set_log_role(api)
    api.mock("/x")
    api.deploy()
    group = f"access-{api.id}"
    arn = f"arn:aws:logs:us-east-1:123456789012:log-group:{group}"
    line = "$context.httpMethod $context.resourcePath $context.status $context.identity.user"
    agent = ' "$context.identity.userAgent" $context.error.responseType'
    api.patch_stage(
        ("replace", "/accessLogSettings/destinationArn", arn),
        ("replace", "/accessLogSettings/format", line + agent),
    )
    api.call("/x", headers={"User-Agent": 'a"b'})
    api.call("/nothing", headers={"User-Agent": "c"})
    assert [
        'GET /x 200 - "a\\"b" -',
        'GET - 403 - "c" MISSING_AUTHENTICATION_TOKEN',
    ] == read_log(logs, group)
