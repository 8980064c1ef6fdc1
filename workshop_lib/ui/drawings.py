"""A drawing as a view: what a notebook shows where a picture says more than a paragraph."""

from __future__ import annotations

import re
from html import unescape

from markupsafe import Markup

from workshop_lib.drawings import draw
from workshop_lib.ui.views import View

NOTEBOOK_WIDTH = 760


class DrawingView(View):
    """One of the workshop's drawings, by its name.

    Raises:
        LessonError: there is no such drawing; the message names those that are.
    """

    def __init__(self, name: str) -> None:
        self._svg = draw(name)

    def body(self) -> Markup:
        """The drawing, as wide as a notebook's text is easily read."""
        # Our own drawing, not anybody's input.
        svg = Markup(self._svg)  # noqa: S704
        return Markup('<div style="max-width:{}px">{}</div>').format(NOTEBOOK_WIDTH, svg)

    def to_text(self) -> str:
        """What the drawing says to whoever does not see it."""
        said = re.search(r"<title>(.*?)</title><desc[^>]*>(.*?)</desc>", self._svg)
        title, description = said.groups() if said else ("", "")
        return unescape(f"{title}: {description}")
