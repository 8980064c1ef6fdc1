"""What every view is: static HTML for a notebook, plain text for a terminal and a screen reader.

All text that comes from outside goes through :class:`markupsafe.Markup`, which escapes it, and
through :func:`visible`, which makes characters visible that could disguise a name or steer a
terminal, and leaves the account's number out.
"""

from __future__ import annotations

import unicodedata
from abc import ABC, abstractmethod
from typing import Any

from markupsafe import Markup, escape

from workshop_lib.ui.redaction import hide_known_accounts
from workshop_lib.ui.styles import read_styles

_KEPT = frozenset("\n\t")


class View(ABC):
    """Something a notebook can show."""

    @abstractmethod
    def body(self) -> Markup:
        """The view as HTML, without the styles that all views share."""

    @abstractmethod
    def to_text(self) -> str:
        """The view in words and lines."""

    def to_html(self) -> str:
        """The view as HTML that needs nothing else: no script, no other host."""
        # Jupyter would set what stands between two dollar signs as a formula: "$context.path", say.
        frame = Markup('<div class="workshop-view mathjax_ignore"><style>{}</style>{}</div>')
        # The styles are ours and hold no markup; escaping would break the quotes in them.
        return str(frame.format(Markup(shared_styles()), self.body()))  # noqa: S704

    def _repr_html_(self) -> str:
        return self.to_html()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": self.to_html(), "text/plain": self.to_text()}

    def __repr__(self) -> str:
        return self.to_text()


def bundle_widget(widget: Any, view: View) -> dict[str, Any]:
    """Return a widget's bundle with a view beside it, for wherever no widget can be shown."""
    live = widget._repr_mimebundle_()
    # It may come with metadata beside it.
    bundle = live[0] if isinstance(live, tuple) else live
    return {**bundle, "text/html": view.to_html(), "text/plain": view.to_text()}


class TextView(View):
    """A text as it is, its lines kept."""

    def __init__(self, text: str) -> None:
        self.text = visible(text)

    def body(self) -> Markup:
        """The text, in the type of code."""
        return Markup("<pre>{}</pre>").format(self.text)

    def to_text(self) -> str:
        """The text itself."""
        return self.text


def mark_code(text: str) -> Markup:
    """The text escaped, with what stands between two backticks as code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    return join(
        [Markup("<code>{}</code>").format(p) if at % 2 else escape(p) for at, p in enumerate(parts)]
    )


def visible(text: object) -> str:
    """The text with control and direction characters written out, as `\\x1b` and `\\u202e`.

    The attendee's account number is left out: what is shown is saved with the notebook.
    """
    return write_out(hide_known_accounts(str(text)))


def write_out(text: str) -> str:
    """The text with control and direction characters written out, account numbers and all."""
    return "".join(
        character if character in _KEPT or not _is_hidden(character) else _written_out(character)
        for character in text
    )


def _is_hidden(character: str) -> bool:
    # Cf holds the zero-width joiner of emoji too, which is harmless.
    category = unicodedata.category(character)
    return category in ("Cc", "Cs", "Zl", "Zp") or (category == "Cf" and character != "\u200d")


def _written_out(character: str) -> str:
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def join(parts: list[Markup]) -> Markup:
    """Several pieces of HTML as one."""
    return Markup("").join(parts)


def shared_styles() -> str:
    """The styles of all views, for what is drawn by a script."""
    return read_styles("workshop-view", "views.css")
