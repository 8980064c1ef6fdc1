"""The map in JupyterLab: a picture that is uploaded lights it up, part by part."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from workshop_lib.places import PICTURES

pytestmark = pytest.mark.browser

ARRIVAL = 90_000  # milliseconds
# Notes what is lit, as a person's eye would: each light lasts two seconds only.
OBSERVE = """(drawing) => {
  window.lit = [];
  new MutationObserver((changes) => {
    for (const { target } of changes) {
      const looks = ["passing", "working", "failing"];
      const lit = looks.find((look) => target.classList?.contains(look));
      const name = target.dataset?.flow ?? target.dataset?.part;
      if (lit && name) window.lit.push(`${lit} ${name}`);
    }
  }).observe(drawing, { subtree: true, attributes: true, attributeFilter: ["class"] });
}"""
# Keeps the kernel from everything else until the test has seen what it came for.
BUSY = """
import pathlib, time
while not pathlib.Path(home, "seen").exists():
    time.sleep(0.1)
"""
WAY = [
    "passing browser images",
    "passing images reco-image",
    "working reco-image",
    "passing reco-image topic",
    "passing topic db-save",
    "passing db-save table",
    "passing topic thumbnail-gen",
    "passing thumbnail-gen thumbnails",
]


class OpenMap:
    """The map in a notebook."""

    def __init__(self, notebook: Any) -> None:
        self.notebook = notebook
        self.widget: Locator = notebook.output(1).get_by_role("group", name="Map")
        self.happened: Locator = self.widget.get_by_role("list", name="What happened")
        self.widget.locator(".drawing").evaluate(OBSERVE)

    def wait_for(self, *lights: str) -> None:
        script = "wanted => wanted.every(light => window.lit.includes(light))"
        self.widget.page.wait_for_function(script, arg=list(lights), timeout=ARRIVAL)


@pytest.fixture(scope="module")
def live_map(lesson_cell: str, open_notebook: Any) -> Iterator[OpenMap]:
    """The map, shown by a cell, of the application that all tests share."""
    notebook = open_notebook(
        lesson_cell,
        "drawn = lesson.map(); drawn",
        BUSY,
        "drawn.watch.wait(30)",
        reduced_motion="reduce",
    )
    notebook.run(0)
    notebook.run(1)
    return OpenMap(notebook)


def photo(name: str) -> SimpleNamespace:
    return SimpleNamespace(name=name, content=(PICTURES / "coffee.jpg").read_bytes())


def test_an_upload_lights_the_map_up_while_the_kernel_works(
    live_map: OpenMap, application: Any
) -> None:
    """Though a cell keeps the kernel busy, a picture lights every part that it passes."""
    expect(live_map.widget).to_contain_text("What happens lights up by itself.")
    live_map.notebook.start(2)

    application.upload(photo("lit.jpg"))

    live_map.wait_for(*WAY)
    expect(live_map.widget.get_by_role("status")).not_to_be_empty()
    expect(live_map.happened).to_contain_text("thumbnail-gen: thumbnail made lit.jpg.")
    (Path(os.environ["WORKSHOP_HOME"]) / "seen").touch()
    live_map.notebook.wait()


def test_what_happens_again_and_again_keeps_to_one_line(
    live_map: OpenMap, application: Any
) -> None:
    """Galleries ask for news every few seconds, and push nothing else out of the list."""
    for _ in range(4):
        application.list_results(limit=1)

    again = live_map.happened.get_by_text(re.compile(r"^db-list is called\. \(\d+ times\)$"))
    expect(again).to_have_count(1, timeout=ARRIVAL)
    expect(live_map.happened.get_by_text("db-list is called.")).to_have_count(1)


def test_where_motion_is_not_wanted_nothing_moves(live_map: OpenMap, application: Any) -> None:
    """Who asks for less motion sees parts and flows lit, and none of them moving."""
    application.upload(photo("still.jpg"))

    lit = live_map.widget.locator(".passing path, .working .box").first
    lit.wait_for(state="attached", timeout=ARRIVAL)
    assert "none" == lit.evaluate("element => getComputedStyle(element).animationName")


def test_nothing_looks_on_when_the_map_is_gone(live_map: OpenMap) -> None:
    """When the output is gone, the thread ends; nothing asks AWS for nobody."""
    live_map.notebook.run(1, "'gone'")
    expect(live_map.widget).to_have_count(0)

    live_map.notebook.run(3)

    expect(live_map.notebook.output(3)).to_contain_text("True")
