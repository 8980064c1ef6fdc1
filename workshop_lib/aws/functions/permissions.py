"""A function's resource policy: which services may call it, on whose behalf."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Permission:
    """One statement of the resource policy, as AddPermission took it."""

    statement_id: str
    principal: str
    source_arn: str | None
    source_account: str | None


def allow_invocation(
    lambda_: Any,
    name: str,
    *,
    statement_id: str,
    principal: str,
    source_arn: str,
    source_account: str | None = None,
) -> Permission:
    """Let a service call the function for one source; a statement of this id is replaced.

    Args:
        lambda_: the client.
        name: the function's name.
        statement_id: names the permission.
        principal: the service, such as ``s3.amazonaws.com``.
        source_arn: the bucket, topic or API method on whose behalf it may call.
        source_account: who must own the source; needed for S3, whose ARNs carry no account.
    """
    wanted = Permission(statement_id, principal, source_arn, source_account)
    standing = {
        permission.statement_id: permission for permission in read_permissions(lambda_, name)
    }
    if standing.get(statement_id) == wanted:
        return wanted
    if statement_id in standing:
        lambda_.remove_permission(FunctionName=name, StatementId=statement_id)
    owner = {"SourceAccount": source_account} if source_account else {}
    lambda_.add_permission(
        FunctionName=name,
        StatementId=statement_id,
        Action="lambda:InvokeFunction",
        Principal=principal,
        SourceArn=source_arn,
        **owner,
    )
    return wanted


def forbid_invocation(lambda_: Any, name: str, *, statement_id: str) -> None:
    """Take a permission away; nothing happens when there is none of this id, or no function."""
    try:
        lambda_.remove_permission(FunctionName=name, StatementId=statement_id)
    except lambda_.exceptions.ResourceNotFoundException:
        return


def read_permissions(lambda_: Any, name: str) -> list[Permission]:
    """Return who may call the function; empty when nobody may, or there is no function."""
    try:
        policy = json.loads(lambda_.get_policy(FunctionName=name)["Policy"])
    except lambda_.exceptions.ResourceNotFoundException:
        return []
    return [_read_statement(statement) for statement in policy["Statement"]]


def _read_statement(statement: dict[str, Any]) -> Permission:
    conditions = {
        key.lower(): value
        for operator in statement.get("Condition", {}).values()
        for key, value in operator.items()
    }
    principal = statement["Principal"]
    return Permission(
        statement["Sid"],
        principal if isinstance(principal, str) else next(iter(principal.values())),
        conditions.get("aws:sourcearn"),
        conditions.get("aws:sourceaccount"),
    )
