"""Handouts on paper, and what happens where no browser can print them."""

import re
import stat

import pytest
from typer.testing import CliRunner

from workshop_lib.cli import app
from workshop_lib.errors import WorkshopError
from workshop_lib.slides.browsers import find_browser
from workshop_lib.slides.handouts import plan_handouts, print_handouts


def count_pages(file):
    return len(re.findall(rb"/Type\s*/Page\b", file.read_bytes()))


@pytest.mark.browser
def test_a_deck_is_printed_with_and_without_notes_once(decks):
    """A browser prints a page for each slide, and the slides with notes; again only if changed."""
    browser = find_browser()
    if browser is None:
        pytest.skip("there is no browser that prints")
    page = decks["99_clean_up"]
    slides, notes = planned = plan_handouts([page])
    print_handouts(planned, browser)
    shown = len(re.findall(r"<section ", page.read_text(encoding="utf-8")))
    assert shown == count_pages(slides.file)
    assert 0 < count_pages(notes.file) <= shown

    printed = [handout.file.stat().st_mtime_ns for handout in planned]
    told = []
    print_handouts(planned, browser, told.append)
    assert printed == [handout.file.stat().st_mtime_ns for handout in planned]
    assert set(planned) == set(told)


def test_a_browser_that_prints_nothing_is_told(decks, tmp_path):
    """Where the browser prints nothing, its last words are shown and the way around is told."""
    browser = tmp_path / "chromium"
    browser.write_text("#!/bin/sh\necho the display is gone >&2\n")
    browser.chmod(browser.stat().st_mode | stat.S_IXUSR)
    with pytest.raises(WorkshopError, match="the display is gone") as error:
        print_handouts(plan_handouts([decks["01_s3_iam_image_bucket"]]), browser)
    assert "--no-handouts" in error.value.next_step


def test_without_a_browser_the_rest_is_built(monkeypatch, tmp_path):
    """Where no Chromium or Edge is found, the command says so and builds the pages."""
    monkeypatch.setenv("PATH", str(tmp_path))
    result = CliRunner().invoke(app, ["slides", "build"])
    assert 0 == result.exit_code
    assert "No Chromium, Chrome or Edge was found" in result.output
    assert "10 decks:" in result.output
