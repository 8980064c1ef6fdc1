"""The nodes that a deck's document is made of, beside docutils' own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from docutils import nodes


class slide(nodes.General, nodes.Element):  # noqa: N801 - docutils names nodes in lower case
    """One slide.

    Attributes: `ids`, `kind` ("title", "content", "sources"), `section` (its section's title),
    `anchors` (what links may call it besides its id), `service`, `seconds`.
    """


class notes(nodes.General, nodes.Element):  # noqa: N801
    """What the speaker reads. Attributes: `talk` and `hands_on`, minutes."""


class service(nodes.Invisible, nodes.Element):  # noqa: N801
    """Whose colour a section has. Attribute: `name`, a key of the design tokens."""


class sources(nodes.General, nodes.Element):  # noqa: N801
    """The list of sources, completed when the whole deck has been read."""


class Reading(NamedTuple):
    """Where a figure was read: what it is, the source's title and address, the day, how sure."""

    what: str
    title: str
    address: str
    date: str
    confidence: str


def inline_figure(shown: str, readings: Sequence[Reading]) -> nodes.inline:
    """Return a figure in running text that remembers where it was read."""
    node = nodes.inline(shown, shown, classes=["figure"])
    node["readings"] = list(readings)
    return node
