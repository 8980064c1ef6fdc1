"""Lesson 7's exercises, as learners answer them."""

import io
import json

import pytest
from exercise_frame import (  # noqa: F401
    test_an_untouched_exercise_is_not_attempted,
    test_nothing_a_learner_types_crashes_a_check,
    test_the_solution_is_correct,
)
from PIL import ExifTags, Image, ImageOps

from workshop_lib.aws import roles, topics
from workshop_lib.lessons.exercises_07_lambda_thumbnails import PHOTO


@pytest.fixture(scope="module")
def lesson(open_as_learner):
    """Lesson 7 with its bucket and its function, subscribed to the topic."""
    opened = open_as_learner(7)
    topics.ensure_topic(opened.client("sns"), opened.names.topic, tags=opened.tags)
    opened.lesson.build(opened)
    return opened


@pytest.fixture
def subscription(lesson):
    """The subscription of thumbnail-gen, without a filter."""
    names = lesson.names
    return topics.subscribe_function(
        lesson.client("sns"), names.topic_arn, names.function_arn("thumbnail-gen")
    )


@pytest.fixture
def set_filter(lesson, subscription):
    """A function that gives the subscription a filter, as a learner does."""

    def store(policy, scope="MessageAttributes"):
        values = {"FilterPolicyScope": scope, "FilterPolicy": json.dumps(policy)}
        for name, value in values.items():
            lesson.client("sns").set_subscription_attributes(
                SubscriptionArn=subscription.arn, AttributeName=name, AttributeValue=value
            )

    return store


@pytest.fixture(scope="module")
def sideways():
    """The cup as a camera held upright stores it: lying, with a note."""
    orientation, stored = Image.Exif(), io.BytesIO()
    orientation[ExifTags.Base.Orientation] = 6
    lying = Image.open(PHOTO).transpose(Image.Transpose.ROTATE_90)
    lying.save(stored, "JPEG", exif=orientation)
    return Image.open(stored)


@pytest.fixture
def variables(lesson, subscription, sideways):
    """The notebook's variables that the solutions use."""
    return {
        "lesson": lesson,
        "sns": lesson.client("sns"),
        "subscription": subscription,
        "sideways": sideways,
    }


@pytest.fixture
def before_an_answer(subscription):
    """The function's subscription without a filter."""


# Which way is up


@pytest.mark.parametrize(
    ("turn", "message"),
    [
        (lambda lying: lying, "higher than wide"),
        (lambda lying: lying.rotate(-90), "higher than wide"),
        (lambda lying: lying.transpose(Image.Transpose.ROTATE_180), "higher than wide"),
        (lambda lying: lying.rotate(90, expand=True), "the other way"),
        (lambda lying: lying.transpose(Image.Transpose.TRANSPOSE), "mirrored"),
        (lambda lying: lying.transpose(Image.Transpose.TRANSVERSE), "mirrored"),
        (lambda lying: lying.resize((600, 400)), "does not show the cup"),
        (lambda lying: lying.tobytes()[:100], "one of Pillow's pictures"),
        (lambda lying: Image.new("RGB", (0, 0)), "no pixels"),
        (lambda lying: ImageOps.exif_transpose(lying, in_place=True), "one of Pillow's pictures"),
    ],
)
def test_a_cup_that_does_not_stand_is_explained(lesson, outcome_of, sideways, turn, message):
    """Every common mistake gets the message meant for it."""
    outcome = outcome_of(lesson, "upright", turn(sideways.copy()))

    assert "incorrect" == outcome.status
    assert message in outcome.message


@pytest.mark.parametrize(
    "turn",
    [
        lambda lying: lying.rotate(-90, expand=True),
        lambda lying: lying.transpose(Image.Transpose.ROTATE_270),
        lambda lying: ImageOps.exif_transpose(lying).resize((128, 85)),
        lambda lying: ImageOps.exif_transpose(lying).convert("L"),
    ],
)
def test_a_cup_may_be_turned_in_other_ways(lesson, outcome_of, sideways, turn):
    """What counts is what the picture shows."""
    assert "correct" == outcome_of(lesson, "upright", turn(sideways.copy())).status


# No way round


def rule(value, name="prefix"):
    return {"Key": {"FilterRules": [{"Name": name, "Value": value}]}}


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (rule("thumbnails/"), "Nothing happens when uploads/"),
        (rule("/uploads/"), "Nothing happens when uploads/"),
        (rule("uploads/*"), "Nothing happens when uploads/"),
        (rule(".jpg", "suffix"), "Nothing happens when uploads/4712/dog.png"),
        (rule(""), "and that starts it again"),
        ({"Key": {"FilterRules": []}}, "There is no rule in it"),
        ({}, "There is no rule in it"),
        (rule("uploads/", "folder"), "S3 knows no rule named 'folder'"),
        ({"prefix": "uploads/"}, "the texts Name and Value"),
        ("uploads/", "not the JSON of anything."),
        ('{"prefix": }', "not the JSON of anything: Expecting value: line 1 column 12"),
    ],
)
def test_a_filter_that_makes_a_loop_or_nothing_is_explained(lesson, outcome_of, answer, message):
    """The check holds keys against the filter and names one that shows the mistake."""
    outcome = outcome_of(lesson, "loop-guard", answer)

    assert "incorrect" == outcome.status
    assert message in outcome.message


@pytest.mark.parametrize(
    "answer",
    [
        {"Name": "prefix", "Value": "uploads/"},
        [{"Name": "Prefix", "Value": "uploads/"}],
        {"Filter": rule("uploads/")},
        json.dumps(rule("uploads/")),
    ],
)
def test_a_filter_may_be_written_in_other_ways(lesson, outcome_of, answer):
    """The rule alone, a list, the whole configuration and its JSON all do."""
    assert "correct" == outcome_of(lesson, "loop-guard", answer).status


# Only what was recognised


@pytest.mark.parametrize(
    ("policy", "scope", "message"),
    [
        ({"status": ["error"]}, "MessageAttributes", "no picture"),
        ({"status": ["OK"]}, "MessageAttributes", "also keeps back a picture"),
        ({"result": ["cat"]}, "MessageAttributes", "the attribute result"),
        ({"result": ["cat"]}, "MessageBody", "a cup"),
        ({"status": [{"exists": True}]}, "MessageAttributes", "no picture"),
        ({"confidence": [{"numeric": [">=", 0.5]}]}, "MessageBody", "cannot follow"),
    ],
)
def test_a_filter_with_the_wrong_catch_is_explained(
    lesson, outcome_of, set_filter, policy, scope, message
):
    """The check reads the subscription's own filter and says what it does wrong."""
    set_filter(policy, scope)

    outcome = outcome_of(lesson, "recognised-only", "done")

    assert "incorrect" == outcome.status
    assert message in outcome.message


def test_a_filter_that_was_not_given_to_the_subscription_is_not_enough(
    lesson, outcome_of, subscription
):
    """Writing the filter down changes nothing in SNS."""
    outcome = outcome_of(lesson, "recognised-only", {"status": ["ok"]})

    assert "has no filter" in outcome.message


@pytest.mark.parametrize(
    ("policy", "scope"),
    [
        ({"status": ["ok"]}, "MessageBody"),
        ({"status": [{"anything-but": "error"}]}, "MessageAttributes"),
        ({"status": [{"anything-but": ["error"]}]}, "MessageBody"),
        ({"error": [{"exists": False}]}, "MessageBody"),
        ({"status": [{"prefix": "o"}]}, "MessageAttributes"),
    ],
)
def test_a_filter_may_say_it_in_other_ways(lesson, outcome_of, set_filter, policy, scope):
    """What counts is what comes through."""
    set_filter(policy, scope)

    assert "correct" == outcome_of(lesson, "recognised-only", "done").status


def test_building_again_keeps_the_filter_of_the_exercise(lesson, subscription, set_filter):
    """Who catches up later loses nothing that she did: her filter stands; a spoilt one goes."""
    topic = lesson.client("sns"), lesson.names.topic_arn

    def filter_after_building(policy):
        set_filter(policy)
        lesson.lesson.build(lesson)
        standing = topics.describe_topic(*topic).subscriptions
        return next(s.filter_policy for s in standing if s.endpoint == subscription.endpoint)

    assert {"status": ["ok"]} == filter_after_building({"status": ["ok"]})
    assert filter_after_building({"status": ["nobody says this"]}) is None


# The checkpoint


def test_the_checkpoint_names_what_is_missing(lesson, subscription):
    """A wrong bucket, a role too wide, a subscription gone: each is named with what to do."""
    names, lambda_, iam = lesson.names, lesson.client("lambda"), lesson.client("iam")
    assert "✓ Checkpoint reached" in str(lesson.checkpoint())
    wrong = lesson.environment("thumbnail-gen") | {"THUMBNAILS_BUCKET": names.images_bucket}
    lambda_.update_function_configuration(
        FunctionName=names.function("thumbnail-gen"), Environment={"Variables": wrong}
    )
    role = names.role("thumbnail-gen")
    too_much = roles.policy_document(roles.allow("s3:PutObject", on="*"))
    iam.put_role_policy(RoleName=role, PolicyName="too-much", PolicyDocument=json.dumps(too_much))
    topics.unsubscribe(lesson.client("sns"), names.topic_arn, subscription.endpoint)

    found = str(lesson.checkpoint())

    iam.delete_role_policy(RoleName=role, PolicyName="too-much")
    lesson.lesson.build(lesson)
    assert "✗ Checkpoint: 3 of 4 missing" in found
    assert "would write somewhere else" in found
    assert "and so start a loop" in found
    assert "there is no subscription" in found


def test_the_checkpoint_sees_the_bucket_as_a_stranger_does(lesson, subscription):
    """A thumbnail that nobody may read is found by trying."""
    s3, bucket = lesson.client("s3"), lesson.names.thumbnails_bucket
    s3.put_object(Bucket=bucket, Key="uploads/cat.jpg", Body=b"small")
    other = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}/other/*",
    }
    s3.put_bucket_policy(
        Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [other]})
    )

    found = str(lesson.checkpoint())

    lesson.lesson.build(lesson)
    assert "A stranger is refused a thumbnail" in found
    assert "✓ Checkpoint reached" in str(lesson.checkpoint())
