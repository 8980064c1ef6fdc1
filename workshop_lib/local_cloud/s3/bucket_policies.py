"""What S3 refuses of a bucket's policy when it is put, not when it would decide.

Sources: S3 user guide, "Policies and permissions in Amazon S3"; service authorization reference,
"Actions, resources, and condition keys for Amazon S3"; the sentences as their readers report them.
"""

from __future__ import annotations

import json
from typing import Any

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.permissions.patterns import (
    matches_action,
    matches_text,
    read_pattern,
)
from workshop_lib.local_cloud.permissions.principal_names import is_principal, list_principals

OBJECT_ACTIONS = """
    AbortMultipartUpload BypassGovernanceRetention DeleteObject DeleteObjectTagging
    DeleteObjectVersion DeleteObjectVersionTagging GetObject GetObjectAcl GetObjectAttributes
    GetObjectLegalHold GetObjectRetention GetObjectTagging GetObjectTorrent GetObjectVersion
    GetObjectVersionAcl GetObjectVersionAttributes GetObjectVersionForReplication
    GetObjectVersionTagging GetObjectVersionTorrent InitiateReplication ListMultipartUploadParts
    ObjectOwnerOverrideToBucketOwner PutObject PutObjectAcl PutObjectLegalHold PutObjectRetention
    PutObjectTagging PutObjectVersionAcl PutObjectVersionTagging ReplicateDelete ReplicateObject
    ReplicateTags RestoreObject UpdateObjectEncryption
"""
BUCKET_ACTIONS = """
    CreateBucket DeleteBucket DeleteBucketPolicy DeleteBucketWebsite GetAccelerateConfiguration
    GetAnalyticsConfiguration GetBucketAbac GetBucketAcl GetBucketCORS GetBucketLocation
    GetBucketLogging GetBucketNotification GetBucketObjectLockConfiguration
    GetBucketOwnershipControls GetBucketPolicy GetBucketPolicyStatus GetBucketPublicAccessBlock
    GetBucketRequestPayment GetBucketTagging GetBucketVersioning GetBucketWebsite
    GetEncryptionConfiguration GetIntelligentTieringConfiguration GetInventoryConfiguration
    GetLifecycleConfiguration GetMetricsConfiguration GetReplicationConfiguration ListBucket
    ListBucketMultipartUploads ListBucketVersions ListTagsForResource PutAccelerateConfiguration
    PutAnalyticsConfiguration PutBucketAbac PutBucketAcl PutBucketCORS PutBucketLogging
    PutBucketNotification PutBucketObjectLockConfiguration PutBucketOwnershipControls
    PutBucketPolicy PutBucketPublicAccessBlock PutBucketRequestPayment PutBucketTagging
    PutBucketVersioning PutBucketWebsite PutEncryptionConfiguration
    PutIntelligentTieringConfiguration PutInventoryConfiguration PutLifecycleConfiguration
    PutMetricsConfiguration PutReplicationConfiguration TagResource UntagResource
"""


def check_bucket_policy(text: str, bucket: str) -> None:
    """Check a policy that is put on a bucket.

    Raises:
        AwsError: MalformedPolicy, with what is wrong of the first statement that is.
    """
    if not text.startswith("{"):
        raise _malformed("Policies must be valid JSON and the first byte must be '{'")
    try:
        policy = json.loads(text)
    except ValueError as error:
        raise _malformed("This policy contains invalid Json") from error
    if "Statement" not in policy:
        raise _malformed("Missing required field Statement")
    statements = _list(policy["Statement"])
    if not statements:
        raise _malformed("Could not parse the policy: Statement is empty!")
    for statement in statements:
        if not isinstance(statement, dict):
            raise _malformed("This policy contains invalid Json")
        _check_statement(statement, bucket)


def _check_statement(statement: dict[str, Any], bucket: str) -> None:
    if "Effect" not in statement:
        raise _malformed("Missing required field Effect")
    for name in ("Principal", "Action", "Resource"):
        if name not in statement and f"Not{name}" not in statement:
            raise _malformed(f"Missing required field {name}")
    principals = statement.get("Principal", statement.get("NotPrincipal"))
    if not all(is_principal(*pair) for pair in list_principals(principals)):
        raise _malformed("Invalid principal in policy")
    actions = [str(one) for one in _list(statement.get("Action", statement.get("NotAction")))]
    if not all(_find_kinds(action) for action in actions):
        raise _malformed("Policy has invalid action")
    resources = [str(one) for one in _list(statement.get("Resource", statement.get("NotResource")))]
    if not all(_is_in_bucket(resource, bucket) for resource in resources):
        raise _malformed("Policy has invalid resource")
    if "Action" in statement and "Resource" in statement:
        kinds = set().union(*(_find_resource_kinds(resource) for resource in resources))
        if not all(_find_kinds(action) & kinds for action in actions):
            raise _malformed("Action does not apply to any resource(s) in statement")


def _find_kinds(action: str) -> set[str]:
    """Return what an action, which may have wildcards, is about: buckets, objects or both."""
    service, _, name = action.partition(":")
    if action == "*":
        return {"bucket", "object"}
    return {
        kind
        for kind, names in (("bucket", BUCKET_ACTIONS), ("object", OBJECT_ACTIONS))
        if service.lower() == "s3" and any(matches_action(name, known) for known in names.split())
    }


def _is_in_bucket(resource: str, bucket: str) -> bool:
    if resource == "*":
        return True
    name = resource.removeprefix("arn:aws:s3:::").partition("/")[0]
    return resource.startswith("arn:aws:s3:::") and matches_text(read_pattern(name), bucket)


def _find_resource_kinds(resource: str) -> set[str]:
    name, slash, _ = resource.removeprefix("arn:aws:s3:::").partition("/")
    if slash:
        return {"object"}
    return {"bucket", "object"} if name.endswith("*") else {"bucket"}


def _list(element: Any) -> list[Any]:
    return element if isinstance(element, list) else [element]


def _malformed(sentence: str) -> AwsError:
    return AwsError("MalformedPolicy", sentence, 400)
