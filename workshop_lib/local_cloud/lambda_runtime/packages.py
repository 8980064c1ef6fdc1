"""Functions' code and layers, unpacked once per content into folders that last."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import tempfile
import threading
import zipfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path, PurePosixPath

from workshop_lib.local_cloud.aws_errors import AwsError

UNZIPPED_BYTES = 262_144_000
COPY_BYTES = 1024 * 1024
TEMPORARY_PREFIX = "unpacking-"


def open_zip(archive: bytes) -> zipfile.ZipFile:
    """Open a zip, refusing what is none in AWS's words."""
    try:
        return zipfile.ZipFile(BytesIO(archive))
    except zipfile.BadZipFile as error:
        raise AwsError(
            "InvalidParameterValueException",
            "Could not unzip uploaded file. Please check your file, then try to upload again.",
        ) from error


def check_zip(archive: bytes) -> int:
    """Refuse a zip that must not be unpacked here; return its unzipped size.

    Raises:
        AwsError: InvalidParameterValueException, with what is wrong.
    """
    with open_zip(archive) as opened:
        for entry in opened.infolist():
            _refuse_unsafe(entry)
        size = sum(entry.file_size for entry in opened.infolist())
    if size > UNZIPPED_BYTES:
        raise AwsError(
            "InvalidParameterValueException",
            f"Unzipped size must be smaller than {UNZIPPED_BYTES} bytes",
        )
    return size


class PackageStore:
    """Unpacks zips under one folder; the same content is unpacked once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bytecode_folder = folder / "bytecode"
        self._lock = threading.Lock()

    def unpack(self, archives: Sequence[bytes]) -> Path:
        """Return the folder that holds these zips, unpacked over each other in this order.

        Raises:
            AwsError: InvalidParameterValueException, a zip is broken, unsafe or too large.
        """
        digest = hashlib.sha256()
        for archive in archives:
            digest.update(hashlib.sha256(archive).digest())
        target = self.folder / digest.hexdigest()[:32]
        # Many environments of one function may start at once.
        with self._lock:
            if not target.is_dir():
                self._unpack_into(archives, target)
        return target

    def _unpack_into(self, archives: Sequence[bytes], target: Path) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for archive in archives:
            check_zip(archive)
        unpacking = Path(tempfile.mkdtemp(prefix=TEMPORARY_PREFIX, dir=self.folder))
        try:
            remaining = UNZIPPED_BYTES
            for archive in archives:
                with open_zip(archive) as opened:
                    for entry in opened.infolist():
                        remaining -= _extract(opened, entry, unpacking, remaining)
            _move(unpacking, target)
        finally:
            shutil.rmtree(unpacking, ignore_errors=True)


def list_module_names(folders: Sequence[Path]) -> frozenset[str]:
    """Return the top-level names that could be imported from these folders."""
    names: set[str] = set()
    for folder in folders:
        if folder.is_dir():
            names.update(entry.name.partition(".")[0] for entry in folder.iterdir())
    return frozenset(names)


def _refuse_unsafe(entry: zipfile.ZipInfo) -> None:
    path = PurePosixPath(entry.filename)
    unsafe = path.is_absolute() or ".." in path.parts or "\\" in entry.filename
    unsafe = unsafe or ":" in entry.filename or "\0" in entry.filename
    if unsafe:
        reason = "its path leaves the package"
    elif stat.S_ISLNK(entry.external_attr >> 16):
        reason = "it is a symbolic link, which the local cloud does not unpack"
    else:
        return
    raise AwsError(
        "InvalidParameterValueException",
        f"Could not unzip uploaded file: {entry.filename!r} is refused, {reason}.",
    )


def _extract(opened: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path, remaining: int) -> int:
    """Extract one entry and return its size; the size in a zip's directory may be a lie."""
    target = folder.joinpath(*PurePosixPath(entry.filename).parts)
    if entry.is_dir():
        target.mkdir(parents=True, exist_ok=True)
        return 0
    target.parent.mkdir(parents=True, exist_ok=True)
    size = 0
    try:
        with opened.open(entry) as source, target.open("wb") as copy:
            while chunk := source.read(COPY_BYTES):
                size += len(chunk)
                if size > remaining:
                    raise AwsError(
                        "InvalidParameterValueException",
                        f"Unzipped size must be smaller than {UNZIPPED_BYTES} bytes",
                    )
                copy.write(chunk)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
        raise AwsError(
            "InvalidParameterValueException",
            f"Could not unzip uploaded file: {entry.filename!r} cannot be read ({error}).",
        ) from error
    executable = (entry.external_attr >> 16) & 0o111
    target.chmod(0o755 if executable else 0o644)
    return size


def _move(unpacked: Path, target: Path) -> None:
    """Put a whole folder in place at once; another process may have been faster."""
    try:
        os.rename(unpacked, target)  # noqa: PTH104 - atomic, and fails where the target exists
    except OSError:
        if not target.is_dir():
            raise
