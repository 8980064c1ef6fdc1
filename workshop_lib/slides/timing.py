"""What a deck says of time: the notes of each slide, and the plan of the day."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives

from workshop_lib.errors import WorkshopError
from workshop_lib.notebook_sections import find_section, require_cell
from workshop_lib.slides import slide_nodes
from workshop_lib.slides.blocks import Block
from workshop_lib.slides.deck_files import DeckFiles
from workshop_lib.slides.roles import LookUpRole
from workshop_lib.slides.tables import make_table


def parse_minutes(text: str) -> float:
    """Read minutes, halves allowed.

    Raises:
        WorkshopError: they are no number, negative, or finer than a half.
    """
    try:
        minutes = float(text)
    except ValueError:
        minutes = -1
    if minutes < 0 or minutes * 2 % 1:
        raise WorkshopError(f"{text!r} is no number of minutes.", "Write them as 2 or 2.5.")
    return minutes


class Notes(Block):
    """The speaker's notes with their minutes, and what to show live."""

    required_arguments = 1
    option_spec: ClassVar[Mapping[str, Callable[[str], object]]] = dict.fromkeys(
        ("hands-on", "live", "cell", "notebook"), directives.unchanged_required
    )

    def make(self) -> Sequence[nodes.Node]:
        """Make the notes; what they name in the notebook is looked up."""
        talk = parse_minutes(self.arguments[0])
        hands_on = parse_minutes(self.options.get("hands-on", "0"))
        made = slide_nodes.notes(talk=talk, hands_on=hands_on)
        self.set_source_info(made)
        made += nodes.paragraph("", _time(talk, hands_on), classes=["time"])
        if live := self._live():
            made += nodes.paragraph("", live, classes=["live"])
        self.state.nested_parse(self.content, self.content_offset, made)
        if len(made.children) == 1:
            raise WorkshopError("The notes are empty.", "Say what to say, and where people stick.")
        return [made]

    def _live(self) -> str:
        title, cell = self.options.get("live"), self.options.get("cell")
        if title is None:
            if cell is not None:
                raise WorkshopError("`:cell:` needs `:live:`.", "Name the section it is in.")
            return ""
        stem = self.options.get("notebook", self.env.docname)
        find_section(stem, title)
        if cell is None:
            return f"Show live: {stem}, “{title}”"
        require_cell(stem, title, cell)
        return f"Show live: {stem}, “{title}”, the cell with {cell}"


def show_minutes(minutes: float) -> str:
    """Return minutes in words: "2½ min"."""
    whole, half = divmod(minutes, 1)
    return f"{int(whole) if whole or not half else ''}{'½' if half else ''} min"


def _time(talk: float, hands_on: float) -> str:
    told = show_minutes(talk)
    return f"{told}, then {show_minutes(hands_on)} hands-on" if hands_on else told


class Plan(Block):
    """The day: every deck with its minutes, and their sum."""

    has_content = False

    def make(self) -> Sequence[nodes.Node]:
        """Make the table."""
        decks = DeckFiles(Path(self.env.srcdir))
        parts = [(decks.title(stem), decks.minutes(stem)) for stem in decks.stems()]
        rows = [[nodes.Text(title), nodes.Text(f"{minutes} min")] for title, minutes in parts]
        whole = sum(minutes for _, minutes in parts)
        rows.append([nodes.Text("in all, without breaks"), nodes.Text(f"{whole} min")])
        box = nodes.container(classes=["block", "figures", "plan"])
        box += make_table(["part", "time"], rows)
        return [box]


class MinutesRole(LookUpRole):
    """The minutes of a deck, named by the number at its head."""

    def look_up(self, name: str) -> nodes.Node:
        """Return the minutes."""
        decks = DeckFiles(Path(self.env.srcdir))
        return nodes.Text(str(decks.minutes(decks.find(name))))
