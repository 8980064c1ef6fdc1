"""Amazon S3: buckets, who may reach them, their objects and their event notifications."""

from workshop_lib.aws.buckets.access import (
    PublicAccessBlock,
    allow_public_read,
    close_public_access,
    ensure_cross_origin_rule,
    public_read_policy,
)
from workshop_lib.aws.buckets.descriptions import (
    Bucket,
    Contents,
    bucket_exists,
    count_contents,
    describe_bucket,
    find_region,
    is_gone,
    is_public,
    list_buckets,
)
from workshop_lib.aws.buckets.existence import delete_bucket, empty_bucket, ensure_bucket
from workshop_lib.aws.buckets.notifications import (
    NotificationRule,
    list_notifications,
    notify_function,
    stop_notifications,
)
from workshop_lib.aws.buckets.objects import (
    ObjectDescription,
    ObjectSummary,
    describe_object,
    list_objects,
    presign_download,
    presign_upload,
)

__all__ = [
    "Bucket",
    "Contents",
    "NotificationRule",
    "ObjectDescription",
    "ObjectSummary",
    "PublicAccessBlock",
    "allow_public_read",
    "bucket_exists",
    "close_public_access",
    "count_contents",
    "delete_bucket",
    "describe_bucket",
    "describe_object",
    "empty_bucket",
    "ensure_bucket",
    "ensure_cross_origin_rule",
    "find_region",
    "is_gone",
    "is_public",
    "list_buckets",
    "list_notifications",
    "list_objects",
    "notify_function",
    "presign_download",
    "presign_upload",
    "public_read_policy",
    "stop_notifications",
]
