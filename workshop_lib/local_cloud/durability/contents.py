"""Large bodies, each in a file of its own that is named by its SHA-256 and written once.

The journal and the snapshots name a body instead of holding it, so that a photo is on the disk once
however often it is uploaded, copied, journalled and kept.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Container
from dataclasses import dataclass
from io import SEEK_END, SEEK_SET
from pathlib import Path
from threading import Lock

# Smaller ones are kept where they are: a file of its own would cost more.
LEAST_BYTES = 16 * 1024


@dataclass(frozen=True)
class Content:
    """A body in the store: its SHA-256 in hexadecimal, and its bytes."""

    name: str
    size: int


class ContentStore:
    """The files of one cloud.

    Args:
        folder: where they are; made.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = Lock()
        # Those put since the last sweep began: no snapshot names them yet.
        self._young: set[str] = set()
        self._last: tuple[bytes, Content] | None = None

    def put(self, body: bytes) -> Content:
        """Keep a body.

        Raises:
            OSError: it is not kept.
        """
        last = self._last
        # A request's body becomes an object's a moment later; comparing is cheaper than hashing.
        if last is not None and len(last[0]) == len(body) and last[0] == body:
            return last[1]
        content = Content(hashlib.sha256(body).hexdigest(), len(body))
        with self._lock:
            self._young.add(content.name)
            if self.find_size(content.name) != content.size:
                self._write(content, body)
        self._last = (body, content)
        return content

    def forget_last(self) -> None:
        """Let go of the body that was put last."""
        self._last = None

    def read(self, content: Content) -> bytes:
        """Return a body.

        Raises:
            OSError: it is not there.
        """
        return self.find_file(content.name).read_bytes()

    def find_file(self, name: str) -> Path:
        """Return the path of a body's file."""
        return self.folder / name

    def find_size(self, name: str) -> int | None:
        """Return the bytes of a body's file, None where there is none."""
        try:
            return self.find_file(name).stat().st_size
        except FileNotFoundError:
            return None

    def begin_sweep(self) -> None:
        """Take what is put from here on for needed; the snapshot made now tells the rest."""
        with self._lock:
            self._young.clear()
            self._last = None

    def sweep(self, needed: Container[str]) -> None:
        """Remove the files that the new snapshot does not need, nor anything put since."""
        with self._lock:
            for file in self.folder.iterdir():
                if file.name not in needed and file.name not in self._young:
                    file.unlink()

    def _write(self, content: Content, body: bytes) -> None:
        descriptor, draft = tempfile.mkstemp(dir=self.folder, prefix=".")
        try:
            with os.fdopen(descriptor, "wb", buffering=0) as stream:
                rest = memoryview(body)
                while rest:
                    rest = rest[stream.write(rest) :]
            Path(draft).replace(self.find_file(content.name))
        except OSError:
            Path(draft).unlink(missing_ok=True)
            raise


class ContentBuffer:
    """A body in the store, read as a file; opened for each reading, so that thousands may be."""

    def __init__(self, store: ContentStore, content: Content) -> None:
        self.content = content
        self._file = store.find_file(content.name)
        self._place = 0
        self._closed = False

    def seek(self, offset: int, whence: int = SEEK_SET) -> int:
        """Go to a place."""
        self._place = offset + (self.content.size if whence == SEEK_END else 0)
        return self._place

    def read(self, count: int = -1) -> bytes:
        """Return the bytes from here on.

        Raises:
            ValueError: it is closed.
        """
        if self._closed:
            raise ValueError("read of closed file")
        with self._file.open("rb", buffering=0) as stream:
            stream.seek(self._place)
            found: bytes = stream.read(count)
        self._place += len(found)
        return found

    def close(self) -> None:
        """Let nobody read it any more."""
        self._closed = True
