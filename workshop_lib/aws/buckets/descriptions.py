"""What a bucket is like: everything that the lessons look at, in one plain object."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from workshop_lib.aws.buckets.access import (
    PublicAccessBlock,
    read_cross_origin_rules,
    read_policy,
    read_public_access_block,
)
from workshop_lib.aws.buckets.answers import answer_unless
from workshop_lib.aws.buckets.notifications import NotificationRule, list_notifications
from workshop_lib.errors import WorkshopError


@dataclass(frozen=True)
class Bucket:
    """A bucket as S3 describes it.

    ``versioning`` is ``Enabled``, ``Suspended``, or None when it was never switched on;
    ``encryption`` the default algorithm, such as ``AES256``; ``ownership`` the Object Ownership
    setting; ``policy`` a document.
    """

    name: str
    region: str
    created: datetime | None
    versioning: str | None
    encryption: str | None
    ownership: str | None
    public_access_block: PublicAccessBlock | None
    cross_origin_rules: tuple[dict[str, Any], ...]
    policy: dict[str, Any] | None
    tags: dict[str, str]
    notifications: tuple[NotificationRule, ...]

    @property
    def arn(self) -> str:
        """The bucket's ARN, without account or Region because names are unique in the world."""
        return f"arn:aws:s3:::{self.name}"


def find_region(s3: Any, bucket: str) -> str | None:
    """Return the Region of a bucket of ours, or None when there is no bucket of this name.

    Raises:
        WorkshopError: the name belongs to another account.
    """
    try:
        answer = s3.head_bucket(Bucket=bucket)
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        if status == 404:
            return None
        if status == 403:
            raise WorkshopError(
                f"The bucket {bucket} is not yours to look at.",
                "Either another account owns the name (set another WORKSHOP_ATTENDEE), or your "
                "own policy lacks s3:ListBucket.",
            ) from error
        raise
    region: str = answer.get("BucketRegion") or "us-east-1"
    return region


def bucket_exists(s3: Any, bucket: str) -> bool:
    """Tell whether there is a bucket of this name and it is ours."""
    try:
        return find_region(s3, bucket) is not None
    except WorkshopError:
        return False


def is_gone(s3: Any, bucket: str) -> bool:
    """Tell whether there is no bucket of this name, neither ours nor another's."""
    try:
        return find_region(s3, bucket) is None
    except WorkshopError:
        return False


def describe_bucket(s3: Any, bucket: str) -> Bucket | None:
    """Return what S3 says of a bucket, or None when there is no such bucket.

    Raises:
        WorkshopError: the name belongs to another account.
    """
    region = find_region(s3, bucket)
    if region is None:
        return None
    return Bucket(
        name=bucket,
        region=region,
        created=_read_creation(s3, bucket),
        versioning=s3.get_bucket_versioning(Bucket=bucket).get("Status"),
        encryption=_read_encryption(s3, bucket),
        ownership=_read_ownership(s3, bucket),
        public_access_block=read_public_access_block(s3, bucket),
        cross_origin_rules=tuple(read_cross_origin_rules(s3, bucket)),
        policy=read_policy(s3, bucket),
        tags=read_tags(s3, bucket),
        notifications=tuple(list_notifications(s3, bucket)),
    )


def read_tags(s3: Any, bucket: str) -> dict[str, str]:
    """Return the bucket's tags."""
    answer = answer_unless("NoSuchTagSet", s3.get_bucket_tagging, Bucket=bucket)
    return {tag["Key"]: tag["Value"] for tag in answer.get("TagSet", [])}


def is_public(s3: Any, bucket: str) -> bool:
    """Tell whether a bucket of ours has a policy, or a switch of Block Public Access off."""
    if not bucket_exists(s3, bucket):
        return False
    switches = read_public_access_block(s3, bucket)
    return read_policy(s3, bucket) is not None or switches != PublicAccessBlock()


@dataclass(frozen=True)
class Contents:
    """How many versions (delete markers too) and unfinished uploads a bucket holds."""

    versions: int
    uploads: int


def count_contents(s3: Any, bucket: str) -> Contents:
    """Return how much a bucket of ours holds."""
    versions = sum(
        len(page.get("Versions", [])) + len(page.get("DeleteMarkers", []))
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket)
    )
    uploads = sum(
        len(page.get("Uploads", []))
        for page in s3.get_paginator("list_multipart_uploads").paginate(Bucket=bucket)
    )
    return Contents(versions, uploads)


def list_buckets(s3: Any, prefix: str = "") -> list[str]:
    """Return the names of the account's buckets, of all Regions, that begin so."""
    pages = s3.get_paginator("list_buckets").paginate(Prefix=prefix)
    return [bucket["Name"] for page in pages for bucket in page["Buckets"]]


def _read_creation(s3: Any, bucket: str) -> datetime | None:
    for page in s3.get_paginator("list_buckets").paginate(Prefix=bucket):
        for entry in page["Buckets"]:
            if entry["Name"] == bucket:
                created: datetime = entry["CreationDate"]
                return created
    return None


def _read_encryption(s3: Any, bucket: str) -> str | None:
    answer = answer_unless(
        "ServerSideEncryptionConfigurationNotFoundError", s3.get_bucket_encryption, Bucket=bucket
    )
    rules = answer.get("ServerSideEncryptionConfiguration", {}).get("Rules", [])
    return rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] if rules else None


def _read_ownership(s3: Any, bucket: str) -> str | None:
    answer = answer_unless(
        "OwnershipControlsNotFoundError", s3.get_bucket_ownership_controls, Bucket=bucket
    )
    rules = answer.get("OwnershipControls", {}).get("Rules", [])
    return rules[0]["ObjectOwnership"] if rules else None
