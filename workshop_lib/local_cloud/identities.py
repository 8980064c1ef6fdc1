"""Who a key belongs to: moto's IAM users and STS role sessions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

from moto.iam.models import AccessKey, iam_backends
from moto.sts.models import sts_backends

from workshop_lib.local_cloud.changes import change, changes
from workshop_lib.local_cloud.configuration import ACCOUNT_ID, DEFAULT_REGION
from workshop_lib.local_cloud.credentials import Credentials
from workshop_lib.local_cloud.moto_hooks import moto_lock

PARTITION = "aws"
OWNER_NAME = "workshop"
OWNER_POLICY = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'
)
FUNCTION_SESSION_SECONDS = 43_200


@dataclass(frozen=True)
class Identity:
    """The holder of a key pair.

    ``role_arn`` and ``expires`` (UTC) are those of a role session, None for a user's own keys.
    """

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str | None = field(repr=False)
    account_id: str
    arn: str
    principal_id: str
    role_arn: str | None = None
    expires: datetime | None = None


def define_owner(credentials: Credentials, account_id: str = ACCOUNT_ID) -> Callable[[], None]:
    """Return what gives the home's key pair to a real IAM user, who may do everything.

    It does nothing where a user has the key pair.
    """
    create = changes.define("owner", partial(_create_owner, credentials, account_id))

    def ensure() -> None:
        with moto_lock:
            if _find_user(credentials.access_key_id, account_id) is None:
                create()

    return ensure


def _create_owner(credentials: Credentials, account_id: str) -> None:
    iam = iam_backends[account_id][PARTITION]
    user = iam.create_user(DEFAULT_REGION, OWNER_NAME)
    iam.put_user_policy(OWNER_NAME, "AdministratorAccess", OWNER_POLICY)
    key = AccessKey(OWNER_NAME, prefix="AKIA", account_id=account_id)
    key.access_key_id = credentials.access_key_id
    key.secret_access_key = credentials.secret_access_key
    user.access_keys.append(key)
    iam.access_keys[key.access_key_id] = key


def describe_owner(credentials: Credentials, account_id: str = ACCOUNT_ID) -> Identity:
    """Return the owner of the home's key pair as the door knows it before moto does."""
    arn = f"arn:aws:iam::{account_id}:user/{OWNER_NAME}"
    return Identity(
        credentials.access_key_id, credentials.secret_access_key, None, account_id, arn, OWNER_NAME
    )


def find_identity(access_key_id: str, account_id: str = ACCOUNT_ID) -> Identity | None:
    """Return who holds this key; None for unknown and inactive keys and lost roles."""
    with moto_lock:
        session = sts_backends[account_id][PARTITION].get_assumed_role_from_access_key(
            access_key_id
        )
        if session is not None:
            return _describe_session(session, account_id)
        return _find_user(access_key_id, account_id)


def open_role_session(
    role_arn: str,
    session_name: str,
    duration_seconds: int = FUNCTION_SESSION_SECONDS,
    account_id: str = ACCOUNT_ID,
) -> Identity:
    """Open a real STS session of a role, as AWS Lambda does for a function.

    Raises:
        LookupError: the role does not exist.
    """
    identity = _assume_role(
        account_id=account_id,
        role_arn=role_arn,
        session_name=session_name,
        duration_seconds=duration_seconds,
    )
    if identity is None:
        raise LookupError(f"There is no role {role_arn}.")
    return identity


@change("role session")
def _assume_role(
    *, account_id: str, role_arn: str, session_name: str, duration_seconds: int
) -> Identity | None:
    session = sts_backends[account_id][PARTITION].assume_role(
        region_name=DEFAULT_REGION,
        role_session_name=session_name,
        role_arn=role_arn,
        policy=None,
        duration=duration_seconds,
        external_id=None,
    )
    return _describe_session(session, account_id)


def _find_user(access_key_id: str, account_id: str) -> Identity | None:
    for user in iam_backends[account_id][PARTITION].users.values():
        for key in user.access_keys:
            if key.access_key_id == access_key_id and key.status == "Active":
                return Identity(
                    access_key_id, key.secret_access_key, None, account_id, user.arn, user.id
                )
    return None


def _describe_session(session: Any, account_id: str) -> Identity | None:
    roles = iam_backends[account_id][PARTITION].get_roles()
    role = next((role for role in roles if role.arn == session.role_arn), None)
    if role is None:
        return None
    return Identity(
        session.access_key_id,
        session.secret_access_key,
        session.session_token,
        account_id,
        session.arn,
        f"{role.id}:{session.session_name}",
        session.role_arn,
        session.expiration.replace(tzinfo=UTC),
    )
