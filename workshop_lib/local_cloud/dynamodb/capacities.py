"""The capacity units that reads and writes consume, on a table and on its indexes.

Source: DynamoDB developer guide, "DynamoDB read and write operations" and "Using global secondary
indexes: throughput considerations".
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from workshop_lib.local_cloud.dynamodb.item_sizes import Item, measure_item

READ_UNIT = 4 * 1024
WRITE_UNIT = 1024
TRANSACTION_FACTOR = 2


@dataclass(frozen=True)
class IndexShape:
    """What an index keeps of an item.

    Args:
        name: the index's name.
        is_global: global, not local.
        key_names: its own key attributes; an item that lacks one has no entry.
        projected: every attribute that it keeps, keys included; None for all.
    """

    name: str
    is_global: bool
    key_names: tuple[str, ...]
    projected: frozenset[str] | None

    def make_entry(self, item: Item | None) -> Item | None:
        """Return what the index keeps of this item, None when it keeps nothing."""
        if item is None or not all(name in item for name in self.key_names):
            return None
        if self.projected is None:
            return item
        return {name: value for name, value in item.items() if name in self.projected}

    def is_moved(self, before: Item, after: Item) -> bool:
        """Tell whether an entry has another key now, so that it is deleted and written anew."""
        return any(before[name] != after[name] for name in self.key_names)


@dataclass
class Consumption:
    """The units that one call consumes on one table and on its indexes."""

    table_name: str
    table: float = 0.0
    global_indexes: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    local_indexes: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def add_index(self, name: str, units: float, *, is_global: bool) -> None:
        """Add units of an index; an index that is not touched is not named."""
        if units:
            indexes = self.global_indexes if is_global else self.local_indexes
            indexes[name] += units

    def describe(self, detail: str, transactional: str | None = None) -> dict[str, Any]:
        """Return the API's ``ConsumedCapacity``.

        Args:
            detail: ``TOTAL`` or ``INDEXES``.
            transactional: ``Read`` or ``Write`` in a transaction, which names them apart as well.
        """

        def describe_units(units: float) -> dict[str, Any]:
            named = {f"{transactional}CapacityUnits": units} if transactional else {}
            return {"CapacityUnits": units, **named}

        total = self.table + sum((*self.global_indexes.values(), *self.local_indexes.values()))
        described: dict[str, Any] = {"TableName": self.table_name, **describe_units(total)}
        if detail == "INDEXES":
            described["Table"] = describe_units(self.table)
            for name, indexes in (
                ("GlobalSecondaryIndexes", self.global_indexes),
                ("LocalSecondaryIndexes", self.local_indexes),
            ):
                if indexes:
                    described[name] = {key: describe_units(units) for key, units in indexes.items()}
        return described


def count_read(size: int, *, consistent: bool) -> float:
    """Return the units of reading so many bytes; reading nothing costs the least there is."""
    units = max(1, -(-size // READ_UNIT))
    return float(units) if consistent else units / 2


def count_write(before: Item | None, after: Item | None) -> float:
    """Return the units of one write to a table: the larger of the two items counts."""
    size = max(measure_item(item) if item is not None else 0 for item in (before, after))
    return float(max(1, -(-size // WRITE_UNIT)))


def count_index_write(index: IndexShape, before: Item | None, after: Item | None) -> float:
    """Return the units that one write to a table consumes on one of its indexes.

    Nothing when the entry stays as it is; a changed key is a deletion and a write.
    """
    old, new = index.make_entry(before), index.make_entry(after)
    if old == new:
        return 0.0
    if old is not None and new is not None and index.is_moved(old, new):
        return count_write(old, None) + count_write(None, new)
    return count_write(old, new)


def add_write(
    consumption: Consumption,
    indexes: list[IndexShape],
    before: Item | None,
    after: Item | None,
    factor: int = 1,
) -> None:
    """Add one write and what follows from it on the indexes.

    Args:
        consumption: of the table.
        indexes: all of the table's.
        before: the item as it was, None when there was none.
        after: the item as it is, None when it was deleted.
        factor: :data:`TRANSACTION_FACTOR` in a transaction.
    """
    consumption.table += factor * count_write(before, after)
    for index in indexes:
        units = factor * count_index_write(index, before, after)
        consumption.add_index(index.name, units, is_global=index.is_global)
