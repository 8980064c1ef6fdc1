"""A change as the bytes of a journal's record, and back.

A line of JSON, then the bytes of those arguments that are bytes; larger ones are in the content
store, and named in the line.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from workshop_lib.local_cloud.durability.contents import LEAST_BYTES, Content, ContentStore
from workshop_lib.local_cloud.moto_hooks.moments import Moment


@dataclass(frozen=True)
class Record:
    """A change that was kept; ``names`` are the bodies it needs."""

    number: int
    moment: Moment
    kind: str
    arguments: dict[str, Any]
    names: frozenset[str] = frozenset()


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
    moment = Moment(nanoseconds, bytes.fromhex(seed))
    return Record(number, moment, kind, arguments, frozenset(name for name, _ in names.values()))
