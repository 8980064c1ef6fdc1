"""AWS (non-proxy) integrations: a function behind mapping templates."""

from __future__ import annotations


def make_function_method(api, name, *, verb="POST", templates=None, **integration):
    """Make a method whose integration calls a function through templates; 200 is the default."""
    place = api.method("/x", verb)
    api.client.put_integration(
        **place,
        type="AWS",
        integrationHttpMethod="POST",
        uri=api.lambda_uri(name),
        **({"requestTemplates": templates} if templates else {}),
        **integration,
    )
    api.client.put_method_response(
        **place, statusCode="200", responseParameters={"method.response.header.X-Label": True}
    )
    api.client.put_integration_response(**place, statusCode="200")
    return place


def test_request_template_makes_the_event(api, functions):
    """The function's event is what the request template renders."""
    functions.handlers["echo"] = lambda event: event
    template = (
        '{"name": $input.json(\'$.name\'), "verb": "$context.httpMethod",'
        ' "stage": "$stageVariables.mood", "who": "$context.identity.user",'
        ' "q": "$util.escapeJavaScript($input.params(\'q\')).replaceAll("\\\\\'", "\'")"}'
    )
    make_function_method(api, "echo", templates={"application/json": template})
    api.deploy(variables={"mood": "calm"})
    answer = api.call("/x?q=it%27s", "POST", json={"name": "cat", "more": 1})
    expected = {"name": "cat", "verb": "POST", "stage": "calm", "who": "", "q": "it's"}
    assert expected == answer.json()


def test_answer_passes_through_without_a_template(api, functions):
    """Without templates the body is the event and the function's result is the answer."""
    functions.handlers["double"] = lambda event: {"twice": event["n"] * 2}
    make_function_method(api, "double")
    api.deploy()
    answer = api.call("/x", "POST", json={"n": 21})
    assert (200, {"twice": 42}) == (answer.status_code, answer.json())


def test_request_without_body_is_an_empty_event(api, functions):
    """A GET without a body calls the function with an empty object."""
    functions.handlers["echo"] = lambda event: event
    make_function_method(api, "echo", verb="GET")
    api.deploy()
    assert {} == api.call("/x").json()


def test_body_that_is_no_json_is_a_400(api):
    """A payload that is not JSON is refused before the function is called."""
    make_function_method(api, "echo")
    api.deploy()
    answer = api.call("/x", "POST", content="nonsense")
    assert 400 == answer.status_code
    assert answer.json()["message"].startswith("Could not parse request body into json")


def test_response_template_and_headers_shape_the_answer(api, functions):
    """The response template and the mapped headers are made from the function's result."""
    functions.handlers["label"] = lambda event: {"labels": [{"name": "cat"}, {"name": "dog"}]}
    place = make_function_method(api, "label")
    api.client.put_integration_response(
        **place,
        statusCode="200",
        responseParameters={
            "method.response.header.X-Label": "integration.response.body.labels[0].name"
        },
        responseTemplates={
            "application/json": "#foreach($l in $input.path('$.labels'))$l.name;#end"
        },
    )
    api.deploy()
    answer = api.call("/x", "POST", json={})
    assert ("cat;dog;", "cat") == (answer.text, answer.headers["x-label"])


def test_error_message_selects_the_response(api, functions):
    """An error of the function is matched with the selection patterns by its errorMessage."""

    def fail(event):
        raise ValueError(event["say"])

    functions.handlers["fail"] = fail
    place = make_function_method(api, "fail")
    for status, pattern in (("404", ".*not found.*"), ("400", "Bad.*")):
        api.client.put_method_response(**place, statusCode=status)
        api.client.put_integration_response(
            **place,
            statusCode=status,
            selectionPattern=pattern,
            responseTemplates={"application/json": '{"error": "$input.path(\'$.errorMessage\')"}'},
        )
    api.deploy()
    answers = [api.call("/x", "POST", json={"say": say}) for say in
               ("picture not found here", "Bad name", "other")]  # fmt: skip
    assert [404, 400, 200] == [answer.status_code for answer in answers]
    assert {"error": "Bad name"} == answers[1].json()
    assert "other" == answers[2].json()["errorMessage"]


def test_success_never_fits_a_pattern(api, functions):
    """A function that succeeds gets the default response, whatever the patterns are."""
    functions.handlers["fine"] = lambda event: {"errorMessage": "only data"}
    place = make_function_method(api, "fine")
    api.client.put_method_response(**place, statusCode="500")
    api.client.put_integration_response(**place, statusCode="500", selectionPattern=".*")
    api.deploy()
    assert 200 == api.call("/x", "POST", json={}).status_code


def test_address_of_no_function_is_a_500(api):
    """An AWS integration whose URI names no function is a 500 whose log says so."""
    place = api.method("/x")
    uri = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/nonsense/invocations"
    api.client.put_integration(**place, type="AWS", integrationHttpMethod="POST", uri=uri)
    api.deploy()
    assert 500 == api.call("/x").status_code
    assert "Invalid function ARN" in api.client.test_invoke_method(**place)["log"]


def test_asynchronous_invocation_is_refused_with_a_reason(api, functions):
    """X-Amz-Invocation-Type: Event, which the local cloud does not do here, is refused."""
    place = make_function_method(
        api,
        "echo",
        requestParameters={"integration.request.header.X-Amz-Invocation-Type": "'Event'"},
    )
    api.deploy()
    assert 500 == api.call("/x", "POST", json={}).status_code
    assert "synchronously only" in api.client.test_invoke_method(**place, body="{}")["log"]
    assert [] == functions.events
