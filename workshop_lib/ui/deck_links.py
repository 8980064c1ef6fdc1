"""Links to a lesson's slides, which JupyterLab opens beside the notebook."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from workshop_lib.ui.views import join, visible

# The command of jupyter_extension/labextension; where there is none, the link opens a page.
COMMAND = "workshop:open-slides"
PATH = "workshop/slides"


@dataclass(frozen=True)
class DeckLinks:
    """A lesson's deck, as a card links to it.

    Args:
        deck: the lesson's stem.
        sections: the title of each section that has slides, and its slides' anchor.
        server: the path of the Jupyter server that the kernel belongs to; empty where none is
            known, and then there is nothing to link to.
    """

    deck: str
    sections: Sequence[tuple[str, str]]
    server: str

    def body(self) -> Markup:
        """A link to the deck, and one to each section behind a fold."""
        if not self.server:
            return Markup()
        items = [
            Markup("<li>{}</li>").format(self._link(title, anchor))
            for title, anchor in self.sections
        ]
        return Markup(
            '<div class="decks"><p>{}</p><details><summary>at a section</summary>'
            "<ol>{}</ol></details></div>"
        ).format(self._link("Present the slides"), join(items))

    def to_text(self) -> str:
        """How to present without JupyterLab."""
        return f"Slides: workshop slides serve, deck {self.deck}" if self.deck else ""

    def _link(self, words: str, anchor: str = "") -> Markup:
        arguments = {"deck": self.deck} | ({"section": anchor} if anchor else {})
        address = f"{self.server}{PATH}/{self.deck}.html" + (f"#/{anchor}" if anchor else "")
        return Markup(
            '<a href="{}" target="_blank" data-commandlinker-command="{}" '
            'data-commandlinker-args="{}">{}</a>'
        ).format(address, COMMAND, json.dumps(arguments), visible(words))


def jupyter_server_path(environment: Mapping[str, str]) -> str:
    """Return the path of the Jupyter server that started this kernel, empty where none did.

    A kernel of a server's session knows its notebook's name; a hub tells its servers their path.
    """
    if "JPY_SESSION_NAME" not in environment:
        return ""
    return environment.get("JUPYTERHUB_SERVICE_PREFIX", "/")
