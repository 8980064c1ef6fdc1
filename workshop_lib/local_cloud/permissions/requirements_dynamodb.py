"""Amazon DynamoDB: which actions on which tables, indexes and keys a call needs.

Source: Service authorization reference, "… for Amazon DynamoDB"; DynamoDB developer guide, "Using
IAM policy conditions for fine-grained access control".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from workshop_lib.local_cloud.permissions.calls import Call
from workshop_lib.local_cloud.permissions.contexts import ContextValue
from workshop_lib.local_cloud.permissions.requirements import (
    Requirement,
    ResourceFacts,
    Rule,
    on_everything,
    on_new,
    on_resource,
)

_TABLE_OPERATIONS = (
    "DeleteTable", "DescribeTable", "UpdateTable", "DescribeTimeToLive", "UpdateTimeToLive",
    "TagResource", "UntagResource", "ListTagsOfResource",
)  # fmt: skip
_ITEM_OPERATIONS = ("GetItem", "PutItem", "UpdateItem", "DeleteItem")
_READS = ("Query", "Scan")
_EXPRESSIONS = (
    "ProjectionExpression", "UpdateExpression", "ConditionExpression", "FilterExpression",
    "KeyConditionExpression",
)  # fmt: skip
# The kinds of item in a transaction, by their member's name.
_TRANSACT_ACTIONS = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
    "Get": "GetItem",
}
_NAME_IN_EXPRESSION = re.compile(r"(?<![:\w.#])([#A-Za-z_][\w-]*)")
_WORDS_OF_EXPRESSIONS = frozenset({
    "and", "or", "not", "in", "between", "set", "remove", "add", "delete", "attribute_exists",
    "attribute_not_exists", "attribute_type", "begins_with", "contains", "size",
    "if_not_exists", "list_append",
})  # fmt: skip


def table_arn(call: Call, table: str) -> str:
    """Return a table's ARN, given its name or ARN."""
    if table.startswith("arn:"):
        return table
    return f"arn:aws:dynamodb:{call.region}:{call.account_id}:table/{table}"


def _find_table(call: Call, facts: ResourceFacts) -> tuple[str, ...]:
    return (table_arn(call, str(call.get("TableName") or call.get("ResourceArn"))),)


def _on_item(operation: str) -> Rule:
    return lambda call, facts: [
        _require_items(call, facts, operation, str(call.get("TableName")), [call.parameters])
    ]


def _read_many(operation: str) -> Rule:
    def rule(call: Call, facts: ResourceFacts) -> list[Requirement]:
        table = table_arn(call, str(call.get("TableName")))
        index = call.get("IndexName")
        arn = f"{table}/index/{index}" if index else table
        context = {
            **_list_attributes([call.parameters]),
            **_list_query_keys(call, facts),
            **_list_request_keys(call),
        }
        return [Requirement(f"dynamodb:{operation}", (arn,), context, tagged=table)]

    return rule


def _batch_get(call: Call, facts: ResourceFacts) -> list[Requirement]:
    return [
        _require_items(
            call, facts, "BatchGetItem", table,
            [{**wanted, "Key": key} for key in wanted.get("Keys", ())],
        )
        for table, wanted in (call.get("RequestItems") or {}).items()
    ]  # fmt: skip


def _batch_write(call: Call, facts: ResourceFacts) -> list[Requirement]:
    return [
        _require_items(
            call, facts, "BatchWriteItem", table,
            [
                write.get("PutRequest") or write.get("DeleteRequest") or {}
                for write in writes
            ],
        )
        for table, writes in (call.get("RequestItems") or {}).items()
    ]  # fmt: skip


def _transact(call: Call, facts: ResourceFacts) -> list[Requirement]:
    required = []
    for entry in call.get("TransactItems") or ():
        for kind, described in entry.items():
            requirement = _require_items(
                call, facts, _TRANSACT_ACTIONS[kind], str(described.get("TableName")), [described]
            )
            enclosing = {**requirement.context, "dynamodb:EnclosingOperation": call.operation}
            required.append(
                Requirement(requirement.action, requirement.resources, enclosing,
                            requirement.tagged)
            )  # fmt: skip
    return required


def _require_items(
    call: Call,
    facts: ResourceFacts,
    action: str,
    table: str,
    described: list[Mapping[str, Any]],
) -> Requirement:
    arn = table_arn(call, table)
    hash_key = facts.find_hash_key(call.region, arn.rpartition("/")[2])
    context = {
        **_list_leading_keys(hash_key, described),
        **_list_attributes(described),
        **_list_request_keys(call),
    }
    return Requirement(f"dynamodb:{action}", (arn,), context, tagged=arn)


def _list_leading_keys(
    hash_key: str | None, described: Iterable[Mapping[str, Any]]
) -> dict[str, ContextValue]:
    items = [entry.get("Key") or entry.get("Item") or {} for entry in described]
    values = [_read_value(item[hash_key]) for item in items if hash_key in item]
    return {"dynamodb:LeadingKeys": tuple(values)} if values else {}


def _list_query_keys(call: Call, facts: ResourceFacts) -> dict[str, ContextValue]:
    """Find the partition key's value in a query; a scan has none, so the key stays absent."""
    expression = str(call.get("KeyConditionExpression") or "")
    names = call.get("ExpressionAttributeNames") or {}
    values = call.get("ExpressionAttributeValues") or {}
    # The partition key is the one attribute that a query compares for equality.
    found = [
        _read_value(values[value])
        for name, value in re.findall(r"([#\w.-]+)\s*=\s*(:\w+)", expression)
        if value in values and _is_hash_key(call, facts, names.get(name, name))
    ]
    for name, condition in (call.get("KeyConditions") or {}).items():
        if _is_hash_key(call, facts, name):
            found += [_read_value(value) for value in condition.get("AttributeValueList", ())]
    return {"dynamodb:LeadingKeys": tuple(found)} if found else {}


def _is_hash_key(call: Call, facts: ResourceFacts, name: str) -> bool:
    table = table_arn(call, str(call.get("TableName"))).rpartition("/")[2]
    index = call.get("IndexName")
    return name == facts.find_hash_key(call.region, f"{table}/index/{index}" if index else table)


def _list_attributes(described: Iterable[Mapping[str, Any]]) -> dict[str, ContextValue]:
    names: set[str] = set()
    for entry in described:
        names.update(entry.get("AttributesToGet") or ())
        for member in ("Key", "Item", "Expected", "AttributeUpdates"):
            names.update(entry.get(member) or ())
        aliases = entry.get("ExpressionAttributeNames") or {}
        for expression in _EXPRESSIONS:
            names.update(_find_names(str(entry.get(expression) or ""), aliases))
    return {"dynamodb:Attributes": tuple(sorted(names))} if names else {}


def _find_names(expression: str, aliases: Mapping[str, str]) -> set[str]:
    found = set(_NAME_IN_EXPRESSION.findall(expression))
    return {aliases.get(name, name) for name in found if name.lower() not in _WORDS_OF_EXPRESSIONS}


def _list_request_keys(call: Call) -> dict[str, ContextValue]:
    keys: dict[str, ContextValue] = {}
    for name in ("Select", "ReturnValues", "ReturnConsumedCapacity"):
        if call.get(name):
            keys[f"dynamodb:{name}"] = str(call.get(name))
    if call.operation in _READS and "dynamodb:Select" not in keys:
        keys["dynamodb:Select"] = _default_select(call)
    return keys


def _default_select(call: Call) -> str:
    if call.get("ProjectionExpression") or call.get("AttributesToGet"):
        return "SPECIFIC_ATTRIBUTES"
    return "ALL_PROJECTED_ATTRIBUTES" if call.get("IndexName") else "ALL_ATTRIBUTES"


def _read_value(value: Mapping[str, Any]) -> str:
    """Read a key's value, ``{"S": "cat"}``, as conditions compare it."""
    return str(next(iter(value.values()), ""))


RULES: dict[str, Rule] = {
    "BatchGetItem": _batch_get,
    "BatchWriteItem": _batch_write,
    "TransactWriteItems": _transact,
    "TransactGetItems": _transact,
    **on_new("dynamodb", "CreateTable", _find_table),
    **on_resource("dynamodb", _find_table, _TABLE_OPERATIONS),
    **{operation: _on_item(operation) for operation in _ITEM_OPERATIONS},
    **{operation: _read_many(operation) for operation in _READS},
    **on_everything("dynamodb", "ListTables", "DescribeLimits", "DescribeEndpoints"),
}
