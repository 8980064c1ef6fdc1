"""HTTP_PROXY integrations reach the cloud's own stages, and nothing else."""

from __future__ import annotations

import pytest


def make_http(api, path, uri, *, verb="GET", parameters=None, **integration):
    declared = {source: True for source in (parameters or {}).values() if source[0] != "'"}
    place = api.method(path, verb, requestParameters=declared)
    api.client.put_integration(
        **place,
        type="HTTP_PROXY",
        integrationHttpMethod="GET" if verb == "ANY" else verb,
        uri=uri,
        requestParameters=parameters or {},
        **integration,
    )
    return place


def test_proxy_hands_all_on_and_back(api):
    """HTTP_PROXY hands headers, query and body on, and status, headers and body back."""
    api.proxy("/target/{id}", "POST")
    make_http(
        api,
        "/front/{name}",
        api.url("/target/{id}"),
        verb="POST",
        parameters={
            "integration.request.path.id": "method.request.path.name",
            "integration.request.header.X-Added": "'by mapping'",
            "integration.request.querystring.extra": "method.request.header.X-Source",
        },
    )
    api.deploy()
    event = api.call("/front/a%20b?q=1", "POST", headers={"X-Source": "s"}, content="body").json()
    assert "/target/a b" == event["path"]
    assert {"q": "1", "extra": "s"} == event["queryStringParameters"]
    assert ("by mapping", "body") == (event["headers"]["X-Added"], event["body"])


@pytest.mark.parametrize(
    "form",
    [
        "{endpoint}/_execute-api/{id}/dev/mock",
        "http://{id}.execute-api.localhost:{port}/dev/mock",
        "https://{id}.execute-api.us-east-1.amazonaws.com/dev/mock",
    ],
)
def test_own_stage_goes_by_every_name(api, form):
    """A stage is reached by Python's address, the browser's, and AWS's own."""
    port = api.endpoint.rpartition(":")[2]
    api.mock("/mock", body="mocked")
    make_http(api, "/front", form.format(endpoint=api.endpoint, id=api.id, port=port))
    api.deploy()
    assert (200, "mocked") == ((answer := api.call("/front")).status_code, answer.text)


@pytest.mark.parametrize(
    "uri",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://example.com/dev/mock",
        "http://127.0.0.1:1/_execute-api/abc/dev/mock",
        "http://localhost/_execute-api/abc/dev/mock",
        "http://abc.execute-api.localhost:1/dev/mock",
        "http://abc.execute-api.localhost.example.com/dev",
        "https://abc.execute-api.us-east-1.amazonaws.com.example.com/dev",
        "https://abc.execute-api.us-east-1.amazonaws.com@example.com/dev",
        "http://user@127.0.0.1:80/_execute-api/abc/dev",
    ],
)
def test_any_other_address_is_refused(api, uri):
    """No call leaves the cloud: any other address is a 500 whose log says why."""
    place = make_http(api, "/front", uri)
    api.deploy()
    assert 500 == api.call("/front").status_code
    assert "calls out to nobody" in api.client.test_invoke_method(**place)["log"]


def test_mapped_path_cannot_leave_the_stage(api, client):
    """A path parameter put into the URL is quoted, so it cannot name another host."""
    place = make_http(
        api,
        "/front/{proxy+}",
        "https://{proxy}",
        parameters={"integration.request.path.proxy": "method.request.path.proxy"},
    )
    api.deploy()
    assert 500 == api.call("/front/example.com/x").status_code
    log = client.test_invoke_method(**place, pathWithQueryString="/front/example.com/x")["log"]
    assert "calls out to nobody" in log


def test_stage_that_calls_itself_ends(api):
    """A stage whose integration is itself ends with an error instead of going on for ever."""
    make_http(api, "/loop", api.url("/loop"))
    api.deploy()
    assert 500 == api.call("/loop").status_code


def test_undeclared_parameter_is_refused(api):
    """Mapping a request parameter that the method does not declare is refused, as on AWS."""
    place = api.method("/x")
    with pytest.raises(
        api.client.exceptions.BadRequestException,
        match=r"Invalid mapping expression parameter specified: method.request.querystring.q",
    ):
        api.client.put_integration(
            **place,
            type="HTTP_PROXY",
            integrationHttpMethod="GET",
            uri=api.url("/y"),
            requestParameters={"integration.request.querystring.q": "method.request.querystring.q"},
        )
