import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest

from workshop_lib.aws.logs import LogEvent
from workshop_lib.call_counts import CallCount
from workshop_lib.lesson_bills import show_bill
from workshop_lib.places import PICTURES
from workshop_lib.usage import (
    CONSEQUENCES,
    FunctionUse,
    Storage,
    Usage,
    count_recorded,
    measure_usage,
    read_function_use,
)

REPORT = (
    "REPORT RequestId: 1\tDuration: {} ms\tBilled Duration: {} ms\tMemory Size: 1024 MB\t"
    "Max Memory Used: 100 MB\t{}"
)


def event(message):
    return LogEvent(datetime.now(UTC), message, "stream")


def test_computing_is_billed_time_times_memory_cold_starts_included():
    """A function's gigabyte-seconds are those of its REPORT lines, as AWS bills them."""
    lines = [
        "START RequestId: 1",
        REPORT.format(500, 2500, "Init Duration: 1999.5 ms"),
        REPORT.format(480.2, 500, ""),
        REPORT.format(680.2, 700, ""),
    ]

    use = read_function_use(event(line) for line in lines)

    assert (3, 2) == (use.calls, use.warm_calls)
    assert Decimal("3.7") == use.gigabyte_seconds  # 2.5 + 0.5 + 0.7 s at 1 GB
    assert Decimal("0.6") == use.typical_gigabyte_seconds
    assert sum(len(line) + 26 for line in lines) == use.log_bytes


def test_where_no_call_was_warm_the_cold_ones_are_typical():
    """Without a warm call the typical one is cold; without any call it is nothing."""
    cold = [event(REPORT.format(500, 2500, "Init Duration: 1999.5 ms"))]

    assert Decimal("2.5") == read_function_use(cold).typical_gigabyte_seconds
    assert FunctionUse() == read_function_use([])


@pytest.mark.parametrize(
    ("service", "operation", "expected"),
    [
        ("s3", "PutObject", {"s3-writes": 3}),
        ("s3", "UploadPart", {"s3-writes": 3}),
        ("s3", "ListObjectsV2", {"s3-writes": 3}),
        ("s3", "HeadObject", {"s3-reads": 3}),
        ("s3", "GetBucketPolicy", {"s3-reads": 3}),
        ("s3", "DeleteObjects", {}),
        ("sns", "Publish", {"sns-publishes": 3}),
        ("sns", "Subscribe", {}),
        ("sqs", "ReceiveMessage", {"sqs-requests": 3}),
        ("dynamodb", "Query", {"dynamodb-reads": Decimal("1.5")}),
        ("dynamodb", "PutItem", {"dynamodb-writes": 3}),
        ("dynamodb", "CreateTable", {}),
        ("lambda", "Invoke", {}),
        ("iam", "CreateRole", {}),
        ("rekognition", "DetectLabels", {"rekognition-labels": 3}),
    ],
)
def test_own_calls_are_counted_where_they_cost(service, operation, expected):
    """Three calls of an operation are three of what its price counts; deleting is free."""
    assert expected == count_recorded([CallCount(service, operation, 3)])


def test_what_dynamodb_said_goes_before_the_least():
    """Of three queries one told 7 units: 7 and twice the half."""
    assert {"dynamodb-reads": 8} == count_recorded([CallCount("dynamodb", "Query", 3, 1, 7.0)])


def test_one_picture_passes_each_part_once():
    """One picture's way is each function that has worked, warm, and what its call leads to."""
    used = {
        "reco-image": FunctionUse(2, 1, Decimal(5), 2 * 2**20, Decimal("0.5")),
        "db-save": FunctionUse(),
    }
    usage = Usage((), used, Storage(2, 2**30), Storage())

    assert {
        "s3-writes": 1,
        "s3-reads": 1,
        "sns-publishes": 1,
        "lambda-requests": 1,
        "lambda-duration": Decimal("0.5"),
        "logs-ingestion": Decimal("0.0009765625"),
        "s3-storage": Decimal("0.5"),
    } == usage.one_picture()
    unheard = replace(usage, topic_stands=False)
    assert "sns-publishes" not in unheard.one_picture()


def test_the_bill_follows_what_was_done(application):
    """A picture sent through makes the measured and the counted quantities grow as they should."""
    before = measure(application).quantities
    picture = SimpleNamespace(name="cup.jpg", content=(PICTURES / "coffee.jpg").read_bytes())
    key = application.upload(picture)
    application.wait_until(lambda: application.find_thumbnail(key), "the thumbnail")
    application.wait_until(lambda: application.find_result(key), "the item")
    # The log of a call is whole a moment after its work is done.
    usage = application.wait_until(
        lambda: enough(measure(application), before), "four REPORT lines more"
    )
    grown = {key: usage.quantities[key] - before.get(key, 0) for key in usage.quantities}

    assert 1 == grown["api-rest-calls"]
    assert 2 == grown["s3-writes"]
    assert 2 == grown["s3-reads"]
    assert 1 == grown["sns-publishes"]
    assert CONSEQUENCES["db-save"]["dynamodb-writes"] <= grown["dynamodb-writes"]
    assert 0 < grown["lambda-duration"]
    assert len(picture.content) < grown["s3-storage"] * 2**30 < len(picture.content) + 20_000


def test_what_never_happened_is_not_billed(application):
    """A call by hand with a test event is a call of the function, and no call of the API."""
    before = measure(application).quantities
    application.client("lambda").invoke(
        FunctionName=application.names.function("presigned-url"),
        Payload=json.dumps(application.test_event("presigned-url", "good_cat")),
    )
    usage = application.wait_until(
        lambda: enough(measure(application), before, 1), "one REPORT line more"
    )

    grown = {key: usage.quantities[key] - before.get(key, 0) for key in usage.quantities}
    assert 1 == grown["lambda-requests"]
    assert 0 == grown.get("api-rest-calls", 0)
    assert 0 == grown["s3-writes"]
    assert "sns-deliveries" not in usage.quantities


def measure(application):
    return measure_usage(application.quiet_cloud, application.names, [])


def enough(usage, before, calls=4):
    more = usage.quantities["lambda-requests"] - before.get("lambda-requests", 0)
    return usage if more >= calls else None


def test_the_bill_can_be_read_as_text_and_as_a_page(application):
    """The bill says sums, lines with how each is known, a million times, and what is missing."""
    application.client("sns").list_topics()
    bill = show_bill(application)

    text, page = bill.to_text(), bill.to_html()

    for shown in (text, page):
        assert "USD 0.0" in shown
        assert "One picture, a million times a month: USD" in shown
        assert "measured: REPORT lines" in shown
        assert "Not on it:" in shown
    assert "<svg" in page
    assert "aria-describedby" in page
    assert "sns" in {count.service for count in application.call_counts.read()}


def test_an_attendee_who_has_nothing_gets_an_empty_bill(application):
    """Where nothing stands and nothing was called, the bill says that nothing was used."""
    from dataclasses import replace

    nobody = replace(application.names, attendee="nobody")

    usage = measure_usage(application.quiet_cloud, nobody, [])

    assert () == usage.lines
    assert {"s3-writes": 1, "s3-storage": 0} == usage.one_picture()
