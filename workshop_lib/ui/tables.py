"""A list of records as a table."""

from __future__ import annotations

import json
from collections.abc import Sequence
from io import StringIO
from typing import Any

from markupsafe import Markup

from workshop_lib.ui.plain_data import to_plain
from workshop_lib.ui.views import View, join, visible

MOST_ROWS = 100
MOST_CELL_CHARACTERS = 240
TEXT_WIDTH = 120


class TableView(View):
    """Records as rows; the columns are all their names, in the order of their first appearance.

    Args:
        records: mappings or dataclasses.
    """

    def __init__(self, records: Sequence[Any]) -> None:
        self._total = len(records)
        self._rows: list[dict[str, Any]] = [to_plain(record) for record in records[:MOST_ROWS]]
        self._columns = list(dict.fromkeys(name for row in self._rows for name in row))

    def body(self) -> Markup:
        """The table; it scrolls sideways in itself when it is wide."""
        heads = [
            Markup('<th scope="col"{}>{}</th>').format(self._alignment(name), visible(name))
            for name in self._columns
        ]
        rows = [Markup("<tr>{}</tr>").format(join(self._cells(row))) for row in self._rows]
        return Markup(
            '<div class="scroll"><table><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>{}'
        ).format(join(heads), join(rows), self._remark())

    def to_text(self) -> str:
        """The table drawn with characters."""
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False)
        for name in self._columns:
            table.add_column(Text(visible(name)), overflow="fold")
        for row in self._rows:
            table.add_row(*(Text(_cell_text(row.get(name))) for name in self._columns))
        output = StringIO()
        # In a kernel rich would display the table itself, beside ours.
        console = Console(file=output, width=TEXT_WIDTH, color_system=None, force_jupyter=False)
        console.print(table)
        lines = [line.rstrip() for line in output.getvalue().splitlines()]
        return "\n".join([*lines, *([self._more()] if self._more() else [])])

    def _cells(self, row: dict[str, Any]) -> list[Markup]:
        return [
            Markup("<td{}>{}</td>").format(self._alignment(name), _cell_text(row.get(name)))
            for name in self._columns
        ]

    def _alignment(self, column: str) -> Markup:
        held = [row[column] for row in self._rows if row.get(column) is not None]
        numbers = bool(held) and all(_is_number(value) for value in held)
        return Markup(' class="number"') if numbers else Markup("")

    def _remark(self) -> Markup:
        return Markup('<p class="quiet">{}</p>').format(self._more()) if self._more() else Markup()

    def _more(self) -> str:
        hidden = self._total - len(self._rows)
        return f"… and {hidden:,} more rows" if hidden else ""


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _cell_text(value: Any) -> str:
    if value is None:
        return "–"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if len(text) > MOST_CELL_CHARACTERS:
        text = text[:MOST_CELL_CHARACTERS] + "…"
    return visible(text)
