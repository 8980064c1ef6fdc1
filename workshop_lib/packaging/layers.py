"""Builds the layers of lambdas/layers: their own code, their libraries, their weights.

Which files a layer holds is one question (``_collect``), how they become a zip another
(``build_layer``): a layer for another system differs in the first only.
"""

from __future__ import annotations

import hashlib
import tempfile
import tomllib
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workshop_lib.errors import PackagingError
from workshop_lib.packaging.archives import (
    Entry,
    Progress,
    check_unzipped_size,
    list_folder,
    write_zip,
)
from workshop_lib.packaging.distributions import describe_distribution, list_distribution
from workshop_lib.packaging.wheels import fetch_libraries

LAYERS = Path(__file__).resolve().parents[2] / "lambdas" / "layers"
MANIFEST = "layer.toml"
PYTHON_FOLDER = "python/"  # under it, Lambda's Python finds a layer's packages
FAST = 1  # a layer is built while an attendee waits; a smaller file would not help her
LONGEST_DESCRIPTION = 256  # characters; Lambda's limit


@dataclass(frozen=True)
class LayerPackage:
    """A layer that is ready to be published.

    sha256 is hexadecimal, of the zip; sizes are in bytes; the description says what is inside.
    published_arn is the version that stands already, for a layer that a class shares.
    """

    path: Path
    sha256: str
    size_zipped: int
    size_unzipped: int
    description: str
    published_arn: str | None = None


def published_package(arn: str) -> LayerPackage:
    """Return a layer that somebody published for all; there is nothing to pack any more."""
    return LayerPackage(Path(), "", 0, 0, "published for the whole class", arn)


@dataclass(frozen=True)
class _Manifest:
    description: str
    distributions: list[str]
    exclude: list[str] = field(default_factory=list)
    weights: str | None = None


def build_layer(
    name: str,
    cache: Path,
    *,
    model: Path | None = None,
    architecture: str | None = None,
    progress: Progress | None = None,
    layers: Path = LAYERS,
) -> LayerPackage:
    """Builds a layer, or takes it from the cache when nothing has changed.

    Args:
        name: a folder of lambdas/layers: ``recogniser`` or ``pillow``.
        cache: the folder where built layers are kept, by their contents.
        model: the file with the weights, for a layer that has a place for them. Without it the
            layer is built all the same, and its description says so.
        architecture: of Lambda's machines, ``x86_64`` or ``arm64``; None for this machine, which is
            the local cloud's.
        progress: is told how many bytes are packed and how many there are.
        layers: the folder of all layers.

    Raises:
        PackagingError: no such layer, a library is missing, or it is too large for Lambda.
    """
    folder = layers / name
    manifest = _read_manifest(folder)
    libraries = None
    if architecture:
        libraries = fetch_libraries(manifest.distributions, cache, architecture)
    entries = _collect(folder, manifest, model, libraries)
    size_unzipped = check_unzipped_size(entries, f"The layer {name}")
    path = cache / f"{name}-{_fingerprint(entries)[:16]}.zip"
    # A zip ends with its table of contents: one cut short, or missing, is no zip.
    if not zipfile.is_zipfile(path):
        _write(entries, path, progress)
    return LayerPackage(
        path=path,
        sha256=_sha256(path),
        size_zipped=path.stat().st_size,
        size_unzipped=size_unzipped,
        description=_describe(manifest, model),
    )


def _read_manifest(folder: Path) -> _Manifest:
    try:
        contents: dict[str, Any] = tomllib.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return _Manifest(**contents)
    except FileNotFoundError as error:
        raise PackagingError(
            f"There is no layer {folder.name}: {folder / MANIFEST} is missing.",
            f"Name a folder of {folder.parent} that holds a {MANIFEST}.",
        ) from error
    except (tomllib.TOMLDecodeError, TypeError) as error:
        raise PackagingError(
            f"{folder / MANIFEST} cannot be read: {error}.",
            "It says description and distributions; exclude and weights may follow.",
        ) from error


def _collect(
    folder: Path, manifest: _Manifest, model: Path | None, unpacked: Path | None
) -> list[Entry]:
    """Every file of the layer: its own code, its libraries, its weights."""
    own = [entry for entry in list_folder(folder, PYTHON_FOLDER) if entry.path.name != MANIFEST]
    libraries = [
        entry
        for name in manifest.distributions
        for entry in list_distribution(name, manifest.exclude, PYTHON_FOLDER, unpacked)
    ]
    weights = []
    if model is not None and manifest.weights:
        weights.append(Entry(PYTHON_FOLDER + manifest.weights, model))
    return sorted([*own, *libraries, *weights])


def _fingerprint(entries: Iterable[Entry]) -> str:
    """Depends on each entry's name and contents, and on nothing else."""
    digest = hashlib.sha256()
    for entry in entries:
        digest.update(f"{entry.name}\0{_sha256(entry.path)}\0".encode())
    return digest.hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(entries: list[Entry], path: Path, progress: Progress | None) -> None:
    """Writes beside the target and moves it there: two builders at once do no harm."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
        partial = Path(file.name)
        try:
            write_zip(entries, file, compression_level=FAST, progress=progress)
            file.close()
            partial.replace(path)
        except OSError as error:
            raise PackagingError(
                f"The layer cannot be written to {path}: {error}.", "Make room on the disk."
            ) from error
        finally:
            file.close()
            partial.unlink(missing_ok=True)


def _describe(manifest: _Manifest, model: Path | None) -> str:
    contents = [describe_distribution(name) for name in manifest.distributions]
    if manifest.weights:
        contents.append("model weights" if model else "no model weights: answers from the pixels")
    return f"{manifest.description}: {', '.join(contents)}"[:LONGEST_DESCRIPTION]
