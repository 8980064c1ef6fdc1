"""Making, emptying and deleting buckets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from workshop_lib.aws.buckets.access import (
    CLOSED,
    ensure_public_access_block,
    read_public_access_block,
)
from workshop_lib.aws.buckets.descriptions import Bucket, describe_bucket, find_region, read_tags
from workshop_lib.errors import WorkshopError
from workshop_lib.naming import find_bucket_namespace

# DeleteObjects takes no more keys than this in one call.
DELETE_BATCH = 1000


def ensure_bucket(s3: Any, bucket: str, *, region: str, tags: Mapping[str, str]) -> Bucket:
    """Make the bucket private and tagged, unless it stands already.

    A bucket that was opened with :func:`allow_public_read` stays open.

    Raises:
        WorkshopError: the name belongs to another account, or the bucket is in another Region.
    """
    standing_in = find_region(s3, bucket)
    if standing_in is None:
        _create_bucket(s3, bucket, region)
    elif standing_in != region:
        raise WorkshopError(
            f"The bucket {bucket} is in {standing_in}, not in {region}.",
            f"Set WORKSHOP_REGION to {standing_in}, or clean up there first.",
        )
    if read_public_access_block(s3, bucket) is None:
        ensure_public_access_block(s3, bucket, CLOSED)
    _ensure_tags(s3, bucket, tags)
    described = describe_bucket(s3, bucket)
    if described is None:
        raise WorkshopError(f"The bucket {bucket} vanished while it was made.", "Run this again.")
    return described


def _create_bucket(s3: Any, bucket: str, region: str) -> None:
    # us-east-1 is the one Region that must not be named.
    location = (
        {}
        if region == "us-east-1"
        else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    )
    namespace = find_bucket_namespace(bucket)
    named = {"BucketNamespace": namespace} if namespace else {}
    try:
        s3.create_bucket(Bucket=bucket, ObjectOwnership="BucketOwnerEnforced", **location, **named)
    except s3.exceptions.BucketAlreadyOwnedByYou:
        return
    except s3.exceptions.BucketAlreadyExists as error:
        raise WorkshopError(
            f"Another account owns the bucket name {bucket}.",
            "Set WORKSHOP_ATTENDEE to another id: bucket names are unique in the whole world.",
        ) from error


def _ensure_tags(s3: Any, bucket: str, tags: Mapping[str, str]) -> None:
    standing = read_tags(s3, bucket)
    wanted = {**tags, **standing}
    if wanted != standing:
        # The call replaces all tags, so those of others must come along.
        tag_set = [{"Key": key, "Value": value} for key, value in wanted.items()]
        s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": tag_set})


def delete_bucket(s3: Any, bucket: str) -> None:
    """Delete a bucket with all versions of all objects; nothing happens when there is none."""
    try:
        empty_bucket(s3, bucket)
        s3.delete_bucket(Bucket=bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchBucket":
            raise


def empty_bucket(s3: Any, bucket: str) -> int:
    """Delete every version, delete marker and unfinished upload; return how many objects went.

    Raises:
        WorkshopError: S3 refused to delete some of them.
    """
    _abort_uploads(s3, bucket)
    removed = 0
    for batch in _list_version_batches(s3, bucket):
        answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": batch, "Quiet": True})
        for refusal in answer.get("Errors", []):
            raise WorkshopError(
                f"S3 did not delete {refusal['Key']} from {bucket}: {refusal['Message']}",
                "Check your policy for s3:DeleteObjectVersion, then run this again.",
            )
        removed += len(batch)
    return removed


def _list_version_batches(s3: Any, bucket: str) -> Iterator[list[dict[str, str]]]:
    paginator = s3.get_paginator("list_object_versions")
    for page in paginator.paginate(Bucket=bucket, PaginationConfig={"PageSize": DELETE_BATCH}):
        entries = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        if entries:
            yield [{"Key": entry["Key"], "VersionId": entry["VersionId"]} for entry in entries]


def _abort_uploads(s3: Any, bucket: str) -> None:
    for page in s3.get_paginator("list_multipart_uploads").paginate(Bucket=bucket):
        for upload in page.get("Uploads", []):
            s3.abort_multipart_upload(Bucket=bucket, Key=upload["Key"], UploadId=upload["UploadId"])
