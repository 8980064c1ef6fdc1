"""Which resource and method answers a request."""

from __future__ import annotations

import pytest


@pytest.fixture
def routed(api):
    for path in ("/", "/pictures", "/pictures/{id}", "/pictures/new", "/pictures/{id}/{part+}",
                 "/files/{proxy+}"):  # fmt: skip
        api.proxy(path)
    api.proxy("/pictures/new", "ANY")
    api.proxy("/pictures/{id}", "DELETE")
    api.deploy()
    return api


@pytest.mark.parametrize(
    ("verb", "path", "resource", "parameters"),
    [
        ("GET", "", "/", None),
        ("GET", "/", "/", None),
        ("GET", "/pictures", "/pictures", None),
        ("GET", "/pictures/", "/pictures", None),
        ("GET", "/pictures/7", "/pictures/{id}", {"id": "7"}),
        ("GET", "/pictures/new", "/pictures/new", None),
        ("POST", "/pictures/new", "/pictures/new", None),
        ("DELETE", "/pictures/7", "/pictures/{id}", {"id": "7"}),
        ("GET", "/pictures/7/a/b", "/pictures/{id}/{part+}", {"id": "7", "part": "a/b"}),
        ("GET", "/pictures/a%2Fb%20c", "/pictures/{id}", {"id": "a/b c"}),
        ("GET", "/files/x", "/files/{proxy+}", {"proxy": "x"}),
        ("GET", "/files/x/y.txt", "/files/{proxy+}", {"proxy": "x/y.txt"}),
    ],
)
def test_literal_before_parameter_before_greedy(routed, verb, path, resource, parameters):
    """A literal part goes before {parameter}, that before {parameter+}; own methods before ANY."""
    event = routed.call(path, verb).json()
    assert (resource, parameters) == (event["resource"], event["pathParameters"])


@pytest.mark.parametrize(
    ("verb", "path"),
    [
        ("GET", "/nothing"),
        ("POST", "/pictures"),
        ("GET", "/files"),
        ("GET", "/Pictures"),
    ],
)
def test_unknown_route_is_a_missing_token(routed, verb, path):
    """An unknown path or method answers 403 Missing Authentication Token, as AWS does."""
    answer = routed.call(path, verb)
    assert 403 == answer.status_code
    assert {"message": "Missing Authentication Token"} == answer.json()
    assert "MissingAuthenticationTokenException" == answer.headers["x-amzn-errortype"]
    assert answer.headers["x-amzn-requestid"]
