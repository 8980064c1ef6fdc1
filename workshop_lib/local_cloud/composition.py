"""Which part answers what: the wiring between the door, moto and our own services."""

from __future__ import annotations

from typing import Any

from moto.iam.access_control import PermissionResult
from moto.s3.models import s3_backends
from werkzeug import Request, Response

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.configuration import ACCOUNT_ID
from workshop_lib.local_cloud.moto_hooks import BUCKET, KEY, moto_lock
from workshop_lib.local_cloud.signatures import SignedRequest


class PublicReadAuthorizer:
    """Lets every holder of a key in, and strangers read what a bucket policy opens to all."""

    def authorize(
        self, request: Request, signed: SignedRequest | None, service: str, region: str
    ) -> None:
        """Refuse strangers whatever is not public."""
        if signed is not None:
            return
        bucket, key = request.environ[BUCKET], request.environ.get(KEY)
        with moto_lock:
            found = s3_backends[ACCOUNT_ID]["aws"].buckets.get(bucket)
            if found is None:
                return
            if key and request.method in ("GET", "HEAD") and not self._is_blocked(found):
                arn = f"arn:aws:s3:::{bucket}/{key}"
                if found.get_permission("s3:GetObject", arn) == PermissionResult.PERMITTED:
                    return
        raise AwsError("AccessDenied", "Access Denied", 403)

    def _is_blocked(self, bucket: Any) -> bool:
        block = bucket.public_access_block
        return block is not None and str(block.restrict_public_buckets).lower() == "true"


class Absent:
    """Stands where a part is not built."""

    def handle(self, *_: Any) -> Response:
        """Refuse."""
        raise NotImplementedError

    def handle_control(self, request: Request) -> Response | None:
        """Let moto answer."""
        return None
