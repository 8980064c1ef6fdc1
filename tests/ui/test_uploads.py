"""Uploading from a notebook: the widget's other half, cells alone, paper and terminals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from workshop_lib.errors import LessonError
from workshop_lib.ui.uploads import PictureUploads, UploadService

PICTURES = Path(__file__).parents[2] / "notebooks" / "pictures"
SAMPLES = sorted(PICTURES.glob("*.jpg"))
HOSTILE = "<img src=x onerror=alert(1)>\u202egpj.jpg"


class Service(UploadService):
    """An API and a bucket."""

    def __init__(self) -> None:
        self.pictures: dict[str, bytes] = {}
        self.refusal: LessonError | None = None

    def ask_for_upload(self, name: str) -> dict[str, Any]:
        if self.refusal:
            raise self.refusal
        return {"key": f"uploads/{len(self.pictures)}/{name}"}

    def put_picture(self, ticket: dict[str, Any], content: bytes, report: Any) -> None:
        report(1)
        self.pictures[ticket["key"]] = content


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def uploads(service: Service) -> PictureUploads:
    return PictureUploads(service, SAMPLES)


def offer(uploads: PictureUploads, name: str, content: bytes) -> None:
    """Do what the browser does with a file that fits into one piece."""
    widget = uploads.widget
    message = {"kind": "offer", "id": name[:9], "name": name, "size": len(content)}
    widget._handle_custom_msg(message, [memoryview(content[:4096])])
    piece = {"kind": "piece", "id": name[:9], "offset": 0}
    widget._handle_custom_msg(piece, [memoryview(content)])
    uploads.queue.wait_for_ends(20)


def test_without_a_human_a_sample_is_uploaded(uploads: PictureUploads, service: Service) -> None:
    """A notebook that runs alone gets the first sample, uploaded once, and is told so."""
    newest = uploads.newest()

    assert {newest.key: SAMPLES[0].read_bytes()} == service.pictures
    assert SAMPLES[0].read_bytes() == newest.picture.content
    assert "a sample: nothing was uploaded before" in str(newest)
    assert newest.key == uploads.newest().key


def test_what_the_browser_sent_is_the_newest(uploads: PictureUploads, service: Service) -> None:
    """A file from the browser is stored, listed with its key, and the newest from then on."""
    offer(uploads, "own.jpg", SAMPLES[1].read_bytes())

    assert "uploads/0/own.jpg" == uploads.newest().key
    assert "sample" not in str(uploads.newest())
    row = uploads.widget.transfers[0]
    assert ("stored", "Stored under uploads/0/own.jpg") == (row["state"], row["what"])


def test_a_file_under_a_wrong_name_gets_the_right_one(uploads: PictureUploads) -> None:
    """A JPEG called .png is stored as .jpg, and that is said."""
    offer(uploads, "image.png", SAMPLES[0].read_bytes())

    assert "uploads/0/image.jpg" == uploads.newest().key
    assert "the name's ending now says what the content is" in uploads.widget.transfers[0]["what"]


def test_a_hostile_name_is_text(uploads: PictureUploads) -> None:
    """A file's name never becomes markup, and what would disguise it is written out."""
    offer(uploads, HOSTILE, SAMPLES[0].read_bytes())
    offer(uploads, HOSTILE[::-1], b"text")

    bundle = uploads._repr_mimebundle_()
    assert "<img src=x" not in bundle["text/html"]
    rows = uploads.widget.transfers
    for text in (bundle["text/html"], bundle["text/plain"], rows[0]["name"], rows[0]["what"]):
        assert "\u202e" not in text
    assert "<img src=x" not in uploads.newest().to_html()


def test_the_cells_way_uploads_files(uploads: PictureUploads, service: Service) -> None:
    """Who cannot use the widget names files."""
    uploads.add(SAMPLES[1], str(SAMPLES[2]))

    assert [file.read_bytes() for file in SAMPLES[1:]] == list(service.pictures.values())
    assert SAMPLES[2].name == uploads.newest().picture.name


def test_the_cells_way_says_what_is_wrong(
    uploads: PictureUploads, service: Service, tmp_path: Path
) -> None:
    """A file that is no picture and an API that refuses are errors with the next action."""
    (tmp_path / "notes.jpg").write_text("only text")
    with pytest.raises(LessonError, match=r"notes\.jpg is not a picture"):
        uploads.add(tmp_path / "notes.jpg")

    service.refusal = LessonError("There is no API named x.", "Lesson 2 builds it.")
    with pytest.raises(LessonError, match=r"no API named x\.\nNext: Lesson 2"):
        uploads.newest()
    assert {} == service.pictures


def test_a_file_on_its_way_is_not_passed_over(
    uploads: PictureUploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cell run too early says so, instead of taking a sample that nobody wanted."""
    monkeypatch.setattr("workshop_lib.ui.uploads.STALLED_SECONDS", 0.05)
    head = memoryview(SAMPLES[0].read_bytes()[:4096])
    message = {"kind": "offer", "id": "a", "name": "own.jpg", "size": 9_000_000}
    uploads.widget._handle_custom_msg(message, [head])

    with pytest.raises(LessonError, match=r"own\.jpg is still on its way"):
        uploads.newest()


def test_a_sample_goes_by_its_button(uploads: PictureUploads) -> None:
    """The browser names a sample, and the kernel sends it; an unknown name does nothing."""
    for name in ("../../secret.jpg", SAMPLES[1].name):
        uploads.widget._handle_custom_msg({"kind": "sample", "name": name}, [])
    uploads.queue.wait_for_ends(20)

    assert [SAMPLES[1].name] == [row["name"] for row in uploads.widget.transfers]
    assert "sample" not in str(uploads.newest())


def test_nonsense_from_the_browser_is_said_in_the_widget(uploads: PictureUploads) -> None:
    """What the kernel does not understand becomes a sentence, until the next message."""
    uploads.widget._handle_custom_msg({"kind": "steal"}, [])
    assert "does not understand" in uploads.widget.problem["what"]

    offer(uploads, "own.jpg", SAMPLES[0].read_bytes())
    assert {} == uploads.widget.problem


def test_paper_and_terminals_need_no_widget(uploads: PictureUploads) -> None:
    """Beside the live widget there are HTML and text with what was uploaded and how to."""
    offer(uploads, "own.jpg", SAMPLES[0].read_bytes())
    offer(uploads, "film.mp4", b"\0\0\0\x10ftypisom" + bytes(99))

    bundle = uploads._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    for text in (bundle["text/html"], bundle["text/plain"]):
        assert "own.jpg" in text
        assert "film.mp4 is a video" in text
        assert "up to 20 MB" in text
    assert "data:image/jpeg" in bundle["text/html"]
    assert repr(uploads) == bundle["text/plain"]


def test_without_samples_there_is_nothing_to_fall_back_on(service: Service) -> None:
    """A checkout without its pictures is an error that names the folder."""
    with pytest.raises(LessonError, match="no sample picture"):
        PictureUploads(service, [])
