"""Who makes a request, and which Principal elements speak of them.

Source: IAM user guide, "AWS JSON policy elements: Principal" and "… NotPrincipal".
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum

from workshop_lib.local_cloud.identities import Identity
from workshop_lib.local_cloud.permissions.policies import Effect, PrincipalElement


class PrincipalKind(Enum):
    """The kinds of principal in the local cloud, by ``aws:PrincipalType``; no key is root's."""

    USER = "User"
    ROLE_SESSION = "AssumedRole"
    SERVICE = "Service"
    ANONYMOUS = "Anonymous"


@dataclass(frozen=True)
class Principal:
    """The author of a request.

    Attributes:
        arn: the ARN that a refusal names; a service's name (``s3.amazonaws.com``) for a service.
        account_id: empty for a service or an anonymous caller.
        principal_id: ``AIDA…`` of a user, ``AROA…:session`` of a role session.
        role_arn: the role behind a role session.
    """

    kind: PrincipalKind
    arn: str = ""
    account_id: str = ""
    principal_id: str = ""
    role_arn: str = ""


ANONYMOUS = Principal(PrincipalKind.ANONYMOUS)


def make_principal(identity: Identity | None) -> Principal:
    """Return who makes a request with these credentials; without any, it is anonymous."""
    if identity is None:
        return ANONYMOUS
    role = identity.role_arn or ""
    kind = PrincipalKind.ROLE_SESSION if role else PrincipalKind.USER
    return Principal(kind, identity.arn, identity.account_id, identity.principal_id, role)


class Naming(IntEnum):
    """How closely a Principal element names a principal; IAM gives each its own weight.

    NOT: it speaks of others. ACCOUNT: it hands the decision to the account, whose identity
    policies must allow too. ROLE: the role is named, and the session stays within its boundary.
    DIRECT: user, session, service or everyone; nothing else is needed.
    """

    NOT = 0
    ACCOUNT = 1
    ROLE = 2
    DIRECT = 3


def find_naming(
    element: PrincipalElement | None, principal: Principal, effect: Effect, has_boundary: bool
) -> Naming:
    """Say how a resource-based statement's Principal or NotPrincipal names a principal."""
    if element is None:
        return Naming.NOT
    if not element.negated:
        return max((_name(*value, principal) for value in element.values), default=Naming.NOT)
    # NotPrincipal is supported with Deny only.
    if effect is Effect.ALLOW:
        return Naming.NOT
    return Naming.NOT if _is_excepted(element, principal, has_boundary) else Naming.DIRECT


def _is_excepted(element: PrincipalElement, principal: Principal, has_boundary: bool) -> bool:
    """An exception must name the account and the user or role; a boundary undoes it."""
    namings = {_name(*value, principal) for value in element.values}
    if principal.kind is PrincipalKind.SERVICE:
        return Naming.DIRECT in namings
    named = Naming.DIRECT in namings or Naming.ROLE in namings
    return named and Naming.ACCOUNT in namings and not has_boundary


def _name(kind: str, value: str, principal: Principal) -> Naming:
    if kind == "Service":
        is_service = principal.kind is PrincipalKind.SERVICE
        return Naming.DIRECT if is_service and value in ("*", principal.arn) else Naming.NOT
    if kind != "AWS":
        return Naming.NOT
    return Naming.DIRECT if value == "*" else _name_identity(value, principal)


def _name_identity(value: str, principal: Principal) -> Naming:
    if not principal.account_id:
        return Naming.NOT
    if value in (principal.account_id, f"arn:aws:iam::{principal.account_id}:root"):
        return Naming.ACCOUNT
    if value in (principal.arn, principal.principal_id):
        return Naming.DIRECT
    is_role = value in (principal.role_arn, principal.principal_id.partition(":")[0])
    return Naming.ROLE if principal.role_arn and is_role else Naming.NOT
