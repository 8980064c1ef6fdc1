"""Functions' code and layers: what is refused, and unpacking into folders that last."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import shutil
import stat
import tempfile
import threading
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any

from moto.awslambda.exceptions import LambdaClientError
from moto.awslambda.models import lambda_backends
from moto.s3.models import s3_backends

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.configuration import ACCOUNT_ID
from workshop_lib.local_cloud.lambda_runtime.functions import Function
from workshop_lib.local_cloud.moto_hooks import moto_lock

UNZIPPED_BYTES = 262_144_000
NO_OBJECT = "Error occurred while GetObject. S3 Error Code: {}. S3 Error Message: {}"
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


def check_package(
    code: Mapping[str, Any], layer_arns: Sequence[str], held: Function | None, region: str
) -> None:
    """Refuse what cannot be unpacked, or is too large together with its layers."""
    archive = read_archive(code)
    if archive is None and not layer_arns:
        return
    layers = _list_layers(layer_arns, region)
    if held is not None:
        archive, layers = archive or held.code, layers or list(held.layers)
    check_size([archive, *layers])


def check_size(archives: Iterable[bytes | None]) -> None:
    """Refuse what cannot be unpacked, or is too large together; what is None is not there."""
    total = sum(check_zip(archive) for archive in archives if archive is not None)
    if total > UNZIPPED_BYTES:
        raise _refuse(
            "Function code combined with layers exceeds the maximum allowed size of "
            f"{UNZIPPED_BYTES} bytes. The actual size is {total} bytes."
        )


def _list_layers(arns: Iterable[str], region: str) -> list[bytes]:
    archives = []
    for arn in arns:
        with moto_lock:
            try:
                layer = lambda_backends[ACCOUNT_ID][region].layers_versions_by_arn(arn)
            except (LambdaClientError, ValueError):
                # moto refuses what is no layer's ARN.
                continue
        if layer is not None:
            archives.append(layer.code_bytes)
    return archives


def read_archive(code: Mapping[str, Any]) -> bytes | None:
    """Return the zip that a call brings or names, None where there is none."""
    if "ZipFile" in code:
        try:
            return base64.b64decode(code["ZipFile"])
        except binascii.Error as error:
            raise AwsError("SerializationException", f"ZipFile is not base64: {error}") from error
    if "S3Bucket" in code and "S3Key" in code:
        return _read_object(code["S3Bucket"], code["S3Key"])
    return None


def _read_object(bucket: str, key: str) -> bytes:
    with moto_lock:
        backend = s3_backends[ACCOUNT_ID]["aws"]
        if bucket not in backend.buckets:
            raise _refuse(NO_OBJECT.format("NoSuchBucket", "The specified bucket does not exist"))
        found = backend.get_object(bucket, key)
        if found is None:
            raise _refuse(NO_OBJECT.format("NoSuchKey", "The specified key does not exist."))
        content: bytes = found.value
        return content


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
