"""The README's table from ``build/bench.json``: ``python -m tests.benchmarks.readme_tables``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.benchmarks.environments import ROOT
from tests.benchmarks.figures import Row

BEGIN, END = "<!-- make bench -->", "<!-- end of make bench -->"
HEADINGS = ("", "ours", "against", "ratio", "target", "met")


def make_table(document: dict[str, Any]) -> str:
    """Return the rows with targets as Markdown, under a line that says where they were taken."""
    machine = document["machine"]
    rows = [_read_row(row) for row in document["rows"] if row["bound"] is not None]
    lines = [
        f"Taken on {machine['date']} on {machine['processors']} × {machine['processor']} under a "
        f"load of {machine['load']:.1f}, with Python {machine['python']}, ministack "
        f"{machine['ministack']} and moto {machine['moto']}:",
        "",
        f"| {' | '.join(HEADINGS)} |",
        f"|{'---|' * len(HEADINGS)}",
        *(f"| {' | '.join(row.as_cells())} |" for row in rows),
    ]
    return "\n".join(lines)


def replace_table(readme: str, table: str) -> str:
    """Return a README with the table between its marks."""
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table}\n{END}{after}"


def _read_row(row: dict[str, Any]) -> Row:
    return Row(
        row["what"], row["unit"], row["ours"], row["other"], row["against"], row["bound"],
        row["more_is_better"],
    )  # fmt: skip


if __name__ == "__main__":
    file: Path = ROOT / "README.md"
    document = json.loads((ROOT / "build" / "bench.json").read_text())
    file.write_text(replace_table(file.read_text(), make_table(document)))
