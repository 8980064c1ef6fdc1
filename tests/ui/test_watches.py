"""Looking again and again in a thread."""

import threading

import pytest

from workshop_lib.ui.watches import Watch


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_watch_whose_look_fails_is_off_and_can_start_again():
    """What raises while it looks ends the watch, which says so and can be started anew."""
    looks, ended = [], threading.Event()

    def look():
        looks.append(watch.is_on)
        raise OSError("no network")

    watch = Watch("trial", look, ended.set)
    for number in (1, 2):
        ended.clear()
        watch.start()

        assert ended.wait(10)
        # Its exception is reported once it has ended: to this test, not to the next one.
        for thread in threading.enumerate():
            if thread.name == "trial":
                thread.join(10)
        assert not watch.is_on
        assert [True] * number == looks
