"""Answers that are functions are called with care."""

import pytest

from workshop_lib.checks.callables import call_answer
from workshop_lib.checks.outcomes import WrongAnswerError


def test_what_a_function_returns_becomes_plain_data():
    """A tuple is a list afterwards, like everything that JSON could carry."""
    assert [1, [2]] == call_answer(lambda one, two: (one, (two,)), 1, 2, shown="1 and 2")


def test_a_function_cannot_change_what_it_is_called_with():
    """The function gets copies."""
    event = {"Records": [1]}

    call_answer(lambda given: given.pop("Records"), event, shown="an event")

    assert {"Records": [1]} == event


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("text", "should be a function"),
        (lambda _: 1 / 0, "raised ZeroDivisionError"),
        (lambda _: exit(3), "raised SystemExit"),
        (lambda: 1, "raised TypeError"),
        (lambda _: None, "returned None"),
        (lambda _: object(), "should be plain data"),
        (lambda _: "x" * 1_000_000, "far more than it need have"),
    ],
)
def test_what_is_no_use_is_a_wrong_answer(answer, message):
    """Whatever a function does, the message says what came of it."""
    with pytest.raises(WrongAnswerError, match=message) as raised:
        call_answer(answer, 1, shown="the number 1")

    assert raised.value.next_step
