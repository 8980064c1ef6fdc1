"""Choosing a picture, with the real widgets."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from workshop_lib.errors import LessonError, LocalCloudError
from workshop_lib.ui.pictures import Picture
from workshop_lib.ui.uploads import MOST_BYTES, PictureChooser, check_picture

PICTURES = Path(__file__).parents[2] / "notebooks" / "pictures"
SAMPLES = sorted(PICTURES.glob("*.jpg"))
OWN = Picture("own.jpg", (PICTURES / "cat.jpg").read_bytes(), "image/jpeg")


def message(chooser: PictureChooser) -> str:
    return str(chooser._widgets().message.value)


def hand_over(chooser: PictureChooser, *files: dict[str, Any]) -> None:
    """Set the widget's value as the browser does."""
    chooser._widgets().files.value = tuple(files)


def file(name: str, kind: str, content: bytes) -> dict[str, Any]:
    return {
        "name": name,
        "type": kind,
        "size": len(content),
        "content": memoryview(content),
        "last_modified": datetime(2026, 11, 23, tzinfo=UTC),
    }


def test_without_a_human_there_is_a_picture() -> None:
    """A notebook that runs alone gets the first sample, by both names."""
    chooser = PictureChooser(SAMPLES)

    assert SAMPLES[0].name == chooser.chosen().name
    assert SAMPLES[0].read_bytes() == chooser.picture.content


def test_without_samples_there_is_no_chooser() -> None:
    """A checkout without its pictures is an error that names the folder."""
    with pytest.raises(LessonError, match="no sample picture"):
        PictureChooser([])


def test_a_file_from_the_browser_is_chosen() -> None:
    """What the browser hands over is the chosen picture, with a preview and a word."""
    chooser = PictureChooser(SAMPLES)

    hand_over(chooser, file("own.jpg", "image/jpeg", OWN.content))

    assert OWN == chooser.chosen()
    assert "own.jpg is chosen." in message(chooser)
    assert "data:image/jpeg" in chooser._widgets().preview.value


def test_a_picture_that_cannot_be_shown_is_chosen_and_says_so() -> None:
    """Whether a file is a picture is the recogniser's to say; the chooser warns in a sentence."""
    chooser = PictureChooser(SAMPLES)

    chooser.choose(Picture("notes.jpg", b"only text", "image/jpeg"))

    assert "notes.jpg is chosen." in message(chooser)
    assert "It cannot be shown as a picture: it is not" in chooser._widgets().preview.value


def test_a_sample_is_chosen_by_its_button() -> None:
    """Every sample has a button under its name that takes it."""
    chooser = PictureChooser(SAMPLES)
    last = chooser._widgets().box.children[2].children[-1].children[-1]

    last.click()

    assert SAMPLES[-1].name == last.description
    assert SAMPLES[-1].name == chooser.chosen().name


@pytest.mark.parametrize(
    ("picture", "said"),
    [
        (Picture("a.heic", b"x", "image/heic"), "HEIC"),
        (Picture("renamed.jpg", b"\0\0\0\x18ftypheic" + b"\0" * 9, "image/jpeg"), "HEIC"),
        (Picture("A.HEIC", b"x", ""), "HEIC"),
        (Picture("a.pdf", b"%PDF", "application/pdf"), "not a picture"),
        (Picture("a.svg", b"<svg/>", "image/svg+xml"), "not a picture"),
        (Picture("a.png", b"", "image/png"), "empty"),
        (Picture("a.png", bytes(MOST_BYTES + 1), "image/png"), "the limit is 20 MB"),
    ],
    ids=lambda value: value.name if isinstance(value, Picture) else "",
)
def test_what_cannot_be_used_is_told_apart(picture: Picture, said: str) -> None:
    """A file that cannot be used is refused with the reason; the choice before it stays."""
    chooser = PictureChooser([OWN])

    chooser.choose(picture)

    assert OWN == chooser.chosen()
    assert said in message(chooser)
    with pytest.raises(LessonError, match=said):
        check_picture(picture)


def test_a_file_without_a_type_is_known_by_its_name() -> None:
    """Some systems hand a picture over without its type."""
    chooser = PictureChooser(SAMPLES)

    hand_over(chooser, file("own.jpeg", "", OWN.content))

    assert "image/jpeg" == chooser.chosen().content_type


def test_upload_hands_over_the_picture_with_progress() -> None:
    """Upload calls back with the chosen picture, moves the bar, and says when it is done."""
    seen: list[tuple[Picture, float]] = []

    def upload(picture: Picture, report: Any) -> None:
        report(0.5)
        seen.append((picture, chooser._widgets().bar.value))

    chooser = PictureChooser([OWN], upload)
    chooser._widgets().upload.click()

    assert [(OWN, 0.5)] == seen
    assert "own.jpg is uploaded." in message(chooser)
    assert not chooser._widgets().upload.disabled


def test_what_goes_wrong_at_the_upload_is_said() -> None:
    """An error of the workshop is shown with its next step."""

    def upload(picture: Picture, report: Any) -> None:
        raise LocalCloudError("The local cloud does not answer.", "Start it: workshop cloud start")

    chooser = PictureChooser([OWN], upload)
    chooser.send()

    assert "The local cloud does not answer. Start it: workshop cloud start" in message(chooser)
    assert not chooser._widgets().upload.disabled


def test_an_unexpected_error_is_said_and_not_swallowed() -> None:
    """Any other error is shown too, and still raised for the log."""

    def upload(picture: Picture, report: Any) -> None:
        raise ZeroDivisionError("<b>division</b>")

    chooser = PictureChooser([OWN], upload)
    with pytest.raises(ZeroDivisionError):
        chooser.send()

    assert "ZeroDivisionError: &lt;b&gt;division&lt;/b&gt;" in message(chooser)


def test_a_hostile_name_is_text() -> None:
    """A file's name never becomes markup in message or preview."""
    chooser = PictureChooser([OWN])
    chooser.choose(Picture("<img src=x onerror=alert(1)>.jpg", OWN.content, "image/jpeg"))

    assert "<img src=x" not in message(chooser)
    assert "<img src=x" not in chooser._widgets().preview.value


def test_paper_and_terminals_get_the_samples() -> None:
    """Beside the live widget there are HTML and text that need no widget."""
    bundle = PictureChooser(SAMPLES)._repr_mimebundle_()

    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert "data:image/jpeg" in bundle["text/html"]
    assert SAMPLES[0].name in bundle["text/plain"]
