"""Zip files that depend on nothing but their contents."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from workshop_lib.errors import PackagingError

MOST_UNZIPPED = 250 * 1024 * 1024  # bytes; Lambda's limit for a function with its layers
LEFT_OUT = {"__pycache__", "events", "tests"}
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip can tell
_READABLE_FILE = 0o100644 << 16  # Lambda's user must be able to read every file

Progress = Callable[[int, int], None]
"""Is told, now and then, how many bytes are done and how many there are in all."""


@dataclass(frozen=True, order=True)
class Entry:
    """One file to pack: its name in the archive, with forward slashes, and where it lies."""

    name: str
    path: Path

    @property
    def size(self) -> int:
        """Bytes, unzipped."""
        return self.path.stat().st_size


def pack_function(folder: Path) -> bytes:
    """Zips a function's folder, without its test events and caches.

    Raises:
        PackagingError: there is no handler.py, or the folder cannot be packed.
    """
    if not (folder / "handler.py").is_file():
        raise PackagingError(
            f"{folder} holds no handler.py.", "Name a folder of lambdas/, for example db_save."
        )
    entries = list_folder(folder)
    check_unzipped_size(entries, str(folder))
    buffer = io.BytesIO()
    write_zip(entries, buffer, compression_level=9)
    return buffer.getvalue()


def pack_source(source: str) -> bytes:
    """Zips a function that is one text, as its handler.py."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "handler.py").write_text(source, encoding="utf-8")
        return pack_function(Path(folder))


def list_folder(folder: Path, prefix: str = "") -> list[Entry]:
    """The files of a folder that belong into an archive, sorted by name.

    Raises:
        PackagingError: a symbolic link is among them; it could lead anywhere.
    """
    entries = []
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if any(part in LEFT_OUT or part.startswith(".") for part in relative.parts):
            continue
        if path.is_symlink():
            raise PackagingError(
                f"{path} is a symbolic link, which cannot be packed.",
                "Put the file itself in its place.",
            )
        if path.is_file():
            entries.append(Entry(prefix + relative.as_posix(), path))
    return sorted(entries)


def check_unzipped_size(entries: Iterable[Entry], what: str) -> int:
    """The size of all entries together, in bytes.

    Raises:
        PackagingError: Lambda would refuse so much.
    """
    size = sum(entry.size for entry in entries)
    if size > MOST_UNZIPPED:
        raise PackagingError(
            f"{what} is {size / 2**20:.0f} MB unzipped; Lambda takes 250 MB at most.",
            "Leave out what the function does not need.",
        )
    return size


def write_zip(
    entries: Iterable[Entry],
    target: IO[bytes],
    *,
    compression_level: int,
    progress: Progress | None = None,
) -> None:
    """Writes the entries in the order of their names, with a fixed time and mode."""
    ordered = sorted(entries)
    total, done = sum(entry.size for entry in ordered), 0
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in ordered:
            information = zipfile.ZipInfo(entry.name, _EPOCH)
            information.external_attr = _READABLE_FILE
            information.create_system = 3  # Unix, whichever system this is: the mode counts
            content = entry.path.read_bytes()
            archive.writestr(information, content, zipfile.ZIP_DEFLATED, compression_level)
            done += len(content)
            if progress:
                progress(done, total)
