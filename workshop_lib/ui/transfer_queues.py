"""Files on their way from a browser to the kernel, and from the kernel to the cloud.

The browser offers a file with its first bytes; the kernel says how much of it has come; the browser
sends the next piece and waits until that is said again. So the browser never runs ahead, no message
is larger than a piece and a few words, and Jupyter's limit on messages does not matter. A file that
is whole is handed on in a thread, so that the kernel stays free.

Whatever comes from the browser may be wrong: a piece that does not fit ends its file, and nothing
is kept that was not announced.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from workshop_lib.errors import LessonError, WorkshopError
from workshop_lib.picture_files import (
    HEAD_BYTES,
    MOST_BYTES,
    PictureFile,
    check_picture,
    name_for_kind,
)
from workshop_lib.ui.file_transfers import State, Transfer

PIECE_BYTES = 1024 * 1024  # a tenth of what Jupyter takes in one message
MOST_ON_THE_WAY = 30
MOST_KEPT = 60
MOST_AT_ONCE = 2  # whole in memory, or on the way to it
LEAST_SHARE_TOLD = 0.05
LONGEST_NAME = 255  # characters, as most file systems have it

_log = logging.getLogger(__name__)

Report = Callable[[float], None]
Store = Callable[[PictureFile, Report], str]


class CancelledError(Exception):
    """The attendee has cancelled this upload."""


class TransferQueue:
    """All files of one widget, the newest last.

    Args:
        store: puts a picture into the cloud and returns its key; called in a thread.
        changed: is told, in any thread, that something has changed.
        most_bytes: the largest file that is taken.
    """

    def __init__(
        self, store: Store, changed: Callable[[], None], most_bytes: int = MOST_BYTES
    ) -> None:
        self._store = store
        self._changed = changed
        self._most_bytes = most_bytes
        self._transfers: dict[str, Transfer] = {}
        self._newest: Transfer | None = None
        self._lock = threading.RLock()
        self._moved = threading.Condition(self._lock)

    # What is asked of it -----------------------------------------------------------------

    def list_transfers(self) -> list[Transfer]:
        """Return all files, the first offered first."""
        with self._lock:
            return list(self._transfers.values())

    @property
    def newest_stored(self) -> Transfer | None:
        """The file that was stored last, the only one whose content is kept; or None."""
        return self._newest

    def wait_for_ends(self, stalled_seconds: float) -> list[Transfer]:
        """Wait until every file has come to an end, as long as any of them gets on.

        Args:
            stalled_seconds: how long nothing may move.

        Returns:
            The files that have not ended: none, unless nothing moved.
        """
        with self._moved:
            while left := [t for t in self._transfers.values() if not t.state.is_end]:
                if not self._moved.wait(stalled_seconds):
                    break
            return left

    # What the browser says ---------------------------------------------------------------

    def receive(self, message: Any, buffers: Sequence[bytes | memoryview] = ()) -> None:
        """Take one message of the browser.

        Raises:
            LessonError: it is none of those that are known.
        """
        act = self._actions.get(message.get("kind")) if isinstance(message, Mapping) else None
        name = message.get("id") if act else None
        if act is None or not isinstance(name, str) or not 0 < len(name) <= 64:
            raise LessonError(
                "The browser sent something that the upload does not understand.",
                "Run the cell again; if it stays, reload the page.",
            )
        with self._lock:
            act(name, message, bytes(buffers[0]) if buffers else b"")
            self._go_on()
        self._tell()

    @property
    def _actions(self) -> dict[Any, Callable[[str, Mapping[str, Any], bytes], None]]:
        return {
            "offer": self._take_offer,
            "piece": self._take_piece,
            "cancel": self._cancel,
            "again": self._try_again,
            "unreadable": self._take_unreadable,
        }

    def _take_offer(self, identifier: str, message: Mapping[str, Any], head: bytes) -> None:
        if identifier in self._transfers:
            return  # said twice: the browser was not sure that it was heard
        if sum(not t.state.is_end for t in self._transfers.values()) >= MOST_ON_THE_WAY:
            raise LessonError(
                f"More than {MOST_ON_THE_WAY} pictures at once are not taken.",
                "Wait until some are stored, then choose the others.",
            )
        name, size = message.get("name"), message.get("size")
        if not isinstance(name, str) or not 0 < len(name) <= LONGEST_NAME:
            transfer = self._keep(Transfer(identifier, str(name)[:LONGEST_NAME], 0))
            transfer.end(State.REFUSED, "The file's name cannot be used.", "Rename the file.")
            return
        if size is None:
            transfer = self._keep(Transfer(identifier, name, 0))
            next_step = "If it is a folder, drop the pictures that are in it."
            transfer.end(State.REFUSED, f"The browser cannot read {name}.", next_step)
            return
        if not isinstance(size, int) or isinstance(size, bool) or size < 0:
            size = 0
        self._check(self._keep(Transfer(identifier, name, size)), head[:HEAD_BYTES])

    def _take_piece(self, identifier: str, message: Mapping[str, Any], piece: bytes) -> None:
        transfer = self._transfers.get(identifier)
        if transfer is None or transfer.state is not State.SENDING:
            return  # cancelled or refused while the piece was under way
        offset = message.get("offset")
        if isinstance(offset, int) and 0 <= offset < transfer.received:
            return  # sent twice, after a silence
        expected = min(PIECE_BYTES, transfer.size - transfer.received)
        if offset != transfer.received or len(piece) != expected:
            transfer.end(
                State.REFUSED,
                f"{transfer.name} arrived differently than it was announced.",
                "Try again; if the file has changed meanwhile, choose it anew.",
                may_retry=True,
            )
            return
        transfer.content += piece
        if transfer.is_whole:
            # What was announced as its beginning need not have been it.
            self._check(transfer, bytes(transfer.content[:HEAD_BYTES]))

    def _cancel(self, identifier: str, _: Mapping[str, Any], __: bytes) -> None:
        transfer = self._transfers.get(identifier)
        if transfer and not transfer.state.is_end:
            transfer.end(State.CANCELLED, may_retry=True)

    def _try_again(self, identifier: str, _: Mapping[str, Any], __: bytes) -> None:
        transfer = self._transfers.get(identifier)
        if transfer and transfer.may_retry:
            transfer.begin_again()

    def _take_unreadable(self, identifier: str, _: Mapping[str, Any], __: bytes) -> None:
        transfer = self._transfers.get(identifier)
        if transfer and transfer.state in (State.WAITING, State.SENDING):
            transfer.end(
                State.REFUSED,
                f"The browser can no longer read {transfer.name}.",
                "It may have been moved, changed or removed. Choose it again.",
            )

    # What the kernel adds ----------------------------------------------------------------

    def add(self, identifier: str, picture: PictureFile, *, is_sample: bool = False) -> Transfer:
        """Send a picture that the kernel has already."""
        transfer = Transfer(
            identifier, picture.name, len(picture.content), content=bytearray(picture.content),
            is_held=True, is_sample=is_sample,
        )  # fmt: skip
        with self._lock:
            self._check(self._keep(transfer), picture.content[:HEAD_BYTES])
            self._go_on()
        self._tell()
        return transfer

    # Going on ----------------------------------------------------------------------------

    def _keep(self, transfer: Transfer) -> Transfer:
        self._transfers[transfer.id] = transfer
        ended = [t.id for t in self._transfers.values() if t.state.is_end]
        for old in ended[: max(0, len(self._transfers) - MOST_KEPT)]:
            del self._transfers[old]
        return transfer

    def _check(self, transfer: Transfer, head: bytes) -> None:
        try:
            kind = check_picture(transfer.name, transfer.size, head, self._most_bytes)
        except LessonError as error:
            transfer.end(State.REFUSED, error.what, error.next_step)
        else:
            transfer.stored_name = name_for_kind(transfer.name, kind)

    def _go_on(self) -> None:
        """Let the next files begin, and store those that are whole."""
        for transfer in self._transfers.values():
            at_work = sum(other.is_at_work for other in self._transfers.values())
            if transfer.state is State.WAITING and at_work < MOST_AT_ONCE:
                transfer.state = State.SENDING
            if transfer.state is State.SENDING and transfer.is_whole:
                transfer.state = State.STORING
                transfer.attempt += 1
                picture = PictureFile(transfer.stored_name, bytes(transfer.content))
                arguments = (transfer, transfer.attempt, picture)
                threading.Thread(target=self._put, args=arguments, daemon=True).start()

    def _put(self, transfer: Transfer, attempt: int, picture: PictureFile) -> None:
        def report(share: float) -> None:
            if (transfer.state, transfer.attempt) != (State.STORING, attempt):
                raise CancelledError(transfer.name)
            if share - transfer.share >= LEAST_SHARE_TOLD or share == 1:
                transfer.share = share
                self._tell()

        try:
            self._keep_stored(transfer, self._store(picture, report))
        except CancelledError:
            pass  # its state says so already
        except WorkshopError as error:
            self._fail(transfer, attempt, error.what, error.next_step)
        except Exception as error:  # noqa: BLE001  a thread has nobody above it to raise to
            _log.exception("An upload failed")
            what = f"The upload failed: {type(error).__name__}: {error}."
            next_step = "Try again; the traceback is in the kernel's log."
            self._fail(transfer, attempt, what, next_step)
        finally:
            with self._lock:
                self._go_on()
            self._tell()

    def _tell(self) -> None:
        with self._moved:
            self._moved.notify_all()
        self._changed()

    def _keep_stored(self, transfer: Transfer, key: str) -> None:
        """What S3 has is stored, even if it was cancelled in the last moment."""
        with self._lock:
            transfer.key = key
            transfer.end(State.STORED)
            if self._newest:
                self._newest.content.clear()
            self._newest = transfer

    def _fail(self, transfer: Transfer, attempt: int, what: str, next_step: str) -> None:
        with self._lock:
            if transfer.attempt == attempt and not transfer.state.is_end:
                transfer.end(State.REFUSED, what, next_step, may_retry=True)
