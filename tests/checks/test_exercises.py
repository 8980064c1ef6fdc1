"""Judging answers: every answer ends in one of three outcomes; our own failures are errors."""

import pytest
from botocore.exceptions import ClientError

from workshop_lib.checks.answers import document, has_dots, number, plain, shorten, text
from workshop_lib.checks.exercises import Exercise, judge
from workshop_lib.checks.outcomes import WrongAnswerError
from workshop_lib.errors import LessonError, WorkshopError


def exercise(check):
    return Exercise("trial", "Do it.", ("Try.",), check, "It is.")


def raise_this(error):
    def check(answer, evidence):
        raise error

    return check


@pytest.mark.parametrize("answer", [..., [...], {"a": {"b": [1, ...]}}, (..., 2)])
def test_dots_anywhere_are_not_attempted(answer):
    """As long as dots are left the check is not even asked."""
    outcome = judge(exercise(raise_this(AssertionError)), answer, None)

    assert "not attempted" == outcome.status
    assert "Do it." in outcome.next_step


def test_a_check_without_a_complaint_is_correct():
    """The outcome says why the answer is right."""
    outcome = judge(exercise(lambda answer, evidence: None), 1, None)

    assert ("correct", "It is.") == (outcome.status, outcome.message)


@pytest.mark.parametrize("error", [KeyError("x"), RecursionError(), SystemExit(1), MemoryError()])
def test_what_an_answer_raises_is_incorrect(error):
    """Whatever goes wrong over an answer is told as an outcome."""
    outcome = judge(exercise(raise_this(error)), "answer", None)

    assert "incorrect" == outcome.status
    assert type(error).__name__ in outcome.message
    assert 'lesson.hint("trial")' in outcome.next_step


@pytest.mark.parametrize(
    "error",
    [ClientError({"Error": {"Code": "ServiceUnavailable"}}, "GetObject"), WorkshopError("x")],
)
def test_what_the_cloud_raises_is_no_outcome(error):
    """A cloud that cannot be asked says nothing about the answer."""
    with pytest.raises(WorkshopError):
        judge(exercise(raise_this(error)), "answer", None)
    assert issubclass(LessonError, WorkshopError)


def test_a_long_message_is_cut():
    """A message that quotes a long answer stays readable."""
    outcome = judge(exercise(raise_this(WrongAnswerError("x" * 9999, "y"))), 1, None)

    assert len(outcome.message) < 600


def test_answers_become_plain_data():
    """Tuples and sets are lists, JSON is what it says, texts lose their edges."""
    assert [1, [2]] == plain((1, {2}))
    assert {"a": 1} == document('{"a": 1}')
    assert "x" == text("  x\n")
    assert 1769.0 == number("1,769")
    assert 3.5 == number(3.5)


@pytest.mark.parametrize(
    ("read", "answer", "message"),
    [
        (text, 3, "should be a text"),
        (text, "  ", "is empty"),
        (number, "many", "should be a number"),
        (number, True, "should be a number"),
        (document, "{", "not the JSON"),
        (document, 3, "should be a dictionary"),
        (plain, object(), "plain data"),
        (plain, "x" * 30_000, "characters"),
        (plain, [0] * 2000, "far larger"),
    ],
)
def test_an_answer_of_the_wrong_kind_is_named(read, answer, message):
    """The message says what was expected."""
    with pytest.raises(WrongAnswerError, match=message):
        read(answer)


def test_a_circle_ends():
    """A list that holds itself is neither searched nor copied for ever."""
    circle = []
    circle.append(circle)

    assert not has_dots(circle)
    with pytest.raises(WrongAnswerError):
        plain(circle)
    assert len(shorten(circle)) < 200
