"""A notebook's sections: their titles, their minutes, their cells, and their slides' anchors."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from workshop_lib.errors import WorkshopError
from workshop_lib.places import NOTEBOOKS

_HEADING = re.compile(r"^(?P<level>#{1,3}) (?P<words>.+)$")
_WORD = re.compile(r"[a-z0-9]+")
_MINUTES = re.compile(r"^(?P<title>.*) · (?P<minutes>\d+) min$")


@dataclass(frozen=True)
class NotebookSection:
    """A part of a notebook under one heading.

    Args:
        title: the heading without its minutes.
        level: 1 for the notebook's title, 2 for a section, 3 for what is inside one.
        minutes: as the heading tells; None where it tells none.
        cells: the source of its code cells.
    """

    title: str
    level: int
    minutes: int | None
    cells: Sequence[str]


def split_minutes(heading: str) -> tuple[str, int | None]:
    """Split a heading like "Layers · 4 min" into its title and its minutes."""
    found = _MINUTES.match(heading)
    return (found["title"], int(found["minutes"])) if found else (heading, None)


def section_anchor(title: str) -> str:
    """Return what a link to the slides of a section is called: "section-object-storage"."""
    return f"section-{'-'.join(_WORD.findall(title.lower()))}"


@cache
def notebook_sections(stem: str) -> tuple[NotebookSection, ...]:
    """The sections of a notebook in its order; none for a deck that has no notebook."""
    file = NOTEBOOKS / f"{stem}.ipynb"
    if not file.exists():
        return ()
    found: list[tuple[str, int, list[str]]] = []
    for cell in json.loads(file.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            headings = filter(None, map(_HEADING.match, source.splitlines()))
            found += [(heading["words"], len(heading["level"]), []) for heading in headings]
        elif cell["cell_type"] == "code" and found:
            found[-1][2].append(source)
    return tuple(
        NotebookSection(title, level, minutes, cells)
        for words, level, cells in found
        for title, minutes in [split_minutes(words)]
    )


def timed_sections(stem: str) -> tuple[NotebookSection, ...]:
    """The sections whose heading tells minutes."""
    return tuple(section for section in notebook_sections(stem) if section.minutes is not None)


def find_section(stem: str, title: str) -> NotebookSection:
    """Return the notebook's section of this title; its minutes are not part of it.

    Raises:
        WorkshopError: there is none; the nearest titles are told.
    """
    sections = {section.title: section for section in notebook_sections(stem)}
    if title not in sections:
        near = "; ".join(get_close_matches(title, sections, cutoff=0.4)) or "none like it"
        raise WorkshopError(f"Notebook {stem} has no section {title!r}.", f"Near: {near}.")
    return sections[title]


def require_cell(stem: str, title: str, text: str) -> None:
    """Check that one of the section's code cells contains the text.

    Raises:
        WorkshopError: none does.
    """
    if not any(text in cell for cell in find_section(stem, title).cells):
        raise WorkshopError(
            f"No code cell of {stem}, section {title!r}, contains {text!r}.",
            "Look at the notebook; `:cell:` takes any text of the cell.",
        )
