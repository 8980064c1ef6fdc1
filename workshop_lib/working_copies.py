"""The attendee's own copies of the notebooks: hers to write in, and never in the way of `git pull`.

They stand in a folder that Git leaves alone. When an original has changed since a copy was made,
the copy becomes the new one, with the answers to those exercises that are still the same; the old
copy is kept beside it. Nothing is ever overwritten without a copy.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import nbformat

from workshop_lib.errors import WorkshopError
from workshop_lib.solutions import exercise_name

# Each copy's original as it was when the copy was made.
ORIGINALS = ".originals"
EARLIER = "earlier"
PICTURES = "pictures"


@dataclass(frozen=True)
class WorkingCopies:
    """The attendee's copies.

    Args:
        originals: the folder with the notebooks as they came, and their pictures.
        folder: where the copies are.
    """

    originals: Path
    folder: Path

    def refresh(self, say: Callable[[str], object], now: datetime) -> None:
        """Make the copies that are missing, and bring the others up to date.

        Args:
            say: is told what happened to what the attendee has written.
            now: goes into the name of what is kept.

        Raises:
            WorkshopError: the folder cannot be written, or an original cannot be read.
        """
        try:
            (self.folder / ORIGINALS).mkdir(parents=True, exist_ok=True)
            shutil.copytree(
                self.originals / PICTURES, self.folder / PICTURES, dirs_exist_ok=True
            )  # fmt: skip
            for original in sorted(self.originals.glob("*.ipynb")):
                self._refresh_one(original, say, now)
        except OSError as error:
            raise WorkshopError(
                f"Your copies of the notebooks cannot be kept in {self.folder}: {error}",
                "Make room there, or name another folder: `workshop lab --notebooks FOLDER`.",
            ) from error

    def _refresh_one(self, original: Path, say: Callable[[str], object], now: datetime) -> None:
        copy, base = self.folder / original.name, self.folder / ORIGINALS / original.name
        if copy.exists() and base.exists() and base.read_bytes() == original.read_bytes():
            return
        if not copy.exists() or (base.exists() and copy.read_bytes() == base.read_bytes()):
            _write_both(original, copy, base, None)
            return
        kept = self._keep(copy, now)
        new, carried, left = _carry_answers(copy, base, original)
        _write_both(original, copy, base, new)
        say(
            f"{copy.name} is new. Your earlier one is kept as {kept.relative_to(self.folder)}"
            f"{_tell_answers(carried, left)}."
        )

    def _keep(self, copy: Path, now: datetime) -> Path:
        kept = self.folder / EARLIER / f"{copy.stem} {now:%Y-%m-%d %H.%M.%S}.ipynb"
        kept.parent.mkdir(exist_ok=True)
        shutil.copy2(copy, kept)
        return kept


def _tell_answers(carried: list[str], left: list[str]) -> str:
    words = f"; your answers to {', '.join(carried)} came along" if carried else ""
    if left:
        words += f"; your answers to {', '.join(left)} are in the earlier one, because they changed"
    return words


def _write_both(original: Path, copy: Path, base: Path, new: Any) -> None:
    # The copy first: interrupted between the two, the next time looks at it again.
    draft = copy.with_suffix(".draft")
    if new is None:
        shutil.copyfile(original, draft)
    else:
        nbformat.write(new, draft)
    draft.replace(copy)
    shutil.copyfile(original, base)


def _carry_answers(copy: Path, base: Path, original: Path) -> tuple[Any, list[str], list[str]]:
    """Return the new notebook with the old answers, whose came along, and whose did not."""
    new = nbformat.read(original, as_version=nbformat.NO_CONVERT)
    mine = _read_answers(copy)
    before = _read_answers(base) if base.exists() else {}
    wanted = _read_answers(original)
    written = {name: text for name, text in mine.items() if text != before.get(name)}
    carried = [
        name
        for name in written
        if name in wanted and wanted[name] == before.get(name, wanted[name])
    ]
    for cell in new.cells:
        if (name := exercise_name(cell)) in carried:
            cell.source = written[name]
    return new, carried, [name for name in written if name not in carried]


def _read_answers(notebook: Path) -> dict[str, str]:
    """Return what stands in the exercises' cells; nothing of a notebook that is broken."""
    try:
        cells = nbformat.read(notebook, as_version=nbformat.NO_CONVERT).cells
    except (ValueError, AttributeError, nbformat.ValidationError):
        return {}
    named = {exercise_name(cell): str(cell.source) for cell in cells}
    return {name: text for name, text in named.items() if name is not None}
