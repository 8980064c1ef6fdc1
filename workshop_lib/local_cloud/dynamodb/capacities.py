"""The capacity units that a read or a write consumes, on a table and on its global indexes.

It looks at moto's tables and changes nothing. Source: DynamoDB developer guide, "DynamoDB read and
write operations" and "Using global secondary indexes: throughput considerations".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workshop_lib.local_cloud.dynamodb.values import Item, measure_item

READ_UNIT = 4 * 1024
WRITE_UNIT = 1024


@dataclass
class Consumption:
    """The units that one call consumes on one table and on its indexes, those it touches."""

    table_name: str
    table: float = 0.0
    indexes: dict[str, float] = field(default_factory=dict)

    def describe(self, detail: str) -> dict[str, Any]:
        """Return the API's ``ConsumedCapacity``, in ``TOTAL`` or with its ``INDEXES``."""
        total = self.table + sum(self.indexes.values())
        described: dict[str, Any] = {"TableName": self.table_name, "CapacityUnits": total}
        if detail == "INDEXES":
            described["Table"] = {"CapacityUnits": self.table}
            if self.indexes:
                described["GlobalSecondaryIndexes"] = {
                    name: {"CapacityUnits": units} for name, units in self.indexes.items()
                }
        return described


def count_read(body: Mapping[str, Any], size: int) -> Consumption:
    """Count reading so many bytes, of a table or of the index that the call names.

    Reading nothing costs the least there is; of a page the sum is rounded up, not each item.
    """
    units = float(max(1, -(-size // READ_UNIT)))
    units = units if body.get("ConsistentRead", False) else units / 2
    index = body.get("IndexName")
    name = body["TableName"]
    return Consumption(name, 0.0, {index: units}) if index else Consumption(name, units)


def count_write(name: str, table: Any, before: Item | None, after: Item | None) -> Consumption:
    """Count one write to a table, and what follows from it on the indexes.

    Args:
        name: the table's name or ARN, as the call gives it.
        table: moto's.
        before: the item as it was, None when there was none.
        after: the item as it is, None when it was deleted.
    """
    units = {each.name: _count_entry(table, each, before, after) for each in table.global_indexes}
    touched = {name: number for name, number in units.items() if number}
    return Consumption(name, _count_larger(before, after), touched)


def _count_larger(before: Item | None, after: Item | None) -> float:
    size = max(measure_item(item or {}) for item in (before, after))
    return float(max(1, -(-size // WRITE_UNIT)))


def _count_entry(table: Any, index: Any, before: Item | None, after: Item | None) -> float:
    """Count the write of an index's entry: none where it stays, two where its key changes."""
    old, new = _make_entry(table, index, before), _make_entry(table, index, after)
    if old == new:
        return 0.0
    if old and new and any(old[name] != new[name] for name in index.schema_key_attrs):
        return _count_larger(old, None) + _count_larger(None, new)
    return _count_larger(old, new)


def _make_entry(table: Any, index: Any, item: Item | None) -> Item | None:
    """Return what an index keeps of an item, None when it keeps nothing."""
    keys, projection = index.schema_key_attrs, index.projection or {}
    if item is None or not all(name in item for name in keys):
        return None
    if projection.get("ProjectionType", "ALL") == "ALL":
        return item
    kept = {*keys, *table.table_key_attrs, *(projection.get("NonKeyAttributes") or ())}
    return {name: value for name, value in item.items() if name in kept}
