"""Which definitions of a table, and which changes of one, DynamoDB takes.

Source: DynamoDB API reference, CreateTable and UpdateTable.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from workshop_lib.local_cloud.dynamodb.expressions import refuse

NAME = re.compile(r"[a-zA-Z0-9_.-]+")
NAME_LENGTHS = range(3, 256)
CHANGES = frozenset({
    "ProvisionedThroughput", "BillingMode", "StreamSpecification", "GlobalSecondaryIndexUpdates",
    "SSESpecification", "ReplicaUpdates", "DeletionProtectionEnabled", "TableClass",
    "WarmThroughput", "OnDemandThroughput", "AttributeDefinitions",
})  # fmt: skip


def check_table(definition: Mapping[str, Any]) -> None:
    """Check what CreateTable is given, as far as moto does not.

    Raises:
        AwsError: ``ValidationException``.
    """
    check_name(definition["TableName"], "tableName", "TableName")
    for kind in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
        for index in definition.get(kind, ()):
            check_name(index["IndexName"], "indexName", "IndexName")


def check_change(change: Mapping[str, Any], index_names: Collection[str]) -> None:
    """Check what UpdateTable is given.

    Args:
        change: the call's parameters.
        index_names: the table's global secondary indexes as they are.

    Raises:
        AwsError: ``ValidationException`` or ``ResourceNotFoundException``.
    """
    if not CHANGES & set(change):
        raise refuse(
            "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, "
            "GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required"
        )
    throughput, billing_mode = change.get("ProvisionedThroughput"), change.get("BillingMode")
    if billing_mode == "PROVISIONED" and throughput is None:
        raise refuse(
            "One or more parameter values were invalid: ProvisionedThroughput must be specified "
            "when BillingMode is PROVISIONED"
        )
    if billing_mode == "PAY_PER_REQUEST" and throughput is not None:
        raise refuse(
            "One or more parameter values were invalid: Neither ReadCapacityUnits nor "
            "WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST"
        )
    for update in change.get("GlobalSecondaryIndexUpdates", ()):
        _check_index_update(update, change, index_names)


def check_name(name: str, member: str, label: str) -> None:
    """Check the name of a table or an index."""
    if not NAME.fullmatch(name):
        raise refuse(
            f"1 validation error detected: Value '{name}' at '{member}' failed to satisfy "
            "constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"
        )
    if len(name) not in NAME_LENGTHS:
        raise refuse(f"{label} must be at least 3 characters long and at most 255 characters long")


def _check_index_update(
    update: Mapping[str, Any], change: Mapping[str, Any], index_names: Collection[str]
) -> None:
    ((kind, index),) = update.items()
    name = index["IndexName"]
    if kind == "Create":
        check_name(name, "indexName", "IndexName")
        if name in index_names:
            raise refuse(
                "One or more parameter values were invalid: Attempting to create an index which "
                "already exists"
            )
        defined = {one["AttributeName"] for one in change.get("AttributeDefinitions", ())}
        missing = [one for one in index["KeySchema"] if one["AttributeName"] not in defined]
        if missing:
            keys = ", ".join(one["AttributeName"] for one in index["KeySchema"])
            raise refuse(
                "One or more parameter values were invalid: Some index key attributes are not "
                f"defined in AttributeDefinitions. Keys: [{keys}], AttributeDefinitions: "
                f"[{', '.join(sorted(defined))}]"
            )
    elif name not in index_names:
        raise refuse(
            "One or more parameter values were invalid: Requested resource not found: the table "
            f"has no global secondary index {name}"
        )
