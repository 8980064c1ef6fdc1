"""A snapshot: a manifest, and a file for each of moto's services and for the events that wait.

The manifest names the files with their SHA-256 and is sealed with a key that comes from the home's
own secret. It is replaced as a whole; the files it names are there before it is.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import platform
import tempfile
import time
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

# Greater with every change of what is kept: of our classes in it, or of the meaning of a change.
STATE_FORMAT = 3
MANIFEST = "manifest.json"


class StateUnreadableError(Exception):
    """What is in the home cannot be read; the sentence says why."""


@dataclass(frozen=True)
class Part:
    """One file of a snapshot; ``names`` are the bodies in the content store that it needs."""

    file: str
    sha256: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Manifest:
    """What a snapshot consists of.

    Attributes:
        next_number: of the first change that is not in it.
        nanoseconds: when the last change in it happened.
        parts: by service.
        written: seconds since 1970.
        moto: the version that wrote it; ``state_format`` is ours.
    """

    next_number: int
    nanoseconds: int
    parts: dict[str, Part]
    written: float = field(default_factory=time.time)
    moto: str = field(default_factory=lambda: version("moto"))
    state_format: int = STATE_FORMAT
    python: str = field(default_factory=platform.python_version)


class SnapshotFiles:
    """The snapshot in one folder.

    Args:
        folder: where; it is there.
        secret: of the home's own key pair.
    """

    def __init__(self, folder: Path, secret: str) -> None:
        self.folder = folder
        self._key = hmac.digest(secret.encode(), b"local cloud state", "sha256")

    def read_manifest(self) -> Manifest | None:
        """Return the manifest, None where there is no snapshot.

        Raises:
            StateUnreadableError: it is damaged, or of another version, or not this home's.
        """
        try:
            sealed = json.loads((self.folder / MANIFEST).read_bytes())
            content, seal = sealed["manifest"], sealed["seal"]
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError) as error:
            raise StateUnreadableError(f"Its {MANIFEST} is damaged: {error}.") from error
        if not hmac.compare_digest(str(seal), self._seal(content)):
            raise StateUnreadableError("This home's cloud has not written it, or it was changed.")
        _check_versions(content)
        parts = {
            name: Part(part["file"], part["sha256"], tuple(part["names"]))
            for name, part in content.pop("parts").items()
        }
        return Manifest(parts=parts, **content)

    def write_manifest(self, manifest: Manifest) -> None:
        """Make this the snapshot.

        Raises:
            OSError: it is not; the former one stays.
        """
        content = json.loads(json.dumps(asdict(manifest)))
        sealed = {"manifest": content, "seal": self._seal(content)}
        self._write(MANIFEST, json.dumps(sealed).encode())

    def write_part(self, name: str, number: int, content: bytes, names: set[str]) -> Part:
        """Write one file of a snapshot.

        Raises:
            OSError: it is not written.
        """
        file = f"{name}-{number}.pickle"
        self._write(file, content)
        return Part(file, hashlib.sha256(content).hexdigest(), tuple(sorted(names)))

    def read_part(self, part: Part) -> bytes:
        """Return what a part's file holds.

        Raises:
            StateUnreadableError: it is missing, or not what was written.
        """
        try:
            content = (self.folder / Path(part.file).name).read_bytes()
        except OSError as error:
            raise StateUnreadableError(f"Its {part.file} cannot be read: {error}.") from error
        if hashlib.sha256(content).hexdigest() != part.sha256:
            raise StateUnreadableError(f"Its {part.file} is damaged.")
        return content

    def remove_others(self, manifest: Manifest) -> None:
        """Remove the files of former snapshots."""
        kept = {part.file for part in manifest.parts.values()}
        for file in self.folder.glob("*.pickle"):
            if file.name not in kept:
                file.unlink()

    def _seal(self, content: dict[str, Any]) -> str:
        text = json.dumps(content, sort_keys=True).encode()
        return hmac.digest(self._key, text, "sha256").hex()

    def _write(self, name: str, content: bytes) -> None:
        descriptor, draft = tempfile.mkstemp(dir=self.folder, prefix=f".{name}")
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content)
            Path(draft).replace(self.folder / name)
        except OSError:
            Path(draft).unlink(missing_ok=True)
            raise


def _check_versions(content: dict[str, Any]) -> None:
    for name, word, own in (
        ("moto", "moto", version("moto")),
        ("state_format", "state format", STATE_FORMAT),
    ):
        if content.get(name) != own:
            raise StateUnreadableError(
                f"{word} {content.get(name)} has written it, and here is {word} {own}."
            )
