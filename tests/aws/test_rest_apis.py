"""REST APIs over real HTTP: routes, preflight, deployments; the stage answers for real."""

import pytest

from workshop_lib.aws import functions, rest_apis
from workshop_lib.errors import WorkshopError

ORIGIN = "http://site.example"


@pytest.fixture
def apigateway(client):
    return client("apigateway")


@pytest.fixture
def api(apigateway, name, tags):
    return rest_apis.ensure_api(apigateway, name, tags=tags)


@pytest.fixture
def hello(client, name, role, tags, pack):
    """A function that answers as a proxy must, and that API Gateway may call."""
    lambda_ = client("lambda")
    function = functions.ensure_function(
        lambda_,
        name,
        role_arn=role.arn,
        code=pack(
            "def handler(event, context):\n"
            "    return {'statusCode': 200, 'body': 'hello ' + event['path']}\n"
        ),
        environment={},
        tags=tags,
    )
    functions.allow_invocation(
        lambda_,
        name,
        statement_id="api",
        principal="apigateway.amazonaws.com",
        source_arn="arn:aws:execute-api:us-east-1:123456789012:*/*/GET/*",
    )
    return function


@pytest.fixture
def route(apigateway, api, hello):
    """Make the route GET of a path to the function."""

    def make(path="/hello"):
        return rest_apis.ensure_function_route(
            apigateway,
            api.id,
            path=path,
            method="GET",
            function_arn=hello.arn,
            region="us-east-1",
        )

    return make


def test_an_api_of_a_name_is_made_once_and_its_tags_are_mended(
    apigateway, api, name, tags, changes
):
    """The same name again is the same API; tags that were lost come back."""
    assert [] == changes(lambda: rest_apis.ensure_api(apigateway, name, tags=tags))
    arn = f"arn:aws:apigateway:us-east-1::/restapis/{api.id}"
    apigateway.untag_resource(resourceArn=arn, tagKeys=["attendee"])

    mended = rest_apis.ensure_api(apigateway, name, tags=tags)

    assert (api.id, tags) == (mended.id, mended.tags)
    assert tags == rest_apis.find_api(apigateway, name).tags
    assert [api.id] == rest_apis.list_api_ids(apigateway, name)


def test_a_route_is_made_with_its_path_once(apigateway, api, hello, route, changes):
    """All parts of the path are made; again changes nothing; a wrong target is mended."""
    route("/a/b")

    assert [] == changes(lambda: route("/a/b"))
    (made,) = rest_apis.describe_api(apigateway, api.id).routes
    assert ("/a/b", "GET", "AWS_PROXY") == (made.path, made.method, made.integration)
    assert f"functions/{hello.arn}/invocations" in made.target

    resource = rest_apis.ensure_resource(apigateway, api.id, "/a/b")
    apigateway.put_integration(restApiId=api.id, resourceId=resource, httpMethod="GET", type="MOCK")
    assert ["PutIntegration"] == changes(lambda: route("/a/b"))


def test_a_route_is_seen_after_a_deployment(cloud, apigateway, api, route):
    """The stage answers what was deployed, and a later route only after the next deployment."""
    route("/hello")
    rest_apis.deploy_api(apigateway, api.id, "dev", description="first")
    address = cloud.api_url(api.id, "dev")
    assert "hello /hello" == cloud.http.get(f"{address}/hello").text

    route("/later")
    assert 403 == cloud.http.get(f"{address}/later").status_code
    second = rest_apis.deploy_api(apigateway, api.id, "dev", description="second")

    assert "hello /later" == cloud.http.get(f"{address}/later").text
    described = rest_apis.describe_api(apigateway, api.id)
    assert [("dev", second.id)] == [(s.name, s.deployment_id) for s in described.stages]
    assert {"first", "second"} == {entry.description for entry in described.deployments}


def test_a_route_is_tried_without_a_deployment(apigateway, api, route):
    """The test call gives the answer and the gateway's log; an unknown path is an error."""
    route("/hello")

    tried = rest_apis.test_route(apigateway, api.id, path="/hello", method="GET", query="a=1")

    assert (200, "hello /hello") == (tried.status, tried.body)
    assert "Execution log" in tried.log
    with pytest.raises(WorkshopError, match="no path /none"):
        rest_apis.test_route(apigateway, api.id, path="/none", method="GET")


def test_a_preflight_is_answered_for_the_origin(cloud, apigateway, api, route, changes):
    """OPTIONS answers the CORS headers; again changes nothing; another origin is mended."""

    def make(origin):
        rest_apis.ensure_preflight(
            apigateway, api.id, path="/hello", origin=origin, methods=["GET"]
        )

    route("/hello")
    make("http://other.example")
    make(ORIGIN)
    assert [] == changes(lambda: make(ORIGIN))
    rest_apis.deploy_api(apigateway, api.id, "dev")

    answer = cloud.http.options(f"{cloud.api_url(api.id, 'dev')}/hello")

    assert (200, ORIGIN, "GET,OPTIONS", "Content-Type") == (
        answer.status_code,
        answer.headers["access-control-allow-origin"],
        answer.headers["access-control-allow-methods"],
        answer.headers["access-control-allow-headers"],
    )


def test_errors_of_the_gateway_carry_the_header_too(cloud, apigateway, api, route, changes):
    """A path that is not there is a 403 that a page of the origin may read."""
    route("/hello")

    def make():
        rest_apis.ensure_error_headers(apigateway, api.id, origin=ORIGIN)

    make()
    assert [] == changes(make)
    rest_apis.deploy_api(apigateway, api.id, "dev")

    answer = cloud.http.get(f"{cloud.api_url(api.id, 'dev')}/none")

    assert (403, ORIGIN) == (answer.status_code, answer.headers["access-control-allow-origin"])


def test_a_stage_goes_and_the_api_after_it(cloud, apigateway, api, route):
    """Without its stage nobody reaches the API; both deletions may be repeated."""
    route("/hello")
    rest_apis.deploy_api(apigateway, api.id, "dev")

    rest_apis.delete_stage(apigateway, api.id, "dev")
    rest_apis.delete_stage(apigateway, api.id, "dev")

    assert 403 == cloud.http.get(f"{cloud.api_url(api.id, 'dev')}/hello").status_code
    assert [] == rest_apis.list_stages(apigateway, api.id)

    rest_apis.delete_api(apigateway, api.id)
    rest_apis.delete_api(apigateway, api.id)

    assert rest_apis.describe_api(apigateway, api.id) is None
    assert rest_apis.find_api(apigateway, api.name) is None


@pytest.fixture
def permitted(client, hello):
    """The function that answers, and that every method and authorizer may call."""
    functions.allow_invocation(
        client("lambda"),
        hello.name,
        statement_id="everything",
        principal="apigateway.amazonaws.com",
        source_arn="arn:aws:execute-api:us-east-1:123456789012:*/*",
    )
    return hello


def test_a_stage_has_variables_of_its_own_and_a_mirror_answers_the_same(cloud, apigateway, api):
    """Two stages fill in their own variable; an HTTP proxy hands a stage's answer on."""
    rest_apis.ensure_mock_route(
        apigateway, api.id, path="/stage", template='{"motto": "$stageVariables.motto"}'
    )
    addresses = {stage: cloud.api_url(api.id, stage) for stage in ("dev", "prod")}
    rest_apis.ensure_http_route(
        apigateway, api.id, path="/mirror", address=f"{addresses['prod']}/stage"
    )
    for stage in addresses:
        rest_apis.deploy_api(apigateway, api.id, stage, variables={"motto": f"for-{stage}"})

    said = {stage: cloud.http.get(f"{url}/stage").json() for stage, url in addresses.items()}

    assert {"dev": {"motto": "for-dev"}, "prod": {"motto": "for-prod"}} == said
    assert {"motto": "for-prod"} == cloud.http.get(f"{addresses['dev']}/mirror").json()


def test_templates_stand_between_caller_and_function(cloud, apigateway, api, permitted):
    """The request's template makes the function's event, the response's what the caller reads."""
    rest_apis.ensure_template_route(
        apigateway,
        api.id,
        path="/short",
        function_arn=permitted.arn,
        region="us-east-1",
        request='{"path": "$input.params(\'name\')"}',
        response='{"said": "$input.path(\'$.body\')"}',
    )
    rest_apis.deploy_api(apigateway, api.id, "dev")

    answer = cloud.http.get(f"{cloud.api_url(api.id, 'dev')}/short", params={"name": "cat"})

    assert {"said": "hello cat"} == answer.json()


def test_an_authorizer_lets_in_whom_its_function_allows(
    cloud, client, apigateway, api, name, role, tags, pack, changes
):
    """Without a token 401, with a wrong one 403, with the right one in; made once, and removed."""
    code = pack(
        "def handler(event, context):\n"
        "    effect = 'Allow' if event['authorizationToken'] == 'sesame' else 'Deny'\n"
        "    statement = {'Action': 'execute-api:Invoke', 'Effect': effect,\n"
        "                 'Resource': event['methodArn']}\n"
        "    return {'principalId': 'ali', 'policyDocument':\n"
        "            {'Version': '2012-10-17', 'Statement': [statement]}}\n"
    )
    guard = functions.ensure_function(
        client("lambda"), name, role_arn=role.arn, code=code, environment={}, tags=tags
    )
    functions.allow_invocation(
        client("lambda"),
        name,
        statement_id="api",
        principal="apigateway.amazonaws.com",
        source_arn="arn:aws:execute-api:us-east-1:123456789012:*/authorizers/*",
    )

    def make():
        return rest_apis.ensure_authorizer(
            apigateway, api.id, "guard", function_arn=guard.arn, region="us-east-1"
        )

    rest_apis.ensure_mock_route(
        apigateway, api.id, path="/in", template='{"who": "$context.authorizer.principalId"}'
    )
    authorizer = {"path": "/in", "method": "GET", "authorizer_id": make()}
    assert [] == changes(make)
    with pytest.raises(WorkshopError, match="no path /none"):
        rest_apis.require_authorizer(apigateway, api.id, **authorizer | {"path": "/none"})
    rest_apis.require_authorizer(apigateway, api.id, **authorizer)
    rest_apis.deploy_api(apigateway, api.id, "dev")
    address = f"{cloud.api_url(api.id, 'dev')}/in"

    answers = [
        cloud.http.get(address, headers={"Authorization": word} if word else {})
        for word in ("", "please", "sesame")
    ]

    assert [401, 403, 200] == [answer.status_code for answer in answers]
    assert {"who": "ali"} == answers[-1].json()
    for _ in range(2):
        rest_apis.delete_path(apigateway, api.id, "/in")
        rest_apis.delete_authorizer(apigateway, api.id, "guard")
    assert () == rest_apis.describe_api(apigateway, api.id).routes
    assert [] == apigateway.get_authorizers(restApiId=api.id)["items"]


def test_a_stage_is_throttled_as_a_whole(cloud, apigateway, api):
    """The limit of the stage is told with it, and turns calls away with 429."""
    rest_apis.ensure_mock_route(apigateway, api.id, path="/hello", template="{}")
    rest_apis.deploy_api(apigateway, api.id, "dev")
    (before,) = rest_apis.list_stages(apigateway, api.id)
    assert (None, None) == (before.rate_limit, before.burst_limit)

    rest_apis.limit_stage(apigateway, api.id, "dev", rate=1, burst=2)

    (limited,) = rest_apis.list_stages(apigateway, api.id)
    assert (1, 2) == (limited.rate_limit, limited.burst_limit)
    address = f"{cloud.api_url(api.id, 'dev')}/hello"
    statuses = [cloud.http.get(address).status_code for _ in range(6)]
    assert 200 == statuses[0]
    assert 429 in statuses
