"""S3 Block Public Access and Object Ownership: what a bucket lets nobody give away.

Source: S3 user guide, "Blocking public access to your Amazon S3 storage" (with "The meaning of
'public'") and "Controlling ownership of objects and disabling ACLs for your bucket".
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

from moto.s3.models import ALL_USERS_GRANTEE, PublicAccessBlock

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.permissions.calls import Call
from workshop_lib.local_cloud.permissions.conditions import FOR_ALL, read_operator_name
from workshop_lib.local_cloud.permissions.policies import (
    Condition,
    Effect,
    Policy,
    PolicyDocumentError,
    Statement,
    read_policy,
)
from workshop_lib.local_cloud.permissions.principals import Principal
from workshop_lib.local_cloud.permissions.requirements_s3 import ACL_HEADERS, bucket_arn, object_arn
from workshop_lib.local_cloud.s3.bucket_policies import check_bucket_policy

ENFORCED = "BucketOwnerEnforced"
# With the owner enforced, this canned ACL says nothing new and is let through.
_HARMLESS_ACL = "bucket-owner-full-control"
_PUBLIC_CANNED_ACLS = ("public-read", "public-read-write", "authenticated-read")
_PUBLIC_GROUPS = ("groups/global/AllUsers", "groups/global/AuthenticatedUsers")
# A policy that fixes one of these keys to values without wildcards is not public.
_FIXING_KEYS = frozenset({
    "aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths",
    "aws:sourceaccount", "aws:sourcearn", "aws:sourceowner", "aws:sourceorgid",
    "aws:sourceorgpaths", "aws:sourcevpc", "aws:sourcevpce", "aws:userid",
})  # fmt: skip
_FIXING_OPERATORS = ("StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnEquals", "ArnLike")
# Networks wider than these are the whole Internet to S3.
_WIDEST_NETWORKS = {4: 8, 6: 32}


def has_switch(bucket: Any, name: str) -> bool:
    """Tell whether one of the four switches of moto's bucket is on, such as ``block_public_acls``.

    All are off where the configuration was deleted.
    """
    return bool(getattr(bucket.public_access_block, name, False))


def protect_new_bucket(bucket: Any) -> None:
    """Give moto's new bucket AWS's defaults since 2023: all switches on, ACLs off, encrypted."""
    bucket.public_access_block = PublicAccessBlock("true", "true", "true", "true")
    bucket.encryption = {"Rule": {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}}
    if not bucket.ownership_rule:
        bucket.ownership_rule = ENFORCED


def is_enforced(bucket: Any) -> bool:
    """Tell whether the Object Ownership of moto's bucket has switched ACLs off."""
    rule = bucket.ownership_rule
    return (rule.get("ObjectOwnership") if isinstance(rule, Mapping) else rule) == ENFORCED


def is_public_policy(policy: Policy) -> bool:
    """Say whether a bucket policy is public as S3 means it: any allowing statement is."""
    return any(_is_public_statement(statement) for statement in policy.statements)


def _is_public_statement(statement: Statement) -> bool:
    principals = statement.principals
    if statement.effect is not Effect.ALLOW or principals is None:
        return False
    if not principals.negated and not any(value == "*" for _, value in principals.values):
        return False
    return not any(_fixes(condition) for condition in statement.conditions)


def _fixes(condition: Condition) -> bool:
    """Say whether a condition ties a statement to known callers or networks."""
    name = read_operator_name(condition.operator)
    if name is None or name.if_exists or name.quantifier == FOR_ALL:
        return False
    key = condition.key.lower()
    if key == "aws:sourceip":
        return name.base == "IpAddress" and all(map(_is_narrow, condition.values))
    if key not in _FIXING_KEYS or name.base not in _FIXING_OPERATORS:
        return False
    return all(_is_fixed(key, value) for value in condition.values)


def _is_fixed(key: str, value: str) -> bool:
    if key == "aws:userid":
        # A role's sessions share what stands before the colon.
        value = value.partition(":")[0]
    elif key in ("aws:sourcearn", "aws:principalarn") and value.count(":") >= 5:
        # An ARN's account is what must be known; a bucket's ARN has none and is known by name.
        account, name = value.split(":", 5)[4:]
        value = account or name
    return "${" not in value and not set("*?") & set(value)


def _is_narrow(value: str) -> bool:
    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError:
        return False
    return network.prefixlen >= _WIDEST_NETWORKS[network.version]


# What is refused before moto sees it -------------------------------------------------------------


def refuse_public_policy(call: Call, bucket: Any, principal: Principal) -> None:
    """Refuse a public policy where BlockPublicPolicy is on.

    Raises:
        AwsError: AccessDenied, or MalformedPolicy for a document that is no policy.
    """
    text = str(call.get("Policy") or "")
    check_bucket_policy(text, bucket.name)
    try:
        policy = read_policy(text)
    except PolicyDocumentError as error:
        raise AwsError("MalformedPolicy", f"The policy cannot be read: {error}") from error
    if has_switch(bucket, "block_public_policy") and is_public_policy(policy):
        what = ("s3:PutBucketPolicy", bucket_arn(bucket.name))
        raise _prevented(principal, *what, "policies", "BlockPublicPolicy")


def refuse_acls(call: Call, bucket: Any, principal: Principal) -> None:
    """Refuse an ACL where the owner is enforced, and a public one under BlockPublicAcls.

    Raises:
        AwsError: AccessControlListNotSupported or AccessDenied.
    """
    if not _sets_acl(call):
        return
    if is_enforced(bucket):
        if call.find_header("x-amz-acl") != _HARMLESS_ACL:
            raise AwsError("AccessControlListNotSupported", "The bucket does not allow ACLs", 400)
    elif has_switch(bucket, "block_public_acls") and _is_public_acl(call):
        key = call.get("Key")
        what = ("s3:PutBucketAcl", bucket_arn(bucket.name))
        what = ("s3:PutObjectAcl", object_arn(bucket.name, key)) if key else what
        raise _prevented(principal, *what, "ACLs", "BlockPublicAcls")


def refuse_new_bucket_acl(call: Call) -> None:
    """Refuse an ACL on a new bucket, whose owner is enforced unless the call says otherwise.

    Raises:
        AwsError: InvalidBucketAclWithObjectOwnership or, for a public ACL, InvalidBucketAcl….
    """
    if not _sets_acl(call) or call.find_header("x-amz-acl") == "private":
        return
    if (call.find_header("x-amz-object-ownership") or ENFORCED) == ENFORCED:
        raise _acl_under_owner()
    if _is_public_acl(call):
        raise AwsError(
            "InvalidBucketAclWithBlockPublicAccessError",
            "Bucket cannot have public ACLs set with BlockPublicAccess enabled",
        )


def refuse_enforcing_with_acl(call: Call, bucket: Any) -> None:
    """Refuse to enforce the owner on a bucket whose ACL still lets others in.

    Raises:
        AwsError: InvalidBucketAclWithObjectOwnership.
    """
    rules = (call.get("OwnershipControls") or {}).get("Rules") or [{}]
    if rules[0].get("ObjectOwnership") == ENFORCED and grants_to_public(bucket):
        raise _acl_under_owner()


def _acl_under_owner() -> AwsError:
    return AwsError(
        "InvalidBucketAclWithObjectOwnership",
        "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
    )


def _sets_acl(call: Call) -> bool:
    """Say whether a call writes an ACL, canned, by grants or as a document."""
    if call.operation in ("PutBucketAcl", "PutObjectAcl"):
        return True
    return bool(call.get("ACL")) or any(call.find_header(name) for name in ACL_HEADERS)


def _is_public_acl(call: Call) -> bool:
    """Say whether the ACL that a call writes lets everyone, or every AWS account, in."""
    if (call.find_header("x-amz-acl") or call.get("ACL")) in _PUBLIC_CANNED_ACLS:
        return True
    grants = (call.get("AccessControlPolicy") or {}).get("Grants") or ()
    granted = [call.find_header(name) for name in ACL_HEADERS[1:]]
    granted += [(grant.get("Grantee") or {}).get("URI") for grant in grants]
    return any(group in str(text) for text in granted for group in _PUBLIC_GROUPS)


def grants_to_public(holder: Any, permission: str | None = None) -> bool:
    """Say whether the ACL of moto's bucket or object grants everyone something, or ``READ``, …."""
    acl = getattr(holder, "acl", None)
    return any(
        ALL_USERS_GRANTEE in grant.grantees
        and (permission is None or permission in grant.permissions)
        for grant in (acl.grants if acl else ())
    )


def _prevented(
    principal: Principal, action: str, resource: str, what: str, switch: str
) -> AwsError:
    return AwsError(
        "AccessDenied",
        f'User: {principal.arn} is not authorized to perform: {action} on resource: "{resource}" '
        f"because public {what} are prevented by the {switch} setting in S3 Block Public Access.",
        403,
    )
