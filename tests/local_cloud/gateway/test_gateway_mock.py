"""MOCK integrations: CORS preflights, and templates that choose the answer."""

from __future__ import annotations

import pytest

ORIGIN = "http://awstack-me-website.s3-website.localhost:4566"


def make_preflight(api, path="/upload"):
    """Answer a path's OPTIONS the way AWS's guide to CORS does it."""
    place = api.method(path, "OPTIONS")
    names = ("Headers", "Methods", "Origin")
    values = {"Headers": "'Content-Type'", "Methods": "'GET,OPTIONS'", "Origin": f"'{ORIGIN}'"}
    api.client.put_integration(
        **place, type="MOCK", requestTemplates={"application/json": '{"statusCode": 204}'}
    )
    api.client.put_method_response(
        **place,
        statusCode="204",
        responseParameters={
            f"method.response.header.Access-Control-Allow-{name}": True for name in names
        },
    )
    api.client.put_integration_response(
        **place,
        statusCode="204",
        responseParameters={
            f"method.response.header.Access-Control-Allow-{name}": values[name] for name in names
        },
    )
    return place


def test_preflight_is_answered_by_the_gateway(api):
    """A preflight made the AWS way answers status and the three CORS headers, without a body."""
    make_preflight(api)
    api.deploy()
    answer = api.call("/upload", "OPTIONS", headers={"Origin": ORIGIN})
    assert (204, b"") == (answer.status_code, answer.content)
    assert ORIGIN == answer.headers["access-control-allow-origin"]
    assert "GET,OPTIONS" == answer.headers["access-control-allow-methods"]
    assert "Content-Type" == answer.headers["access-control-allow-headers"]


def test_header_must_be_declared_by_the_method_response(api):
    """Mapping a header that the method response does not declare is refused, as on AWS."""
    place = api.mock("/x")
    with pytest.raises(
        api.client.exceptions.BadRequestException, match="Invalid mapping expression parameter"
    ):
        api.client.put_integration_response(
            **place,
            statusCode="200",
            responseParameters={"method.response.header.Access-Control-Allow-Origin": "'*'"},
        )


def make_choice(api):
    """A MOCK whose template chooses the status by a query parameter."""
    place = api.method("/x", requestParameters={"method.request.querystring.scope": False})
    template = (
        "#if($input.params('scope') == 'internal'){\"statusCode\": 200}"
        '#else{"statusCode": 500}#end'
    )
    api.client.put_integration(
        **place, type="MOCK", requestTemplates={"application/json": template}
    )
    for status, pattern, body in (("200", None, "fine"), ("500", r"5\d{2}", "wrong")):
        api.client.put_method_response(**place, statusCode=status)
        settings = {"selectionPattern": pattern} if pattern else {}
        api.client.put_integration_response(
            **place,
            statusCode=status,
            responseTemplates={"application/json": f'{{"is": "{body}", "at": "$context.stage"}}'},
            **settings,
        )
    return place


def test_template_chooses_the_status(api):
    """The status in the rendered request template selects the integration response."""
    make_choice(api)
    api.deploy()
    good, bad = api.call("/x?scope=internal"), api.call("/x")
    assert (200, {"is": "fine", "at": "dev"}) == (good.status_code, good.json())
    assert (500, {"is": "wrong", "at": "dev"}) == (bad.status_code, bad.json())


@pytest.mark.parametrize(
    "template", ["", "no json", '{"status": 200}', '{"statusCode": "x"}', "[]"]
)
def test_template_without_status_is_a_500(api, template):
    """A MOCK whose template names no statusCode is a 500 that says so in the log."""
    place = api.mock("/x")
    api.client.put_integration(
        **place, type="MOCK", requestTemplates={"application/json": template}
    )
    api.deploy()
    assert (500, {"message": "Internal server error"}) == (
        (answer := api.call("/x")).status_code,
        answer.json(),
    )
    assert "Unable to parse statusCode" in api.client.test_invoke_method(**place)["log"]


def test_response_without_method_response_is_a_500(api):
    """An integration response whose status the method does not declare is a 500, as on AWS."""
    place = api.method("/x")
    api.client.put_integration(
        **place, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'}
    )
    api.client.put_integration_response(**place, statusCode="200")
    api.deploy()
    assert 500 == api.call("/x").status_code
    log = api.client.test_invoke_method(**place)["log"]
    assert "Output mapping refers to an invalid method response: 200" in log


def test_no_fitting_integration_response_is_a_500(api):
    """A status that no pattern fits, without a default, is a 500."""
    place = api.method("/x")
    api.client.put_integration(
        **place, type="MOCK", requestTemplates={"application/json": '{"statusCode": 404}'}
    )
    api.client.put_method_response(**place, statusCode="200")
    api.client.put_integration_response(**place, statusCode="200", selectionPattern="200")
    api.deploy()
    assert 500 == api.call("/x").status_code
    log = api.client.test_invoke_method(**place)["log"]
    assert "No match for output mapping and no default output mapping" in log


def test_template_overrides_status_and_headers(api):
    """A response template may set status and headers by $context.responseOverride."""
    template = (
        "#set($context.responseOverride.status = 418)"
        "#set($context.responseOverride.header.Teapot = 'yes')short"
    )
    api.mock("/x", body=template)
    api.deploy()
    answer = api.call("/x")
    assert (418, "yes", "short") == (answer.status_code, answer.headers["teapot"], answer.text)


def test_broken_template_is_a_500(api):
    """A template with an error is a 500; the log shows where."""
    place = api.mock("/x", body="#if($a == 1)never closed")
    api.deploy()
    assert 500 == api.call("/x").status_code
    assert "Unable to transform" in api.client.test_invoke_method(**place)["log"]


@pytest.mark.parametrize(
    ("behavior", "status"), [("WHEN_NO_TEMPLATES", 415), ("NEVER", 415), ("WHEN_NO_MATCH", 200)]
)
def test_passthrough_behavior_decides_without_a_template(api, behavior, status):
    """A body no template fits passes through or gets 415, as passthroughBehavior says."""
    place = api.mock("/x", "POST")
    api.client.put_integration(
        **place,
        type="MOCK",
        requestTemplates={"application/json": '{"statusCode": 200}'},
        passthroughBehavior=behavior,
    )
    api.client.put_integration_response(**place, statusCode="200")
    api.deploy()
    answer = api.call(
        "/x", "POST", headers={"Content-Type": "text/plain"}, content='{"statusCode": 200}'
    )
    assert status == answer.status_code
    if status == 415:
        assert {"message": "Unsupported Media Type"} == answer.json()
        assert "UnsupportedMediaTypeException" == answer.headers["x-amzn-errortype"]
