"""What a run of some lessons does."""

import pytest

from workshop_lib.lessons import LESSONS
from workshop_lib.workshop_runs import find_gaps


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [([1, 2, 3], []), ([3, 4], [3]), ([3, 7, 8], [3, 7]), ([1, 3, 5], [3, 5]), ([8], [8])],
)
def test_every_lesson_that_follows_a_gap_is_caught_up(numbers, expected):
    """Before each lesson whose predecessor is not run, what was left out is built."""
    chosen = [lesson for lesson in LESSONS if lesson.number in numbers]

    assert expected == [lesson.number for lesson in find_gaps(chosen)]
