"""The function db-save, called as SNS calls it."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from types import ModuleType
from typing import Any

import pytest
from botocore.exceptions import ClientError

TABLE = "awstack-example-reco-results"


@pytest.fixture(scope="module")
def function(load: Callable[..., ModuleType]) -> ModuleType:
    return load("db_save", TABLE_NAME=TABLE)


def items(account: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = account.table.scan()["Items"]
    return found


def test_good_event(function: ModuleType, account: Any, event: Any, context: Any) -> None:
    """The item in the table is the contract's, with Decimals for the numbers."""
    function.handler(event("db_save", "good_result"), context)
    assert [
        {
            "id": "uploads/cat.jpg#0068F1A2B3C4D5E6F7",
            "collection": "pictures",
            "timestamp": "2026-11-23T10:15:31.456Z",
            "name": "uploads/cat.jpg",
            "status": "ok",
            "result": "cat",
            "confidence": Decimal("0.6225"),
            "labels": [
                {
                    "name": "cat",
                    "confidence": Decimal("0.6225"),
                    "box": [Decimal("0.0"), Decimal("0.0"), Decimal("0.9976"), Decimal("1.0")],
                }
            ],
            "recogniser": "YOLOX-nano on onnxruntime 1.32.0",
        }
    ] == items(account)


def test_error_result(function: ModuleType, account: Any, event: Any, context: Any) -> None:
    """A file that was no picture is kept like any other result, with the reason."""
    function.handler(event("db_save", "good_error_result"), context)
    [item] = items(account)
    assert ("error", None, []) == (item["status"], item["result"], item["labels"])
    assert "not a picture" in item["error"]


def test_name_in_full(function: ModuleType, account: Any, event: Any, context: Any) -> None:
    """A name with spaces, accents and a plus sign is kept as it is."""
    function.handler(event("db_save", "good_spaces_accents_plus"), context)
    assert ["uploads/Été à la plage + moi.jpg"] == [item["name"] for item in items(account)]


def test_every_record(function: ModuleType, account: Any, event: Any, context: Any) -> None:
    """Every record of an event is saved."""
    function.handler(event("db_save", "good_two_records"), context)
    assert ["cat", "cup"] == sorted(item["result"] for item in items(account))


def test_same_event_twice(
    function: ModuleType,
    account: Any,
    event: Any,
    context: Any,
    logged: Callable[[], list[dict[str, Any]]],
) -> None:
    """A repeated event is a success that writes nothing, and the log says so."""
    first = event("db_save", "good_result")
    again = copy.deepcopy(first)
    again["Records"][0]["Sns"]["Timestamp"] = "2026-11-23T11:00:00.000Z"
    function.handler(first, context)
    function.handler(again, context)
    assert ["2026-11-23T10:15:31.456Z"] == [item["timestamp"] for item in items(account)]
    assert ["saved", "already saved"] == [line["message"] for line in logged()]


def test_same_event_at_once(function: ModuleType, account: Any, event: Any, context: Any) -> None:
    """One event delivered several times at once leaves one item."""
    events = [event("db_save", "good_result")] * 8
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda one: function.handler(one, context), events))
    assert 1 == len(items(account))


def test_new_upload_under_an_old_key(
    function: ModuleType, account: Any, event: Any, context: Any
) -> None:
    """Another sequencer is another upload, and another item."""
    one = event("db_save", "good_result")
    other = copy.deepcopy(one)
    record = other["Records"][0]["Sns"]
    record["Message"] = record["Message"].replace("#0068", "#0069")
    for each in (one, other):
        function.handler(each, context)
    assert 2 == len(items(account))


def test_log(
    function: ModuleType,
    event: Any,
    context: Any,
    logged: Callable[[], list[dict[str, Any]]],
) -> None:
    """Each result logs one line of JSON with the request's id and the item's."""
    function.handler(event("db_save", "good_result"), context)
    [line] = logged()
    assert context.aws_request_id == line["request_id"]
    assert "uploads/cat.jpg#0068F1A2B3C4D5E6F7" == line["id"]


def test_s3_test_event(function: ModuleType, account: Any, event: Any, context: Any) -> None:
    """S3's own test event, sent through the topic, saves nothing and is no error."""
    function.handler(event("db_save", "good_s3_test_event"), context)
    assert [] == items(account)


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("bad_message_not_json", json.JSONDecodeError),
        ("bad_message_incomplete", KeyError),
        ("bad_not_an_sns_event", KeyError),
    ],
)
def test_bad_events(
    function: ModuleType,
    account: Any,
    event: Any,
    context: Any,
    name: str,
    error: type[Exception],
) -> None:
    """What is no result raises, so that it ends in the dead-letter queue, and saves nothing."""
    with pytest.raises(error):
        function.handler(event("db_save", name), context)
    assert [] == items(account)


def test_missing_table(function: ModuleType, account: Any, event: Any, context: Any) -> None:
    """A table that is away raises: only "already saved" counts as a success."""
    account.table.delete()
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        function.handler(event("db_save", "good_result"), context)
