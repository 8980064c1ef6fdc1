"""The blocks that lay out what is written in them."""

from __future__ import annotations

from collections.abc import Sequence

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

from workshop_lib.design import load_tokens
from workshop_lib.errors import WorkshopError
from workshop_lib.slides import slide_nodes

COLUMN_BREAK = "+++"


class Block(SphinxDirective):
    """A directive whose errors are the workshop's: what is wrong, and what to do."""

    has_content = True

    def run(self) -> Sequence[nodes.Node]:
        """Make the nodes; an error gets the file and the line."""
        try:
            return self.make()
        except WorkshopError as error:
            raise self.error(f"{error.what} {error.next_step}") from error

    def make(self) -> Sequence[nodes.Node]:
        """Make the nodes.

        Raises:
            WorkshopError: what is written cannot be built.
        """
        raise NotImplementedError

    def contained(self, *classes: str, lines: StringList | None = None) -> nodes.container:
        """Return a box of these classes with what is written in the block."""
        box = nodes.container(classes=["block", *classes])
        self.set_source_info(box)
        content = self.content if lines is None else lines
        self.state.nested_parse(content, self.content_offset, box)
        return box


class Statement(Block):
    """A sentence in large type."""

    def make(self) -> Sequence[nodes.Node]:
        """Make the box."""
        return [self.contained("statement")]


class Aside(Block):
    """A quiet line at the foot."""

    def make(self) -> Sequence[nodes.Node]:
        """Make the box."""
        return [self.contained("aside")]


class ThenAndNow(Block):
    """A table that sets what was beside what is."""

    def make(self) -> Sequence[nodes.Node]:
        """Make the box; its table has three columns."""
        box = self.contained("then-and-now")
        columns = [len(list(table.findall(nodes.colspec))) for table in box.findall(nodes.table)]
        if columns != [3]:
            raise WorkshopError(
                "then-and-now needs one table of three columns.", "They are: what, then, now."
            )
        return [box]


class Columns(Block):
    """Columns side by side; `+++` on a line of its own stands between two."""

    optional_arguments = 1
    final_argument_whitespace = True

    def make(self) -> Sequence[nodes.Node]:
        """Make a box of boxes."""
        parts = list(self._parts())
        widths = self.arguments[0].split() if self.arguments else ["1"] * len(parts)
        if len(widths) != len(parts) or not all(width.isdigit() for width in widths):
            raise WorkshopError(
                f"There are {len(parts)} columns and the widths are {' '.join(widths)!r}.",
                f"Give one whole number a column, and {COLUMN_BREAK} between two columns.",
            )
        box = nodes.container(classes=["block", "columns"])
        for width, lines in zip(widths, parts, strict=True):
            box += self.contained("column", f"width-{width}", lines=lines)
        return [box]

    def _parts(self) -> Sequence[StringList]:
        breaks = [at for at, line in enumerate(self.content) if line.strip() == COLUMN_BREAK]
        starts = [0, *(at + 1 for at in breaks)]
        ends = [*breaks, len(self.content)]
        return [self.content[start:end] for start, end in zip(starts, ends, strict=True)]


class Sources(Block):
    """The last slide's list; the sources of the deck's figures are added when it is complete."""

    def make(self) -> Sequence[nodes.Node]:
        """Make the box with what is written in it."""
        box = slide_nodes.sources()
        self.set_source_info(box)
        self.state.nested_parse(self.content, self.content_offset, box)
        return [box]


class Service(Block):
    """The service whose colour a section has."""

    has_content = False
    required_arguments = 1

    def make(self) -> Sequence[nodes.Node]:
        """Make a node that shows nothing."""
        services = load_tokens().services
        if self.arguments[0] not in services:
            raise WorkshopError(
                f"There is no service {self.arguments[0]!r}.", f"There are {', '.join(services)}."
            )
        return [slide_nodes.service(name=self.arguments[0])]
