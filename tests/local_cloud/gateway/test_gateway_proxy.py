"""Lambda proxy integrations: the event a function gets, and what it may answer."""

from __future__ import annotations

import base64
import json

import pytest


def echoed(answer):
    """The event that the echo function got, which is its answer's body."""
    assert 200 == answer.status_code, answer.text
    return answer.json()


def test_event_has_the_whole_request(api):
    """The event of payload format 1.0 says all that the client sent and where it arrived."""
    api.proxy("/pictures/{id}", "ANY")
    api.deploy(variables={"table": "results"})
    event = echoed(
        api.call(
            "/pictures/a%20b?x=1&x=2&empty=&u=%C3%A9",
            "PUT",
            headers={"X-Custom": "yes", "Content-Type": "text/plain", "User-Agent": "test/1"},
            content="hello",
        )
    )
    assert "/pictures/{id}" == event["resource"]
    assert "/pictures/a b" == event["path"]
    assert "PUT" == event["httpMethod"]
    assert {"id": "a b"} == event["pathParameters"]
    assert {"x": "2", "empty": "", "u": "é"} == event["queryStringParameters"]
    assert ["1", "2"] == event["multiValueQueryStringParameters"]["x"]
    assert "yes" == event["headers"]["X-Custom"]
    assert ["yes"] == event["multiValueHeaders"]["X-Custom"]
    assert {"table": "results"} == event["stageVariables"]
    assert ("hello", False) == (event["body"], event["isBase64Encoded"])
    assert ("127.0.0.1", "http") == (
        event["headers"]["X-Forwarded-For"],
        event["headers"]["X-Forwarded-Proto"],
    )
    context = event["requestContext"]
    assert api.id == context["apiId"]
    assert "/dev/pictures/a b" == context["path"]
    assert ("dev", "PUT", "HTTP/1.1") == (
        context["stage"],
        context["httpMethod"],
        context["protocol"],
    )
    assert ("127.0.0.1", "test/1") == (
        context["identity"]["sourceIp"],
        context["identity"]["userAgent"],
    )
    assert {"requestId", "requestTime", "requestTimeEpoch", "extendedRequestId"} <= set(context)
    assert {"accountId", "resourceId", "resourcePath", "domainName", "deploymentId"} <= set(context)


def test_event_without_anything_has_nulls(api):
    """What the client did not send is null in the event, not an empty object."""
    api.proxy("/x")
    api.deploy()
    event = echoed(api.call("/x"))
    for name in ("body", "queryStringParameters", "multiValueQueryStringParameters",
                 "pathParameters", "stageVariables"):  # fmt: skip
        assert event[name] is None, name
    assert event["isBase64Encoded"] is False


def test_binary_body_arrives_in_base64(api):
    """A body of a binary media type arrives in Base64, any other as text."""
    api = api.another(binaryMediaTypes=["image/*"])
    api.proxy("/x", "POST")
    api.deploy()
    event = echoed(
        api.call("/x", "POST", headers={"Content-Type": "image/png"}, content=b"\x89PNG")
    )
    assert (base64.b64encode(b"\x89PNG").decode(), True) == (
        event["body"],
        event["isBase64Encoded"],
    )
    event = echoed(api.call("/x", "POST", headers={"Content-Type": "text/plain"}, content=b"t"))
    assert ("t", False) == (event["body"], event["isBase64Encoded"])


def test_answer_is_what_the_function_said(api, functions):
    """Status, headers and body go to the client as the function made them."""
    functions.handlers["answer"] = lambda event: {
        "statusCode": 201,
        "headers": {"X-One": "1", "X-Number": 2, "X-True": True, "Content-Type": "text/css"},
        "multiValueHeaders": {"Set-Cookie": ["a=1", "b=2"]},
        "body": "é",
        "isBase64Encoded": False,
    }
    api.proxy("/x", name="answer")
    api.deploy()
    answer = api.call("/x")
    assert (201, "é", "text/css") == (
        answer.status_code,
        answer.content.decode(),
        answer.headers["content-type"],
    )
    assert ("1", "2", "true") == tuple(
        answer.headers[name] for name in ("x-one", "x-number", "x-true")
    )
    assert ["a=1", "b=2"] == answer.headers.get_list("set-cookie")
    assert answer.headers["x-amzn-requestid"]
    assert answer.headers["x-amz-apigw-id"]


def test_answer_without_status_is_a_200_of_json(api, functions):
    """An answer without statusCode is a 200, and without Content-Type it is JSON."""
    functions.handlers["answer"] = lambda event: {"body": "{}"}
    api.proxy("/x", name="answer")
    api.deploy()
    answer = api.call("/x")
    assert (200, "application/json") == (answer.status_code, answer.headers["content-type"])


def test_base64_answer_is_decoded_for_who_accepts_it(api, functions):
    """A Base64 body is decoded when the client accepts a binary media type first."""
    functions.handlers["answer"] = lambda event: {
        "statusCode": 200,
        "headers": {"Content-Type": "image/png"},
        "body": base64.b64encode(b"\x89PNG").decode(),
        "isBase64Encoded": True,
    }
    api = api.another(binaryMediaTypes=["image/png"])
    api.proxy("/x", name="answer")
    api.deploy()
    assert b"\x89PNG" == api.call("/x", headers={"Accept": "image/png"}).content
    assert b"iVBORw==" == api.call("/x", headers={"Accept": "text/html"}).content


@pytest.mark.parametrize(
    "returned",
    [
        {"statusCode": 200, "body": {"not": "a string"}},
        {"statusCode": 200, "body": 7},
        {"statusCode": 200, "body": "", "cookies": []},
        {"statusCode": "many", "body": ""},
        {"statusCode": 1000, "body": ""},
        {"statusCode": True},
        {"headers": ["X"], "body": ""},
        {"headers": {"X": {"a": 1}}, "body": ""},
        {"headers": {"X Y": "bad name"}, "body": ""},
        {"headers": {"X": "a\r\nSet-Cookie: stolen=1"}, "body": ""},
        {"multiValueHeaders": {"X": "no list"}, "body": ""},
        {"body": "%%%", "isBase64Encoded": True, "headers": {"Content-Type": "image/png"}},
        "just text",
        ["a", "list"],
        None,
    ],
)
def test_malformed_answer_is_a_502(api, functions, returned):
    """An answer of another shape is a 502 Internal server error, and the log says why."""
    functions.handlers["answer"] = lambda event: returned
    api = api.another(binaryMediaTypes=["image/png"])
    place = api.proxy("/x", name="answer")
    api.deploy()
    answer = api.call("/x", headers={"Accept": "image/png"})
    assert (502, {"message": "Internal server error"}) == (answer.status_code, answer.json())
    tested = api.client.test_invoke_method(**place, headers={"Accept": "image/png"})
    assert 502 == tested["status"]
    assert "Malformed Lambda proxy response" in tested["log"]


def test_failing_function_is_a_502(api, functions):
    """A function that raises is a 502; its error stays in the log."""

    def fail(event):
        raise RuntimeError("no table")

    functions.handlers["fail"] = fail
    place = api.proxy("/x", name="fail")
    api.deploy()
    answer = api.call("/x")
    assert (502, {"message": "Internal server error"}) == (answer.status_code, answer.json())
    assert "customer function error: no table" in api.client.test_invoke_method(**place)["log"]


def test_function_without_permission_is_not_called(api, functions):
    """Without a permission for this API, stage, method and path the function is not called."""
    place = api.proxy("/pictures/{id}", "GET")
    api.deploy()
    functions.allowed = [f"arn:aws:execute-api:us-east-1:123456789012:{api.id}/*/POST/*"]
    answer = api.call("/pictures/7")
    assert (500, {"message": "Internal server error"}) == (answer.status_code, answer.json())
    assert [] == functions.events
    log = api.client.test_invoke_method(**place, pathWithQueryString="/pictures/7")["log"]
    assert "Invalid permissions on Lambda function" in log
    functions.allowed = [f"arn:aws:execute-api:us-east-1:123456789012:{api.id}/*/GET/pictures/*"]
    assert 200 == api.call("/pictures/7").status_code


def test_any_method_calls_with_a_star(api, functions):
    """A permission of a method ANY has a star for the verb."""
    api.proxy("/x", "ANY")
    api.deploy()
    functions.allowed = [f"arn:aws:execute-api:us-east-1:123456789012:{api.id}/dev/[*]/x"]
    assert 200 == api.call("/x", "DELETE").status_code


def test_lambda_is_called_with_post_only(api):
    """An integration whose integrationHttpMethod is not POST fails as on AWS, and says why."""
    place = api.method("/x")
    api.client.put_integration(
        **place, type="AWS_PROXY", integrationHttpMethod="GET", uri=api.lambda_uri("echo")
    )
    api.deploy()
    assert 500 == api.call("/x").status_code
    assert "integrationHttpMethod to POST" in api.client.test_invoke_method(**place)["log"]


def test_unknown_function_is_a_500(api):
    """A function that does not exist is a 500 whose reason is in the log."""
    place = api.proxy("/x", name="nobody")
    api.deploy()
    assert 500 == api.call("/x").status_code
    assert "Function not found" in api.client.test_invoke_method(**place)["log"]


def test_stage_variable_names_the_function(api, functions):
    """The integration's URI may name the function by a stage variable, another on each stage."""
    functions.handlers["blue"] = lambda event: {"body": "blue"}
    functions.handlers["green"] = lambda event: {"body": "green"}
    place = api.method("/x")
    arn = functions.arn("${stageVariables.colour}")
    api.client.put_integration(
        **place, type="AWS_PROXY", integrationHttpMethod="POST", uri=api.lambda_uri(arn)
    )
    api.deploy("dev", variables={"colour": "blue"})
    api.deploy("prod", variables={"colour": "green"})
    assert ["blue", "green"] == [api.call("/x", stage=stage).text for stage in ("dev", "prod")]
    tested = api.client.test_invoke_method(**place, stageVariables={"colour": "green"})
    assert "green" == tested["body"]


def test_headers_of_one_connection_do_not_pass(api, functions):
    """Headers the gateway writes itself come back under AWS's other name; others are dropped."""
    functions.handlers["answer"] = lambda event: {
        "headers": {"Content-Length": "999", "Server": "mine", "Connection": "close"},
        "body": "short",
    }
    api.proxy("/x", name="answer")
    api.deploy()
    answer = api.call("/x")
    assert "short" == answer.text
    assert "mine" == answer.headers["x-amzn-remapped-server"]
    assert "999" == answer.headers["x-amzn-remapped-content-length"]


def test_request_over_ten_megabytes_is_refused(api, functions):
    """A body over 10 MB is answered 413 and reaches no function."""
    api.proxy("/x", "POST")
    api.deploy()
    answer = api.call("/x", "POST", content=b"a" * (10 * 1024 * 1024 + 1))
    assert (413, {"message": "Request Too Long"}) == (answer.status_code, answer.json())
    assert [] == functions.events


def test_slow_function_is_a_504(api, functions):
    """A function slower than the integration's timeout is answered 504."""
    import threading

    release = threading.Event()
    functions.handlers["slow"] = lambda event: release.wait(20)
    place = api.method("/x")
    api.client.put_integration(
        **place,
        type="AWS_PROXY",
        integrationHttpMethod="POST",
        uri=api.lambda_uri("slow"),
        timeoutInMillis=50,
    )
    api.deploy()
    answer = api.call("/x")
    release.set()
    assert (504, {"message": "Endpoint request timed out"}) == (
        answer.status_code,
        answer.json(),
    )


def test_event_body_is_json_text_for_the_function(api, functions):
    """A JSON body arrives as its text, which the function parses itself."""
    functions.handlers["sum"] = lambda event: {"body": json.dumps(sum(json.loads(event["body"])))}
    api.proxy("/x", "POST", name="sum")
    api.deploy()
    assert "6" == api.call("/x", "POST", json=[1, 2, 3]).text
