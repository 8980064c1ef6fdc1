"""What S3 refuses besides IAM's decision: missing buckets and keys, ACLs, public access."""

from __future__ import annotations

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.permissions import public_access
from workshop_lib.local_cloud.permissions.calls import Call
from workshop_lib.local_cloud.permissions.policies import Policy
from workshop_lib.local_cloud.permissions.principals import Principal
from workshop_lib.local_cloud.permissions.requirements import Requirement
from workshop_lib.local_cloud.permissions.requirements_s3 import bucket_arn
from workshop_lib.local_cloud.permissions.resources import MotoResources

_WITHOUT_BUCKET = ("ListBuckets", "CreateBucket")
_READS = ("s3:GetObject", "s3:GetObjectVersion")
# What an ACL can grant to everyone, by action: on the object or on the bucket.
_OBJECT_GRANTS = {**dict.fromkeys(_READS, "READ"), "s3:GetObjectAcl": "READ_ACP"}
_BUCKET_GRANTS = {
    "s3:ListBucket": "READ",
    "s3:ListBucketVersions": "READ",
    "s3:ListBucketMultipartUploads": "READ",
    "s3:PutObject": "WRITE",
    "s3:DeleteObject": "WRITE",
    "s3:GetBucketAcl": "READ_ACP",
}


def require_buckets(call: Call, requirements: list[Requirement], resources: MotoResources) -> None:
    """Refuse a call on a bucket that does not exist; S3 says so to everyone.

    Raises:
        AwsError: NoSuchBucket.
    """
    if call.operation in _WITHOUT_BUCKET:
        return
    named = {_split_resource(requirement)[0] for requirement in requirements}
    for bucket in sorted(named | {str(call.get("Bucket") or "")}):
        if resources.find_bucket(bucket) is None:
            message = "The specified bucket does not exist"
            raise AwsError("NoSuchBucket", message, 404, {"BucketName": bucket})


def refuse_before(call: Call, principal: Principal, resources: MotoResources) -> None:
    """Refuse what Block Public Access and Object Ownership do not let even the owner do.

    Raises:
        AwsError: S3's refusal.
    """
    name = str(call.get("Bucket") or "")
    bucket = resources.find_bucket(name)
    if call.operation == "CreateBucket":
        public_access.refuse_new_bucket_acl(call)
        # In us-east-1 too. S3 user guide, "Namespaces for general purpose buckets", restrictions.
        if bucket and call.find_header("x-amz-bucket-namespace") == "account-regional":
            message = (
                "Your previous request to create the named bucket succeeded and you already own it."
            )
            raise AwsError("BucketAlreadyOwnedByYou", message, 409, {"BucketName": name})
    elif bucket is None:
        return
    elif call.operation == "PutBucketPolicy":
        public_access.refuse_public_policy(call, bucket, principal)
    elif call.operation == "PutBucketOwnershipControls":
        public_access.refuse_enforcing_with_acl(call, bucket)
    else:
        public_access.refuse_acls(call, bucket, principal)


def find_missing_read(
    call: Call, requirements: list[Requirement], resources: MotoResources
) -> Requirement | None:
    """Return what a caller needs to be told that a key is missing: the right to list the bucket.

    None when every object that the call reads exists.
    """
    for requirement in requirements:
        bucket, key = _split_resource(requirement)
        version = call.get("VersionId") if bucket == call.get("Bucket") else None
        if requirement.action in _READS and resources.find_object(bucket, key, version) is None:
            return Requirement("s3:ListBucket", (bucket_arn(bucket),))
    return None


def acl_allows_everyone(requirement: Requirement, resources: MotoResources) -> bool:
    """Say whether an ACL grants everyone an action, and nothing switches ACLs off."""
    name, key = _split_resource(requirement)
    bucket = resources.find_bucket(name)
    if bucket is None or public_access.is_enforced(bucket):
        return False
    if public_access.has_switch(bucket, "ignore_public_acls"):
        return False
    if requirement.action in _OBJECT_GRANTS:
        found = resources.find_object(name, key)
        return public_access.grants_to_public(found, _OBJECT_GRANTS[requirement.action])
    granted = _BUCKET_GRANTS.get(requirement.action)
    return granted is not None and public_access.grants_to_public(bucket, granted)


def restricts_policy(
    requirement: Requirement, resources: MotoResources, policies: tuple[Policy, ...]
) -> bool:
    """Say whether RestrictPublicBuckets shuts strangers out of a bucket with a public policy."""
    bucket = resources.find_bucket(_split_resource(requirement)[0])
    is_on = bucket is not None and public_access.has_switch(bucket, "restrict_public_buckets")
    return is_on and any(map(public_access.is_public_policy, policies))


def _split_resource(requirement: Requirement) -> tuple[str, str]:
    """Split an S3 ARN into bucket and key; the key is empty for a bucket."""
    bucket, _, key = requirement.resources[0].removeprefix("arn:aws:s3:::").partition("/")
    return bucket, key
