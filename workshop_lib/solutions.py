"""The exercises' solutions: blocks of ``notebooks/solutions/<stem>.py``, their only source.

The files are in percent format. A block that begins with ``# %% exercise-NAME`` is the whole
content of the notebook's cell tagged ``exercise-NAME``.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from workshop_lib.errors import LessonError

TAG = "exercise-"
_MARK = re.compile(r"^# %%(?P<title>.*)$", re.MULTILINE)


def read_solutions(file: Path) -> dict[str, str]:
    """Return the solutions in a file by the names of their exercises; none where there is no file.

    Raises:
        LessonError: two blocks have the same name.
    """
    if not file.is_file():
        return {}
    _, *blocks = _MARK.split(file.read_text(encoding="utf-8"))
    found: dict[str, str] = {}
    for title, block in zip(blocks[::2], blocks[1::2], strict=True):
        name = title.strip().removeprefix(TAG)
        if not title.strip().startswith(TAG):
            continue
        if name in found:
            raise LessonError(f"{file.name} has two blocks exercise-{name}.", "Remove one.")
        found[name] = block.strip("\n")
    return found


def exercise_name(cell: Any) -> str | None:
    """Return the name of the exercise that a notebook's cell is for, or None."""
    tags = cell.get("metadata", {}).get("tags", [])
    return next((tag.removeprefix(TAG) for tag in tags if tag.startswith(TAG)), None)


def put_solutions(notebook: Any, solutions: dict[str, str]) -> list[str]:
    """Put the solutions into the notebook's exercise cells; return the names of those put.

    Raises:
        LessonError: an exercise of the notebook has no solution.
    """
    put = []
    for cell in notebook["cells"]:
        name = exercise_name(cell)
        if name is None:
            continue
        if name not in solutions:
            raise LessonError(
                f"There is no solution of the exercise {name}.",
                f"Write a block `# %% exercise-{name}` into the lesson's file of solutions.",
            )
        cell["source"] = solutions[name]
        put.append(name)
    return put
