import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from workshop_lib.call_counters import CallCounter, count_calls
from workshop_lib.call_counts import FILE_NAME, CallCount, CallCounts
from workshop_lib.cloud import ApiCall, CallRecorder
from workshop_lib.errors import WorkshopError


def call(service, operation, units=None, status=200):
    return ApiCall(
        service, operation, {"Bucket": "secret-name"}, status, 1.0, "id", None,
        datetime.now(UTC), units,
    )  # fmt: skip


def test_counts_outlive_the_kernel(tmp_path):
    """What one kernel counted the next one finds, and adds to it."""
    CallCounts(tmp_path, "local/anna").add([CallCount("s3", "PutObject", 2)])
    CallCounts(tmp_path, "local/anna").add([CallCount("s3", "PutObject", 3, 1, 0.5)])

    assert [CallCount("s3", "PutObject", 5, 1, 0.5)] == CallCounts(tmp_path, "local/anna").read()
    assert [] == CallCounts(tmp_path, "aws/anna").read()
    assert [] == CallCounts(tmp_path / "elsewhere", "local/anna").read()


def test_several_kernels_count_at_the_same_time(tmp_path):
    """Two tabs lose nothing of each other's counts."""
    with ThreadPoolExecutor(4) as pool:
        for _ in range(40):
            pool.submit(CallCounts(tmp_path, "a").add, [CallCount("s3", "GetObject", 1)])

    assert 40 == CallCounts(tmp_path, "a").read()[0].calls


def test_a_damaged_file_is_said(tmp_path):
    """A file that is no database is an error with its name and what to do."""
    (tmp_path / FILE_NAME).write_text("no database, and long enough to be taken for one" * 30)
    with pytest.raises(WorkshopError, match=r"calls\.sqlite.*\n.*only counts are lost"):
        CallCounts(tmp_path, "a").read()


def test_calls_are_counted_by_operation_without_their_parameters(tmp_path):
    """Counted is how often, and what DynamoDB said; no parameter reaches the disk."""
    counted = count_calls([
        call("s3", "PutObject"), call("s3", "PutObject", status=0), call("dynamodb", "Query", 0.5),
        call("dynamodb", "Query"), call("dynamodb", "Query", 1.5),
    ])  # fmt: skip

    assert [CallCount("s3", "PutObject", 1), CallCount("dynamodb", "Query", 3, 2, 2.0)] == counted
    CallCounts(tmp_path, "a").add(counted)
    assert b"secret-name" not in (tmp_path / FILE_NAME).read_bytes()


def test_what_dynamodb_refused_consumed_nothing():
    """A query of a table that is not there is no read; a condition that did not hold is a write."""
    absent, condition = "ResourceNotFoundException", "ConditionalCheckFailedException"
    counted = count_calls([
        replace(call("dynamodb", "Query", status=400), error_code=absent),
        replace(call("dynamodb", "PutItem", status=400), error_code=condition),
    ])  # fmt: skip

    assert [CallCount("dynamodb", "PutItem", 1)] == counted


def test_a_counter_adds_each_call_once(tmp_path):
    """Keeping twice counts once; what was made before the counter began is not counted."""
    recorder = CallRecorder()
    record(recorder, call("sns", "Publish"))
    counter = CallCounter(CallCounts(tmp_path, "a"), recorder)
    record(recorder, call("sns", "Publish"))

    counter.keep()
    counter.keep()

    assert [CallCount("sns", "Publish", 1)] == CallCounts(tmp_path, "a").read()


def test_where_counts_cannot_be_kept_the_cell_goes_on(tmp_path):
    """A count that cannot be kept is a warning and no error: nobody is kept from learning."""
    (tmp_path / FILE_NAME).mkdir()
    recorder = CallRecorder()
    counter = CallCounter(CallCounts(tmp_path, "a"), recorder)
    record(recorder, call("sns", "Publish"))

    with pytest.warns(UserWarning, match="cannot be kept"):
        counter.keep()


def record(recorder, made):
    # The recorder's own way in is botocore's events, see test_cloud.py.
    recorder._calls.append(made)
    recorder._total += 1


def test_the_file_holds_one_row_for_each_kind(tmp_path):
    """However many calls are made, the file stays as small as the list of operations."""
    counts = CallCounts(tmp_path, "a")
    for _ in range(3):
        counts.add([CallCount("s3", "GetObject", 1), CallCount("s3", "PutObject", 1)])

    rows = sqlite3.connect(counts.file).execute("SELECT COUNT(*) FROM calls").fetchone()

    assert (2,) == rows
