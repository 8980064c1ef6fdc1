"""What is counted from the lines that functions write."""

import json
from datetime import UTC, datetime
from decimal import Decimal

from workshop_lib.aws.logs import LogEvent
from workshop_lib.logged_usage import count_arrivals, count_lines, read_lines


def lines_of(*written):
    texts = (text if isinstance(text, str) else json.dumps(text) for text in written)
    return read_lines(LogEvent(datetime.now(UTC), text, "stream") for text in texts)


def test_each_line_counts_what_it_tells():
    """A publication, a thumbnail, units that DynamoDB answered: each where its line stands."""
    lines = {
        "reco-image": lines_of(
            "START RequestId: 1", {"message": "recognised", "name": "a"}, {"message": "published"}
        ),
        "db-save": lines_of(
            {"message": "saved", "units": 4.0}, {"message": "already saved", "units": None}
        ),
        "db-list": lines_of({"message": "page read", "units": 1.5}),
        "thumbnail-gen": lines_of(
            {"message": "thumbnail made"}, {"message": "passed over: not a picture"}
        ),
    }

    assert {
        "s3-reads": 2,
        "sns-publishes": 1,
        "dynamodb-writes": 5,
        "dynamodb-reads": Decimal("1.5"),
        "s3-writes": 1,
    } == count_lines(lines)


def test_a_call_that_told_of_nothing_counts_nothing():
    """Before there is a topic nothing is published; a list without a table has read nothing."""
    lines = {
        "reco-image": lines_of({"message": "recognised", "name": "a"}),
        "db-list": lines_of({"message": "results cannot be read"}),
        "presigned-url": lines_of("{no json", '["a list"]', {"message": 3}),
    }

    assert {"s3-reads": 1} == count_lines(lines)


def test_an_upload_counts_when_it_arrived():
    """Of three signed URLs one was never used; one object was recognised and is gone since."""
    signed = [{"message": "upload signed", "key": key} for key in ("a", "b", "c")]
    lines = {
        "presigned-url": lines_of(*signed),
        "reco-image": lines_of({"message": "recognised", "name": "b"}),
    }

    assert 2 == count_arrivals(lines, frozenset({"a", "z"}))
