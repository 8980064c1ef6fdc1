from decimal import Decimal

import pytest

from workshop_lib.aws.functions import Report, set_memory
from workshop_lib.errors import LessonError
from workshop_lib.measurements import MemoryMeasurement, measure_memory
from workshop_lib.ui.measurements import MemoryView, StartsView

REGION = "us-east-1"


def report(duration, init=None, memory=1024):
    return Report(duration, int(duration + (init or 0)), memory, 100, init)


def measured(memory, *durations, error=""):
    warm = tuple(report(duration, memory=memory) for duration in durations)
    return MemoryMeasurement(memory, report(900, 3000, memory), warm, error)


def test_a_million_calls_cost_what_a_hand_computes():
    """A second at 512 MB a million times: half a million GB-seconds, and a million requests."""
    one = measured(512, 900, 1000, 1100)

    assert 1000 == one.duration_ms
    assert Decimal("8.33335") + Decimal("0.20") == one.million(REGION)
    assert None is measured(512).million(REGION)


def test_cold_and_warm_are_told_apart_by_pattern_and_in_words():
    """The start of a cold call is striped, its work is not, and a sentence compares the two."""
    view = StartsView([report(100, 1900), report(100), None, report(100)])

    assert "took 1,900 + 100 ms; a warm call 100 ms at the median, 20 times less." in str(view)
    page = view.to_html()
    assert 'fill="url(#chart-' in page
    assert "call 1: 1,900 + 100 ms. call 2: 100 ms. call 3: 100 ms." in page


@pytest.mark.parametrize(
    ("reports", "said"),
    [
        ([], "No call has reported."),
        ([report(5)], "All were warm: 5 ms at the median."),
        ([report(5, 9)], "All were cold starts; call once more"),
    ],
)
def test_where_there_is_nothing_to_compare_that_is_said(reports, said):
    """Only warm calls, only cold ones, none at all: each has its sentence."""
    assert str(StartsView(reports)).startswith(said)


def test_memory_is_shown_against_time_and_price():
    """Each size has its time and its price; the fastest and the cheapest are named."""
    view = MemoryView([measured(512, 2000), measured(1024, 900), measured(2048, 800)], REGION)

    assert "Fastest with 2,048 MB, cheapest with 1,024 MB." in str(view)
    page = view.to_html()
    assert "512 MB: 2,000 ms. 1,024 MB: 900 ms. 2,048 MB: 800 ms." in page
    assert "1,024 MB: USD 15.20." in page


def test_memory_that_buys_nothing_is_not_praised():
    """Where more memory is no faster, the sentence says so and names only the cheapest."""
    view = MemoryView([measured(512, 100), measured(2048, 95)], REGION)

    assert "Fastest" not in str(view)
    assert "Cheapest with 512 MB. More memory made it hardly faster here" in str(view)


def test_a_size_that_is_too_small_is_shown_as_it_failed():
    """A function that was killed has no bar, but its error beside the size."""
    view = MemoryView([measured(128, error="Runtime.ExitError"), measured(512, 100)], REGION)

    assert "128 MB: Runtime.ExitError." in view.to_html()
    assert "With none of these sizes" in str(MemoryView([measured(128, error="x")], REGION))


def ask(application):
    configuration = application.client("lambda").get_function_configuration(
        FunctionName=application.names.function("presigned-url")
    )
    return configuration["MemorySize"]


def test_a_function_is_measured_and_gets_its_memory_back(application):
    """Each size is called cold and warm, and afterwards the function is as it was."""
    before = ask(application)
    event = application.test_event("presigned-url", "good_cat")

    view = application.measure_memory("presigned-url", event, sizes=(192, 320), calls=2)

    assert [192, 320] == [one.memory_mb for one in view._measured]
    assert [2, 2] == [len(one.warm) for one in view._measured]
    assert all(one.cold.init_ms for one in view._measured)
    assert before == ask(application)


def test_an_interrupted_measurement_gives_the_memory_back(application):
    """Whoever interrupts the kernel in the middle finds the function as it was."""
    before = ask(application)
    lambda_, name = application.client("lambda"), application.names.function("presigned-url")

    def interrupt(_):
        set_memory(lambda_, name, 192)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        measure_memory(lambda_, name, {}, sizes=(256, 512), say=interrupt)

    assert before == ask(application)


@pytest.mark.parametrize(
    ("function", "sizes", "calls", "said"),
    [
        ("reco-imag", (512,), 1, "There is no function reco-imag"),
        ("reco-image", (64,), 1, "no function of 64 MB"),
        ("reco-image", (), 1, "no size to measure"),
        ("reco-image", (512,), 0, "0 calls measure nothing"),
    ],
)
def test_what_cannot_be_measured_is_refused_with_the_next_step(
    application, function, sizes, calls, said
):
    """A wrong function, size or number of calls is an error before anything is changed."""
    with pytest.raises(LessonError, match=said):
        application.measure_memory(function, {}, sizes=sizes, calls=calls)
