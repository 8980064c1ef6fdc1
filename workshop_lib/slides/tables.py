"""Tables of one line a cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from docutils import nodes

Cell: TypeAlias = nodes.Node | Sequence[nodes.Node]


def make_table(head: Sequence[str], rows: Sequence[Sequence[Cell]]) -> nodes.table:
    """Return a table of a head and rows."""
    table = nodes.table()
    group = nodes.tgroup(cols=len(head))
    table += group
    group.extend(nodes.colspec(colwidth=1) for _ in head)
    group += nodes.thead("", _row([nodes.Text(word) for word in head]))
    body = nodes.tbody()
    body.extend(_row(row) for row in rows)
    group += body
    return table


def _row(cells: Sequence[Cell]) -> nodes.row:
    row = nodes.row()
    for cell in cells:
        content = [cell] if isinstance(cell, nodes.Node) else cell
        row += nodes.entry("", nodes.paragraph("", "", *content))
    return row
