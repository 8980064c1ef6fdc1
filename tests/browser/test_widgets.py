"""Upload and gallery in JupyterLab, on the attendee's own API and buckets."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

pytestmark = pytest.mark.browser

PICTURES = Path(__file__).parents[2] / "notebooks" / "pictures"
CAT, COFFEE = ((PICTURES / f"{name}.jpg").read_bytes() for name in ("cat", "coffee"))
HEIC = (24).to_bytes(4) + b"ftypheic\0\0\0\0mif1heic" + bytes(200)
HOSTILE = "<img src=x onerror=document.title='owned'>.jpg"
STORED = 60_000  # milliseconds

# A real event with a real DataTransfer, as the browser makes it when a file is let go.
DROP = """(place, files) => {
  const transfer = new DataTransfer();
  for (const { name, content } of files) {
    const bytes = Uint8Array.from(atob(content), (character) => character.charCodeAt(0));
    transfer.items.add(new File([bytes], name));
  }
  for (const kind of ["dragenter", "dragover", "drop"]) {
    place.dispatchEvent(
      new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: transfer }));
  }
}"""
PASTE = """(_, content) => {
  const transfer = new DataTransfer();
  const bytes = Uint8Array.from(atob(content), (character) => character.charCodeAt(0));
  transfer.items.add(new File([bytes], "image.png", { type: "image/png" }));
  document.activeElement.dispatchEvent(
    new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData: transfer }));
}"""


LOOKING = """import threading
threads = lambda: [thread.name for thread in threading.enumerate()]
lesson.wait_until(lambda: threads().count("gallery") == {number}, "the gallery's thread")"""


class Uploads:
    """The widget in a notebook, as a person has it before them."""

    def __init__(self, notebook: Any, application: Any) -> None:
        self.notebook = notebook
        self.application = application
        self.widget: Locator = notebook.output(1).get_by_role("group", name="Upload pictures")
        self.gallery: Locator = notebook.output(3).get_by_role("group", name="Gallery")
        self.chosen: list[Path] = []
        # Said long before a key is pressed: the browser needs a moment to heed it.
        notebook.page.on("filechooser", lambda dialog: dialog.set_files(self.chosen))

    def drop(self, **files: bytes) -> None:
        handed = [
            {"name": name, "content": base64.b64encode(content).decode()}
            for name, content in files.items()
        ]
        self.widget.locator(".drop").evaluate(DROP, handed)

    def row(self, name: str) -> Locator:
        return self.widget.get_by_role("list", name="Uploads").get_by_role("listitem").filter(
            has=self.widget.page.get_by_text(name, exact=True)
        )  # fmt: skip

    def stored(self, name: str) -> bytes:
        """Wait until the widget says that a file is stored, and fetch what lies there."""
        state = self.row(name).get_by_text(re.compile("^Stored under uploads/"))
        expect(state).to_be_visible(timeout=STORED)
        key = state.inner_text().removeprefix("Stored under ").partition(" (")[0]
        bucket = self.application.names.images_bucket
        s3 = self.application.client("s3")
        content: bytes = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        return content


@pytest.fixture(scope="module")
def uploads(application: Any, lesson_cell: str, open_notebook: Any) -> Iterator[Uploads]:
    """The widget, shown by a cell, on the application that all tests share."""
    notebook = open_notebook(
        lesson_cell,
        "uploads = lesson.upload_pictures(); uploads",
        "uploads.newest()",
        "lesson.gallery(limit=4)",
        LOOKING.format(number=1),
        LOOKING.format(number=0),
    )
    notebook.run(0)
    notebook.run(1)
    return Uploads(notebook, application)


def test_dropped_pictures_are_stored(uploads: Uploads) -> None:
    """Two files that are dropped are stored whole, and the next cell has the newest of them."""
    uploads.drop(**{"dropped.jpg": CAT, HOSTILE: CAT})

    assert CAT == uploads.stored("dropped.jpg")
    assert CAT == uploads.stored(HOSTILE)
    uploads.notebook.run(2)
    expect(uploads.notebook.output(2)).to_contain_text("stored under uploads/")


def test_a_name_is_never_markup(uploads: Uploads) -> None:
    """A hostile file name is shown letter by letter and runs nothing."""
    uploads.drop(**{HOSTILE: CAT})
    expect(uploads.row(HOSTILE).first).to_be_visible()

    assert 0 == uploads.widget.locator("img[src=x]").count()
    assert "owned" != uploads.widget.page.title()


def test_a_pasted_picture_is_stored_under_its_right_ending(uploads: Uploads) -> None:
    """Ctrl-V after a click on the widget takes the clipboard's picture; a JPEG becomes .jpg."""
    uploads.widget.get_by_text("Drop pictures here").click()
    uploads.widget.evaluate(PASTE, base64.b64encode(CAT).decode())

    assert CAT == uploads.stored("image.png")
    expect(uploads.row("image.png")).to_contain_text("image.jpg")


def test_the_keyboard_is_enough_and_10_mb_are_no_limit(uploads: Uploads, tmp_path: Path) -> None:
    """By Enter alone a file of 11 MB is chosen, sent, and stored whole; letters edit no cell."""
    large = tmp_path / "large.jpg"
    large.write_bytes(CAT + bytes(11_000_000))
    page = uploads.widget.page
    cells = page.locator(".jp-CodeCell").count()
    uploads.widget.get_by_role("button", name="Choose pictures").focus()
    page.keyboard.press("x")
    uploads.chosen = [large]
    page.keyboard.press("Enter")

    assert large.read_bytes() == uploads.stored("large.jpg")
    assert cells == page.locator(".jp-CodeCell").count()


def test_a_heic_is_refused_with_what_to_do(uploads: Uploads) -> None:
    """A HEIC under a JPEG's name is told by its content, and nothing of it is sent."""
    uploads.drop(**{"IMG_0042.jpg": HEIC})

    row = uploads.row("IMG_0042.jpg")
    expect(row).to_contain_text("is a HEIC picture")
    expect(row).to_contain_text("Save it as JPEG")
    expect(uploads.widget.get_by_role("status")).to_contain_text("IMG_0042.jpg")
    expect(row.get_by_role("button")).to_have_count(0)


def test_aws_refusal_is_explained_and_mended(uploads: Uploads, application: Any) -> None:
    """Without its right the function's URL is refused; with it, trying again stores the file."""
    iam, role = application.client("iam"), application.names.role("presigned-url")
    policies = [
        iam.get_role_policy(RoleName=role, PolicyName=name)
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]
    ]
    for policy in policies:
        iam.delete_role_policy(RoleName=role, PolicyName=policy["PolicyName"])
    try:
        uploads.drop(**{"refused.jpg": CAT})
        row = uploads.row("refused.jpg")
        expect(row).to_contain_text("AccessDenied", timeout=STORED)
        expect(row).to_contain_text("policy")
    finally:
        for policy in policies:
            document = json.dumps(policy["PolicyDocument"])
            iam.put_role_policy(
                RoleName=role, PolicyName=policy["PolicyName"], PolicyDocument=document
            )
    uploads.widget.get_by_role("button", name="Try again to upload refused.jpg").click()

    assert CAT == uploads.stored("refused.jpg")


def test_a_gallery_fills_in_as_results_arrive(uploads: Uploads) -> None:
    """No cell is run, and the picture, its label and its box appear in the gallery."""
    uploads.notebook.run(3)
    uploads.drop(**{"just now.jpg": COFFEE})
    assert COFFEE == uploads.stored("just now.jpg")

    # Results of the tests before may come in later, and then stand first.
    newest = uploads.gallery.get_by_role("listitem").filter(has_text="just now.jpg")
    expect(newest).to_be_visible(timeout=STORED)
    picture = newest.get_by_role("img", name="Small picture of just now.jpg")
    expect(picture).to_be_visible(timeout=STORED)
    expect(newest).not_to_contain_text("No thumbnail yet", timeout=STORED)
    expect(uploads.gallery.get_by_role("status")).to_have_text(re.compile("^New: "))


def test_an_error_is_in_the_gallery_in_words(uploads: Uploads, application: Any) -> None:
    """A file that is no picture is a result like any other, with its reason."""
    application.upload(SimpleNamespace(name="notes.jpg", content=b"only text"))

    newest = uploads.gallery.get_by_role("listitem").filter(has_text="notes.jpg")
    expect(newest).to_contain_text("Could not be recognised", timeout=STORED)
    expect(newest).to_contain_text("No thumbnail: not a readable picture")


def test_the_gallery_looks_once_however_often_it_is_run(uploads: Uploads) -> None:
    """A cell run again ends the looking of its last run; cleared, nobody looks any more."""
    uploads.notebook.run(3)
    expect(uploads.gallery.get_by_text("New results appear by themselves")).to_be_visible()
    uploads.notebook.run(4)
    expect(uploads.notebook.output(4)).to_contain_text("The gallery's thread: there")

    page = uploads.widget.page
    page.get_by_role("menuitem", name="Edit", exact=True).click()
    page.get_by_text("Clear Outputs of All Cells", exact=True).click()
    uploads.notebook.run(5)
    expect(uploads.notebook.output(5)).to_contain_text("The gallery's thread: there")
