"""The widget with which an attendee chooses a picture.

A kernel receives what JupyterLab sends in one message; how large that may be is the server's
setting, and what is larger is dropped there without a word. So the limit is said beside the button.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from mimetypes import guess_type
from pathlib import Path
from typing import Any

from markupsafe import Markup

from workshop_lib.errors import LessonError, WorkshopError
from workshop_lib.ui.pictures import Picture, UnreadablePictureError, prepare_picture
from workshop_lib.ui.views import View, join, visible

TYPES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WebP", "image/gif": "GIF"}
MOST_BYTES = 20_000_000
SAMPLE_SIDE = 96
PREVIEW_SIDE = 320

Report = Callable[[float], None]
Upload = Callable[[Picture, Report], object]

_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")


def check_picture(picture: Picture, most_bytes: int = MOST_BYTES) -> None:
    """Check that a file is a picture that the workshop can use.

    Raises:
        LessonError: it is empty, too large, HEIC, or no picture; the message says what to do.
    """
    if not picture.content:
        raise LessonError("The file is empty.", "Choose another picture, or save this one again.")
    if _is_heic(picture):
        raise LessonError(
            f"{visible(picture.name)} is a HEIC picture, which most browsers and the recogniser "
            "cannot read.",
            "Save it as JPEG. An iPhone takes JPEG under Settings, Camera, Formats, "
            "Most Compatible.",
        )
    if picture.content_type not in TYPES:
        raise LessonError(
            f"{visible(picture.name)} is not a picture that can be used.",
            f"Choose a {_type_names()} file.",
        )
    if len(picture.content) > most_bytes:
        raise LessonError(
            f"{visible(picture.name)} has {_megabytes(len(picture.content))}; "
            f"the limit is {_megabytes(most_bytes)}.",
            "Save it smaller: 2000 pixels are plenty for the recogniser.",
        )


class PictureChooser:
    """A button to choose a picture with, and sample pictures for who has none at hand.

    Until something is chosen, the first sample is; so a notebook runs from top to bottom alone.

    Args:
        samples: files or pictures; at least one.
        upload: called with the picture and with a function that takes the share done, 0 to 1,
            when the attendee presses Upload; without it there is no such button.
        most_bytes: the largest file that is taken.
    """

    def __init__(
        self,
        samples: Sequence[Path | Picture],
        upload: Upload | None = None,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        if not samples:
            raise LessonError(
                "There is no sample picture.", "Check that notebooks/pictures holds some."
            )
        self.samples = [
            sample if isinstance(sample, Picture) else Picture.read(sample) for sample in samples
        ]
        self._chosen: Picture | None = None
        self._upload = upload
        self._most_bytes = most_bytes
        self._parts: _Widgets | None = None

    def chosen(self) -> Picture:
        """The chosen picture; the first sample as long as there is none."""
        return self._chosen or self.samples[0]

    @property
    def picture(self) -> Picture:
        """The chosen picture; the first sample as long as there is none."""
        return self.chosen()

    @property
    def widget(self) -> Any:
        """The widget as ipywidgets knows it, made when first asked for."""
        return self._widgets().box

    def choose(self, picture: Picture) -> None:
        """Take a picture, or say why it cannot be taken and keep the one before."""
        try:
            check_picture(picture, self._most_bytes)
        except LessonError as error:
            self._say(error)
            return
        self._chosen = picture
        self._widgets().show(picture)

    def send(self) -> None:
        """Hand the chosen picture to `upload`, with progress; what goes wrong is said."""
        if self._upload is None:
            return
        widgets = self._widgets()
        widgets.begin()
        try:
            self._upload(self.chosen(), widgets.report)
        except WorkshopError as error:
            self._say(error)
        except Exception as error:
            # A callback's traceback goes to the log, where the attendee does not see it.
            self._say(WorkshopError(f"{type(error).__name__}: {error}"))
            raise
        else:
            widgets.tell(f"{self.chosen().name} is uploaded.", "good")
        finally:
            widgets.end()

    def _say(self, error: WorkshopError) -> None:
        self._widgets().tell(f"{error.what} {error.next_step}".strip(), "bad")

    def _take_files(self, change: dict[str, Any]) -> None:
        for file in change["new"][:1]:
            kind = file["type"] or guess_type(file["name"])[0] or ""
            self.choose(Picture(file["name"], bytes(file["content"]), kind))

    def _widgets(self) -> _Widgets:
        if self._parts is None:
            self._parts = _Widgets(self)
        return self._parts

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        live = self.widget._repr_mimebundle_(include=include, exclude=exclude)
        # A widget's bundle may come with metadata beside it.
        bundle = live[0] if isinstance(live, tuple) else live
        static = SamplesView(self.samples)
        return {**bundle, "text/html": static.to_html(), "text/plain": static.to_text()}

    def __repr__(self) -> str:
        return SamplesView(self.samples).to_text()


class SamplesView(View):
    """The sample pictures where there is no widget: on paper, in a terminal."""

    def __init__(self, samples: Sequence[Picture]) -> None:
        self._samples = samples

    def body(self) -> Markup:
        """The pictures, small, with their names."""
        entries = [
            Markup('<li><span class="thumbnail">{}</span>{}</li>').format(
                _thumbnail(sample), visible(sample.name)
            )
            for sample in self._samples
        ]
        return Markup('<p class="quiet">{}</p><ul class="cards">{}</ul>').format(
            "Sample pictures; the first one is used unless another is chosen.", join(entries)
        )

    def to_text(self) -> str:
        """The names."""
        names = ", ".join(visible(sample.name) for sample in self._samples)
        return f"Sample pictures: {names}. The first one is used unless another is chosen."


class _Widgets:
    """The ipywidgets of one chooser; the only place where they are made."""

    def __init__(self, chooser: PictureChooser) -> None:
        import ipywidgets

        # FileUpload says nothing about its limit, so the words beside it do.
        self.files = ipywidgets.FileUpload(
            accept=",".join(TYPES), multiple=False, description="Choose a picture"
        )
        self.files.layout.width = "220px"
        self.files.observe(chooser._take_files, names="value")
        self.message = ipywidgets.HTML()
        self.preview = ipywidgets.HTML()
        self.bar = ipywidgets.FloatProgress(max=1, description="Uploading")
        self.upload = ipywidgets.Button(description="Upload", button_style="primary")
        self.upload.on_click(lambda _: chooser.send())
        self.bar.layout.display = "none"
        self.upload.layout.display = None if chooser._upload else "none"
        samples = ipywidgets.HBox([self._sample(chooser, sample) for sample in chooser.samples])
        samples.layout.align_items = "flex-end"
        limit = _megabytes(chooser._most_bytes)
        words = ipywidgets.HTML(f"{_type_names()}, up to {limit}; or take a sample picture:")
        self.box = ipywidgets.VBox(
            [self.files, words, samples, self.message, self.preview, self.upload, self.bar]
        )

    def show(self, picture: Picture) -> None:
        """Show the chosen picture."""
        self.preview.value = str(_thumbnail(picture, PREVIEW_SIDE, f"Preview of {picture.name}"))
        self.tell(f"{picture.name} is chosen.", "good")

    def tell(self, words: str, kind: str) -> None:
        """Say something under the buttons."""
        self.message.value = str(
            Markup('<p class="{}" role="status">{}</p>').format(kind, visible(words))
        )

    def begin(self) -> None:
        """Show the bar, and take no second click meanwhile."""
        self.bar.value = 0
        self.bar.layout.display = None
        self.upload.disabled = True

    def report(self, share: float) -> None:
        """Move the bar."""
        self.bar.value = min(max(share, 0), 1)

    def end(self) -> None:
        """Hide the bar."""
        self.bar.layout.display = "none"
        self.upload.disabled = False

    def _sample(self, chooser: PictureChooser, sample: Picture) -> Any:
        import ipywidgets

        take = ipywidgets.Button(description=sample.name, tooltip=f"Take {sample.name}")
        take.on_click(lambda _: chooser.choose(sample))
        return ipywidgets.VBox([ipywidgets.HTML(str(_thumbnail(sample))), take])


def _thumbnail(picture: Picture, side: int = SAMPLE_SIDE, words: str = "") -> Markup:
    try:
        address = prepare_picture(picture.content, side).data_uri
    except UnreadablePictureError as error:
        words = f"It cannot be shown as a picture: {error}."
        return Markup('<span class="bad">{}</span>').format(visible(words))
    return Markup('<img src="{}" alt="{}">').format(address, visible(words))


def _is_heic(picture: Picture) -> bool:
    if picture.content_type in ("image/heic", "image/heif"):
        return True
    # Phones rename HEIC files to .jpg now and then.
    is_container = picture.content[4:8] == b"ftyp" and picture.content[8:12] in _HEIC_BRANDS
    return is_container or Path(picture.name).suffix.lower() in (".heic", ".heif")


def _type_names() -> str:
    *names, last = TYPES.values()
    return f"{', '.join(names)} or {last}"


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB".replace(".0 MB", " MB")
