"""Whether the built decks still say what their sources say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from workshop_lib.places import LAMBDAS, NOTEBOOKS, SLIDES
from workshop_lib.slides.places import STAMP

PACKAGE = Path(__file__).resolve().parent.parent
_KINDS = {".md", ".py", ".ipynb", ".toml", ".json", ".css", ".js", ".html"}


def are_fresh(folder: Path) -> bool:
    """Tell whether the decks in this folder are newer than everything they are made of."""
    stamp = folder / STAMP
    if not stamp.is_file():
        return False
    built = stamp.stat().st_mtime
    return all(source.stat().st_mtime <= built for source in _sources())


def _sources() -> Iterator[Path]:
    for folder in (SLIDES, NOTEBOOKS, LAMBDAS, PACKAGE):
        for file in folder.rglob("*"):
            if file.suffix in _KINDS and ".ipynb_checkpoints" not in file.parts:
                yield file
