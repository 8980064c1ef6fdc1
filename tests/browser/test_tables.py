"""Tables of values, measured in a real Chromium."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from workshop_lib.ui.tables import TableView

pytestmark = pytest.mark.browser

STATEMENT = {
    "Effect": "Allow",
    "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
    "Resource": "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/some-function:*",
    "Key": "uploads/" + 10 * "4192ce41b1c84ea098a29233efa5b224",
}

# The heads that take more than one line, though each is one word.
BROKEN_HEADS = """
() => [...document.querySelectorAll('th')]
  .filter((head) => {
    const words = document.createRange();
    words.selectNodeContents(head);
    return words.getClientRects().length > 1;
  })
  .map((head) => head.textContent)
"""
WIDEST_CELL = "() => Math.max(...[...document.querySelectorAll('td')].map((td) => td.scrollWidth))"


@pytest.mark.parametrize("width", [1200, 800, 400])
def test_no_word_of_a_head_is_broken(chromium: Browser, width: int) -> None:
    """Beside long names a short column keeps its words whole, and a long key wraps in its cell."""
    page = chromium.new_page(viewport={"width": width, "height": 600})

    page.set_content(TableView([STATEMENT]).to_html())

    assert [] == page.evaluate(BROKEN_HEADS)
    assert 440 >= page.evaluate(WIDEST_CELL)
    assert width >= page.evaluate("() => document.documentElement.scrollWidth")
    page.close()
