"""Objects: presigned URLs to them, and what they are like."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError


@dataclass(frozen=True)
class ObjectSummary:
    """An object as a listing shows it; ``size`` in bytes."""

    key: str
    size: int
    modified: datetime
    etag: str
    storage_class: str


@dataclass(frozen=True)
class ObjectDescription:
    """An object without its value; ``size`` in bytes, ``metadata`` the owner's own."""

    key: str
    size: int
    modified: datetime
    etag: str
    content_type: str
    version_id: str | None
    encryption: str | None
    storage_class: str
    metadata: dict[str, str]


def presign_upload(
    s3: Any, bucket: str, key: str, *, content_type: str | None = None, expires_seconds: int = 300
) -> str:
    """Return a URL under which anyone may PUT this one object until it expires.

    Nothing is sent to S3: the signature is made here, from the client's own credentials.

    Args:
        s3: the client, which must sign with Signature Version 4.
        bucket: where the object goes.
        key: the object's key.
        content_type: when given it is signed, and the upload must send the very same.
        expires_seconds: how long the URL holds.
    """
    parameters = {"Bucket": bucket, "Key": key}
    if content_type is not None:
        parameters["ContentType"] = content_type
    url: str = s3.generate_presigned_url("put_object", parameters, ExpiresIn=expires_seconds)
    return url


def presign_download(s3: Any, bucket: str, key: str, *, expires_seconds: int = 300) -> str:
    """Return a URL under which anyone may GET this one object until it expires."""
    url: str = s3.generate_presigned_url(
        "get_object", {"Bucket": bucket, "Key": key}, ExpiresIn=expires_seconds
    )
    return url


def list_objects(s3: Any, bucket: str, prefix: str = "") -> list[ObjectSummary]:
    """Return the objects whose keys begin with ``prefix``, in the order of their keys."""
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    return [
        ObjectSummary(
            entry["Key"],
            entry["Size"],
            entry["LastModified"],
            entry["ETag"].strip('"'),
            entry.get("StorageClass", "STANDARD"),
        )
        for page in pages
        for entry in page.get("Contents", [])
    ]


def describe_object(s3: Any, bucket: str, key: str) -> ObjectDescription | None:
    """Return what S3 says of an object, or None when there is no such object."""
    try:
        answer = s3.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
            raise
        return None
    return ObjectDescription(
        key=key,
        size=answer["ContentLength"],
        modified=answer["LastModified"],
        etag=answer["ETag"].strip('"'),
        content_type=answer["ContentType"],
        version_id=answer.get("VersionId"),
        encryption=answer.get("ServerSideEncryption"),
        storage_class=answer.get("StorageClass", "STANDARD"),
        metadata=answer.get("Metadata", {}),
    )
