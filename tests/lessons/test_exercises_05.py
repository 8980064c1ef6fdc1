"""Lesson 5's exercises, as learners answer them."""

from decimal import Decimal

import pytest
from exercise_frame import (  # noqa: F401
    test_an_untouched_exercise_is_not_attempted,
    test_nothing_a_learner_types_crashes_a_check,
    test_the_solution_is_correct,
)

from workshop_lib.aws import roles, tables, topics
from workshop_lib.lessons.exercises_05_dynamodb_save_results import (
    HALF_SURE_ITEM,
    LARGE_ITEM,
    TRIAL_ITEM,
)

MOMENTS = ("2026-09-01T08:00:00.000Z", "2026-09-01T09:00:00.000Z", "2026-09-01T10:00:00.000Z")


@pytest.fixture(scope="module")
def lesson(open_as_learner):
    """Lesson 5 with its table, function and subscription, three results and the trial items."""
    opened = open_as_learner(5)
    topics.ensure_topic(opened.client("sns"), opened.names.topic, tags=opened.tags)
    opened.lesson.build(opened)
    put(opened, TRIAL_ITEM, name="trial.jpg")
    put(opened, LARGE_ITEM, note="x" * 9010)
    put(opened, HALF_SURE_ITEM, confidence=Decimal("0.5"))
    for moment in MOMENTS:
        put(opened, f"saved-at-{moment}", collection="pictures", timestamp=moment)
    yield opened
    for moment in MOMENTS:
        remove(opened, f"saved-at-{moment}")


def put(lesson, item_id, **attributes):
    tables.put_item(lesson.client("dynamodb"), lesson.names.table, {"id": item_id, **attributes})


@pytest.fixture
def variables(lesson):
    """The notebook's variables that the solutions use."""
    return {"lesson": lesson, "names": lesson.names, "dynamodb": lesson.client("dynamodb")}


def remove(lesson, item_id):
    key = {"id": {"S": item_id}}
    lesson.client("dynamodb").delete_item(TableName=lesson.names.table, Key=key)


# A strong read


def read_trial(lesson, item=TRIAL_ITEM, **parameters):
    return lesson.client("dynamodb").get_item(
        **{"TableName": lesson.names.table, "Key": {"id": {"S": item}}} | parameters
    )


TOTAL = {"ReturnConsumedCapacity": "TOTAL"}


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        (TOTAL, "Half a unit"),
        ({"ConsistentRead": True}, "does not say what the read consumed"),
        ({"ConsistentRead": True, "item": "another"} | TOTAL, "did not find the item trial"),
        ({"ConsistentRead": True, "item": LARGE_ITEM} | TOTAL, "did not find the item trial"),
    ],
)
def test_another_read_is_explained(lesson, outcome_of, parameters, message):
    """Every common mistake gets the message meant for it."""
    outcome = outcome_of(lesson, "strong-read", read_trial(lesson, **parameters))

    assert "incorrect" == outcome.status
    assert message in outcome.message


def test_an_item_alone_is_no_answer(lesson, outcome_of):
    """The check wants the whole answer, for the consumption stands beside the item."""
    item = read_trial(lesson, **TOTAL)["Item"]

    assert "no answer of dynamodb.get_item" in outcome_of(lesson, "strong-read", item).message


def test_a_strong_read_may_say_more(lesson, outcome_of):
    """Consumption by index and a projection do not matter."""
    answer = read_trial(
        lesson,
        ConsistentRead=True,
        ReturnConsumedCapacity="INDEXES",
        ProjectionExpression="id",
    )

    assert "correct" == outcome_of(lesson, "strong-read", answer).status


# Capacity


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"write": 8}, "hold less than the item's 9,030 bytes"),
        ({"write": 8.82}, "hold less than the item's 9,030 bytes"),
        ({"write": 3}, "if each held 4 KB"),
        ({"write": 18}, "does not take 18 units"),
        ({"strong": 1.5, "eventual": 3}, "the wrong way round"),
        ({"strong": 9, "eventual": 4.5}, "if each held 1 KB"),
        ({"strong": 2.2, "eventual": 1.1}, "something else than 2.2"),
        ({"eventual": 2}, "something else than 2"),
        ({"eventual": 1.1}, "something else than 1.1"),
        ({"write": "many"}, "should be a number"),
    ],
)
def test_a_wrong_prediction_is_explained(lesson, outcome_of, changes, message):
    """Every common mistake gets the message meant for it."""
    answer = {"write": 9, "strong": 3, "eventual": 1.5} | changes

    outcome = outcome_of(lesson, "capacity", answer)

    assert "incorrect" == outcome.status
    assert message in outcome.message


def test_a_prediction_half_made_is_not_attempted(lesson, outcome_of):
    """As long as one number is dots, it is not yet an answer; a lost name is said."""
    half = {"write": 9, "strong": ..., "eventual": ...}

    assert "not attempted" == outcome_of(lesson, "capacity", half).status
    assert "nothing about strong" in outcome_of(lesson, "capacity", {"write": 9}).message


def test_numbers_may_be_texts_and_fractions(lesson, outcome_of):
    """How a number is written does not matter."""
    answer = {"write": "9", "strong": 3.0, "eventual": 3 / 2}

    assert "correct" == outcome_of(lesson, "capacity", answer).status


@pytest.mark.parametrize(
    ("name", "item", "answer", "attributes"),
    [
        (
            "capacity",
            LARGE_ITEM,
            {"write": 9, "strong": 3, "eventual": 1.5},
            {"note": "x" * 9010},
        ),
        (
            "conditional-write",
            HALF_SURE_ITEM,
            "attribute_not_exists(id) OR confidence < :new",
            {"confidence": Decimal("0.5")},
        ),
    ],
)
def test_an_exercise_without_its_item_says_so(lesson, outcome_of, name, item, answer, attributes):
    """When the trial item was put away, the next action is to write it again."""
    remove(lesson, item)

    outcome = outcome_of(lesson, name, answer)

    put(lesson, item, **attributes)
    assert "no item" in outcome.message
    assert "Run the cell that writes it" in outcome.next_step


# A conditional write


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("attribute_not_exists(id)", "not how sure the new result is"),
        ("confidence < :new", "has no item yet"),
        ("attribute_not_exists(id) AND confidence < :new", "has no item yet"),
        ("attribute_not_exists(id) OR confidence > :new", "wrong way round"),
        ("attribute_not_exists(id) OR confidence <= :new", "delivered a second time"),
        ("attribute_not_exists(id) OR confidence <> :new", "less sure result (0.1)"),
        ("attribute_not_exists(id) OR confidence = :new", "surer result (0.9) does not"),
        ("attribute_not_exists(id) || confidence < :new", "cannot read the condition"),
        ("attribute_not_exists(id) or confidence < :older", "names :older"),
        ("missing(id) OR confidence < :new", "cannot read the condition"),
        ("(" * 40 + ":new", "cannot read the condition"),
        (":new", "cannot read the condition"),
        ("attribute_not_exists(id) OR " * 20 + ":new", "far more than it need have"),
    ],
)
def test_a_condition_that_loses_results_is_explained(lesson, outcome_of, condition, message):
    """Every common mistake gets the message meant for it."""
    outcome = outcome_of(lesson, "conditional-write", condition)

    assert "incorrect" == outcome.status
    assert message in outcome.message


@pytest.mark.parametrize(
    "condition",
    [
        ":new > confidence or attribute_not_exists(id)",
        "NOT attribute_exists(id) OR confidence < :new",
        "attribute_not_exists(confidence) OR (confidence < :new)",
    ],
)
def test_a_right_condition_may_be_written_in_other_ways(lesson, outcome_of, condition):
    """What counts is what DynamoDB decides, and it decides without writing."""
    assert "correct" == outcome_of(lesson, "conditional-write", condition).status
    kept = tables.get_item(lesson.client("dynamodb"), lesson.names.table, HALF_SURE_ITEM)
    assert {"id": HALF_SURE_ITEM, "confidence": Decimal("0.5")} == kept
    assert None is tables.get_item(
        lesson.client("dynamodb"), lesson.names.table, "no-such-item", consistent=True
    )


# A key condition


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("#timestamp >= :since", "yours names none"),
        ("#collection = :pictures", "every picture is found"),
        ("#collection = :pictures OR #timestamp >= :since", "knows no OR"),
        ("#collection = :pictures AND #timestamp > :since", "that very moment"),
        ("#collection = :pictures AND #timestamp <= :since", "older pictures"),
        ("#collection = :pictures AND begins_with(#timestamp, :since)", "nothing after it"),
        ("#collection = :pictures AND #timestamp = :since", "nothing after it"),
        ("#collection = :pictures, #timestamp >= :since", "cannot read the key condition"),
        ("#collection >= :pictures AND #timestamp >= :since", "cannot read the key condition"),
        ("#collection = :pictures AND contains(#timestamp, :since)", "cannot read the key"),
    ],
)
def test_a_key_condition_beside_the_point_is_explained(lesson, outcome_of, condition, message):
    """Every common mistake gets the message meant for it."""
    outcome = outcome_of(lesson, "key-condition", condition)

    assert "incorrect" == outcome.status
    assert message in outcome.message


@pytest.mark.parametrize(
    "condition",
    [
        "#timestamp >= :since AND #collection = :pictures",
        "(#collection = :pictures) and (#timestamp >= :since)",
    ],
)
def test_a_right_key_condition_may_be_written_in_other_ways(lesson, outcome_of, condition):
    """Order, brackets and case are the learner's own."""
    assert "correct" == outcome_of(lesson, "key-condition", condition).status


# The checkpoint


def test_the_checkpoint_names_what_is_missing(lesson):
    """A right taken away, a subscription lost, a made-up item: each is named with what to do."""
    names, tags = lesson.names, lesson.tags
    assert "✓ Checkpoint reached" in str(lesson.checkpoint())
    topics.unsubscribe(lesson.client("sns"), names.topic_arn, names.function_arn("db-save"))
    put(lesson, "trial.jpg#test", collection="pictures", timestamp=MOMENTS[0])
    roles.ensure_role(
        lesson.client("iam"),
        names.role("db-save"),
        path=lesson.role_path,
        trust=lesson.trust("db-save"),
        policy=roles.policy_document(*lesson.policy("db-save")["Statement"][1:]),
        tags=tags,
    )

    found = str(lesson.checkpoint())

    remove(lesson, "trial.jpg#test")
    lesson.lesson.build(lesson)
    assert "✗ Checkpoint: 3 of 5 missing" in found
    assert "may not put items" in found
    assert "not subscribed" in found
    assert "made up" in found
    assert "✓ Checkpoint reached" in str(lesson.checkpoint())
