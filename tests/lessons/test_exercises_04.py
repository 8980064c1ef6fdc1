"""Lesson 4's exercises, as learners answer them."""

import json
import re

import pytest
from exercise_frame import (  # noqa: F401
    test_an_untouched_exercise_is_not_attempted,
    test_nothing_a_learner_types_crashes_a_check,
    test_the_solution_is_correct,
)

from workshop_lib.aws import functions, queues, topics


@pytest.fixture(scope="module")
def lesson(open_as_learner):
    """Lesson 4 with its topic, and the reader's queue subscribed."""
    opened = open_as_learner(4)
    opened.catch_up(lambda _: None)
    opened.lesson.build(opened)
    subscribe_reader(opened)
    return opened


def subscribe_reader(lesson):
    sqs, names = lesson.client("sqs"), lesson.names
    queue = queues.ensure_queue(
        sqs,
        names.queue("reader"),
        tags=lesson.tags,
        policy=queues.allow_topic_to_send(names.queue_arn("reader"), names.topic_arn),
    )
    return topics.subscribe_queue(lesson.client("sns"), names.topic_arn, queue.arn)


@pytest.fixture
def subscription(lesson):
    """The reader's subscription, without a filter."""
    return subscribe_reader(lesson)


@pytest.fixture
def variables(lesson, subscription):
    """The notebook's variables that the solutions use."""
    return {
        "json": json,
        "lesson": lesson,
        "sns": lesson.client("sns"),
        "topic": topics.describe_topic(lesson.client("sns"), lesson.names.topic_arn),
        "subscription": {"SubscriptionArn": subscription.arn},
    }


@pytest.fixture
def before_an_answer(subscription):
    """The reader's subscription without a filter."""


# The message in the envelope


def texts(event):
    return [record["Sns"]["Message"] for record in event["Records"]]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (texts, "still text"),
        (lambda event: json.loads(texts(event)[0]), "returns one message"),
        (lambda event: [json.loads(texts(event)[0])], "returned 1"),
        (lambda event: [record["Sns"] for record in event["Records"]], "SNS's envelopes"),
        (lambda event: event["Records"], "SNS's envelopes"),
        (lambda event: json.loads(event["Message"]), "raised KeyError('Message')"),
        (lambda event: texts(event).sort(), "returned None"),
        (lambda: [], "raised TypeError"),
        (
            lambda event: [json.loads(text) for text in texts(event)][::-1],
            "The messages are others",
        ),
        ([{"status": "ok"}], "should be a function"),
    ],
)
def test_a_function_that_does_not_open_the_envelopes_is_explained(
    lesson, outcome_of, answer, message
):
    """Every common mistake gets the message meant for it."""
    outcome = outcome_of(lesson, "parse-message", answer)

    assert "incorrect" == outcome.status
    assert message in outcome.message


def test_a_loop_and_a_tuple_do_as_well(lesson, outcome_of):
    """How the list is made does not matter."""

    def read_one_after_the_other(event):
        messages = []
        for record in event["Records"]:
            messages.append(json.loads(record["Sns"].pop("Message")))
        return tuple(messages)

    assert "correct" == outcome_of(lesson, "parse-message", read_one_after_the_other).status


# The publish call


RIGHT = {
    "TopicArn": "TOPIC_ARN",
    "Message": "json.dumps(message)",
    "MessageAttributes": (
        "{'status': {'DataType': 'String', 'StringValue': message['status']},"
        " 'confidence': {'DataType': 'Number', 'StringValue': str(message['confidence'])}}"
    ),
}
DOUBTFUL = "{'status': {'DataType': 'String', 'StringValue': message['status']}, 'confidence': %s}"


def publish_source(**changes):
    """The source of publish, some of its arguments written in another way."""
    arguments = {name: value for name, value in (RIGHT | changes).items() if value is not None}
    written = ", ".join(f"{name}={value}" for name, value in arguments.items())
    return f"def publish(message):\n    sns.publish({written})\n"


def with_confidence(attribute):
    return {"MessageAttributes": DOUBTFUL % attribute}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"TopicArn": None}, "where to publish"),
        ({"TopicArn": "'reco-results'"}, "not your topic's ARN"),
        ({"TopicArn": "topic.arn"}, "name 'topic' is not defined"),
        ({"Message": None}, "no Message"),
        ({"Message": "message"}, "carries text only"),
        ({"Message": "str(message)"}, "not JSON"),
        ({"Message": "json.dumps(json.dumps(message))"}, "JSON of JSON"),
        ({"Message": "json.dumps(message['result'])"}, "JSON of JSON"),
        ({"Message": "json.dumps({'result': 'cup'})"}, "not the whole result"),
        ({"MessageAttributes": None}, "no attribute status"),
        (with_confidence("str(message['confidence'])"), "its type and its value"),
        (
            with_confidence("{'DataType': 'String', 'StringValue': str(message['confidence'])}"),
            "should be Number",
        ),
        (
            with_confidence("{'DataType': 'Number', 'StringValue': message['confidence']}"),
            "is no text",
        ),
        (
            with_confidence("{'DataType': 'Number', 'StringValue': '0.91'}"),
            "says '0.91', the message 0.0",
        ),
    ],
)
def test_a_call_that_nobody_could_use_is_explained(lesson, outcome_of, changes, message):
    """Every common mistake gets the message meant for it."""
    outcome = outcome_of(lesson, "publish-call", publish_source(**changes))

    assert "incorrect" == outcome.status
    assert message in outcome.message


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("def publish(message)", "SyntaxError"),
        ("def send(message):\n    pass\n", "no function publish"),
        ("def publish(message):\n    return message\n", "calls sns.publish 0 times"),
        (publish_source() + "    publish(message)\n", "RecursionError"),
        (publish_source() + "    sns.publish(Message='again')\n", "calls sns.publish 2 times"),
        ("def publish(message):\n    sns.publish(TOPIC_ARN, message)\n", "keyword arguments"),
        ("def publish(message):\n    exit()\n", "NameError|SystemExit"),
    ],
)
def test_a_source_that_publishes_nothing_is_explained(lesson, outcome_of, source, message):
    """What cannot run, is no such function, or calls never or twice, is named."""
    outcome = outcome_of(lesson, "publish-call", source)

    assert "incorrect" == outcome.status
    assert re.search(message, outcome.message)


@pytest.mark.parametrize(
    "changes",
    [
        {"Subject": "'A result'"},
        {"Message": "json.dumps(message, indent=2, ensure_ascii=False)"},
        {"TopicArn": None, "TargetArn": "TOPIC_ARN"},
    ],
)
def test_more_than_was_asked_is_no_mistake(lesson, outcome_of, changes):
    """A subject, JSON over several lines, and the parameter's other name harm nobody."""
    assert "correct" == outcome_of(lesson, "publish-call", publish_source(**changes)).status


# A filter


def store_filter(lesson, subscription, policy):
    return lesson.client("sns").set_subscription_attributes(
        SubscriptionArn=subscription.arn,
        AttributeName="FilterPolicy",
        AttributeValue=json.dumps(policy),
    )


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        ({"confidence": [{"numeric": [">", 0.8]}]}, "confidence 0.8 does not come through"),
        ({"confidence": [{"numeric": [">=", 80]}]}, "confidence 0.8 does not come through"),
        ({"confidence": [{"numeric": ["<=", 0.8]}]}, "confidence 0.81 does not come through"),
        ({"confidence": [{"numeric": [">=", 0.5]}]}, "confidence 0.79 still comes through"),
        ({"confidence": [{"exists": True}]}, "confidence 0.79 still comes through"),
        ({"confidence": [">= 0.8"]}, "letter by letter"),
        ({"confidence": [0.8]}, "exactly this confidence"),
        ({"Confidence": [{"numeric": [">=", 0.8]}]}, "looks at Confidence"),
        ({"status": ["ok"]}, "looks at status"),
        (
            {"status": ["error"], "confidence": [{"numeric": [">=", 0.8]}]},
            "confidence 0.8 does not come through",
        ),
        ({}, "has no filter"),
    ],
)
def test_a_filter_that_lets_the_wrong_ones_through_is_explained(
    lesson, outcome_of, subscription, policy, message
):
    """The check holds results against the filter that SNS keeps."""
    answer = store_filter(lesson, subscription, policy)

    outcome = outcome_of(lesson, "confident-filter", answer)

    assert "incorrect" == outcome.status
    assert message in outcome.message


@pytest.mark.parametrize(
    "policy",
    [
        {"confidence": [{"numeric": [">=", 0.8, "<=", 1]}]},
        {"confidence": [{"numeric": [">", 0.8]}, {"numeric": ["=", 0.8]}]},
        {"status": ["ok"], "confidence": [{"numeric": [">=", 0.8]}]},
        {"status": [{"anything-but": "error"}], "confidence": [{"numeric": [">=", 0.8]}]},
    ],
)
def test_a_right_filter_may_be_written_in_other_ways(lesson, outcome_of, subscription, policy):
    """Two bounds, two patterns, a second attribute: what comes through counts."""
    answer = store_filter(lesson, subscription, policy)

    assert "correct" == outcome_of(lesson, "confident-filter", answer).status


def test_a_filter_of_the_body_does_as_well(lesson, outcome_of, subscription):
    """The message holds the confidence, too."""
    topics.subscribe_queue(
        lesson.client("sns"),
        lesson.names.topic_arn,
        subscription.endpoint,
        filter_policy={"confidence": [{"numeric": [">=", 0.8]}]},
    )

    assert "correct" == outcome_of(lesson, "confident-filter", "done").status


def test_without_a_subscription_there_is_nothing_to_filter(lesson, outcome_of, subscription):
    """The message names the cells to run."""
    topics.unsubscribe(lesson.client("sns"), lesson.names.topic_arn, subscription.endpoint)

    assert "not subscribed" in outcome_of(lesson, "confident-filter", "done").message


# Questions and checkpoint


def test_every_option_is_explained(lesson):
    """Three questions, each with one right answer among at least three, all explained."""
    quizzes = lesson.lesson.quizzes

    assert 3 == len(quizzes)
    assert all(quiz.right in quiz.lettered and len(quiz.options) >= 3 for quiz in quizzes)
    assert all(option.explanation for quiz in quizzes for option in quiz.options)


def test_the_checkpoint_names_what_is_missing(lesson):
    """An address lost, a role too wide, a mistake left standing: each is named."""
    lambda_, names = lesson.client("lambda"), lesson.names
    reco_image = names.function("reco-image")
    lesson.lesson.build(lesson)
    assert "✓ Checkpoint reached" in str(lesson.checkpoint())
    lambda_.update_function_configuration(
        FunctionName=reco_image, Environment={"Variables": {"TOPIC_ARN": "elsewhere"}}
    )
    everything = {"Effect": "Allow", "Action": "sns:*", "Resource": "*"}
    lesson.client("iam").put_role_policy(
        RoleName=names.role("reco-image"),
        PolicyName="too-much",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [everything]}),
    )
    functions.set_asynchronous_retries(
        lambda_, reco_image, retries=0, failure_destination_arn=names.queue_arn("failed")
    )

    found = str(lesson.checkpoint())

    lesson.client("iam").delete_role_policy(
        RoleName=names.role("reco-image"), PolicyName="too-much"
    )
    lesson.lesson.build(lesson)
    assert "✗ Checkpoint: 3 of 4 missing" in found
    assert "another topic's" in found
    assert "other topics, too" in found
    assert "not tried again" in found
    assert "✓ Checkpoint reached" in str(lesson.checkpoint())
