"""The drawings of lessons and slides as a real browser sets them, in both themes."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from workshop_lib.drawings import DRAWINGS

pytestmark = pytest.mark.browser

FIND_FAULTS = Path(__file__).with_name("find_drawing_faults.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("light", ["true", "false"])
def test_words_keep_to_their_places(chromium: Browser, light: str) -> None:
    """No text leaves its drawing or its box, meets another text, or has a line through it."""
    page = chromium.new_page()
    drawings = "".join(drawing() for drawing in DRAWINGS.values())
    page.set_content(f'<body data-jp-theme-light="{light}">{drawings}</body>')

    faults = page.evaluate(FIND_FAULTS)
    inks = page.eval_on_selector_all(
        "text.plain", "texts => [...new Set(texts.map(text => getComputedStyle(text).fill))]"
    )
    page.close()

    assert [] == faults
    assert 1 == len(inks)


def test_a_text_in_the_wrong_place_is_found(chromium: Browser) -> None:
    """The search finds texts outside, two that meet, one on a box's side, one under a line."""
    page = chromium.new_page()
    page.set_content(
        '<svg class="workshop-drawing" aria-label="bad" viewBox="0 0 300 100">'
        '<text x="290" y="40">outside</text>'
        '<text x="10" y="80">one</text><text x="15" y="82">two</text>'
        '<rect class="box" x="100" y="5" width="20" height="30"/><text x="105" y="25">long</text>'
        '<g class="arrow"><path d="M150 75H200"/></g><text x="160" y="80">crossed</text></svg>'
    )

    faults = " ".join(page.evaluate(FIND_FAULTS))
    page.close()

    for words in ("leaves the drawing", "meets", "crosses the side", "runs through"):
        assert words in faults
