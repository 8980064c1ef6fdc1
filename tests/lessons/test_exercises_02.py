"""Lesson 2's exercises, as learners answer them."""

import pytest
from exercise_frame import (  # noqa: F401
    test_an_untouched_exercise_is_not_attempted,
    test_nothing_a_learner_types_crashes_a_check,
    test_the_solution_is_correct,
)

from workshop_lib.aws import functions, rest_apis
from workshop_lib.lessons.exercises_02_lambda_api_gateway_upload_image import PATH

PLAIN = '{"greeting": "Hello"}'


@pytest.fixture(scope="module")
def lesson(open_as_learner):
    """Lesson 2 with its function and its API."""
    opened = open_as_learner(2)
    opened.catch_up(lambda _: None)
    opened.lesson.build(opened)
    return opened


@pytest.fixture
def api(lesson):
    """The API, with /hello as the notebook makes it."""
    apigateway = lesson.client("apigateway")
    found = rest_apis.find_api(apigateway, lesson.names.api)
    rest_apis.ensure_mock_route(apigateway, found.id, path=PATH, template=PLAIN)
    return found


@pytest.fixture
def variables(lesson, api):
    """The notebook's variables that the solutions use."""
    apigateway = lesson.client("apigateway")
    return {
        "lesson": lesson,
        "lambda_": lesson.client("lambda"),
        "apigateway": apigateway,
        "origin": lesson.website_origin,
        "api": api,
        "hello": rest_apis.ensure_mock_route(apigateway, api.id, path=PATH, template=PLAIN),
        "function": functions.describe_function(
            lesson.client("lambda"), lesson.names.function("presigned-url")
        ),
    }


@pytest.fixture
def before_an_answer(api):
    """The API with /hello as the notebook makes it."""


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (900, "what Lambda allows at most"),
        (3, "when nobody says anything"),
        (10_000, "milliseconds"),
        (256, "the memory"),
        (11, "Lambda says otherwise than 11"),
        ({"Timeout": 10}, "the whole answer"),
        ("ten", "should be a number"),
    ],
)
def test_another_limit_is_recognised(lesson, outcome_of, answer, message):
    """Every common mistake gets the message meant for it."""
    outcome = outcome_of(lesson, "time-limit", answer)

    assert "incorrect" == outcome.status
    assert message in outcome.message


@pytest.mark.parametrize("answer", [10, 10.0, "10"])
def test_a_limit_may_be_written_in_other_ways(lesson, outcome_of, answer):
    """The number counts, not its type."""
    assert "correct" == outcome_of(lesson, "time-limit", answer).status


def headers(lesson, **changes):
    right = {
        "Access-Control-Allow-Origin": lesson.website_origin,
        "Access-Control-Allow-Methods": "PUT",
        "Access-Control-Allow-Headers": "Content-Type,X-Request-Id",
        "Access-Control-Max-Age": "600",
    }
    return right | {name.replace("_", "-"): value for name, value in changes.items()}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"Access_Control_Allow_Origin": "*"}, "A star lets every page in"),
        ({"Access_Control_Allow_Origin": "http://elsewhere.example"}, "another origin"),
        ({"Access_Control_Allow_Methods": "GET"}, "does not name put"),
        ({"Access_Control_Allow_Methods": "PUT,DELETE"}, "more than was asked for: delete"),
        ({"Access_Control_Allow_Headers": "Content-Type"}, "does not name x-request-id"),
        ({"Access_Control_Allow_Headers": "*"}, "does not name content-type"),
        ({"Access_Control_Max_Age": "10"}, "is told 10"),
        ({"Access_Control_Allow_Methods": ["PUT"]}, "is no text"),
    ],
)
def test_headers_that_let_too_much_or_too_little_in_are_named(lesson, outcome_of, changes, message):
    """Every common mistake gets the message meant for it."""
    outcome = outcome_of(lesson, "cors-headers", headers(lesson, **changes))

    assert "incorrect" == outcome.status
    assert message in outcome.message


def test_headers_may_be_written_in_other_ways(lesson, outcome_of):
    """Names in any case, a space after a comma, OPTIONS named too, the age as a number."""
    answer = {name.lower(): value for name, value in headers(lesson).items()} | {
        "access-control-allow-methods": "OPTIONS, PUT",
        "access-control-allow-headers": "x-request-id, content-type",
        "access-control-max-age": 600,
    }

    assert "correct" == outcome_of(lesson, "cors-headers", answer).status


@pytest.mark.parametrize(
    ("template", "message"),
    [
        (PLAIN, "holds no path"),
        ('{"path": "/upload", "request": "$context.requestId"}', "should be '/hello'"),
        ('{"path": "$context.resourcePath"}', "no request id"),
        ('{"path": "$context.resourcePath", "request": "1-2-3"}', "same for two requests"),
        ("{path: $context.resourcePath}", "no JSON"),
        ('["$context.requestId"]', "no object"),
    ],
)
def test_a_wrong_template_is_found_by_calling_the_route(lesson, outcome_of, api, template, message):
    """The check calls the route twice and reads what it answers."""
    apigateway = lesson.client("apigateway")
    rest_apis.ensure_mock_route(apigateway, api.id, path=PATH, template=template)

    outcome = outcome_of(lesson, "mapping-template", "done")

    assert "incorrect" == outcome.status
    assert message in outcome.message


def test_a_template_may_be_written_in_other_ways(lesson, outcome_of, api):
    """A variable of the template's own, and more values than were asked for."""
    template = (
        '#set($id = $context.requestId){"request": "$id", "path": "$context.resourcePath", "a": 1}'
    )
    rest_apis.ensure_mock_route(lesson.client("apigateway"), api.id, path=PATH, template=template)

    assert "correct" == outcome_of(lesson, "mapping-template", None).status


def test_the_checkpoint_names_what_is_missing(lesson):
    """A permission and a limit taken away, code of the wrong shape: each is named."""
    lambda_, name = lesson.client("lambda"), lesson.names.function("presigned-url")
    assert "✓ Checkpoint reached" in str(lesson.checkpoint())
    careless = lesson.pack_changed("presigned-url", '"statusCode": status', '"status": status')
    lambda_.update_function_code(FunctionName=name, ZipFile=careless)
    lambda_.remove_permission(FunctionName=name, StatementId="api-gateway")
    apigateway = lesson.client("apigateway")
    api = rest_apis.find_api(apigateway, lesson.names.api)
    unlimited = [{"op": "remove", "path": "/*/*"}]
    apigateway.update_stage(restApiId=api.id, stageName="dev", patchOperations=unlimited)

    found = str(lesson.checkpoint())

    lesson.lesson.build(lesson)
    assert "✗ Checkpoint: 3 of 4 missing" in found
    assert "does not answer 200" in found
    assert "GET /upload answers 500" in found
    assert "bound by the account's limits alone" in found
    assert "✓ Checkpoint reached" in str(lesson.checkpoint())
