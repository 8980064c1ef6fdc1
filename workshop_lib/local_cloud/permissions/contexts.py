"""The facts of a request that conditions and policy variables ask for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

ContextValue = str | Iterable[str]


class Context(Mapping[str, tuple[str, ...]]):
    """Condition keys and their values; a key's case does not count, as in IAM.

    A value is a tuple of strings: most keys have one, keys such as ``aws:TagKeys`` have several.
    """

    def __init__(self, values: Mapping[str, ContextValue] | None = None) -> None:
        self._values: dict[str, tuple[str, ...]] = {}
        for key, value in (values or {}).items():
            self._values[key.lower()] = (value,) if isinstance(value, str) else tuple(value)

    def __getitem__(self, key: str) -> tuple[str, ...]:
        return self._values[key.lower()]

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and key.lower() in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def extend(self, values: Mapping[str, ContextValue]) -> Context:
        """Make a new context that also has these keys."""
        extended = Context(values)
        extended._values = {**self._values, **extended._values}
        return extended
