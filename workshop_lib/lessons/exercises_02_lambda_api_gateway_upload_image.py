"""Lesson 2's exercises, questions and checkpoint."""

from __future__ import annotations

import json
from typing import Any

from workshop_lib.aws import functions, rest_apis
from workshop_lib.checks.answers import document, listed, number
from workshop_lib.checks.checkpoints import Requirement
from workshop_lib.checks.evidence import Evidence, allows_origin
from workshop_lib.checks.exercises import Exercise
from workshop_lib.checks.outcomes import WrongAnswerError, require
from workshop_lib.checks.quizzes import Option, Quiz
from workshop_lib.naming import API_STAGE

PATH = "/hello"
DEFAULT_TIMEOUT, LONGEST_TIMEOUT = 3, 900

# Read a limit off the service ------------------------------------------------------------------


def check_time_limit(answer: Any, evidence: Evidence) -> None:
    """Hold that the answer is the function's own timeout, as Lambda says it now."""
    function = _function(evidence)
    if isinstance(answer, dict):
        raise WrongAnswerError(
            "This is the whole answer of the call.", 'Take the one value out: ["Timeout"].'
        )
    seconds = number(answer, called="limit")
    require(
        seconds == function.timeout_seconds,
        _name_limit(seconds, function),
        "Ask the function: lambda_.get_function_configuration(FunctionName=function.name), "
        "and take its Timeout as Lambda returns it.",
    )


def _name_limit(seconds: float, function: functions.Function) -> str:
    named: dict[float, str] = {
        LONGEST_TIMEOUT: "That is what Lambda allows at most, not how this function is set.",
        DEFAULT_TIMEOUT: "That is what a function gets when nobody says anything.",
        function.memory_mb: "This is the memory in MB.",
        function.timeout_seconds * 1000: "These are milliseconds; Lambda counts it in seconds.",
    }
    return named.get(seconds, f"Lambda says otherwise than {seconds:g}.")


TIME_LIMIT = Exercise(
    name="time-limit",
    question=(
        "After how many seconds does Lambda stop your function, as it is set now? Read it off the "
        "service."
    ),
    hints=(
        "The setting is called Timeout. Which call of the table above returns a function's "
        "settings?",
        "lambda_.get_function_configuration(FunctionName=function.name) returns a dictionary.",
        "Take the value out of it: "
        'lambda_.get_function_configuration(FunctionName=function.name)["Timeout"]',
    ),
    check=check_time_limit,
    why=(
        "It is what the running service says, and not what a table says. Lambda would allow up to "
        "900 seconds; a function behind an API should answer long before that."
    ),
)

# CORS headers ----------------------------------------------------------------------------------

ASKED = {"method": "PUT", "headers": ("content-type", "x-request-id")}
REMEMBERED_SECONDS = 600


def check_cors_headers(answer: Any, evidence: Evidence) -> None:
    """Hold the headers to what a browser makes of them."""
    given = document(answer, called="answer")
    require(isinstance(given, dict), "Headers are names and values.", "Write them in braces.")
    headers = {str(name).lower(): value for name, value in given.items()}
    for name, value in headers.items():
        require(
            isinstance(value, str | int) and not isinstance(value, bool),
            f"The value of {name[:60]} is no text.",
            "A header's value is one text; several entries stand in it with commas between.",
        )
    _require_origin(headers, evidence.website_origin)
    _require_listed(headers, "methods", {"put"}, allowed={"put", "options"})
    _require_listed(headers, "headers", set(ASKED["headers"]), allowed=set(ASKED["headers"]))
    _require_age(headers)


def _require_origin(headers: dict[str, Any], origin: str) -> None:
    allowed = headers.get("access-control-allow-origin")
    require(
        allowed is not None,
        "The browser finds no origin that may come in.",
        "Access-Control-Allow-Origin names it.",
    )
    require(
        allowed != "*",
        "A star lets every page in.",
        "Name your website's origin; it is in the variable `origin`.",
    )
    require(
        allowed == origin,
        f"The page comes from {origin}, and the header names another origin.",
        "Use the variable `origin` as it is: scheme, host and port, and no slash at the end.",
    )


def _require_listed(
    headers: dict[str, Any], kind: str, wanted: set[str], *, allowed: set[str]
) -> None:
    name = f"Access-Control-Allow-{kind.capitalize()}"
    entries = {entry.strip().lower() for entry in str(headers.get(name.lower(), "")).split(",")}
    entries.discard("")
    missing = ", ".join(sorted(wanted - entries))
    require(
        wanted <= entries,
        f"{name} does not name {missing}, so the browser keeps the request to itself.",
        f"Write {name} with everything that the page will send, with commas between.",
    )
    more = ", ".join(sorted(entries - allowed))
    require(
        entries <= allowed,
        f"{name} allows more than was asked for: {more[:100]}.",
        "Allow what the page needs, and nothing else.",
    )


def _require_age(headers: dict[str, Any]) -> None:
    age = str(headers.get("access-control-max-age", ""))
    require(
        age == str(REMEMBERED_SECONDS),
        "The browser should remember the answer for ten minutes, and is told "
        f"{age[:40] or 'nothing'}.",
        "Access-Control-Max-Age counts seconds: ten minutes are 600.",
    )


CORS_HEADERS = Exercise(
    name="cors-headers",
    question=(
        "Pages of your website shall send PUT to another API, with the headers Content-Type and "
        "X-Request-Id. Write the headers of the preflight's answer; the browser may remember it "
        "for ten minutes."
    ),
    hints=(
        "Of the six headers in the table, four are needed here.",
        "Allow-Origin names one origin; Allow-Methods and Allow-Headers list with commas; "
        "Max-Age counts seconds.",
        '{"Access-Control-Allow-Origin": origin, "Access-Control-Allow-Methods": "PUT", '
        '"Access-Control-Allow-Headers": "Content-Type,X-Request-Id", …}',
    ),
    check=check_cors_headers,
    why=(
        "The check read your headers as a browser does: this origin, this method, these two "
        "headers, and the answer holds for ten minutes."
    ),
)

# A mapping template ----------------------------------------------------------------------------


def check_mapping_template(answer: Any, evidence: Evidence) -> None:
    """Call the mock route twice, by the test call, and look at what its template makes."""
    first, second = _say_hello(evidence), _say_hello(evidence)
    require(
        first.get("path") == PATH,
        f"The answer's path is {str(first['path'])[:60]!r}, and should be {PATH!r}."
        if "path" in first
        else "The route's answer holds no path.",
        "$context.resourcePath is the path of the route, in quotes.",
    )
    request = first.get("request")
    require(
        isinstance(request, str) and request != "",
        "The answer holds no request id under the name request.",
        "$context.requestId is the id of the request, in quotes.",
    )
    require(
        request != second.get("request"),
        "The request id is the same for two requests: it is written into the template.",
        "Let the gateway put it in: $context.requestId.",
    )


def _say_hello(evidence: Evidence) -> dict[str, Any]:
    apigateway = evidence.client("apigateway")
    api = rest_apis.find_api(apigateway, evidence.names.api)
    details = rest_apis.describe_api(apigateway, api.id) if api else None
    if api is None or details is None or PATH not in {route.path for route in details.routes}:
        raise WrongAnswerError(
            f"The API has no route {PATH}.", "Run the cell that makes it, then this one again."
        )
    body = rest_apis.test_route(apigateway, api.id, path=PATH, method="GET").body
    try:
        said = json.loads(body)
    except ValueError as error:
        raise WrongAnswerError(
            f"The route answers something that is no JSON: {body[:80]}",
            'Every name and every text needs double quotes: {"path": "$context.resourcePath"}.',
        ) from error
    require(
        isinstance(said, dict),
        "The route answers JSON, and no object.",
        "Write names and values in braces.",
    )
    answer: dict[str, Any] = said
    return answer


MAPPING_TEMPLATE = Exercise(
    name="mapping-template",
    question=(
        f"Let GET {PATH} answer with two more values: path, the route's path, and request, the id "
        "of the request. Give the mock's integration response a new template."
    ),
    hints=(
        "The call is apigateway.put_integration_response, with the same ids as the route, "
        'statusCode="200", and responseTemplates.',
        "The gateway fills in $context.resourcePath and $context.requestId.",
        'The template is {"greeting": "Hello", "path": "$context.resourcePath", '
        '"request": "$context.requestId"}, under the name application/json.',
    ),
    check=check_mapping_template,
    why=(
        "The check called the route twice, as the console's Test button does, and each answer had "
        "its own request id. No function ran."
    ),
)

EXERCISES = (TIME_LIMIT, CORS_HEADERS, MAPPING_TEMPLATE)

# Questions -------------------------------------------------------------------------------------

QUIZZES = (
    Quiz(
        name="two-permissions",
        question=(
            "The API answers 500, and the function's log is empty. What is the likeliest reason?"
        ),
        options=(
            Option(
                "The function's role lacks a right",
                "The function would have started, and its log would hold the error.",
            ),
            Option(
                "API Gateway may not call the function",
                "Nothing ran: the function's resource policy does not let this method in.",
            ),
            Option("The picture is too large", "The picture does not pass through the API."),
        ),
        right="b",
    ),
    Quiz(
        name="not-deployed",
        question="You change a route, the test call shows the change, the address does not. Why?",
        options=(
            Option(
                "The browser remembers the old answer",
                "It may, but here there is a simpler reason.",
            ),
            Option("CORS forbids it", "CORS keeps pages from reading answers; it changes none."),
            Option(
                "The stage points to an older deployment",
                "A deployment is a snapshot; deploy again, and the stage points to the new one.",
            ),
        ),
        right="c",
    ),
    Quiz(
        name="who-pays-waiting",
        question=(
            "A function waits for two seconds for a slow server and computes for 10 ms. What is "
            "billed?"
        ),
        options=(
            Option(
                "The whole time, about 2,010 ms",
                "Lambda bills from start to end, waiting included; so let others wait for you.",
            ),
            Option("The 10 ms in which it computes", "Lambda does not look at what the code does."),
            Option("Nothing, as long as it waits", "The environment is yours while it waits."),
        ),
        right="a",
    ),
)

# Checkpoint ------------------------------------------------------------------------------------


def look_for_function(evidence: Evidence) -> None:
    """See whether presigned-url stands and answers alone."""
    function = _function(evidence)
    event = {"queryStringParameters": {"filename": "cat.jpg"}}
    invocation = functions.invoke_function(evidence.client("lambda"), function.name, event)
    require(
        isinstance(invocation.payload, dict) and invocation.payload.get("statusCode") == 200,
        "Called alone, presigned-url does not answer 200.",
        "Run the cell that builds the function again; it puts the right code back.",
    )


def look_at_route(evidence: Evidence) -> None:
    """See whether the deployed route answers with an upload URL."""
    answer = evidence.http.get(f"{_address(evidence)}/upload", params={"filename": "cat.jpg"})
    require(
        answer.status_code == 200 and "url" in answer.text,
        f"GET /upload answers {answer.status_code}: {answer.text[:100]}",
        "For 403 deploy the stage again; for 500 run the cell of the permission.",
    )


def look_at_preflight(evidence: Evidence) -> None:
    """See whether a browser on the website may call the route."""
    origin = evidence.website_origin
    answer = evidence.preflight(f"{_address(evidence)}/upload", origin=origin, method="GET")
    require(
        allows_origin(answer, origin),
        "The preflight of /upload does not let your website in.",
        "Run the cells of “CORS, header by header”, then deploy again.",
    )


def look_at_limit(evidence: Evidence) -> None:
    """See whether the stage bounds what strangers may ask of it."""
    apigateway = evidence.client("apigateway")
    api = rest_apis.find_api(apigateway, evidence.names.api)
    stages = rest_apis.list_stages(apigateway, api.id) if api else []
    limits = {stage.name: stage.rate_limit for stage in stages}
    require(
        limits.get(API_STAGE) is not None,
        f"The stage {API_STAGE} is bound by the account's limits alone.",
        "Run the cell that limits it, at the end of “Deploy a stage”.",
    )


def _address(evidence: Evidence) -> str:
    apigateway = evidence.client("apigateway")
    api = rest_apis.find_api(apigateway, evidence.names.api)
    if api is None:
        raise WrongAnswerError(
            f"There is no API {evidence.names.api}.", "Run the cells of “Build the API”."
        )
    stages = [stage.name for stage in rest_apis.list_stages(apigateway, api.id)]
    require(
        API_STAGE in listed(stages),
        f"The API has no stage {API_STAGE}.",
        "Run the cell that deploys it.",
    )
    return evidence.cloud.api_url(api.id, API_STAGE)


def _function(evidence: Evidence) -> functions.Function:
    name = evidence.names.function("presigned-url")
    function = functions.describe_function(evidence.client("lambda"), name)
    if function is None:
        raise WrongAnswerError(
            f"There is no function {name}.", "Run the cells of “Build the function”."
        )
    return function


REQUIREMENTS = (
    Requirement("presigned-url stands, and answers when called alone", look_for_function),
    Requirement("GET /upload answers at the API's address", look_at_route),
    Requirement("A page of your website may call it", look_at_preflight),
    Requirement("The stage answers no more requests than it should", look_at_limit),
)

# Steps -----------------------------------------------------------------------------------------

HINTS = {
    "build-function": (
        "The function needs the role of lesson 1. Does the card say that it stands? "
        "lesson.catch_up() makes it.",
        "InvalidParameterValueException right after a role was made: AWS has not heard of it "
        "everywhere yet. The helper waits for that; run the cell again.",
    ),
    "route": (
        "A route is three things: a resource (the path), a method on it, an integration behind it.",
        "Does it answer 500, let the API in: the cell “Let this one method of this one API in”.",
    ),
    "preflight": (
        "The browser reads one header first: Access-Control-Allow-Origin must be the page's "
        "origin, letter by letter.",
        "Right in the test call and wrong at the address? Deploy again.",
    ),
    "deploy": (
        "A stage serves its last deployment. What was changed since is not in it.",
        'rest_apis.deploy_api(apigateway, api.id, "dev") makes a new one; on AWS give it a few '
        "seconds.",
    ),
    "upload": (
        "403 with SignatureDoesNotMatch: send exactly the method and the headers of the ticket.",
        "403 with AccessDenied: the URL is older than five minutes, or the role may not write "
        "there. Ask for a new ticket.",
    ),
}
