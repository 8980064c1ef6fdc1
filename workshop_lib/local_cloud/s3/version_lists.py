"""One page of a bucket's versions, as ListObjectVersions gives it.

Source: S3 API reference, ListObjectVersions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def list_versions(
    versions: Mapping[str, Sequence[Any]],
    prefix: str,
    key_marker: str | None,
    version_id_marker: str | None,
    max_keys: int,
) -> tuple[list[Any], str | None, str | None]:
    """Return one page of versions and delete markers, and where the next one starts.

    Args:
        versions: each key's, the oldest first.
        prefix: what the names begin with.
        key_marker: the page starts behind this name.
        version_id_marker: or, with it, within this name behind this version.
        max_keys: how many the page holds at most.

    Returns:
        The page by name, each name's newest first; the markers of the next, None where none is.
    """
    found: list[Any] = []
    # S3 sorts by the bytes of the UTF-8 encoding.
    for name in sorted(versions, key=_encode):
        if name.startswith(prefix) and _encode(name) >= _encode(key_marker or ""):
            newest_first = versions[name][::-1]
            if name == key_marker:
                ids = [version.version_id for version in newest_first]
                passed = ids.index(version_id_marker) + 1 if version_id_marker in ids else len(ids)
                newest_first = newest_first[passed:]
            found += newest_first
    page = found[: max(max_keys, 0)]
    if not page or len(page) == len(found):
        return page, None, None
    return page, page[-1].name, page[-1].version_id


def _encode(name: str) -> bytes:
    return name.encode("utf-8", "surrogatepass")
