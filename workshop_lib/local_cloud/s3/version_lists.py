"""One page of a bucket's versions, as ListObjectVersions gives it.

Source: S3 API reference, ListObjectVersions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol


class Version(Protocol):
    """A version of an object, or a delete marker."""

    name: str

    @property
    def version_id(self) -> str:
        """The version's id, ``null`` for what was written without versioning."""


@dataclass(frozen=True)
class Query:
    """What is asked for; a page starts behind its markers."""

    prefix: str = ""
    delimiter: str | None = None
    key_marker: str | None = None
    version_id_marker: str | None = None
    max_keys: int = 1000

    def find_common_prefix(self, name: str) -> str | None:
        """Return the part of a name up to the delimiter, None when it does not have one."""
        if not self.delimiter:
            return None
        head, delimiter, _ = name[len(self.prefix) :].partition(self.delimiter)
        return f"{self.prefix}{head}{delimiter}" if delimiter else None


@dataclass
class Page:
    """What one answer holds."""

    versions: list[Version] = field(default_factory=list)
    common_prefixes: list[str] = field(default_factory=list)
    next_key_marker: str | None = None
    next_version_id_marker: str | None = None

    @property
    def size(self) -> int:
        """How many entries count against the limit."""
        return len(self.versions) + len(self.common_prefixes)


def list_versions(versions: Mapping[str, Sequence[Version]], query: Query) -> Page:
    """Return one page of versions.

    Args:
        versions: each key's, the oldest first.
        query: what is asked for.

    Returns:
        The page by name, each name's newest first; with markers when more follows.
    """
    page, last = Page(), (query.key_marker, query.version_id_marker)
    if query.max_keys <= 0:
        return page
    for version in _walk(versions, query):
        common_prefix = query.find_common_prefix(version.name)
        if common_prefix is not None and common_prefix in (last[0], query.key_marker):
            continue
        if page.size == query.max_keys:
            page.next_key_marker, page.next_version_id_marker = last
            break
        if common_prefix is not None:
            page.common_prefixes.append(common_prefix)
            last = (common_prefix, None)
        else:
            page.versions.append(version)
            last = (version.name, version.version_id)
    return page


def _walk(versions: Mapping[str, Sequence[Version]], query: Query) -> Iterable[Version]:
    # S3 sorts by the bytes of the UTF-8 encoding.
    for name in sorted(versions, key=lambda name: name.encode("utf-8", "surrogatepass")):
        if name.startswith(query.prefix):
            yield from _skip_before_marker(name, versions[name][::-1], query)


def _skip_before_marker(
    name: str, newest_first: Sequence[Version], query: Query
) -> Iterable[Version]:
    if not query.key_marker:
        return newest_first
    encoded, marker = (text.encode("utf-8", "surrogatepass") for text in (name, query.key_marker))
    if encoded != marker:
        return newest_first if encoded > marker else ()
    ids = [version.version_id for version in newest_first]
    if query.version_id_marker not in ids:
        return ()
    return newest_first[ids.index(query.version_id_marker) + 1 :]
