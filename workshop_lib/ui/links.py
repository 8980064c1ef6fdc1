"""A link that opens beside the notebook."""

from __future__ import annotations

from markupsafe import Markup

from workshop_lib.ui.views import View, visible, write_out


class LinkView(View):
    """An address to open in a browser.

    Args:
        address: a URL; it is shown whole, or it would lead nowhere: the name of a bucket in an
            account's own namespace holds the account's number.
        words: what the link says.
    """

    def __init__(self, address: str, words: str) -> None:
        self._address = address
        self._words = words

    def body(self) -> Markup:
        """The link; the page it opens learns nothing of the notebook."""
        return Markup(
            '<p><a href="{}" target="_blank" rel="noopener noreferrer">{}</a></p>'
        ).format(write_out(self._address), visible(self._words))

    def to_text(self) -> str:
        """The words and the address."""
        return f"{visible(self._words)}: {write_out(self._address)}"
