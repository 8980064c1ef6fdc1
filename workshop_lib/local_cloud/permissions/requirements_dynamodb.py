"""Amazon DynamoDB: which actions on which tables, indexes and keys a call needs.

Source: Service authorization reference, "… for Amazon DynamoDB"; DynamoDB developer guide, "Using
IAM policy conditions for fine-grained access control".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from workshop_lib.local_cloud.aws_errors import left_out
from workshop_lib.local_cloud.permissions.calls import Call
from workshop_lib.local_cloud.permissions.contexts import ContextValue
from workshop_lib.local_cloud.permissions.requirements import (
    Requirement,
    Rule,
    on_everything,
    on_new,
    on_resource,
)
from workshop_lib.local_cloud.permissions.resources import MotoResources

_TABLE_OPERATIONS = (
    "DeleteTable", "DescribeTable", "UpdateTable", "TagResource", "UntagResource",
    "ListTagsOfResource",
)  # fmt: skip
_COMPARISON = re.compile(r"([#\w.-]+)\s*=\s*(:\w+)")


def _find_table(call: Call) -> tuple[str, ...]:
    return (_table_arn(call, str(call.get("TableName") or call.get("ResourceArn"))),)


def _table_arn(call: Call, table: str) -> str:
    """Return a table's ARN, given its name or ARN."""
    if table.startswith("arn:"):
        return table
    return f"arn:aws:dynamodb:{call.region}:{call.account_id}:table/{table}"


def _on_item(operation: str) -> Rule:
    return lambda call, resources: [_require_item(call, resources, operation, call.parameters)]


def _check_conditions(call: Call, resources: MotoResources) -> list[Requirement]:
    entries = call.get("TransactItems") or ()
    if any(entry.keys() != {"ConditionCheck"} for entry in entries):
        raise left_out("transactions that write")
    return [
        _require_item(call, resources, "ConditionCheckItem", entry["ConditionCheck"])
        for entry in entries
    ]


def _require_item(
    call: Call, resources: MotoResources, action: str, described: Mapping[str, Any]
) -> Requirement:
    arn = _table_arn(call, str(described.get("TableName")))
    item = described.get("Key") or described.get("Item") or {}
    hash_key = resources.find_hash_key(arn)
    values = [_read_value(item[hash_key])] if hash_key in item else []
    return Requirement(f"dynamodb:{action}", (arn,), _list_leading_keys(values), tagged=arn)


def _on_items(operation: str) -> Rule:
    def rule(call: Call, resources: MotoResources) -> list[Requirement]:
        table, index = _table_arn(call, str(call.get("TableName"))), call.get("IndexName")
        arn = f"{table}/index/{index}" if index else table
        # The partition key is the one attribute that a query compares for equality.
        hash_key = resources.find_hash_key(table, index)
        names = call.get("ExpressionAttributeNames") or {}
        values = call.get("ExpressionAttributeValues") or {}
        compared = _COMPARISON.findall(str(call.get("KeyConditionExpression") or ""))
        found = [
            _read_value(values[value])
            for name, value in compared
            if value in values and names.get(name, name) == hash_key
        ]
        keys = _list_leading_keys(found)
        return [Requirement(f"dynamodb:{operation}", (arn,), keys, tagged=table)]

    return rule


def _list_leading_keys(values: list[str]) -> dict[str, ContextValue]:
    return {"dynamodb:LeadingKeys": tuple(values)} if values else {}


def _read_value(value: Mapping[str, Any]) -> str:
    """Read a key's value, ``{"S": "cat"}``, as conditions compare it."""
    return str(next(iter(value.values()), ""))


RULES: dict[str, Rule] = {
    "TransactWriteItems": _check_conditions,
    **on_new("dynamodb", "CreateTable", _find_table),
    **on_resource("dynamodb", _find_table, _TABLE_OPERATIONS),
    **{name: _on_item(name) for name in ("GetItem", "PutItem", "UpdateItem", "DeleteItem")},
    **{name: _on_items(name) for name in ("Query", "Scan")},
    **on_everything("dynamodb", "ListTables"),
}
