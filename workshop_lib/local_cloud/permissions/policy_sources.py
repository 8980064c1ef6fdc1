"""Which policies speak in a decision, read from moto: the caller's and the resource's."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

from workshop_lib.local_cloud.identities import Identity
from workshop_lib.local_cloud.permissions.policies import (
    Policy,
    PolicyDocumentError,
    read_policy,
)
from workshop_lib.local_cloud.permissions.principals import (
    ANONYMOUS,
    Principal,
    PrincipalKind,
)
from workshop_lib.local_cloud.permissions.resources import PARTITION, MotoResources

log = logging.getLogger(__name__)

# A document that cannot be read must not widen anybody's rights: it denies what it was to decide.
_UNREADABLE = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"},
}


def make_principal(identity: Identity | None) -> Principal:
    """Return who makes a request with these credentials; without any, it is anonymous."""
    if identity is None:
        return ANONYMOUS
    kind = PrincipalKind.USER
    if identity.role_arn:
        kind = PrincipalKind.ROLE_SESSION
    elif identity.arn.endswith(":root"):
        kind = PrincipalKind.ROOT
    return Principal(
        kind, identity.arn, identity.account_id, identity.principal_id, identity.role_arn or ""
    )


def load_policy(document: Any, name: str) -> Policy:
    """Read a stored document; one that cannot be read is logged, and denies."""
    try:
        return read_policy(document)
    except (PolicyDocumentError, UnicodeDecodeError) as error:
        log.warning("The policy %s cannot be read and denies everything: %s", name, error)
        return read_policy(_UNREADABLE)


class PolicySources:
    """Reads policies of one account; every method is called under `moto_lock`."""

    def __init__(self, account_id: str, resources: MotoResources) -> None:
        self._account_id = account_id
        self._resources = resources

    # The caller's ------------------------------------------------------------------------------

    def list_identity_policies(self, principal: Principal) -> tuple[Policy, ...]:
        """List a user's or role's policies: inline, attached, and of the user's groups."""
        holder = self._find_holder(principal)
        if holder is None:
            return ()
        policies = list(self._list_policies_of(holder))
        if principal.kind is PrincipalKind.USER:
            for group in iam_backends[self._account_id][PARTITION].groups.values():
                if holder in group.users:
                    policies += self._list_policies_of(group)
        return tuple(policies)

    def find_boundary(self, principal: Principal) -> tuple[Policy, ...] | None:
        """Return the caller's permissions boundary; None where there is none.

        A boundary whose policy was deleted allows nothing, as on AWS.
        """
        holder = self._find_holder(principal)
        arn = getattr(holder, "permissions_boundary_arn", None)
        return self._load_managed([arn]) if arn else None

    def find_session_policies(self, identity: Identity | None) -> tuple[Policy, ...] | None:
        """Return the policies that a role session was narrowed with; None where there are none."""
        if identity is None or not identity.role_arn:
            return None
        session = sts_backends[self._account_id][PARTITION].get_assumed_role_from_access_key(
            identity.access_key_id
        )
        if session is None:
            return ()
        arns = getattr(session, "policy_arns", ())
        policies = [load_policy(session.policy, "session")] if session.policy else []
        policies += self._load_managed(arns)
        return tuple(policies) if session.policy or arns else None

    def list_session_tags(self, identity: Identity) -> Mapping[str, str]:
        """Return the tags that a role session was opened with."""
        session = sts_backends[self._account_id][PARTITION].get_assumed_role_from_access_key(
            identity.access_key_id
        )
        tags: Mapping[str, str] = getattr(session, "session_tags", {})
        return tags

    def _find_holder(self, principal: Principal) -> Any | None:
        if principal.kind is PrincipalKind.USER:
            return self._resources.find_user(principal.arn)
        if principal.kind is PrincipalKind.ROLE_SESSION:
            return self._resources.find_role(principal.role_arn)
        return None

    def _list_policies_of(self, holder: Any) -> Iterable[Policy]:
        for name, document in holder.policies.items():
            yield load_policy(document, f"{holder.arn}/{name}")
        yield from self._load_managed(holder.managed_policies)

    def _load_managed(self, arns: Iterable[str]) -> tuple[Policy, ...]:
        backend = iam_backends[self._account_id][PARTITION]
        loaded = []
        for arn in arns:
            managed = backend.managed_policies.get(arn)
            for version in managed.versions if managed else ():
                if version.version_id == managed.default_version_id:
                    loaded.append(load_policy(version.document, arn))
        return tuple(loaded)

    # The resource's ----------------------------------------------------------------------------

    def find_resource_policy(self, arn: str) -> tuple[Policy, ...]:
        """Return the policy that a bucket, function, topic, queue or key carries."""
        service = arn.split(":")[2] if arn.count(":") >= 5 else ""
        document = {
            "s3": self._find_bucket_policy,
            "lambda": self._find_function_policy,
            "sns": self._find_topic_policy,
            "sqs": self._find_queue_policy,
            "kms": self._find_key_policy,
        }.get(service, _find_none)(arn)
        return (load_policy(document, arn),) if document else ()

    def find_trust_policy(self, role_arn: str) -> tuple[Policy, ...]:
        """Return a role's trust policy; nothing for a role that does not exist."""
        role = self._resources.find_role(role_arn)
        if role is None or role.arn != role_arn:
            return ()
        return (load_policy(role.assume_role_policy_document, role_arn),)

    def _find_bucket_policy(self, arn: str) -> Any:
        bucket = self._resources.find_bucket(arn.split(":::", 1)[1].partition("/")[0])
        return bucket.policy if bucket else None

    def _find_function_policy(self, arn: str) -> Any:
        statements: list[dict[str, Any]] = []
        for exactly in (False, True):
            function = self._resources.find_function(arn, exactly=exactly)
            policy = getattr(function, "policy", None)
            statements += policy.statements if policy else []
        return {"Version": "2012-10-17", "Statement": statements} if statements else None

    def _find_topic_policy(self, arn: str) -> Any:
        topic = self._resources.find_topic(arn)
        return topic.policy if topic else None

    def _find_queue_policy(self, arn: str) -> Any:
        queue = self._resources.find_queue(arn)
        return queue.policy if queue else None

    def _find_key_policy(self, arn: str) -> Any:
        if ":key/" not in arn:
            return None
        key = self._resources.find_key(arn.split(":")[3], arn)
        return key.policy if key else None


def _find_none(arn: str) -> None:
    return None
