"""Amazon S3: which actions on which buckets and objects a call needs.

Source: S3 user guide, "Required permissions for Amazon S3 API operations".
"""

from __future__ import annotations

from urllib.parse import parse_qs, unquote, urlparse

from workshop_lib.local_cloud.aws_errors import AwsError, left_out
from workshop_lib.local_cloud.permissions.calls import POST_OBJECT, Call
from workshop_lib.local_cloud.permissions.requirements import (
    Requirement,
    Rule,
    list_tag_keys,
    on_listing,
)
from workshop_lib.local_cloud.permissions.resources import MotoResources

# Operations on a bucket whose action has their own name, and those whose action has another.
_BUCKET_OPERATIONS = (
    "DeleteBucket", "GetBucketLocation", "GetBucketVersioning", "PutBucketVersioning",
    "GetBucketPolicy", "PutBucketPolicy", "DeleteBucketPolicy",
    "GetBucketOwnershipControls", "PutBucketOwnershipControls",
    "GetBucketWebsite", "PutBucketWebsite", "DeleteBucketWebsite",
    "GetBucketTagging", "PutBucketTagging", "GetBucketAcl", "PutBucketAcl",
)  # fmt: skip
_BUCKET_ACTIONS = {
    **{operation: operation for operation in _BUCKET_OPERATIONS},
    "HeadBucket": "ListBucket",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "ListObjectVersions": "ListBucketVersions",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "GetBucketNotificationConfiguration": "GetBucketNotification",
    "PutBucketNotificationConfiguration": "PutBucketNotification",
    "GetBucketCors": "GetBucketCORS",
    "PutBucketCors": "PutBucketCORS",
    "DeleteBucketCors": "PutBucketCORS",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    "DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
    "DeleteBucketOwnershipControls": "PutBucketOwnershipControls",
    "DeleteBucketTagging": "PutBucketTagging",
    "GetBucketEncryption": "GetEncryptionConfiguration",
}
# With a version id the action is …ObjectVersion….
_OBJECT_ACTIONS = {
    "GetObject": "GetObject",
    "HeadObject": "GetObject",
    "DeleteObject": "DeleteObject",
    "GetObjectAcl": "GetObjectAcl",
    "PutObjectAcl": "PutObjectAcl",
    "UploadPart": "PutObject",
    "CompleteMultipartUpload": "PutObject",
    "AbortMultipartUpload": "AbortMultipartUpload",
    "ListParts": "ListMultipartUploadParts",
}
# Canned ACL and grants; a PutObject with one of them also writes the object's ACL.
ACL_HEADERS = ("x-amz-acl", "x-amz-grant-read", "x-amz-grant-write", "x-amz-grant-read-acp",
               "x-amz-grant-write-acp", "x-amz-grant-full-control")  # fmt: skip


def bucket_arn(bucket: str) -> str:
    """Return a bucket's ARN."""
    return f"arn:aws:s3:::{bucket}"


def object_arn(bucket: str, key: str) -> str:
    """Return an object's ARN."""
    return f"arn:aws:s3:::{bucket}/{key}"


def require_read(bucket: str, key: str, version_id: str | None = None) -> Requirement:
    """Require reading one object, or one version of it."""
    return _require_object("GetObject", bucket, key, version_id)


def _require_object(action: str, bucket: str, key: str, version_id: str | None) -> Requirement:
    if version_id:
        action = action.replace("Object", "ObjectVersion", 1)
    return Requirement(f"s3:{action}", (object_arn(bucket, key),))


def read_copy_source(source: str) -> tuple[str, str, str | None]:
    """Take ``x-amz-copy-source`` apart into bucket, key and version id.

    Raises:
        AwsError: InvalidArgument, it names no bucket and key.
    """
    path, _, query = source.partition("?")
    bucket, slash, key = unquote(path.removeprefix("/")).partition("/")
    parts = urlparse(source)
    # moto reads it as a URL: whatever a URL would make of it besides a path must be encoded.
    is_more = parts.scheme or parts.netloc or parts.params or parts.fragment
    if not (bucket and slash and key) or is_more:
        raise AwsError(
            "InvalidArgument", "Copy Source must mention the source bucket and key: bucket/key"
        )
    return bucket, key, next(iter(parse_qs(query).get("versionId", ())), None)


def _on_bucket(action: str) -> Rule:
    return lambda call, resources: [Requirement(f"s3:{action}", (bucket_arn(call.get("Bucket")),))]


def _on_object(action: str) -> Rule:
    return lambda call, resources: [
        _require_object(action, call.get("Bucket"), call.get("Key"), call.get("VersionId"))
    ]


def _create_bucket(call: Call, resources: MotoResources) -> list[Requirement]:
    bucket = (bucket_arn(call.get("Bucket")),)
    tags = list_tag_keys((call.get("CreateBucketConfiguration") or {}).get("Tags"))
    required = [Requirement("s3:CreateBucket", bucket, tags)]
    if any(call.find_header(name) not in (None, "private") for name in ACL_HEADERS):
        required.append(Requirement("s3:PutBucketAcl", bucket))
    if call.find_header("x-amz-object-ownership"):
        required.append(Requirement("s3:PutBucketOwnershipControls", bucket))
    return [*required, Requirement("s3:TagResource", bucket, tags)] if tags else required


def _write_object(call: Call, resources: MotoResources) -> list[Requirement]:
    if call.get("Tagging") or call.find_header("x-amz-tagging"):
        raise left_out("tags of objects")
    has_acl = call.get("ACL") or any(call.find_header(name) for name in ACL_HEADERS)
    actions = ("PutObject", "PutObjectAcl") if has_acl else ("PutObject",)
    return [_on_object(action)(call, resources)[0] for action in actions]


def _copy(call: Call, resources: MotoResources) -> list[Requirement]:
    source = require_read(*read_copy_source(str(call.get("CopySource") or "")))
    return [source, *_write_object(call, resources)]


def _delete_objects(call: Call, resources: MotoResources) -> list[Requirement]:
    return [
        _require_object(
            "DeleteObject", call.get("Bucket"), entry.get("Key", ""), entry.get("VersionId")
        )
        for entry in (call.get("Delete") or {}).get("Objects", ())
    ]


RULES: dict[str, Rule] = {
    "CreateBucket": _create_bucket,
    "PutObject": _write_object,
    POST_OBJECT: _write_object,
    "CreateMultipartUpload": _write_object,
    "CopyObject": _copy,
    "UploadPartCopy": _copy,
    "DeleteObjects": _delete_objects,
    **{operation: _on_bucket(action) for operation, action in _BUCKET_ACTIONS.items()},
    **{operation: _on_object(action) for operation, action in _OBJECT_ACTIONS.items()},
    "ListBuckets": on_listing("s3", "arn:aws:s3:::*", "ListAllMyBuckets")["ListAllMyBuckets"],
}
