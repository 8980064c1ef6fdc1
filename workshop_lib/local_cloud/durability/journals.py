"""A journal: a file of records, each written whole before what it says happens.

A record is its length and its CRC-32, each four bytes, big-endian, and then its payload: a line of
JSON, and the bytes of those arguments of the change that are bytes; larger ones are in the content
store, and named in the line. What the operating system has taken by ``write`` outlives the process,
however it ends; only a machine that loses power could lose it, and nobody waits for that here.
"""

from __future__ import annotations

import json
import os
import struct
import zlib
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from workshop_lib.local_cloud.durability.contents import LEAST_BYTES, Content, ContentStore
from workshop_lib.local_cloud.durability.snapshots import STATE_FORMAT, StateUnreadableError
from workshop_lib.local_cloud.moto_hooks.moments import Moment

# The first line says who wrote it: only the version that carried a change out knows what it means.
HEADER = f"local cloud journal, state format {STATE_FORMAT}, moto {version('moto')}\n".encode()
FRAME = struct.Struct(">II")
LARGEST_RECORD = 512 * 1024 * 1024


class Journal:
    """A journal that is written.

    Args:
        file: where; made, with mode 0600.

    Raises:
        OSError: it cannot be made.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        self._descriptor = os.open(file, flags, 0o600)
        self.size = 0
        self._is_torn = False
        try:
            self._write(HEADER)
        except OSError:
            self.close()
            raise

    def append(self, payload: bytes) -> None:
        """Write one record.

        Raises:
            OSError: it is not written, and the journal ends as it did before.
        """
        if self._is_torn:
            self._cut()
        self._write(FRAME.pack(len(payload), zlib.crc32(payload)) + payload)

    def close(self) -> None:
        """End writing; a journal without a record is removed."""
        os.close(self._descriptor)
        if self.size <= len(HEADER):
            self.file.unlink()

    def _write(self, content: bytes) -> None:
        rest = memoryview(content)
        try:
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
        except OSError:
            # Whatever comes after half a record could not be read; so nothing may.
            self._is_torn = True
            self._cut()
            raise
        self.size += len(content)

    def _cut(self) -> None:
        os.ftruncate(self._descriptor, self.size)
        os.lseek(self._descriptor, self.size, os.SEEK_SET)
        self._is_torn = False


@dataclass(frozen=True)
class JournalContent:
    """What a journal holds.

    Attributes:
        records: those that are whole, in their order.
        size: the bytes up to the end of the last whole record.
        torn: the bytes after it: half of a record that nobody was told of.
        damaged: whether what follows is no record that was being written.
    """

    records: list[bytes]
    size: int
    torn: int
    damaged: bool


def read_journal(file: Path) -> JournalContent:
    """Read a journal up to its first record that is not whole.

    Raises:
        StateUnreadableError: another version has written it.
    """
    content = file.read_bytes()
    if not content.startswith(HEADER):
        if HEADER.startswith(content):
            return JournalContent([], 0, len(content), False)
        first = content[:100].partition(b"\n")[0].decode("ascii", "replace")
        raise StateUnreadableError(f"Its {file.name} begins with {first!r}.")
    records: list[bytes] = []
    place = len(HEADER)
    while place + FRAME.size <= len(content):
        length, checksum = FRAME.unpack_from(content, place)
        payload = content[place + FRAME.size : place + FRAME.size + length]
        if length > LARGEST_RECORD:
            return JournalContent(records, place, len(content) - place, True)
        if len(payload) < length:
            break
        if zlib.crc32(payload) != checksum:
            return JournalContent(records, place, len(content) - place, True)
        records.append(payload)
        place += FRAME.size + length
    return JournalContent(records, place, len(content) - place, False)


def cut_journal(file: Path, content: JournalContent) -> None:
    """Let a journal end after its last whole record; without one it is removed."""
    if content.records:
        os.truncate(file, content.size)
    else:
        file.unlink()


@dataclass(frozen=True)
class Record:
    """A change that was kept."""

    number: int
    moment: Moment
    kind: str
    arguments: dict[str, Any]


def encode_change(
    number: int, moment: Moment, kind: str, arguments: dict[str, Any], store: ContentStore
) -> bytes:
    """Return a change's record.

    Raises:
        OSError: a large argument cannot be stored.
        TypeError: an argument is neither JSON's nor bytes.
    """
    plain = {name: value for name, value in arguments.items() if not isinstance(value, bytes)}
    sizes, names, tail = {}, {}, b""
    for name, value in arguments.items():
        if not isinstance(value, bytes):
            continue
        if len(value) >= LEAST_BYTES:
            names[name] = [store.put(value).name, len(value)]
        else:
            sizes[name] = len(value)
            tail += value
    line = json.dumps(
        [number, moment.nanoseconds, moment.seed.hex(), kind, plain, sizes, names],
        separators=(",", ":"),
    )
    return line.encode("ascii") + b"\n" + tail


def decode_change(payload: bytes, store: ContentStore) -> Record:
    """Return the change of a record.

    Raises:
        ValueError: it is none.
        OSError: a large argument is not in the store.
    """
    line, _, tail = payload.partition(b"\n")
    number, nanoseconds, seed, kind, arguments, sizes, names = json.loads(line)
    for name, size in sizes.items():
        arguments[name], tail = tail[:size], tail[size:]
    for name, (digest, size) in names.items():
        arguments[name] = store.read(Content(digest, size))
        if len(arguments[name]) != size:
            raise ValueError(f"the body {digest} is not whole")
    return Record(number, Moment(nanoseconds, bytes.fromhex(seed)), kind, arguments)
