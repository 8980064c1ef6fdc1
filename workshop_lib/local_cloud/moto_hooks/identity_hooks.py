"""What IAM and STS make and refuse otherwise than moto does.

Sources: IAM and STS API references, errors of each operation; IAM user guide, "IAM and AWS STS
quotas" and "IAM JSON policy reference"; the sentences as their readers report them.
"""

from __future__ import annotations

import json
import re
from typing import Any

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.moto_hooks.dispatch import ACCESS_KEY_ID, current_request
from workshop_lib.local_cloud.moto_hooks.wrapping import around

# What the inline policies of one role have together, spaces not counted.
INLINE_POLICY_BYTES = 10_240
CHAINED_SECONDS = 3600
OLD_VERSION = "2008-10-17"
STATEMENT_ID = re.compile(r"[0-9A-Za-z]*")


def install_identity_hooks() -> None:
    """Install them once moto's IAM is loaded."""
    name_users_as_users()
    refuse_identity_policies()
    refuse_large_inline_policies()
    refuse_roles()
    keep_attached_policies()


def name_users_as_users() -> None:
    """Give users unique ids that say so, as roles have them; moto draws twenty small letters."""
    from moto.iam.models import User
    from moto.iam.utils import random_role_id

    @around(User, "__init__")
    def make_user(plain: Any, self: Any, account_id: str, *arguments: Any, **further: Any) -> None:
        plain(self, account_id, *arguments, **further)
        self.id = f"AIDA{random_role_id(account_id).removeprefix('AROA')}"


def refuse_identity_policies() -> None:
    """Refuse a policy of an identity that names whom it is for, and statement ids that are none."""
    from moto.iam.policy_validation import BaseIAMPolicyValidator, IAMPolicyDocumentValidator

    @around(IAMPolicyDocumentValidator, "validate")
    def validate(plain: Any, self: Any) -> None:
        plain(self)
        if any({"Principal", "NotPrincipal"} & set(one) for one in self._statements):
            raise _malformed("Policy document should not specify a principal.")

    @around(BaseIAMPolicyValidator, "validate")
    def validate_ids(plain: Any, self: Any) -> None:
        plain(self)
        if not all(STATEMENT_ID.fullmatch(str(one.get("Sid", ""))) for one in self._statements):
            raise _malformed(
                "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the "
                "regular expression [0-9A-Za-z]*"
            )


def refuse_large_inline_policies() -> None:
    """Bound what the inline policies of a role have together."""
    from moto.iam.models import IAMBackend

    @around(IAMBackend, "put_role_policy")
    def put(plain: Any, self: Any, role_name: str, policy_name: str, policy_json: str) -> None:
        policies = self.get_role(role_name).policies | {policy_name: policy_json}
        if sum(len("".join(str(one).split())) for one in policies.values()) > INLINE_POLICY_BYTES:
            message = (
                f"Maximum policy size of {INLINE_POLICY_BYTES} bytes exceeded for role {role_name}"
            )
            raise AwsError("LimitExceeded", message, 409)
        plain(self, role_name, policy_name, policy_json)


def refuse_roles() -> None:
    """Refuse a trust policy or a permissions boundary that is none, where moto keeps any text."""
    from moto.iam.models import IAMBackend

    def require(backend: Any, arn: str | None) -> None:
        if arn and arn not in backend.managed_policies:
            message = f"Scope ARN: {arn} does not exist or is not attachable."
            raise AwsError("NoSuchEntity", message, 404)

    @around(IAMBackend, "create_role")
    def create_role(
        plain: Any, self: Any, role_name: str, policy: str, path: str, boundary: str | None,
        *rest: Any, **named: Any,
    ) -> Any:  # fmt: skip
        _check_trust_policy(policy)
        require(self, boundary)
        return plain(self, role_name, policy, path, boundary, *rest, **named)

    @around(IAMBackend, "put_role_permissions_boundary")
    def put_boundary(plain: Any, self: Any, role_name: str, permissions_boundary: str) -> None:
        require(self, permissions_boundary)
        plain(self, role_name, permissions_boundary)

    def update_assume_role_policy(self: Any, role_name: str, policy: str) -> None:
        role = self.get_role(role_name)
        _check_trust_policy(policy)
        role.assume_role_policy_document = policy

    IAMBackend.update_assume_role_policy = update_assume_role_policy


def _check_trust_policy(document: str) -> None:
    from moto.iam.policy_validation import IAMTrustPolicyDocumentValidator

    from workshop_lib.local_cloud.permissions.principal_names import is_principal, list_principals

    try:
        policy = json.loads(document)
    except (ValueError, RecursionError) as error:
        raise _malformed("This policy contains invalid Json") from error
    if isinstance(policy, dict) and policy.get("Version", OLD_VERSION) == OLD_VERSION:
        # AWS takes the old version of the language still; moto's check does not.
        document = json.dumps(policy | {"Version": "2012-10-17"})
    validator = IAMTrustPolicyDocumentValidator(document)
    validator.validate()
    for statement in validator._statements:
        if not {"Principal", "NotPrincipal"} & statement.keys():
            raise _malformed("Missing required field Principal")
        for kind, value in list_principals(statement.get("Principal")):
            if not is_principal(kind, value):
                name = "SERVICE" if kind == "Service" else kind
                raise _malformed(f'Invalid principal in policy: "{name}":"{value}"')


def keep_attached_policies() -> None:
    """Refuse to delete a managed policy that somebody has."""
    from moto.iam.models import IAMBackend

    @around(IAMBackend, "delete_policy")
    def delete(plain: Any, self: Any, policy_arn: str) -> None:
        if getattr(self.managed_policies.get(policy_arn), "attachment_count", 0):
            raise AwsError("DeleteConflict", "Cannot delete a policy attached to entities.", 409)
        plain(self, policy_arn)


def bound_sessions() -> None:
    """Bound a role's sessions by the role's own setting, and by an hour where a role takes one."""
    from moto.iam.models import iam_backends
    from moto.sts.responses import TokenResponse

    @around(TokenResponse, "assume_role")
    def assume_role(plain: Any, self: Any) -> Any:
        seconds = self._get_int_param("DurationSeconds", CHAINED_SECONDS)
        request = current_request()
        key_id = request.environ.get(ACCESS_KEY_ID, "") if request is not None else ""
        if key_id.startswith("ASIA") and seconds > CHAINED_SECONDS:
            raise _too_long("the 1 hour session limit for roles assumed by role chaining.")
        arn = self._get_param("RoleArn")
        for role in iam_backends[self.current_account]["aws"].roles.values():
            if role.arn == arn and seconds > int(role.max_session_duration or CHAINED_SECONDS):
                raise _too_long("the MaxSessionDuration set for this role.")
        return plain(self)


def _too_long(bound: str) -> AwsError:
    return AwsError("ValidationError", f"The requested DurationSeconds exceeds {bound}", 400)


def _malformed(message: str) -> AwsError:
    return AwsError("MalformedPolicyDocument", message, 400)
