"""Files on their way, with a browser that keeps to the protocol and with some that do not."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from workshop_lib.errors import LessonError
from workshop_lib.picture_files import PictureFile
from workshop_lib.ui.file_transfers import State, Transfer
from workshop_lib.ui.transfer_queues import MOST_KEPT, MOST_ON_THE_WAY, PIECE_BYTES, TransferQueue

CAT = (Path(__file__).parents[2] / "notebooks" / "pictures" / "cat.jpg").read_bytes()
LARGE = CAT + bytes(2 * PIECE_BYTES)
PATIENCE = 20


class Bucket:
    """Where pictures are stored; it can refuse, and it can be slow."""

    def __init__(self) -> None:
        self.stored: list[PictureFile] = []
        self.refusal: Exception | None = None
        self.open = threading.Event()
        self.open.set()

    def store(self, picture: PictureFile, report: Callable[[float], None]) -> str:
        report(0.5)
        assert self.open.wait(PATIENCE)
        report(1)
        if self.refusal:
            raise self.refusal
        self.stored.append(picture)
        return f"uploads/{len(self.stored)}/{picture.name}"


class Browser:
    """What the widget's script does, by hand."""

    def __init__(self, bucket: Bucket, **options: Any) -> None:
        self.changes = 0
        self.queue = TransferQueue(bucket.store, self._change, **options)

    def _change(self) -> None:
        self.changes += 1

    def offer(self, identifier: str, content: bytes, name: Any = "cat.jpg", **claims: Any) -> None:
        message = {"kind": "offer", "id": identifier, "name": name, "size": len(content)} | claims
        self.queue.receive(message, [memoryview(content[:4096])])

    def send(self, identifier: str, content: bytes, offset: Any) -> None:
        self.queue.receive({"kind": "piece", "id": identifier, "offset": offset}, [content])

    def say(self, kind: str, identifier: str) -> None:
        self.queue.receive({"kind": kind, "id": identifier})

    def upload(self, identifier: str, content: bytes, **claims: Any) -> Transfer:
        self.offer(identifier, content, **claims)
        for offset in range(0, len(content), PIECE_BYTES):
            self.send(identifier, content[offset : offset + PIECE_BYTES], offset)
        return self.transfer(identifier)

    def transfer(self, identifier: str) -> Transfer:
        return next(t for t in self.queue.list_transfers() if t.id == identifier)

    def wait(self) -> None:
        assert [] == self.queue.wait_for_ends(PATIENCE)


@pytest.fixture
def bucket() -> Bucket:
    return Bucket()


@pytest.fixture
def browser(bucket: Bucket) -> Browser:
    return Browser(bucket)


def test_a_file_goes_piece_by_piece_into_the_bucket(browser: Browser, bucket: Bucket) -> None:
    """A file larger than a piece arrives whole, is stored, and keeps the key it lies under."""
    transfer = browser.upload("a", LARGE)
    browser.wait()

    assert (State.STORED, "uploads/1/cat.jpg") == (transfer.state, transfer.key)
    assert [LARGE] == [picture.content for picture in bucket.stored]
    assert browser.queue.newest_stored is transfer
    assert browser.changes > 4


def test_only_the_newest_content_is_kept(browser: Browser) -> None:
    """Many large uploads must not fill the kernel's memory."""
    first = browser.upload("a", CAT)
    browser.wait()
    browser.upload("b", CAT)
    browser.wait()

    assert (0, CAT) == (first.received, bytes(browser.queue.newest_stored.content))


@pytest.mark.parametrize(
    ("piece", "offset"),
    [
        (bytes(PIECE_BYTES), 2 * PIECE_BYTES),
        (bytes(PIECE_BYTES), -1),
        (bytes(PIECE_BYTES), "0"),
        (bytes(PIECE_BYTES), None),
        (bytes(PIECE_BYTES + 1), PIECE_BYTES),
        (bytes(10), PIECE_BYTES),
        (b"", PIECE_BYTES),
    ],
    ids=["ahead", "before", "text", "none", "too large", "too short", "empty"],
)
def test_a_piece_that_does_not_fit_ends_its_file(
    browser: Browser, bucket: Bucket, piece: bytes, offset: Any
) -> None:
    """Pieces out of order or of the wrong size are refused, and what had come is let go."""
    browser.offer("a", LARGE)
    browser.send("a", LARGE[:PIECE_BYTES], 0)
    browser.send("a", piece, offset)

    transfer = browser.transfer("a")
    assert (State.REFUSED, 0, True) == (transfer.state, transfer.received, transfer.may_retry)
    assert "differently than it was announced" in transfer.what
    assert [] == bucket.stored


def test_a_piece_sent_twice_is_passed_over(browser: Browser) -> None:
    """After a silence the browser says the last piece again; once is enough."""
    browser.offer("a", LARGE)
    browser.send("a", LARGE[:PIECE_BYTES], 0)
    browser.send("a", LARGE[:PIECE_BYTES], 0)

    assert (State.SENDING, PIECE_BYTES) == (
        browser.transfer("a").state,
        browser.transfer("a").received,
    )


def test_nothing_is_taken_beyond_the_announced_size(browser: Browser, bucket: Bucket) -> None:
    """Who announces a small file cannot send a large one."""
    browser.offer("a", LARGE, size=len(CAT))
    browser.send("a", LARGE[:PIECE_BYTES], 0)

    assert State.REFUSED is browser.transfer("a").state
    assert [] == bucket.stored


def test_the_content_must_be_what_the_beginning_promised(browser: Browser, bucket: Bucket) -> None:
    """A JPEG's first bytes before a text do not make it a picture."""
    browser.offer("a", CAT, size=9)
    browser.send("a", b"only text", 0)

    assert "is not a picture" in browser.transfer("a").what
    assert [] == bucket.stored


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"size": 21_000_000}, "the limit is 20 MB"),
        ({"size": 0}, "is empty"),
        ({"size": None}, "cannot read cat.jpg"),
        ({"size": -5}, "is empty"),
        ({"size": "many"}, "is empty"),
        ({"size": True}, "is empty"),
        ({"size": 1e400}, "is empty"),
        ({"name": ""}, "name cannot be used"),
        ({"name": 7}, "name cannot be used"),
        ({"name": "x" * 300}, "name cannot be used"),
    ],
    ids=repr,
)
def test_an_offer_that_cannot_be_is_refused(
    browser: Browser, claims: dict[str, Any], said: str
) -> None:
    """Sizes and names that cannot be are refused before a piece is sent."""
    browser.offer("a", CAT, **claims)

    assert State.REFUSED is browser.transfer("a").state
    assert said in browser.transfer("a").what


@pytest.mark.parametrize(
    "message",
    [None, 7, [], {}, {"kind": "steal", "id": "a"}, {"kind": "offer"}, {"kind": "piece", "id": 7},
     {"kind": "offer", "id": "x" * 65}, {"kind": "offer", "id": ""}],
    ids=repr,
)  # fmt: skip
def test_what_is_no_message_is_an_error(browser: Browser, message: Any) -> None:
    """Nonsense is said to be nonsense, and changes nothing."""
    with pytest.raises(LessonError, match="does not understand"):
        browser.queue.receive(message, [])

    assert [] == browser.queue.list_transfers()


@pytest.mark.parametrize("kind", ["piece", "cancel", "again", "unreadable"])
def test_what_concerns_no_file_is_passed_over(browser: Browser, kind: str) -> None:
    """A message for a file that is not there may be late; it harms nothing."""
    browser.say(kind, "nobody")

    assert [] == browser.queue.list_transfers()


def test_an_offer_said_twice_is_one(browser: Browser) -> None:
    """A browser that was not sure to be heard may say its offer again."""
    browser.offer("a", CAT)
    browser.offer("a", CAT)

    assert 1 == len(browser.queue.list_transfers())


def test_two_are_at_work_and_the_others_wait(browser: Browser, bucket: Bucket) -> None:
    """Memory is bounded: a third file is not sent before one of two is stored."""
    bucket.open.clear()
    for name in "abc":
        browser.offer(name, CAT)
    assert ["sending", "sending", "waiting"] == [t.state for t in browser.queue.list_transfers()]

    browser.send("a", CAT, 0)
    browser.send("b", CAT, 0)
    assert State.WAITING is browser.transfer("c").state

    bucket.open.set()
    while browser.transfer("c").state is State.WAITING:
        browser.queue.wait_for_ends(0.05)
    browser.send("c", CAT, 0)
    browser.wait()
    assert 3 == len(bucket.stored)


def test_too_many_at_once_are_told_to_wait(browser: Browser) -> None:
    """More files than are bounded are an error that says what to do."""
    for number in range(MOST_ON_THE_WAY):
        browser.offer(str(number), CAT)

    with pytest.raises(LessonError, match="at once are not taken"):
        browser.offer("one more", CAT)


def test_old_ends_are_forgotten(browser: Browser) -> None:
    """The list of a long day stays short."""
    for number in range(MOST_KEPT + 5):
        browser.offer(str(number), b"text")

    kept = [transfer.id for transfer in browser.queue.list_transfers()]
    assert (MOST_KEPT, str(MOST_KEPT + 4)) == (len(kept), kept[-1])


def test_a_cancelled_file_is_let_go_and_can_be_tried_again(
    browser: Browser, bucket: Bucket
) -> None:
    """Cancelling ends the sending; trying again begins it anew."""
    browser.offer("a", LARGE)
    browser.send("a", LARGE[:PIECE_BYTES], 0)
    browser.say("cancel", "a")
    assert (State.CANCELLED, 0) == (browser.transfer("a").state, browser.transfer("a").received)

    browser.say("again", "a")
    assert State.SENDING is browser.transfer("a").state
    for offset in range(0, len(LARGE), PIECE_BYTES):
        browser.send("a", LARGE[offset : offset + PIECE_BYTES], offset)
    browser.wait()
    assert [LARGE] == [picture.content for picture in bucket.stored]


def test_cancelling_while_it_is_stored_ends_the_storing(browser: Browser, bucket: Bucket) -> None:
    """A file that is on its way to S3 is not stored when it was cancelled meanwhile."""
    bucket.open.clear()
    browser.upload("a", CAT)
    browser.say("cancel", "a")
    bucket.open.set()
    browser.upload("b", CAT)
    browser.wait()

    assert State.CANCELLED is browser.transfer("a").state
    assert ["uploads/1/cat.jpg"] == [t.key for t in browser.queue.list_transfers() if t.key]


def test_the_clouds_refusal_is_said_and_can_be_tried_again(
    browser: Browser, bucket: Bucket
) -> None:
    """What AWS said stands beside the file; after it was mended the file goes through."""
    bucket.refusal = LessonError("S3 refused the picture (AccessDenied).", "Mend the role.")
    transfer = browser.upload("a", CAT)
    browser.wait()
    assert (State.REFUSED, True) == (transfer.state, transfer.may_retry)
    assert ("S3 refused the picture (AccessDenied).", "Mend the role.") == (
        transfer.what,
        transfer.next_step,
    )

    bucket.refusal = None
    browser.say("again", "a")
    browser.send("a", CAT, 0)
    browser.wait()
    assert (State.STORED, "") == (transfer.state, transfer.what)


def test_a_fault_of_ours_is_said_too(
    browser: Browser, bucket: Bucket, caplog: pytest.LogCaptureFixture
) -> None:
    """An error that nobody foresaw ends the file in words, and goes to the log."""
    bucket.refusal = ZeroDivisionError("division")
    transfer = browser.upload("a", CAT)
    browser.wait()

    assert "The upload failed: ZeroDivisionError: division." == transfer.what
    assert "Traceback" in caplog.text


def test_a_file_that_the_browser_lost_is_said(browser: Browser) -> None:
    """A file that was moved while it was sent is refused with advice."""
    browser.offer("a", LARGE)
    browser.say("unreadable", "a")

    assert "can no longer read cat.jpg" in browser.transfer("a").what


def test_waiting_ends_where_nothing_moves(browser: Browser) -> None:
    """A cell that waits for a file which does not come on gets to know which."""
    browser.offer("a", LARGE)

    assert ["a"] == [transfer.id for transfer in browser.queue.wait_for_ends(0.05)]


def test_a_smaller_limit_holds(bucket: Bucket) -> None:
    """The limit that is given is the limit that is said."""
    browser = Browser(bucket, most_bytes=1000)
    browser.offer("a", CAT)

    assert "the limit is 1 kB" in browser.transfer("a").what
