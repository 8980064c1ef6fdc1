"""The widget that takes pictures from the browser; `upload_widget.js` is its other half.

The kernel's list of files is the truth that both halves go by: the widget shows it, and sends the
piece that the list says is next. What the browser says back is offers, pieces and wishes.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from workshop_lib.errors import LessonError
from workshop_lib.picture_files import HEAD_BYTES, USABLE, size_words, usable_kinds
from workshop_lib.ui.file_transfers import State, Transfer
from workshop_lib.ui.transfer_queues import MOST_ON_THE_WAY, PIECE_BYTES
from workshop_lib.ui.uploads import describe
from workshop_lib.ui.views import visible
from workshop_lib.ui.widget_files import read_widget_script, read_widget_styles

if TYPE_CHECKING:
    from workshop_lib.ui.uploads import PictureUploads


class UploadWidget(anywidget.AnyWidget):
    """A place to drop, paste and choose pictures, and the list of those on their way."""

    _esm = read_widget_script("upload_widget.js")
    _css = read_widget_styles("upload_widget.css")
    terms = traitlets.Dict().tag(sync=True)
    transfers = traitlets.List().tag(sync=True)
    problem = traitlets.Dict().tag(sync=True)

    def __init__(self, uploads: PictureUploads) -> None:
        super().__init__(terms=_terms(uploads))
        self._uploads = uploads
        self._showing = threading.Lock()
        self.on_msg(self._receive)
        self.show_transfers()

    def show_transfers(self) -> None:
        """Show the files as they are now; in any thread."""
        with self._showing:  # or an older list could come after a newer one
            self.transfers = [_row(t) for t in self._uploads.queue.list_transfers()]

    def _receive(self, _: Any, message: Any, buffers: list[memoryview]) -> None:
        self.problem = {}
        try:
            if isinstance(message, dict) and message.get("kind") == "sample":
                self._uploads.add_sample(str(message.get("name")))
            else:
                self._uploads.queue.receive(message, buffers)
        except LessonError as error:
            self.problem = {"what": visible(error.what), "next": visible(error.next_step)}


def _terms(uploads: PictureUploads) -> dict[str, Any]:
    suffixes = [suffix for suffixes in USABLE.values() for suffix in suffixes]
    return {
        "accept": ",".join(suffixes),
        "limits": f"{usable_kinds()}, up to {size_words(uploads.most_bytes)} each",
        "piece": PIECE_BYTES,
        "head": HEAD_BYTES,
        "mostOnTheWay": MOST_ON_THE_WAY,
        "samples": [
            {"name": sample.name, "thumbnail": uploads.sample_thumbnails[sample.name]}
            for sample in uploads.samples
        ],
    }


def _row(transfer: Transfer) -> dict[str, Any]:
    return {
        "id": transfer.id,
        "name": visible(transfer.name),
        "size": size_words(transfer.size),
        "bytes": transfer.size,
        "received": transfer.received,
        "state": transfer.state.value,
        "share": _share(transfer),
        "what": visible(transfer.what) if transfer.what else describe(transfer),
        "next": visible(transfer.next_step),
        "mayRetry": transfer.may_retry,
        "isHeld": transfer.is_held,
    }


def _share(transfer: Transfer) -> float | None:
    if transfer.state is State.SENDING:
        return transfer.received / max(transfer.size, 1)
    return transfer.share if transfer.state is State.STORING else None
