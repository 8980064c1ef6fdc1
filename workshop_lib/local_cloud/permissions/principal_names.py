"""Whom a policy names: what AWS checks when a bucket's or a role's policy is put.

Source: IAM user guide, "AWS JSON policy elements: Principal".
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import Any

from moto.iam.models import iam_backends

from workshop_lib.local_cloud.configuration import ACCOUNT_ID

SERVICE = re.compile(r"(?:[\w-]+\.)*(?P<name>[\w-]+)\.amazonaws\.com")
# Everyone, an account, or the unique id of an identity that has gone.
PLAIN = re.compile(r"\*|\d{12}|A[A-Z0-9]{20}")
IDENTITY = re.compile(r"arn:aws:(?:iam|sts)::(?P<account>\d{12}):(?P<kind>[\w-]+)(?:/.+)?")
# AWS knows all its services; here, a name that is nearly one of these is taken for a slip.
USUAL_SERVICES = (
    "apigateway", "cloudformation", "codebuild", "dynamodb", "events", "lambda", "scheduler",
    "states",
)  # fmt: skip
LIKENESS = 0.8


def list_principals(element: Any) -> Iterator[tuple[str, str]]:
    """Return the kind and the name of each principal of a policy's element."""
    if not isinstance(element, dict):
        element = {} if element is None else {"AWS": element}
    for kind, values in element.items():
        for value in values if isinstance(values, list) else [values]:
            yield kind, str(value)


def is_principal(kind: str, name: str) -> bool:
    """Tell whether somebody has this name; identities of other accounts are believed."""
    if kind == "Service":
        return _is_service(name)
    if kind != "AWS":
        return kind in ("CanonicalUser", "Federated")
    found = IDENTITY.fullmatch(name)
    if found is None:
        return PLAIN.fullmatch(name) is not None
    if found["account"] != ACCOUNT_ID or found["kind"] not in ("role", "user"):
        return True
    iam = iam_backends[ACCOUNT_ID]["aws"]
    held = iam.roles if found["kind"] == "role" else iam.users
    return any(one.arn == name for one in held.values())


def _is_service(name: str) -> bool:
    found = SERVICE.fullmatch(name)
    if found is None:
        return False
    return difflib.get_close_matches(found["name"], USUAL_SERVICES, 1, LIKENESS) in (
        [], [found["name"]],
    )  # fmt: skip
