"""The function reco-image, called as S3's event calls it."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType
from typing import Any

import pytest
from botocore.exceptions import ClientError

IMAGES = "awstack-example-images"
FIELDS = {"id", "status", "name", "result", "confidence", "labels", "recogniser"}
TOPIC_ARN = "arn:aws:sns:us-east-1:123456789012:awstack-example-reco-results"
SEQUENCER = "0068F1A2B3C4D5E6F7"


@pytest.fixture(scope="module")
def function(load: Callable[..., ModuleType]) -> ModuleType:
    return load("reco_image", TOPIC_ARN=TOPIC_ARN)


def to_event(key: str, sequencer: str = SEQUENCER) -> dict[str, Any]:
    upload = {"bucket": {"name": IMAGES}, "object": {"key": key, "sequencer": sequencer}}
    return {"Records": [{"s3": upload}]}


def test_good_event(
    function: ModuleType, account: Any, event: Any, context: Any, pictures: dict[str, bytes]
) -> None:
    """A picture's result is returned and published, in the shape of the contract."""
    account.put("uploads/cat.jpg", pictures["JPEG"])
    [returned] = function.handler(event("reco_image", "good_picture"), context)
    [envelope] = account.read_messages()
    message = json.loads(envelope["Message"])
    assert returned == message
    assert set(message) == FIELDS
    assert f"uploads/cat.jpg#{SEQUENCER}" == message["id"]
    assert ("ok", "uploads/cat.jpg") == (message["status"], message["name"])
    assert "blue" == message["result"] == message["labels"][0]["name"]
    assert message["confidence"] == message["labels"][0]["confidence"]
    assert "pixels only: the layer holds no model weights" == message["recogniser"]


def test_attributes(
    function: ModuleType, account: Any, event: Any, context: Any, pictures: dict[str, bytes]
) -> None:
    """A subscriber can filter by status and confidence without opening the message."""
    account.put("uploads/cat.jpg", pictures["JPEG"])
    [returned] = function.handler(event("reco_image", "good_picture"), context)
    [envelope] = account.read_messages()
    attributes = envelope["MessageAttributes"]
    assert {"Type": "String", "Value": "ok"} == attributes["status"]
    assert {"Type": "Number", "Value": str(returned["confidence"])} == attributes["confidence"]


def test_without_a_topic(
    load: Callable[..., ModuleType],
    account: Any,
    event: Any,
    context: Any,
    pictures: dict[str, bytes],
    logged: Callable[[], list[dict[str, Any]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without TOPIC_ARN the result is returned and logged, and nothing is published."""
    monkeypatch.delenv("TOPIC_ARN", raising=False)
    account.put("uploads/cat.jpg", pictures["JPEG"])
    [returned] = load("reco_image").handler(event("reco_image", "good_picture"), context)
    [line] = logged()
    assert returned["labels"] == line["labels"]
    assert context.aws_request_id == line["request_id"]
    assert [] == account.read_messages()


def test_key_is_decoded(
    function: ModuleType, account: Any, event: Any, context: Any, pictures: dict[str, bytes]
) -> None:
    """A key with spaces, accents and a plus sign is found under its real name."""
    account.put("uploads/Été à la plage + moi.jpg", pictures["JPEG"])
    [result] = function.handler(event("reco_image", "good_spaces_accents_plus"), context)
    assert "ok" == result["status"]
    assert "uploads/Été à la plage + moi.jpg" == result["name"]


def test_every_record(
    function: ModuleType, account: Any, event: Any, context: Any, pictures: dict[str, bytes]
) -> None:
    """Every record of an event is recognised and published."""
    account.put("uploads/cat.jpg", pictures["JPEG"])
    account.put("uploads/coffee.jpg", pictures["PNG"])
    function.handler(event("reco_image", "good_two_records"), context)
    published = [json.loads(envelope["Message"])["name"] for envelope in account.read_messages()]
    assert ["uploads/cat.jpg", "uploads/coffee.jpg"] == sorted(published)


def test_two_uploads_at_once(
    function: ModuleType, account: Any, context: Any, pictures: dict[str, bytes]
) -> None:
    """Two events at the same time give each its own result."""
    account.put("a.jpg", pictures["JPEG"])
    account.put("b.png", pictures["16-bit PNG"])
    events = [to_event("a.jpg"), to_event("b.png")] * 4
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda event: function.handler(event, context), events))
    assert ["blue", "grey"] * 4 == [answer[0]["result"] for answer in answers]


def test_same_event_twice(
    function: ModuleType, account: Any, context: Any, pictures: dict[str, bytes]
) -> None:
    """A repeated event gives the same id; a new upload under the old key gives another."""
    account.put("a.jpg", pictures["JPEG"])
    first, again, anew = (
        function.handler(to_event("a.jpg", sequencer), context)[0]["id"]
        for sequencer in ("01", "01", "02")
    )
    assert first == again
    assert first != anew


def test_readable_pictures(
    function: ModuleType, account: Any, context: Any, readable_picture: bytes
) -> None:
    """Every kind of picture is a result of status ok."""
    account.put("picture.jpg", readable_picture)
    [result] = function.handler(to_event("picture.jpg"), context)
    assert "ok" == result["status"]
    assert result["result"]


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_unreadable_files(
    function: ModuleType, account: Any, context: Any, unreadable_file: bytes
) -> None:
    """A file that is no picture is published as a result too, with the reason."""
    account.put("picture.jpg", unreadable_file)
    [result] = function.handler(to_event("picture.jpg"), context)
    [envelope] = account.read_messages()
    assert result == json.loads(envelope["Message"])
    assert {*FIELDS, "error"} == set(result)
    assert ("error", None, 0.0, []) == tuple(
        result[name] for name in ("status", "result", "confidence", "labels")
    )
    assert result["error"].endswith(".")


def test_bad_event_text_named_jpg(
    function: ModuleType, account: Any, event: Any, context: Any
) -> None:
    """A text file named .jpg is told by what it is not."""
    account.put("uploads/notes.jpg", b"Buy milk, feed the cat.")
    [result] = function.handler(event("reco_image", "bad_text_named_jpg"), context)
    assert "This file is not a picture that can be read here" in result["error"]


def test_too_large_file(function: ModuleType, account: Any, context: Any) -> None:
    """A file over the limit is a result with the limit in its reason, and is not read."""
    account.put("huge.jpg", bytes(function.LARGEST_FILE + 1))
    [result] = function.handler(to_event("huge.jpg"), context)
    assert "The file is larger than 20 MB." == result["error"]


def test_message_fits_sns(
    function: ModuleType, account: Any, context: Any, pictures: dict[str, bytes]
) -> None:
    """The longest key that S3 takes still makes a message that SNS takes."""
    key = "é" * 512
    account.put(key, pictures["JPEG"])
    [result] = function.handler(to_event("%C3%A9" * 512), context)
    assert key == result["name"]
    assert len(json.dumps(result).encode()) < 256 * 1024


def test_missing_object(function: ModuleType, event: Any, context: Any) -> None:
    """What may pass raises, so that Lambda tries again and then keeps the event."""
    with pytest.raises(ClientError, match="NoSuchKey"):
        function.handler(event("reco_image", "bad_no_such_object"), context)


def test_missing_topic(
    function: ModuleType, account: Any, event: Any, context: Any, pictures: dict[str, bytes]
) -> None:
    """A result that cannot be published raises: nothing is lost in silence."""
    account.put("uploads/cat.jpg", pictures["JPEG"])
    account.sns.delete_topic(TopicArn=account.topic_arn)
    with pytest.raises(ClientError, match="NotFound"):
        function.handler(event("reco_image", "good_picture"), context)


def test_other_events(function: ModuleType, event: Any, context: Any) -> None:
    """S3's own test event is passed over; an event of another kind is an error."""
    assert [] == function.handler(event("reco_image", "good_s3_test_event"), context)
    with pytest.raises(KeyError, match="Records"):
        function.handler(event("reco_image", "bad_not_an_s3_event"), context)
