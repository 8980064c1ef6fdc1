"""Whether AWS Lambda may take on a function's role."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from moto.iam.models import iam_backends

from workshop_lib.local_cloud.moto_hooks import moto_lock

SERVICE = "lambda.amazonaws.com"
CANNOT_ASSUME = "The role defined for the function cannot be assumed by Lambda."


def may_lambda_assume(role_arn: str) -> bool:
    """Tell whether the role exists and its trust policy names Lambda.

    Conditions in the trust policy are not looked at; whoever evaluates policies in full can take
    this function's place in :class:`LambdaRuntime`.
    """
    account_id = role_arn.split(":")[4] if role_arn.count(":") >= 5 else ""
    with moto_lock:
        roles = iam_backends[account_id]["aws"].get_roles() if account_id else []
        documents = [role.assume_role_policy_document for role in roles if role.arn == role_arn]
    return any(_names_lambda(document) for document in documents)


def _names_lambda(document: str | dict[str, Any]) -> bool:
    policy = json.loads(unquote(document)) if isinstance(document, str) else document
    verdicts = [
        statement.get("Effect") == "Allow"
        for statement in as_list(policy.get("Statement"))
        if _concerns_lambda(statement)
    ]
    return bool(verdicts) and all(verdicts)


def _concerns_lambda(statement: dict[str, Any]) -> bool:
    principal = statement.get("Principal", {})
    services = as_list(principal.get("Service")) if isinstance(principal, dict) else [principal]
    actions = {action.lower() for action in as_list(statement.get("Action"))}
    return bool({SERVICE, "*"} & set(services)) and bool({"sts:assumerole", "sts:*", "*"} & actions)


def as_list(value: Any) -> list[Any]:
    """Return what a policy gives as one value or as a list, as a list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
