"""The function presigned-url, called as API Gateway calls it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import requests

IMAGES = "awstack-example-images"
EVENTS = Path(__file__).parents[2] / "lambdas" / "presigned_url" / "events"
BAD_EVENTS = sorted(file.stem for file in EVENTS.glob("bad_*.json"))

Answer = tuple[int, dict[str, Any]]
Ask = Callable[..., Answer]


@pytest.fixture(scope="module")
def function(load: Callable[..., ModuleType]) -> ModuleType:
    return load("presigned_url", IMAGES_BUCKET=IMAGES, URL_EXPIRES_SECONDS="60")


def call(function: ModuleType, event: dict[str, Any], context: Any) -> Answer:
    answer = function.handler(event, context)
    assert {"statusCode", "headers", "body"} == set(answer)
    assert "*" == answer["headers"]["Access-Control-Allow-Origin"]
    return answer["statusCode"], json.loads(answer["body"])


def ask(function: ModuleType, name: str, context: Any) -> Answer:
    return call(function, {"queryStringParameters": {"filename": name}}, context)


def test_good_event(function: ModuleType, event: Any, context: Any) -> None:
    """The answer is the contract's: url, method, headers, key and expires_in."""
    status, upload = call(function, event("presigned_url", "good_cat"), context)
    assert 200 == status
    assert {"url", "method", "headers", "key", "expires_in"} == set(upload)
    assert "PUT" == upload["method"]
    assert {"Content-Type": "image/jpeg"} == upload["headers"]
    assert 60 == upload["expires_in"]
    assert re.fullmatch(r"uploads/[0-9a-f]{32}/cat\.jpg", upload["key"])


def test_signature(function: ModuleType, context: Any) -> None:
    """The URL is signed with version 4, for this bucket's own host, key, type and time."""
    _, upload = ask(function, "été + moi.png", context)
    url = urlsplit(upload["url"])
    signed = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert f"{IMAGES}.s3.amazonaws.com" == url.netloc
    assert f"/{upload['key']}" == unquote(url.path)
    assert "AWS4-HMAC-SHA256" == signed["X-Amz-Algorithm"]
    assert "content-type;host" == signed["X-Amz-SignedHeaders"]
    assert "60" == signed["X-Amz-Expires"]


def test_upload_by_the_url(
    function: ModuleType, account: Any, context: Any, pictures: dict[str, bytes]
) -> None:
    """A picture that is put as the answer says lies under the answer's key."""
    _, upload = ask(function, "Été à la plage + moi.JPEG", context)
    done = requests.put(upload["url"], data=pictures["JPEG"], headers=upload["headers"], timeout=10)
    assert 200 == done.status_code
    found = account.s3.get_object(Bucket=IMAGES, Key=upload["key"])
    assert pictures["JPEG"] == found["Body"].read()
    assert "image/jpeg" == found["ContentType"]


def test_url_for_another_endpoint(load: Callable[..., ModuleType], context: Any) -> None:
    """Where AWS_ENDPOINT_URL names an address, the URL leads there, by path."""
    address = "http://127.0.0.1:4567"
    function = load("presigned_url", IMAGES_BUCKET=IMAGES, AWS_ENDPOINT_URL=address)
    _, upload = ask(function, "cat.jpg", context)
    assert upload["url"].startswith(f"{address}/{IMAGES}/{upload['key']}?")


@pytest.mark.parametrize("name", BAD_EVENTS)
def test_bad_events(function: ModuleType, event: Any, context: Any, name: str) -> None:
    """Every bad event gets 400 with a reason, a sentence."""
    status, body = call(function, event("presigned_url", name), context)
    assert 400 == status
    assert ["error"] == list(body)
    assert len(body["error"]) > 20


@pytest.mark.parametrize(
    ("name", "told"),
    [
        (" ", "Say which file"),
        ("x" * 125 + ".jpg", "129 characters"),
        ("/etc/cat.jpg", "path"),
        ("C:\\cat.jpg", "path"),
        ("..jpg", "path"),
        ("cat\n.jpg", "control characters"),
        ("cat\u202egpj.exe.jpg", "control characters"),
        ("cat\ud800.jpg", "control characters"),
        ("cat.heic", "Save the photo as JPEG"),
        ("cat.HEIF", "Save the photo as JPEG"),
        ("cat.svg", "ends in one of"),
        ("cat.jpg.exe", "ends in one of"),
        (".jpg", "ends in one of"),
        ("jpg", "ends in one of"),
    ],
)
def test_refused_names(function: ModuleType, context: Any, name: str, told: str) -> None:
    """A name that is empty, too long, unsafe or of no picture's type is refused with why."""
    status, body = ask(function, name, context)
    assert 400 == status
    assert told in body["error"]


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("cat.jpg", "image/jpeg"),
        ("CAT.JPEG", "image/jpeg"),
        ("cat.png", "image/png"),
        ("cat.webp", "image/webp"),
        ("cat.gif", "image/gif"),
        ("Bildschirm 10.15.jpg", "image/jpeg"),
        ("猫 🐈.png", "image/png"),
        ("a" * 124 + ".jpg", "image/jpeg"),
        ("<img src=x onerror=alert(1)>.png", "image/png"),
    ],
)
def test_accepted_names(function: ModuleType, context: Any, name: str, content_type: str) -> None:
    """A name in any script stays readable in the key; its type is the one that is signed."""
    status, upload = ask(function, name, context)
    assert 200 == status
    assert name == upload["key"].split("/", 2)[2]
    assert content_type == upload["headers"]["Content-Type"]
    assert len(upload["key"].encode()) <= 1024


def test_composed_names(function: ModuleType, context: Any) -> None:
    """A Mac's "é" of two characters becomes the "é" of one that others write."""
    _, upload = ask(function, "e\u0301te\u0301.jpg", context)
    assert upload["key"].endswith("/\u00e9t\u00e9.jpg")


def test_same_name_at_once(function: ModuleType, context: Any) -> None:
    """Uploads of one name at the same time get a key each."""
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: ask(function, "cat.jpg", context), range(40)))
    assert 40 == len({upload["key"] for _, upload in answers})


def test_allowed_origin(load: Callable[..., ModuleType], context: Any) -> None:
    """ALLOWED_ORIGIN narrows who may read the answer, on success and on refusal."""
    function = load("presigned_url", IMAGES_BUCKET=IMAGES, ALLOWED_ORIGIN="http://site.example")
    for name in ("cat.jpg", "cat.txt"):
        answer = function.handler({"queryStringParameters": {"filename": name}}, context)
        assert "http://site.example" == answer["headers"]["Access-Control-Allow-Origin"]


def test_log(
    function: ModuleType, context: Any, logged: Callable[[], list[dict[str, Any]]]
) -> None:
    """Each call logs one line of JSON with the request's id, and never the URL."""
    _, upload = ask(function, "cat.jpg", context)
    ask(function, "cat.txt", context)
    signed, refused = logged()
    assert context.aws_request_id == signed["request_id"] == refused["request_id"]
    assert upload["key"] == signed["key"]
    assert "Signature" not in json.dumps([signed, refused])
