"""Lesson 3's exercises, as learners answer them."""

import json
from functools import partial
from urllib.parse import unquote, unquote_plus

import pytest
from exercise_frame import (  # noqa: F401
    test_an_untouched_exercise_is_not_attempted,
    test_nothing_a_learner_types_crashes_a_check,
    test_the_solution_is_correct,
)

from workshop_lib.aws import buckets, functions
from workshop_lib.lessons import exercises_03_lambda_image_recognition as exercises


@pytest.fixture(scope="module")
def lesson(open_as_learner):
    """Lesson 3 with its function."""
    opened = open_as_learner(3)
    opened.catch_up(lambda _: None)
    opened.lesson.build(opened)
    return opened


@pytest.fixture
def variables(lesson):
    """The notebook's variables that the solutions use."""
    return {
        "lesson": lesson,
        "json": json,
        "lambda_": lesson.client("lambda"),
        "event": {"Event": "s3:TestEvent"},
    }


# An asynchronous call


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({}, "you waited"),
        ({"InvocationType": "RequestResponse"}, "you waited"),
        ({"InvocationType": "DryRun"}, "a dry run"),
    ],
)
def test_a_call_that_waits_is_told(lesson, outcome_of, variables, parameters, message):
    """The other ways to call are named by what they do."""
    name, payload = lesson.names.function("reco-image"), json.dumps(variables["event"])
    answer = variables["lambda_"].invoke(FunctionName=name, Payload=payload, **parameters)

    outcome = outcome_of(lesson, "do-not-wait", answer)

    assert "incorrect" == outcome.status
    assert message in outcome.message


def test_what_is_no_answer_of_the_call_is_told(lesson, outcome_of, variables):
    """The helper, a status alone and another service's answer are explained."""
    name = lesson.names.function("reco-image")
    helped = functions.invoke_function(variables["lambda_"], name, variables["event"])

    assert "invoke_function waits" in outcome_of(lesson, "do-not-wait", helped).message
    assert "no answer of lambda_.invoke" in outcome_of(lesson, "do-not-wait", 202).message
    assert "answered 404" in outcome_of(lesson, "do-not-wait", {"StatusCode": 404}).message
    assert "not of which request" in outcome_of(lesson, "do-not-wait", {"StatusCode": 202}).message


def test_an_event_that_another_function_took_is_told(lesson, outcome_of, variables, monkeypatch):
    """A 202 alone proves nothing: the request must be one that reco-image's log tells of."""
    monkeypatch.setattr(exercises, "SECONDS_TO_THE_LOG", 0)
    taken = variables["lambda_"].invoke(
        FunctionName=lesson.names.function("presigned-url"),
        InvocationType="Event",
        Payload=b"{}",
    )

    outcome = outcome_of(lesson, "do-not-wait", taken)

    assert "incorrect" == outcome.status
    assert "reco-image's log does not tell of it" in outcome.message


def test_an_event_may_be_bytes_and_the_function_an_arn(lesson, outcome_of, variables):
    """How function and payload are written does not matter."""
    taken = variables["lambda_"].invoke(
        FunctionName=lesson.names.function_arn("reco-image"),
        InvocationType="Event",
        Payload=b'{"Event": "s3:TestEvent"}',
    )

    assert "correct" == outcome_of(lesson, "do-not-wait", taken).status


# The key in the event


def encoded(record):
    return record["s3"]["object"]["key"]


@pytest.mark.parametrize(
    ("answer", "message", "next_step"),
    [
        (encoded, "returned 'uploads/My+photo.jpg'", "unquote_plus does not"),
        (lambda r: unquote(encoded(r)), "returned 'uploads/My+photo.jpg'", "unquote leaves"),
        (lambda r: encoded(r).replace("+", " "), "uploads/Été.jpg", "two digits"),
        (
            lambda r: unquote(encoded(r)).replace("+", " "),
            "returned 'uploads/1 1.jpg'",
            "real plus",
        ),
        (lambda r: unquote(unquote_plus(encoded(r))), "returned 'uploads/100%.jpg'", "Once"),
        (lambda r: r["object"]["key"], "raised KeyError('object')", "Call it yourself"),
        (lambda r: r["Records"][0]["s3"], "raised KeyError('Records')", "Call it yourself"),
        (lambda r: r["s3"]["object"], "the object's key is uploads/cat.jpg", "only the key"),
        (lambda r: r.clear(), "returned None", "return"),
        ("uploads/My photo.jpg", "should be a function", "Define it"),
    ],
)
def test_a_key_that_is_not_there_is_explained(lesson, outcome_of, answer, message, next_step):
    """Every common mistake gets the message meant for it."""
    outcome = outcome_of(lesson, "decode-key", answer)

    assert "incorrect" == outcome.status
    assert message in outcome.message
    assert next_step in outcome.next_step


@pytest.mark.parametrize(
    "answer",
    [
        lambda record: unquote(encoded(record).replace("+", " ")),
        lambda record: unquote_plus(encoded(record), encoding="utf-8"),
    ],
)
def test_a_key_may_be_decoded_in_other_ways(lesson, outcome_of, answer):
    """First the pluses and then the rest is right, too."""
    assert "correct" == outcome_of(lesson, "decode-key", answer).status


# A client made once

INSIDE = (
    'import boto3\n\ndef handler(event, context):\n    s3 = boto3.client("s3")\n    return s3\n'
)
OUTSIDE = 'import boto3\ns3 = boto3.client("s3")\ndef handler(event, context):\n    return s3\n'


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (INSIDE, "still made inside handler"),
        (INSIDE + '\ns3 = boto3.client("s3")\n', "still made inside handler"),
        (OUTSIDE.replace("return s3", "return event"), "does not use"),
        (OUTSIDE.replace("import boto3\n", ""), "imports nothing"),
        (OUTSIDE.replace('boto3.client("s3")', "None"), "Nowhere in the source"),
        (OUTSIDE.replace("handler", "main"), "no function called handler"),
        (OUTSIDE.replace("event, context", ""), "with two things"),
        (OUTSIDE.replace("    return", "return"), "cannot read the source"),
        ('s3 = boto3.client("s3")', "no function called handler"),
        ("import boto3\0", "cannot read the source"),
        ("(" * 5_000, "cannot read the source"),
        (
            "import boto3\ndef connect():\n    return boto3.client('s3')\n"
            "def handler(event, context):\n    return connect()\n",
            "still made inside connect",
        ),
    ],
)
def test_a_client_made_at_every_call_is_found(lesson, outcome_of, answer, message):
    """Every common mistake gets the message meant for it."""
    outcome = outcome_of(lesson, "client-once", answer)

    assert "incorrect" == outcome.status
    assert message in outcome.message


@pytest.mark.parametrize(
    "answer",
    [
        OUTSIDE,
        OUTSIDE.replace("event, context", "event: dict, _: object"),
        OUTSIDE.replace("import boto3", "from boto3 import client").replace("boto3.", ""),
        OUTSIDE.replace("client", "resource"),
        "import boto3\nfrom functools import cache\n@cache\ndef connect():\n"
        "    return boto3.client('s3')\ndef handler(event, context):\n    return connect()\n",
    ],
)
def test_a_client_may_be_made_once_in_other_ways(lesson, outcome_of, answer):
    """Other names, a resource, and a function that remembers are right, too."""
    assert "correct" == outcome_of(lesson, "client-once", answer).status


# Memory


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (512, "too long, and it is not even the cheapest"),
        (2048, "costs 1.60 gigabyte-seconds"),
        (4096, "costs 3.12 gigabyte-seconds"),
        (0.9, "none of the sizes"),
        (1000, "none of the sizes"),
        ("a gigabyte", "should be a number"),
    ],
)
def test_a_size_too_slow_or_too_dear_is_explained(lesson, outcome_of, answer, message):
    """Every common mistake gets the message meant for it."""
    outcome = outcome_of(lesson, "size-memory", answer)

    assert "incorrect" == outcome.status
    assert message in outcome.message


@pytest.mark.parametrize("answer", ["1,024", 1024.0, " 1024 "])
def test_a_number_is_a_number(lesson, outcome_of, answer):
    """How the size is written does not matter."""
    assert "correct" == outcome_of(lesson, "size-memory", answer).status


# Questions and checkpoint


def test_every_option_is_explained(lesson):
    """Three questions, each with one right answer among at least three, all explained."""
    quizzes = lesson.lesson.quizzes

    assert 3 == len(quizzes)
    assert all(quiz.right in quiz.lettered and len(quiz.options) >= 3 for quiz in quizzes)
    assert all(option.explanation for quiz in quizzes for option in quiz.options)


def test_the_checkpoint_names_what_is_missing(lesson):
    """The layer gone, a role too wide, no rule, no retries: each is named, and can be mended."""
    names, iam = lesson.names, lesson.client("iam")
    lesson.catch_up(lambda _: None)
    build = partial(lesson.lesson.build, lesson)
    build()
    assert "✓ Checkpoint reached" in str(lesson.checkpoint())
    reco_image = names.function("reco-image")
    lesson.client("lambda").update_function_configuration(FunctionName=reco_image, Layers=[])
    everything = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    iam.put_role_policy(
        RoleName=names.role("reco-image"),
        PolicyName="too-much",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [everything]}),
    )
    buckets.stop_notifications(lesson.client("s3"), names.images_bucket)
    functions.set_asynchronous_retries(lesson.client("lambda"), reco_image, retries=0)

    found = str(lesson.checkpoint())

    iam.delete_role_policy(RoleName=names.role("reco-image"), PolicyName="too-much")
    build()
    assert "✗ Checkpoint: 4 of 4 missing" in found
    assert "has lost its layer" in found
    assert "may also write pictures" in found
    assert "no rule that calls reco-image" in found
    assert "no queue for them" in found
    assert "✓ Checkpoint reached" in str(lesson.checkpoint())
