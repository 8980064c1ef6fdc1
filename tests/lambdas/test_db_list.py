"""The function db-list, called as API Gateway calls it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import requests

IMAGES = "awstack-example-images"
TABLE = "awstack-example-reco-results"
EVENTS = Path(__file__).parents[2] / "lambdas" / "db_list" / "events"
BAD_EVENTS = sorted(file.stem for file in EVENTS.glob("bad_*.json"))


@pytest.fixture(scope="module")
def function(load: Callable[..., ModuleType]) -> ModuleType:
    return load("db_list", TABLE_NAME=TABLE, IMAGES_BUCKET=IMAGES, URL_EXPIRES_SECONDS="60")


def call(function: ModuleType, event: dict[str, Any], context: Any) -> tuple[int, Any]:
    answer = function.handler(event, context)
    assert {"statusCode", "headers", "body"} == set(answer)
    assert "*" == answer["headers"]["Access-Control-Allow-Origin"]
    return answer["statusCode"], json.loads(answer["body"])


def ask(function: ModuleType, context: Any, **parameters: str) -> tuple[int, Any]:
    return call(function, {"queryStringParameters": parameters or None}, context)


def save(account: Any, number: int, **more: Any) -> None:
    account.table.put_item(
        Item={
            "id": f"uploads/{number}/été.jpg#0{number}",
            "collection": "pictures",
            "timestamp": f"2026-11-23T10:{number // 60:02}:{number % 60:02}.000Z",
            "name": f"uploads/{number}/été.jpg",
            "status": "ok",
            "result": "cat",
            "confidence": Decimal("0.5"),
            "labels": [{"name": "cat", "confidence": Decimal("0.5"), "box": [0, 0, 1, 1]}],
            "recogniser": "test",
            **more,
        }
    )


def names(page: Any) -> list[str]:
    return [item["name"] for item in page["items"]]


def test_empty_table(function: ModuleType, account: Any, event: Any, context: Any) -> None:
    """An empty table is an empty page, and no next one."""
    status, page = call(function, event("db_list", "good_first_page"), context)
    assert (200, {"items": [], "next": None}) == (status, page)


def test_items(
    function: ModuleType, account: Any, context: Any, pictures: dict[str, bytes]
) -> None:
    """An item comes as it was saved, numbers as numbers, with a URL that shows its picture."""
    save(account, 1)
    account.put("uploads/1/été.jpg", pictures["JPEG"])
    _, page = ask(function, context)
    [item] = page["items"]
    url = item.pop("picture_url")
    assert {
        "id": "uploads/1/été.jpg#01",
        "timestamp": "2026-11-23T10:00:01.000Z",
        "name": "uploads/1/été.jpg",
        "status": "ok",
        "result": "cat",
        "confidence": 0.5,
        "labels": [{"name": "cat", "confidence": 0.5, "box": [0, 0, 1, 1]}],
        "recogniser": "test",
    } == item
    assert "X-Amz-Expires=60" in url
    assert pictures["JPEG"] == requests.get(url, timeout=10).content


def test_error_items(function: ModuleType, account: Any, context: Any) -> None:
    """A file that was no picture is listed too, with its reason."""
    save(account, 1, status="error", result=None, confidence=0, labels=[], error="It is empty.")
    _, page = ask(function, context)
    assert [("error", None, "It is empty.")] == [
        (item["status"], item["result"], item["error"]) for item in page["items"]
    ]


def test_newest_first_through_all_pages(function: ModuleType, account: Any, context: Any) -> None:
    """The pages, followed by their tokens, give everything once, newest first."""
    for number in (3, 1, 7, 5, 2, 6, 4):
        save(account, number)
    seen: list[str] = []
    sizes: list[int] = []
    token = ""
    while token is not None:
        status, page = ask(function, context, limit="3", next=token)
        assert 200 == status
        seen += names(page)
        sizes.append(len(page["items"]))
        token = page["next"]
    assert [f"uploads/{number}/été.jpg" for number in (7, 6, 5, 4, 3, 2, 1)] == seen
    assert [3, 3, 1] == sizes


def test_same_moment(function: ModuleType, account: Any, context: Any) -> None:
    """Pictures of the same millisecond are neither lost nor repeated between pages."""
    for number in range(5):
        save(account, number, timestamp="2026-11-23T10:00:00.000Z")
    _, first = ask(function, context, limit="2")
    _, second = ask(function, context, limit="2", next=first["next"])
    _, third = ask(function, context, limit="2", next=second["next"])
    assert 5 == len({*names(first), *names(second), *names(third)})


def test_limits(function: ModuleType, account: Any, event: Any, context: Any) -> None:
    """A page has as many items as asked for, and 20 when nothing is asked."""
    for number in range(25):
        save(account, number)
    _, two = call(function, event("db_list", "good_two"), context)
    _, usual = call(function, event("db_list", "good_empty_parameters"), context)
    _, all_of_them = ask(function, context, limit="100")
    assert [2, 20, 25] == [len(page["items"]) for page in (two, usual, all_of_them)]


@pytest.mark.parametrize("name", BAD_EVENTS)
def test_bad_events(function: ModuleType, event: Any, context: Any, name: str) -> None:
    """Every bad event gets 400 with a reason."""
    status, body = call(function, event("db_list", name), context)
    assert 400 == status
    assert ["error"] == list(body)


@pytest.mark.parametrize("limit", ["1.5", "1e1", " 5", "٣", "²", "+5", "0005", "9" * 5000])
def test_strange_limits(function: ModuleType, context: Any, limit: str) -> None:
    """A limit that is no plain number from 1 to 100 gets 400."""
    status, body = ask(function, context, limit=limit)
    assert (400, "limit must be a whole number from 1 to 100.") == (status, body["error"])


def token_of(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


@pytest.mark.parametrize(
    "token",
    [
        "x",
        "====",
        "été",
        token_of("text"),
        token_of(7),
        token_of(None),
        token_of([]),
        token_of(["id"]),
        token_of(["id", "2026-11-23T10:00:00.000Z", "more"]),
        token_of(["", "2026-11-23T10:00:00.000Z"]),
        token_of([1, 2]),
        token_of([["id"], {"S": "x"}]),
        token_of(["id", "yesterday"]),
        token_of(["id", "2026-11-23T10:00:00.000Z"]).rstrip("="),
        token_of({"id": 1, "timestamp": 2}),
        token_of(["x" * 3000, "2026-11-23T10:00:00.000Z"]),
        base64.urlsafe_b64encode(b"[" * 100_000).decode(),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    ],
)
def test_strange_tokens(function: ModuleType, context: Any, token: str) -> None:
    """A token that no page has handed out gets 400, whatever it holds."""
    status, body = ask(function, context, next=token)
    assert 400 == status
    assert "not a token of this API" in body["error"]


def test_longest_key(function: ModuleType, account: Any, context: Any) -> None:
    """The longest key that S3 takes still makes a token that is taken back."""
    for number in (1, 2):
        save(account, number, id="é" * 512 + f"#{number}", name="é" * 512)
    _, first = ask(function, context, limit="1")
    status, second = ask(function, context, limit="1", next=first["next"])
    assert 200 == status
    assert first["items"][0]["id"] != second["items"][0]["id"]


def test_missing_table(
    function: ModuleType,
    account: Any,
    context: Any,
    logged: Callable[[], list[dict[str, Any]]],
) -> None:
    """A table that is away is 500 with a readable answer; the log has the cause."""
    account.table.delete()
    status, body = ask(function, context)
    assert 500 == status
    assert "Try again" in body["error"]
    [line] = logged()
    assert "ResourceNotFoundException" in line["error"]
    assert context.aws_request_id == line["request_id"]


def test_allowed_origin(load: Callable[..., ModuleType], context: Any) -> None:
    """ALLOWED_ORIGIN narrows who may read the answer, on success and on refusal."""
    function = load(
        "db_list", TABLE_NAME=TABLE, IMAGES_BUCKET=IMAGES, ALLOWED_ORIGIN="http://site.example"
    )
    for limit in ("1", "0"):
        answer = function.handler({"queryStringParameters": {"limit": limit}}, context)
        assert "http://site.example" == answer["headers"]["Access-Control-Allow-Origin"]
