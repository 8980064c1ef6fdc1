"""What holds for every exercise of every lesson; a lesson's tests import these and add their own.

A module is named by its lesson (``test_exercises_03``) and has fixtures ``lesson``, ``variables``
(the notebook's, that the solutions use), and, where an exercise is about something that stands,
``before_an_answer``.
"""

from __future__ import annotations

from workshop_lib.places import NOTEBOOKS
from workshop_lib.solutions import read_solutions


def test_an_untouched_exercise_is_not_attempted(lesson, outcome_of, exercise_name):
    """Dots are not an answer, and say what is asked."""
    outcome = outcome_of(lesson, exercise_name, ...)

    assert "not attempted" == outcome.status
    assert outcome.next_step


def test_the_solution_is_correct(lesson, outcome_of, before_an_answer, variables, exercise_name):
    """The solution's block, run as the notebook's cell, is correct."""
    solutions = read_solutions(NOTEBOOKS / f"solutions/{lesson.lesson.stem}.py")
    lines = solutions[exercise_name].splitlines()
    assert f'lesson.check("{exercise_name}", ' in lines[-1]
    answer = lines[-1].split(", ", 1)[1].removesuffix(")")

    exec("\n".join(lines[:-1]), variables)

    outcome = outcome_of(lesson, exercise_name, variables[answer])
    assert ("correct", "") == (outcome.status, outcome.next_step), outcome.message


def test_nothing_a_learner_types_crashes_a_check(
    lesson, outcome_of, before_an_answer, hostile_answer, exercise_name
):
    """Whatever is answered, the outcome is one of three and has words."""
    outcome = outcome_of(lesson, exercise_name, hostile_answer)

    assert "incorrect" == outcome.status
    assert outcome.message
    assert outcome.next_step
    assert len(outcome.message) < 1000
