"""Whether the built decks are as new as their sources."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from workshop_lib.places import SLIDES
from workshop_lib.slides.places import STAMP

PACKAGE = Path(__file__).resolve().parent.parent
_KINDS = {".md", ".py", ".toml", ".css", ".js", ".html"}


def are_fresh(folder: Path) -> bool:
    """Tell whether the decks in this folder are newer than their sources.

    Notebooks and functions do not count: whoever works through the day saves them all the time, and
    should not wait for the slides each time. `workshop slides build` always builds.
    """
    stamp = folder / STAMP
    if not stamp.is_file():
        return False
    built = stamp.stat().st_mtime
    return all(source.stat().st_mtime <= built for source in _sources())


def _sources() -> Iterator[Path]:
    for folder in (SLIDES, PACKAGE):
        yield from (file for file in folder.rglob("*") if file.suffix in _KINDS)
