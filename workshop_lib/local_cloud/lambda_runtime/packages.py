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
TOO_LARGE = f"Unzipped size must be smaller than {UNZIPPED_BYTES} bytes"
COPY_BYTES = 1024 * 1024
TEMPORARY_PREFIX = "unpacking-"


def open_zip(archive: bytes) -> zipfile.ZipFile:
    """Open a zip, refusing what is none in AWS's words."""
    try:
        return zipfile.ZipFile(BytesIO(archive))
    except zipfile.BadZipFile as error:
        raise _refuse(
            "Could not unzip uploaded file. Please check your file, then try to upload again."
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
        raise _refuse(TOO_LARGE)
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
        digests = b"".join(hashlib.sha256(archive).digest() for archive in archives)
        target = self.folder / hashlib.sha256(digests).hexdigest()[:32]
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
            try:
                # At once; another process may have been faster.
                os.rename(unpacking, target)  # noqa: PTH104 - fails where the target exists
            except OSError:
                if not target.is_dir():
                    raise
        finally:
            shutil.rmtree(unpacking, ignore_errors=True)


def list_module_names(folders: Sequence[Path]) -> frozenset[str]:
    """Return the top-level names that could be imported from these folders."""
    entries = (entry for folder in folders if folder.is_dir() for entry in folder.iterdir())
    return frozenset(entry.name.partition(".")[0] for entry in entries)


def _refuse_unsafe(entry: zipfile.ZipInfo) -> None:
    path = PurePosixPath(entry.filename)
    if path.is_absolute() or ".." in path.parts or set("\\:\0") & set(entry.filename):
        reason = "its path leaves the package"
    elif stat.S_ISLNK(entry.external_attr >> 16):
        reason = "it is a symbolic link, which the local cloud does not unpack"
    else:
        return
    raise _refuse(f"Could not unzip uploaded file: {entry.filename!r} is refused, {reason}.")


def _refuse(message: str) -> AwsError:
    return AwsError("InvalidParameterValueException", message)


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
                    raise _refuse(TOO_LARGE)
                copy.write(chunk)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
        message = f"Could not unzip uploaded file: {entry.filename!r} cannot be read ({error})."
        raise _refuse(message) from error
    executable = (entry.external_attr >> 16) & 0o111
    target.chmod(0o755 if executable else 0o644)
    return size
