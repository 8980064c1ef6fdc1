"""Amazon S3: which actions on which buckets and objects a call needs.

Source: S3 user guide, "Required permissions for Amazon S3 API operations".
"""

from __future__ import annotations

from urllib.parse import parse_qs, unquote, urlparse

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.permissions.calls import POST_OBJECT, Call
from workshop_lib.local_cloud.permissions.requirements import (
    Requirement,
    ResourceFacts,
    Rule,
    list_tag_keys,
)

# Actions on the bucket, by operation.
_BUCKET_ACTIONS = {
    "DeleteBucket": "DeleteBucket",
    "HeadBucket": "ListBucket",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "ListObjectVersions": "ListBucketVersions",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "GetBucketLocation": "GetBucketLocation",
    "GetBucketVersioning": "GetBucketVersioning",
    "PutBucketVersioning": "PutBucketVersioning",
    "GetBucketNotificationConfiguration": "GetBucketNotification",
    "PutBucketNotificationConfiguration": "PutBucketNotification",
    "GetBucketCors": "GetBucketCORS",
    "PutBucketCors": "PutBucketCORS",
    "DeleteBucketCors": "PutBucketCORS",
    "GetBucketPolicy": "GetBucketPolicy",
    "PutBucketPolicy": "PutBucketPolicy",
    "DeleteBucketPolicy": "DeleteBucketPolicy",
    "GetBucketPolicyStatus": "GetBucketPolicyStatus",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    "DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
    "GetBucketOwnershipControls": "GetBucketOwnershipControls",
    "PutBucketOwnershipControls": "PutBucketOwnershipControls",
    "DeleteBucketOwnershipControls": "PutBucketOwnershipControls",
    "GetBucketWebsite": "GetBucketWebsite",
    "PutBucketWebsite": "PutBucketWebsite",
    "DeleteBucketWebsite": "DeleteBucketWebsite",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "DeleteBucketEncryption": "PutEncryptionConfiguration",
    "GetBucketTagging": "GetBucketTagging",
    "PutBucketTagging": "PutBucketTagging",
    "DeleteBucketTagging": "PutBucketTagging",
    "GetBucketAcl": "GetBucketAcl",
    "PutBucketAcl": "PutBucketAcl",
}

# Actions on the object, by operation: without and with a version id.
_OBJECT_ACTIONS = {
    "GetObject": ("GetObject", "GetObjectVersion"),
    "HeadObject": ("GetObject", "GetObjectVersion"),
    "DeleteObject": ("DeleteObject", "DeleteObjectVersion"),
    "GetObjectAcl": ("GetObjectAcl", "GetObjectVersionAcl"),
    "PutObjectAcl": ("PutObjectAcl", "PutObjectVersionAcl"),
    "GetObjectTagging": ("GetObjectTagging", "GetObjectVersionTagging"),
    "PutObjectTagging": ("PutObjectTagging", "PutObjectVersionTagging"),
    "DeleteObjectTagging": ("DeleteObjectTagging", "DeleteObjectVersionTagging"),
    "UploadPart": ("PutObject", "PutObject"),
    "CompleteMultipartUpload": ("PutObject", "PutObject"),
    "AbortMultipartUpload": ("AbortMultipartUpload", "AbortMultipartUpload"),
    "ListParts": ("ListMultipartUploadParts", "ListMultipartUploadParts"),
}

ALL_BUCKETS = "arn:aws:s3:::*"
# Canned ACL and grants; a PutObject with one of them also writes the object's ACL.
ACL_HEADERS = (
    "x-amz-acl",
    "x-amz-grant-read",
    "x-amz-grant-write",
    "x-amz-grant-read-acp",
    "x-amz-grant-write-acp",
    "x-amz-grant-full-control",
)


def bucket_arn(bucket: str) -> str:
    """Return a bucket's ARN."""
    return f"arn:aws:s3:::{bucket}"


def object_arn(bucket: str, key: str) -> str:
    """Return an object's ARN."""
    return f"arn:aws:s3:::{bucket}/{key}"


def require_read(bucket: str, key: str, version_id: str | None = None) -> Requirement:
    """Require reading one object, or one version of it."""
    action = "GetObjectVersion" if version_id else "GetObject"
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
    return lambda call, facts: [Requirement(f"s3:{action}", (bucket_arn(call.get("Bucket")),))]


def _on_object(action: str, version_action: str) -> Rule:
    return lambda call, facts: [
        _require_on_object(call, version_action if call.get("VersionId") else action)
    ]


def _require_on_object(call: Call, action: str) -> Requirement:
    return Requirement(f"s3:{action}", (object_arn(call.get("Bucket"), call.get("Key")),))


def _create_bucket(call: Call, facts: ResourceFacts) -> list[Requirement]:
    resources = (bucket_arn(call.get("Bucket")),)
    tags = (call.get("CreateBucketConfiguration") or {}).get("Tags")
    required = [Requirement("s3:CreateBucket", resources, list_tag_keys(tags))]
    acls = [value for name in ACL_HEADERS if (value := call.find_header(name))]
    if any(acl != "private" for acl in acls):
        required.append(Requirement("s3:PutBucketAcl", resources))
    if call.find_header("x-amz-object-ownership"):
        required.append(Requirement("s3:PutBucketOwnershipControls", resources))
    if tags:
        required.append(Requirement("s3:TagResource", resources, list_tag_keys(tags)))
    return required


def _write_object(call: Call, facts: ResourceFacts) -> list[Requirement]:
    required = [_require_on_object(call, "PutObject")]
    if call.get("ACL") or any(call.find_header(name) for name in ACL_HEADERS):
        required.append(_require_on_object(call, "PutObjectAcl"))
    if call.get("Tagging") or call.find_header("x-amz-tagging"):
        required.append(_require_on_object(call, "PutObjectTagging"))
    return required


def _copy(call: Call, facts: ResourceFacts) -> list[Requirement]:
    source = require_read(*read_copy_source(str(call.get("CopySource") or "")))
    return [source, *_write_object(call, facts)]


def _copy_part(call: Call, facts: ResourceFacts) -> list[Requirement]:
    source = require_read(*read_copy_source(str(call.get("CopySource") or "")))
    return [source, _require_on_object(call, "PutObject")]


def _delete_objects(call: Call, facts: ResourceFacts) -> list[Requirement]:
    return [
        Requirement(
            "s3:DeleteObjectVersion" if entry.get("VersionId") else "s3:DeleteObject",
            (object_arn(call.get("Bucket"), entry.get("Key", "")),),
        )
        for entry in (call.get("Delete") or {}).get("Objects", ())
    ]


def _get_attributes(call: Call, facts: ResourceFacts) -> list[Requirement]:
    version = "Version" if call.get("VersionId") else ""
    actions = (f"GetObject{version}", f"GetObject{version}Attributes")
    return [_require_on_object(call, action) for action in actions]


def _list_buckets(call: Call, facts: ResourceFacts) -> list[Requirement]:
    return [Requirement("s3:ListAllMyBuckets", (ALL_BUCKETS,))]


RULES: dict[str, Rule] = {
    "ListBuckets": _list_buckets,
    "CreateBucket": _create_bucket,
    "PutObject": _write_object,
    POST_OBJECT: _write_object,
    "CreateMultipartUpload": _write_object,
    "CopyObject": _copy,
    "UploadPartCopy": _copy_part,
    "DeleteObjects": _delete_objects,
    "GetObjectAttributes": _get_attributes,
    **{operation: _on_bucket(action) for operation, action in _BUCKET_ACTIONS.items()},
    **{operation: _on_object(*actions) for operation, actions in _OBJECT_ACTIONS.items()},
}
