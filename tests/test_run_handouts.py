"""The map of a run's handout: what lessons that were not run would make is not missing."""

from workshop_lib.run_handouts import states_after


def test_what_a_later_lesson_makes_is_not_missing() -> None:
    """After lesson 1 its bucket stands or is missing; everything else is still to come."""
    after_one = states_after(1, {"browser", "images"})

    assert "standing" == after_one["images"]
    assert {"standing", "later"} == set(after_one.values())
    assert "missing" == states_after(1, {"browser"})["images"]
    assert "missing" == states_after(8, {"browser"})["db-list"]
