"""Who may reach a bucket: Block Public Access, the bucket policy, cross-origin rules."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from botocore.exceptions import ClientError

from workshop_lib.aws.buckets.answers import answer_unless

PREFLIGHT_CACHE_SECONDS = 300


@dataclass(frozen=True)
class PublicAccessBlock:
    """The four switches of Block Public Access, all on for a new bucket.

    Source: PublicAccessBlockConfiguration in the Amazon S3 API Reference.
    """

    block_public_acls: bool = True
    ignore_public_acls: bool = True
    block_public_policy: bool = True
    restrict_public_buckets: bool = True

    @classmethod
    def from_answer(cls, configuration: dict[str, bool]) -> Self:
        """Return the switches as S3 writes them."""
        return cls(
            configuration.get("BlockPublicAcls", False),
            configuration.get("IgnorePublicAcls", False),
            configuration.get("BlockPublicPolicy", False),
            configuration.get("RestrictPublicBuckets", False),
        )

    def to_request(self) -> dict[str, bool]:
        """Return the switches as S3 reads them."""
        return {
            "BlockPublicAcls": self.block_public_acls,
            "IgnorePublicAcls": self.ignore_public_acls,
            "BlockPublicPolicy": self.block_public_policy,
            "RestrictPublicBuckets": self.restrict_public_buckets,
        }


CLOSED = PublicAccessBlock()
OPEN_TO_POLICIES = PublicAccessBlock(block_public_policy=False, restrict_public_buckets=False)


def read_public_access_block(s3: Any, bucket: str) -> PublicAccessBlock | None:
    """Return the bucket's own switches, or None where none were ever set."""
    answer = answer_unless(
        "NoSuchPublicAccessBlockConfiguration", s3.get_public_access_block, Bucket=bucket
    )
    configuration = answer.get("PublicAccessBlockConfiguration")
    return None if configuration is None else PublicAccessBlock.from_answer(configuration)


def ensure_public_access_block(s3: Any, bucket: str, wanted: PublicAccessBlock) -> None:
    """Set the bucket's four switches."""
    if read_public_access_block(s3, bucket) != wanted:
        s3.put_public_access_block(
            Bucket=bucket, PublicAccessBlockConfiguration=wanted.to_request()
        )


def read_policy(s3: Any, bucket: str) -> dict[str, Any] | None:
    """Return the bucket policy as a document, or None where there is none."""
    answer = answer_unless("NoSuchBucketPolicy", s3.get_bucket_policy, Bucket=bucket)
    return json.loads(answer["Policy"]) if answer else None


def public_read_policy(bucket: str) -> dict[str, Any]:
    """Return the policy by which everyone may read a bucket's objects, and do nothing else."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "EveryoneMayRead",
                "Effect": "Allow",
                "Principal": "*",
                "Action": "s3:GetObject",
                "Resource": f"arn:aws:s3:::{bucket}/*",
            }
        ],
    }


def allow_public_read(s3: Any, bucket: str) -> None:
    """Let everyone on the internet read this bucket's objects.

    First the two switches that refuse public policies, then the policy: S3 refuses the other
    order. The two switches about ACLs stay on. Switches of the whole account still win.
    """
    ensure_public_access_block(s3, bucket, OPEN_TO_POLICIES)
    wanted = public_read_policy(bucket)
    if read_policy(s3, bucket) != wanted:
        s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(wanted))


def close_public_access(s3: Any, bucket: str) -> None:
    """Take back :func:`allow_public_read`: no bucket policy, all four switches on.

    A bucket that is not there is closed already.
    """
    try:
        if read_policy(s3, bucket) is not None:
            s3.delete_bucket_policy(Bucket=bucket)
        ensure_public_access_block(s3, bucket, CLOSED)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchBucket":
            raise


def read_cross_origin_rules(s3: Any, bucket: str) -> list[dict[str, Any]]:
    """Return the bucket's CORS rules as S3 writes them."""
    answer = answer_unless("NoSuchCORSConfiguration", s3.get_bucket_cors, Bucket=bucket)
    rules: list[dict[str, Any]] = answer.get("CORSRules", [])
    return rules


def ensure_cross_origin_rule(
    s3: Any,
    bucket: str,
    *,
    origins: Sequence[str],
    methods: Sequence[str],
    headers: Sequence[str] = ("content-type",),
) -> None:
    """Make this the bucket's one CORS rule.

    Args:
        s3: the client.
        bucket: whose rule.
        origins: what a browser may send as ``Origin``: scheme, host and port, no slash.
        methods: what a page may do, such as ``PUT``.
        headers: the request headers that a page may set.
    """
    rule = {
        "AllowedOrigins": list(origins),
        "AllowedMethods": list(methods),
        "AllowedHeaders": list(headers),
        "ExposeHeaders": ["ETag"],
        "MaxAgeSeconds": PREFLIGHT_CACHE_SECONDS,
    }
    if read_cross_origin_rules(s3, bucket) != [rule]:
        s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [rule]})
