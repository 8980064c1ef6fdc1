"""The files of an installed distribution, less what running it never needs."""

from __future__ import annotations

import importlib.metadata
from fnmatch import fnmatchcase
from pathlib import Path

from workshop_lib.errors import PackagingError
from workshop_lib.packaging.archives import Entry

_UNNEEDED_FOLDERS = {"__pycache__", "tests", "test", "testing_data", "docs", "examples"}
_UNNEEDED_SUFFIXES = {".pyc", ".pyi", ".pyx", ".pxd", ".h", ".hpp", ".c", ".cpp", ".a", ".lib"}
_KEPT_METADATA = {"METADATA", "licenses", "LICENSE", "LICENSE.txt", "NOTICE"}


def list_distribution(
    name: str, exclude: list[str], prefix: str, folder: Path | None = None
) -> list[Entry]:
    """The files that a distribution installed, here or in a folder, and that belong into a layer.

    Tests, stubs, headers and caches stay out, and whatever matches a pattern of ``exclude``
    (``fnmatch`` over the path from site-packages); licences stay in.

    Raises:
        PackagingError: it is not installed, or nobody noted down which files are its own.
    """
    distribution = _find_distribution(name) if folder is None else _find_unpacked(name, folder)
    entries = []
    for file in distribution.files or []:
        if _is_needed(file, exclude):
            path = Path(str(distribution.locate_file(file)))
            if path.is_file():
                entries.append(Entry(prefix + file.as_posix(), path))
    if not entries:
        raise PackagingError(
            f"{name} is installed without a list of its files, so it cannot be packed.",
            f"Install it anew: python -m pip install --force-reinstall {name}",
        )
    return entries


def describe_distribution(name: str) -> str:
    """Its name and version, for example ``numpy 2.4.6``."""
    distribution = _find_distribution(name)
    return f"{name} {distribution.version}"


def _find_distribution(name: str) -> importlib.metadata.Distribution:
    try:
        return importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError as error:
        raise PackagingError(
            f"{name} is not installed, and a layer needs it.", "Run `make lab` again."
        ) from error


def _find_unpacked(name: str, folder: Path) -> importlib.metadata.Distribution:
    found = importlib.metadata.distributions(name=name, path=[str(folder)])
    for distribution in found:
        return distribution
    raise PackagingError(f"{name} is not in {folder}.", "Delete the folder, and try again.")


def _is_needed(file: importlib.metadata.PackagePath, exclude: list[str]) -> bool:
    if file.is_absolute() or ".." in file.parts:
        return False  # scripts and data that were installed beside the libraries
    if file.parts[0].endswith(".dist-info"):
        return file.parts[1] in _KEPT_METADATA
    if file.suffix in _UNNEEDED_SUFFIXES or _UNNEEDED_FOLDERS & set(file.parts):
        return False
    return not any(fnmatchcase(file.as_posix(), pattern) for pattern in exclude)
