"""Uploading pictures from a notebook: by a widget, or by a cell alone.

The kernel does the uploading, through the presigned URLs of the attendee's own API; so it works
where the kernel runs on another machine than the browser.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any, Protocol

from markupsafe import Markup

from workshop_lib.errors import LessonError
from workshop_lib.picture_files import (
    MOST_BYTES,
    PictureFile,
    read_picture_file,
    size_words,
    usable_kinds,
)
from workshop_lib.ui.file_transfers import State, Transfer
from workshop_lib.ui.pictures import Picture, PictureView, UnreadablePictureError, prepare_picture
from workshop_lib.ui.transfer_queues import Report, TransferQueue
from workshop_lib.ui.views import View, bundle_widget, join, visible

SAMPLE_SIDE = 96
STALLED_SECONDS = 10


class UploadService(Protocol):
    """The two steps of an upload."""

    def ask_for_upload(self, name: str) -> dict[str, Any]:
        """Return what ``GET /upload`` answers: url, headers, key."""

    def put_picture(self, ticket: dict[str, Any], content: bytes, report: Report) -> None:
        """Put the picture where that answer says."""


@dataclass(frozen=True)
class Upload(View):
    """A picture that lies in the bucket, and the key it lies under."""

    picture: Picture
    key: str
    is_sample: bool = False

    def body(self) -> Markup:
        """The picture over what became of it."""
        return PictureView(self.picture.content, (), caption=self.to_text()).body()

    def to_text(self) -> str:
        """Name and key, and whether nobody chose it."""
        words = f"{visible(self.picture.name)}, stored under {visible(self.key)}"
        return f"{words} (a sample: nothing was uploaded before)" if self.is_sample else words

    __repr__ = View.__repr__


class PictureUploads:
    """Pictures on their way into the bucket: a widget in a notebook, text elsewhere.

    Args:
        service: asks for presigned URLs and puts pictures there; used in threads.
        samples: sample pictures, at least one, for who has none at hand.
        most_bytes: the largest file that is taken.
    """

    def __init__(
        self, service: UploadService, samples: Sequence[Path], most_bytes: int = MOST_BYTES
    ) -> None:
        if not samples:
            raise LessonError(
                "There is no sample picture.", "Check that notebooks/pictures holds some."
            )
        self._service = service
        self.samples = list(samples)
        self.most_bytes = most_bytes
        self.queue = TransferQueue(self._store, self._show_change, most_bytes)
        self._numbers = count(1)
        self._widget: Any = None

    def newest(self) -> Upload:
        """Return what was uploaded last; where nothing was, upload the first sample now.

        Raises:
            LessonError: a file is still on its way from the browser, or could not be uploaded.
        """
        if left := self.queue.wait_for_ends(STALLED_SECONDS):
            # Some kernels hear nothing from the browser as long as a cell runs.
            raise LessonError(
                f"{visible(left[-1].name)} is still on its way.",
                "Wait until the widget says that it is stored, then run this cell again.",
            )
        stored = self.queue.newest_stored or self._send(
            read_picture_file(self.samples[0]), is_sample=True
        )
        picture = Picture.of(stored.stored_name, bytes(stored.content))
        return Upload(picture, stored.key, stored.is_sample)

    def add(self, *paths: Path | str) -> None:
        """Upload these files now; the way for who cannot use the widget.

        Raises:
            LessonError: one is no picture that can be used, or was refused.
        """
        for path in paths:
            self._send(read_picture_file(Path(path)))

    def add_sample(self, name: str) -> None:
        """Begin to upload the sample of this name; nothing happens if there is none."""
        for sample in self.samples:
            if sample.name == name:
                self.queue.add(self._next_id(), read_picture_file(sample))

    def _send(self, picture: PictureFile, *, is_sample: bool = False) -> Transfer:
        transfer = self.queue.add(self._next_id(), picture, is_sample=is_sample)
        self.queue.wait_for_ends(STALLED_SECONDS)
        if transfer.state is not State.STORED:
            raise LessonError(
                transfer.what or f"{visible(picture.name)} is not stored yet.",
                transfer.next_step or "Look at the widget, and run this cell again.",
            )
        return transfer

    def _next_id(self) -> str:
        return f"kernel-{next(self._numbers)}"

    def _store(self, picture: PictureFile, report: Report) -> str:
        ticket = self._service.ask_for_upload(picture.name)
        self._service.put_picture(ticket, picture.content, report)
        return str(ticket["key"])

    # Display -----------------------------------------------------------------------------

    @property
    def widget(self) -> Any:
        """The widget, made when first asked for."""
        if self._widget is None:
            from workshop_lib.ui.upload_widgets import UploadWidget

            self._widget = UploadWidget(self)
        return self._widget

    def _show_change(self) -> None:
        if self._widget is not None:
            self._widget.show_transfers()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        return bundle_widget(self.widget, self._static)

    def __repr__(self) -> str:
        return self._static.to_text()

    @property
    def _static(self) -> UploadsView:
        return UploadsView(self.queue.list_transfers(), self.samples, self.most_bytes)

    @cached_property
    def sample_thumbnails(self) -> dict[str, str]:
        """An address that holds the small picture, for each sample by its name."""
        return {sample.name: _thumbnail(sample) for sample in self.samples}


class UploadsView(View):
    """What was uploaded so far, and how to upload where there is no widget."""

    def __init__(
        self, transfers: Sequence[Transfer], samples: Sequence[Path], most_bytes: int
    ) -> None:
        self._transfers = transfers
        self._samples = samples
        self._most_bytes = most_bytes

    def body(self) -> Markup:
        """The files with their states, the samples, and a line to type."""
        uploads = [
            Markup('<li class="{}"><strong>{}</strong> {}</li>').format(
                "bad" if transfer.state is State.REFUSED else "",
                visible(transfer.name), describe(transfer),
            )
            for transfer in self._transfers
        ]  # fmt: skip
        samples = [
            Markup('<li><span class="thumbnail"><img src="{}" alt=""></span>{}</li>').format(
                _thumbnail(sample), visible(sample.name)
            )
            for sample in self._samples
        ]
        return Markup(
            '<ul class="findings">{}</ul><p class="quiet">{}</p><ul class="cards">{}</ul>'
        ).format(join(uploads), self._how(), join(samples))

    def to_text(self) -> str:
        """The same in lines."""
        lines = [f"{visible(t.name)}: {describe(t)}" for t in self._transfers]
        return "\n".join([*lines, self._how()])

    def _how(self) -> str:
        names = ", ".join(visible(sample.name) for sample in self._samples)
        return (
            f'Upload a picture: uploads.add("path/to/picture.jpg"), a {usable_kinds()} file of up '
            f"to {size_words(self._most_bytes)}. Where nothing is uploaded, the first of the "
            f"samples is taken: {names}."
        )


def describe(transfer: Transfer) -> str:
    """Say in a sentence where a file is."""
    match transfer.state:
        case State.WAITING:
            return "Waiting for its turn"
        case State.SENDING:
            share = transfer.received / max(transfer.size, 1)
            return f"Sending to the kernel, {100 * share:.0f} %"
        case State.STORING if transfer.share == 0:
            return "Asking your API for an address"
        case State.STORING:
            return f"Storing in S3, {100 * transfer.share:.0f} %"
        case State.STORED:
            renamed = transfer.stored_name != transfer.name
            note = " (the name's ending now says what the content is)" if renamed else ""
            return f"Stored under {visible(transfer.key)}{note}"
        case State.CANCELLED:
            return "Cancelled; nothing was stored"
        case State.REFUSED:
            return f"{visible(transfer.what)} {visible(transfer.next_step)}".strip()


def _thumbnail(sample: Path) -> str:
    try:
        return prepare_picture(sample.read_bytes(), SAMPLE_SIDE).data_uri
    except (UnreadablePictureError, OSError) as error:
        raise LessonError(
            f"The sample {sample.name} cannot be shown: {error}.",
            "Take notebooks/pictures anew from the repository.",
        ) from error
