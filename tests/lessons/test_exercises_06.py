"""Lesson 6's exercises, as learners answer them."""

from decimal import Decimal

import pytest
from exercise_frame import (  # noqa: F401
    test_an_untouched_exercise_is_not_attempted,
    test_nothing_a_learner_types_crashes_a_check,
    test_the_solution_is_correct,
)

from workshop_lib.aws import rest_apis, tables
from workshop_lib.lessons.builds import BURST_LIMIT, RATE_LIMIT

RESULTS = 5


@pytest.fixture(scope="module")
def lesson(open_as_learner):
    """Lesson 6 with its table, function and route, and five results."""
    opened = open_as_learner(6)
    dynamodb, table = opened.client("dynamodb"), opened.names.table
    tables.ensure_table(dynamodb, table, tags=opened.tags)
    opened.lesson.build(opened)
    for number in range(RESULTS):
        tables.put_item(dynamodb, table, make_item(number))
    yield opened
    for number in range(RESULTS):
        dynamodb.delete_item(TableName=table, Key={"id": {"S": f"listed-{number}"}})


def make_item(number):
    return {
        "id": f"listed-{number}",
        "collection": "pictures",
        "timestamp": f"2026-09-02T08:00:0{number}.000Z",
        "name": f"uploads/picture-{number}.jpg",
        "result": "cup",
        "confidence": Decimal("0.9"),
        "labels": [],
    }


@pytest.fixture
def variables(lesson):
    """The notebook's variables that the solutions use."""
    api = rest_apis.find_api(lesson.client("apigateway"), lesson.names.api)
    return {
        "lesson": lesson,
        "every_picture": every_picture(lesson),
        "apigateway": lesson.client("apigateway"),
        "limits": "/~1results/GET/throttling",
        "stage": {"restApiId": api.id, "stageName": lesson.names.api_stage},
    }


@pytest.fixture
def unlimited(lesson, variables):
    """Afterwards no route has a limit of its own, and the stage the lesson's."""
    yield
    settings = variables["apigateway"].get_stage(**variables["stage"])["methodSettings"]
    removals = [{"op": "remove", "path": f"/{route}"} for route in settings if route != "*/*"]
    variables["apigateway"].update_stage(**variables["stage"], patchOperations=removals)
    limit(variables, str(RATE_LIMIT), str(BURST_LIMIT), route="*/*")


def every_picture(lesson, **changes):
    return {
        "TableName": lesson.names.table,
        "IndexName": "by-time",
        "KeyConditionExpression": "#collection = :pictures",
        "ExpressionAttributeNames": {"#collection": "collection"},
        "ExpressionAttributeValues": {":pictures": {"S": "pictures"}},
    } | changes


@pytest.fixture
def before_an_answer(unlimited):
    """No route with a limit of its own."""


# Newest first


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"Limit": 2}, "The oldest come first"),
        ({"ScanIndexForward": False}, "and two are asked for"),
        ({"ScanIndexForward": False, "Limit": 3}, "It reads 3 items"),
        ({"ScanIndexForward": False, "Limit": 1}, "one picture instead of two"),
        ({"TableName": "another"}, "do not name your table"),
        ({"ConsistentRead": True}, "cannot be read strongly"),
        ({"ScanIndexForward": "newest"}, "boto3 does not send it"),
        ({"Limits": 2}, "boto3 does not send it"),
        ({"IndexName": "by-name"}, "DynamoDB cannot run the query"),
        (
            {
                "KeyConditionExpression": "collection = :pictures",
                "ExpressionAttributeNames": {"#c": "collection"},
            },
            "DynamoDB",
        ),
        ({"ExpressionAttributeValues": {":pictures": {"S": "picture"}}}, "finds nothing"),
        (
            {
                "ScanIndexForward": False,
                "Limit": 2,
                "ExclusiveStartKey": {
                    "id": {"S": "listed-3"},
                    "collection": {"S": "pictures"},
                    "timestamp": {"S": "2026-09-02T08:00:03.000Z"},
                },
            },
            "not the two newest",
        ),
    ],
)
def test_a_query_beside_the_point_is_explained(lesson, outcome_of, changes, message):
    """Every common mistake gets the message meant for it."""
    outcome = outcome_of(lesson, "newest-first", every_picture(lesson, **changes))

    assert "incorrect" == outcome.status
    assert message in outcome.message


def test_an_index_forgotten_and_an_answer_instead_of_parameters_are_named(lesson, outcome_of):
    """Both are told apart from parameters that are merely wrong."""
    without = every_picture(lesson)
    del without["IndexName"]
    answered = lesson.client("dynamodb").query(**every_picture(lesson))

    assert "Without IndexName" in outcome_of(lesson, "newest-first", without).message
    assert "what the query answered" in outcome_of(lesson, "newest-first", answered).message
    assert "this is a list" in outcome_of(lesson, "newest-first", [without]).message


def test_a_right_query_may_be_written_in_other_ways(lesson, outcome_of):
    """Other placeholders, the table's ARN: what counts is what is found."""
    turned = {"ScanIndexForward": False, "Limit": 2}
    by_arn = every_picture(
        lesson,
        TableName=lesson.names.table_arn,
        KeyConditionExpression="#c = :p",
        ExpressionAttributeNames={"#c": "collection"},
        ExpressionAttributeValues={":p": {"S": "pictures"}},
    )
    outcome = outcome_of(lesson, "newest-first", by_arn | turned)
    assert "correct" == outcome.status, outcome.message


# A projection

NAMED = {"#name": "name", "#result": "result"}


@pytest.mark.parametrize(
    ("expression", "names", "message"),
    [
        ("name, result, confidence", {}, "reserved word"),
        ("#name, #result", NAMED, "lacks confidence"),
        ("#name, #result, confidence, id", NAMED, "also carries id"),
        ("#name #result confidence", NAMED, "DynamoDB cannot run the query"),
        ("#name, #result, confidence", {"#name": "name"}, "DynamoDB cannot run the query"),
        ("#name, #result, confidence", NAMED | {"#id": "id"}, "DynamoDB cannot run the query"),
        ("#name, #result, confidence", {"#name": "name", "#result": "label"}, "lacks result"),
        (["#name", "#result", "confidence"], NAMED, "boto3 does not send it"),
    ],
)
def test_a_projection_beside_the_point_is_explained(lesson, outcome_of, expression, names, message):
    """Every common mistake gets the message meant for it."""
    answer = {"ProjectionExpression": expression}
    if names:
        answer["ExpressionAttributeNames"] = names

    outcome = outcome_of(lesson, "projection", answer)

    assert "incorrect" == outcome.status
    assert message in outcome.message


def test_a_projection_has_two_parts_and_no_third(lesson, outcome_of):
    """An expression alone, none at all, and a whole query: each is told what to give."""
    expression = "#name, #result, confidence"
    whole = every_picture(lesson, ProjectionExpression=expression)

    assert "the expression alone" in outcome_of(lesson, "projection", expression).message
    assert "no ProjectionExpression" in outcome_of(lesson, "projection", NAMED).message
    assert "no part of a projection" in outcome_of(lesson, "projection", whole).message


def test_a_projection_may_name_its_attributes_as_it_likes(lesson, outcome_of):
    """Order and placeholders are the learner's own."""
    answer = {
        "ProjectionExpression": "#c,#r,#n",
        "ExpressionAttributeNames": {"#n": "name", "#r": "result", "#c": "confidence"},
    }

    assert "correct" == outcome_of(lesson, "projection", answer).status


# All pages


@pytest.fixture(scope="module")
def pages(lesson):
    """All pages of two, as the API answers them."""
    found = [lesson.list_results(limit=2)]
    while found[-1]["next"]:
        found.append(lesson.list_results(limit=2, next_token=found[-1]["next"]))
    return found


@pytest.mark.parametrize(
    ("choose", "message"),
    [
        (lambda pages: pages[0], "This is a page"),
        (lambda pages: pages[:1], "there is more"),
        (lambda pages: pages[1:], "though your last page has no token"),
        (lambda pages: [pages[0], pages[0], *pages[1:]], "Page 2 repeats"),
        (lambda pages: pages[::-1], "in another order"),
        (lambda pages: [item for page in pages for item in page["items"]], "results themselves"),
        (lambda pages: [*pages, None], "no page of results"),
        (lambda pages: [page["next"] for page in pages], "no page of results"),
    ],
)
def test_pages_that_are_not_all_are_explained(lesson, outcome_of, pages, choose, message):
    """Every common mistake gets the message meant for it."""
    outcome = outcome_of(lesson, "all-pages", choose(pages))

    assert "incorrect" == outcome.status
    assert message in outcome.message


def test_one_large_page_is_not_the_exercise(lesson, outcome_of):
    """Everything at once is right until there are more than fit."""
    outcome = outcome_of(lesson, "all-pages", [lesson.list_results(limit=100)])

    assert "instead of 2" in outcome.message


def test_pages_may_be_kept_as_lists_of_results(lesson, outcome_of, pages):
    """What counts is that every result is there once, in order, two at a time."""
    answer = tuple(page["items"] for page in pages)

    assert "correct" == outcome_of(lesson, "all-pages", answer).status


# The checkpoint


def test_the_checkpoint_names_what_is_missing(lesson):
    """A limit left behind, a route not deployed: each is named with what to do."""
    apigateway, names = lesson.client("apigateway"), lesson.names
    assert "✓ Checkpoint reached" in str(lesson.checkpoint())
    api_id = rest_apis.find_api(apigateway, names.api).id
    stage = {"restApiId": api_id, "stageName": names.api_stage}
    limit = {"op": "replace", "path": "/~1results/GET/throttling/rateLimit", "value": "500"}
    apigateway.update_stage(**stage, patchOperations=[limit])
    lesson.client("lambda").delete_function(FunctionName=names.function("db-list"))

    found = str(lesson.checkpoint())

    relaxed = [{"op": "remove", "path": "/~1results/GET"}]
    for _ in range(2):
        apigateway.update_stage(**stage, patchOperations=relaxed)
    lesson.lesson.build(lesson)
    assert "✗ Checkpoint: 3 of 5 missing" in found
    assert "no function db-list" in found
    assert "GET /results answers 500" in found
    assert "a limit that was only for trying" in found
    assert "✓ Checkpoint reached" in str(lesson.checkpoint())


# A limit


def limit(variables, rate, burst, route="~1results/GET"):
    values = {"rateLimit": rate, "burstLimit": burst}
    operations = [
        {"op": "replace", "path": f"/{route}/throttling/{name}", "value": value}
        for name, value in values.items()
        if value is not None
    ]
    return variables["apigateway"].update_stage(**variables["stage"], patchOperations=operations)


@pytest.mark.usefixtures("unlimited")
@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"rate": "40", "burst": "20"}, "the wrong way round"),
        ({"rate": "1", "burst": "1"}, "bound to 1.0 requests a second and 1 at once"),
        ({"rate": "20", "burst": "40", "route": "*/*"}, "the whole stage"),
        ({"rate": "20", "burst": "40", "route": "~1upload/GET"}, "another route, /upload/GET"),
    ],
)
def test_a_limit_of_another_kind_is_explained(lesson, outcome_of, variables, limits, message):
    """Every common mistake gets the message meant for it."""
    answer = limit(variables, **limits)

    outcome = outcome_of(lesson, "route-limit", answer)

    assert "incorrect" == outcome.status
    assert message in outcome.message


def test_without_the_call_there_is_no_limit(lesson, outcome_of):
    """Whatever is answered, the stage decides."""
    assert "no limit of its own" in outcome_of(lesson, "route-limit", "done").message


@pytest.mark.usefixtures("unlimited")
def test_a_limit_may_be_set_in_two_calls(lesson, outcome_of, variables):
    """Only what the stage says in the end counts."""
    limit(variables, "20", None)

    assert "correct" == outcome_of(lesson, "route-limit", limit(variables, None, "40")).status
