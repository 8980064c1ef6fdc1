"""The recogniser's weights: where they are, and how they are fetched once.

YOLOX-nano as ONNX, Apache-2.0, pinned by commit and SHA-256. They are fetched at set-up, never
inside a function; without them the recogniser answers from the pixels alone.
"""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import httpx

from workshop_lib.errors import ModelUnavailableError

MODEL_FILE = "yolox_nano.onnx"


@dataclass(frozen=True)
class PinnedModel:
    """Weights at an address that must be these bytes and no others; size in bytes."""

    address: str
    size: int
    sha256: str


YOLOX_NANO = PinnedModel(
    address="https://raw.githubusercontent.com/Kazuhito00/YOLOX-ONNX-TFLite-Sample/"
    "3d4f1119d0694200671c08069ecb847aa0d8495a/model/yolox_nano.onnx",
    size=3_660_092,
    sha256="695e750a5d5754bb5a8d5325643b59282191a7e7a564e435a415fd3c578eab14",
)

CONNECT_SECONDS = 5.0
SILENCE_SECONDS = 10.0  # between two pieces of an answer
CHUNK = 256 * 1024  # bytes

Progress = Callable[[int, int], None]
"""Is told, now and then, how many bytes are done and how many there are in all."""


def find_model(
    settings_model: Path | None, home: Path, *, pinned: PinnedModel = YOLOX_NANO
) -> Path | None:
    """The file with the weights: in the folder of ``WORKSHOP_MODEL``, else in the home.

    Returns None when neither folder has it.

    Raises:
        ModelUnavailableError: there is such a file, and it is not the pinned one.
    """
    for folder in filter(None, (settings_model, home / "models")):
        file = folder / MODEL_FILE
        if file.is_file():
            _check(file, pinned, str(file))
            return file
    return None


def fetch_model(
    home: Path,
    source: Path | None = None,
    progress: Progress | None = None,
    *,
    pinned: PinnedModel = YOLOX_NANO,
    seconds_at_most: float = 120.0,
) -> Path:
    """Puts the weights into the home, from a file or folder or else from the pinned address.

    The file appears whole and checked, or not at all. Weights that are there already and right
    are left alone. Returns the file.

    Raises:
        ModelUnavailableError: they cannot be had, or are not the pinned ones.
    """
    kept = home / "models" / MODEL_FILE
    if kept.is_file() and _find_difference(kept, pinned) is None:
        return kept
    origin = str(source or pinned.address)
    kept.parent.mkdir(parents=True, exist_ok=True)
    with _written_whole(kept) as file, _open_origin(source, pinned, seconds_at_most) as chunks:
        _pour(chunks, file, pinned, origin, progress)
        file.flush()
        _check(Path(file.name), pinned, origin)
    return kept


@contextmanager
def _written_whole(target: Path) -> Iterator[IO[bytes]]:
    """A file beside the target that takes its place when the block ends well."""
    with tempfile.NamedTemporaryFile(dir=target.parent, suffix=".part", delete=False) as file:
        partial = Path(file.name)
        try:
            yield file.file
            file.close()  # Windows moves no open file
            partial.replace(target)
        finally:
            file.close()
            partial.unlink(missing_ok=True)


def _open_origin(
    source: Path | None, pinned: PinnedModel, seconds_at_most: float
) -> AbstractContextManager[Iterator[bytes]]:
    if source is None:
        return _download(pinned.address, time.monotonic() + seconds_at_most)
    return _read(_model_in(source))


def _model_in(source: Path) -> Path:
    file = source / MODEL_FILE if source.is_dir() else source
    if not file.is_file():
        raise ModelUnavailableError(
            f"There are no weights at {source}: {file} is not a file.",
            f"Name the file {MODEL_FILE}, or the folder that it is in.",
        )
    return file


@contextmanager
def _read(source: Path) -> Iterator[Iterator[bytes]]:
    try:
        with source.open("rb") as opened:
            yield iter(lambda: opened.read(CHUNK), b"")
    except OSError as error:
        raise ModelUnavailableError(
            f"The weights at {source} cannot be copied: {error}.",
            "Check that the file can be read and that there is room for 4 MB.",
        ) from error


@contextmanager
def _download(address: str, deadline: float) -> Iterator[Iterator[bytes]]:
    timeout = httpx.Timeout(SILENCE_SECONDS, connect=CONNECT_SECONDS)
    try:
        with httpx.stream("GET", address, timeout=timeout, follow_redirects=True) as response:
            response.raise_for_status()
            yield _until(deadline, response.iter_bytes(CHUNK), address)
    except httpx.HTTPStatusError as error:
        raise _not_fetched(address, f"it answered {error.response.status_code}") from error
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise _not_fetched(address, str(error) or type(error).__name__) from error


def _until(deadline: float, chunks: Iterator[bytes], address: str) -> Iterator[bytes]:
    for chunk in chunks:
        if time.monotonic() > deadline:
            raise _not_fetched(address, "it is too slow")
        yield chunk


def _pour(
    chunks: Iterator[bytes],
    file: IO[bytes],
    pinned: PinnedModel,
    origin: str,
    progress: Progress | None,
) -> None:
    """Writes the chunks; gives up as soon as there is more than the weights can be."""
    done = 0
    for chunk in chunks:
        done += len(chunk)
        if done > pinned.size:
            raise _wrong_weights(origin, f"more than {pinned.size} bytes", pinned)
        file.write(chunk)
        if progress:
            progress(done, pinned.size)


def _check(file: Path, pinned: PinnedModel, origin: str) -> None:
    difference = _find_difference(file, pinned)
    if difference:
        raise _wrong_weights(origin, difference, pinned)


def _find_difference(file: Path, pinned: PinnedModel) -> str | None:
    size = file.stat().st_size
    if size != pinned.size:
        return f"{size} bytes instead of {pinned.size}"
    with file.open("rb") as opened:
        sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
    return None if sha256 == pinned.sha256 else f"SHA-256 {sha256} instead of {pinned.sha256}"


def _wrong_weights(origin: str, difference: str, pinned: PinnedModel) -> ModelUnavailableError:
    return ModelUnavailableError(
        f"What is at {origin} is not the recogniser's weights: {difference}. It is not used.",
        f"Remove it, get {MODEL_FILE} from {pinned.address}, and run "
        "`workshop model fetch --from PATH`.",
    )


def _not_fetched(address: str, reason: str) -> ModelUnavailableError:
    return ModelUnavailableError(
        f"The recogniser's weights cannot be fetched from {address}: {reason}.",
        f"Get {MODEL_FILE} on another machine and run `workshop model fetch --from PATH`.",
    )
