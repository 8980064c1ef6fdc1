"""Lambda authorizers: identity, policies, the facts passed on, and the cache."""

from __future__ import annotations

import pytest

from workshop_lib.local_cloud.gateway.authorizers import (
    AuthorizerCache,
    AuthorizerResult,
    decide_invocation,
)
from workshop_lib.local_cloud.permissions.policies import PolicyDocumentError

ARN = "arn:aws:execute-api:us-east-1:123456789012:abc/dev/GET/pictures/7"


def policy(effect, resource, action="execute-api:Invoke"):
    statement = {"Effect": effect, "Action": action, "Resource": resource}
    return {"Version": "2012-10-17", "Statement": [statement]}


def make_authorizer(api, decide_by, *, kind="TOKEN", ttl=0, **settings):
    """Guard GET /x with an authorizer whose function is ``decide_by``."""
    api.functions.handlers["guard"] = decide_by
    sources = {"TOKEN": "method.request.header.Authorization"}
    authorizer = api.client.create_authorizer(
        restApiId=api.id,
        name="guard",
        type=kind,
        authorizerUri=api.lambda_uri("guard"),
        authorizerResultTtlInSeconds=ttl,
        **{"identitySource": sources[kind]} if kind in sources else {},
        **settings,
    )
    api.proxy("/x", authorizationType="CUSTOM", authorizerId=authorizer["id"])
    api.deploy()
    return authorizer["id"]


def allow(event):
    return {
        "principalId": "ada",
        "policyDocument": policy("Allow", event["methodArn"]),
        "context": {"team": "red", "age": 3, "admin": True},
    }


def test_token_authorizer_lets_in_and_passes_its_facts(api):
    """A TOKEN authorizer gets the token, and what it says of the caller reaches the function."""
    make_authorizer(api, allow)
    answer = api.call("/x?a=1", headers={"Authorization": "secret"})
    assert 200 == answer.status_code
    assert {
        "type": "TOKEN",
        "methodArn": f"arn:aws:execute-api:us-east-1:123456789012:{api.id}/dev/GET/x",
        "authorizationToken": "secret",
    } == api.functions.events[0]
    facts = answer.json()["requestContext"]["authorizer"]
    assert {"principalId": "ada", "team": "red", "age": "3", "admin": "true"} == facts


def test_missing_token_is_a_401(api):
    """Without the identity source the answer is 401 and the authorizer is not called."""
    make_authorizer(api, allow)
    answer = api.call("/x")
    assert (401, {"message": "Unauthorized"}) == (answer.status_code, answer.json())
    assert "UnauthorizedException" == answer.headers["x-amzn-errortype"]
    assert [] == api.functions.events


@pytest.mark.parametrize(
    ("returned", "message"),
    [
        (
            {"principalId": "a", "policyDocument": policy("Deny", "*")},
            "User is not authorized to access this resource with an explicit deny",
        ),
        (
            {"principalId": "a", "policyDocument": policy("Allow", "arn:aws:execute-api:*/POST/*")},
            "User is not authorized to access this resource",
        ),
    ],
)
def test_refusing_policy_is_a_403(api, returned, message):
    """A policy that denies, or allows something else, is AWS's 403."""
    make_authorizer(api, lambda event: returned)
    answer = api.call("/x", headers={"Authorization": "t"})
    assert (403, {"Message": message}) == (answer.status_code, answer.json())
    assert "AccessDeniedException" == answer.headers["x-amzn-errortype"]


def test_function_may_say_unauthorized(api):
    """A function that raises Unauthorized is a 401."""

    def refuse(event):
        raise PermissionError("Unauthorized")

    make_authorizer(api, refuse)
    answer = api.call("/x", headers={"Authorization": "t"})
    assert (401, {"message": "Unauthorized"}) == (answer.status_code, answer.json())


@pytest.mark.parametrize(
    "returned",
    [
        {},
        "yes",
        {"principalId": "a"},
        {"principalId": "a", "policyDocument": {}},
        {"principalId": "a", "policyDocument": policy("Maybe", "*")},
        {"principalId": "a", "policyDocument": policy("Allow", "*"), "context": {"x": {}}},
    ],
)
def test_broken_authorizer_is_a_500(api, returned):
    """An answer that is no authorizer's is a 500 with AWS's error type and a null message."""
    make_authorizer(api, lambda event: returned)
    answer = api.call("/x", headers={"Authorization": "t"})
    assert (500, {"message": None}) == (answer.status_code, answer.json())
    assert "AuthorizerConfigurationException" == answer.headers["x-amzn-errortype"]


def test_failing_authorizer_is_a_500(api):
    """An authorizer that raises anything else is a 500, and the method is not called."""

    def fail(event):
        raise KeyError("token")

    make_authorizer(api, fail)
    assert 500 == api.call("/x", headers={"Authorization": "t"}).status_code
    assert 1 == len(api.functions.events)


def test_authorizer_needs_permission_to_be_called(api):
    """Without a permission for the authorizer its function is not called."""
    identifier = make_authorizer(api, allow)
    api.functions.allowed = ["*/dev/*"]
    assert 500 == api.call("/x", headers={"Authorization": "t"}).status_code
    assert [] == api.functions.events
    api.functions.allowed.append(f"*:{api.id}/authorizers/{identifier}")
    assert 200 == api.call("/x", headers={"Authorization": "t"}).status_code


def test_request_authorizer_sees_the_request(api):
    """A REQUEST authorizer gets the whole request; each identity source must be there."""
    make_authorizer(
        api,
        allow,
        kind="REQUEST",
        identitySource="method.request.querystring.key, stageVariables.mode",
    )
    api.patch_stage(("replace", "/variables/mode", "open"))
    answer = api.call("/x?key=k", headers={"X-Custom": "c"})
    assert 200 == answer.status_code
    event = api.functions.events[0]
    assert ("REQUEST", "/x", "GET") == (event["type"], event["path"], event["httpMethod"])
    assert ({"key": "k"}, "c") == (event["queryStringParameters"], event["headers"]["X-Custom"])
    assert event["requestContext"]["apiId"] == api.id
    assert 401 == api.call("/x").status_code


def test_result_is_cached_for_the_same_token(api):
    """Within the time to live a token is asked about once."""
    make_authorizer(api, allow, ttl=300)
    tokens = ["one", "one", "two", "one"]
    for token in tokens:
        assert 200 == api.call("/x", headers={"Authorization": token}).status_code
    asked = [one["authorizationToken"] for one in api.functions.events if "type" in one]
    assert ["one", "two"] == asked


def test_cached_policy_is_evaluated_for_each_method(api):
    """A cached policy that names one path refuses another, the well-known trap of {proxy+}."""
    identifier = make_authorizer(api, allow, ttl=300)
    api.proxy("/y", authorizationType="CUSTOM", authorizerId=identifier)
    api.deploy()
    headers = {"Authorization": "t"}
    assert 200 == api.call("/x", headers=headers).status_code
    assert 403 == api.call("/y", headers=headers).status_code


def test_cache_forgets_after_the_time_to_live():
    """A kept result is found until its time to live has passed."""
    now = [100.0]
    cache = AuthorizerCache(lambda: now[0])
    result = AuthorizerResult("ada", {})
    key = ("api", "dev", "id", ("token",))
    cache.keep(key, result, 10)
    now[0] += 9.9
    assert result == cache.find(key)
    now[0] += 0.2
    assert cache.find(key) is None


@pytest.mark.parametrize(
    ("effect", "action", "resource", "allowed"),
    [
        ("Allow", "execute-api:Invoke", ARN, True),
        ("Allow", "execute-api:*", "*", True),
        ("Allow", ["s3:GetObject", "execute-api:invoke"], ["x", "arn:aws:execute-api:*"], True),
        ("Allow", "execute-api:Invoke", ARN.replace("/7", "/?"), True),
        ("Allow", "execute-api:Invoke", ARN.replace("GET", "POST"), False),
        ("Allow", "execute-api:Invoke", ARN[:-2], False),
        ("Allow", "s3:*", "*", False),
        ("Deny", "*", "arn:aws:execute-api:*:*:*/dev/*", False),
    ],
)
def test_statement_covers_by_wildcards(effect, action, resource, allowed):
    """Actions and resources match with * and ?, whole."""
    verdict = decide_invocation(policy(effect, resource, action), ARN, "127.0.0.1")
    assert (allowed, effect == "Deny") == (verdict.allowed, verdict.explicit)


def test_deny_wins_over_allow():
    """One Deny that matches outweighs every Allow."""
    statements = policy("Allow", "*")["Statement"] + policy("Deny", ARN)["Statement"]
    verdict = decide_invocation({"Statement": statements}, ARN, "127.0.0.1")
    assert (False, True) == (verdict.allowed, verdict.explicit)


def test_conditions_are_evaluated():
    """A statement with a condition speaks only of the calls that fulfil it."""
    document = policy("Allow", "*")
    document["Statement"][0]["Condition"] = {"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}
    allowed = [
        decide_invocation(document, ARN, address).allowed for address in ("127.0.0.1", "192.0.2.1")
    ]
    assert [True, False] == allowed


@pytest.mark.parametrize(
    "document",
    [None, [], "Allow", {}, {"Statement": ["x"]}, {"Statement": {"Effect": "Allow"}},
     {"Statement": {"Effect": "Allow", "Action": "*"}},
     {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": "now"}}],
)  # fmt: skip
def test_unusable_policy_is_refused(document):
    """A document that is no policy allows nothing."""
    with pytest.raises(PolicyDocumentError):
        decide_invocation(document, ARN, "127.0.0.1")
