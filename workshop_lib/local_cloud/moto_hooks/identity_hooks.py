"""The hooks into IAM's own resources, where moto makes or takes what AWS does not."""

from __future__ import annotations

from typing import Any

from workshop_lib.local_cloud.moto_hooks.wrapping import around


def install_identity_hooks() -> None:
    """Install them once moto's IAM is loaded."""
    name_users_as_users()
    refuse_principals_of_identities()


def name_users_as_users() -> None:
    """Give users unique ids that say so, as roles have them; moto draws twenty small letters."""
    from moto.iam.models import User
    from moto.iam.utils import random_role_id

    @around(User, "__init__")
    def make_user(plain: Any, self: Any, account_id: str, *arguments: Any, **further: Any) -> None:
        plain(self, account_id, *arguments, **further)
        self.id = f"AIDA{random_role_id(account_id).removeprefix('AROA')}"


def refuse_principals_of_identities() -> None:
    """Refuse a policy of a role or a user that names whom it is for: that is who carries it."""
    from moto.iam.exceptions import MalformedPolicyDocument
    from moto.iam.policy_validation import IAMPolicyDocumentValidator

    @around(IAMPolicyDocumentValidator, "validate")
    def validate(plain: Any, self: Any) -> None:
        plain(self)
        if any({"Principal", "NotPrincipal"} & set(one) for one in self._statements):
            raise MalformedPolicyDocument("Policy document should not specify a principal.")
