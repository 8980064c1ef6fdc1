"""The hooks that make moto's S3 refuse, list and keep what AWS's does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.moto_hooks.dispatch import BUCKET, KEY, current_request
from workshop_lib.local_cloud.moto_hooks.wrapping import around
from workshop_lib.local_cloud.s3.refusals import check_bucket_request, check_object_request

LARGEST_PAGE = 1000


def install_object_hooks() -> None:
    """Install the hooks."""
    refuse_requests()
    bound_pages()
    name_absent_uploads()


def refuse_requests() -> None:
    """Refuse what moto would take: names, Regions, tags, metadata, parts and deletions."""
    from moto.s3.responses import S3Response

    @around(S3Response, "bucket_response")
    @around(S3Response, "key_response")
    def respond(plain: Any, self: Any, *arguments: Any) -> Any:
        request = current_request()
        if request is not None:
            bucket, key = request.environ.get(BUCKET), request.environ.get(KEY)
            if key:
                check_object_request(request, bucket, key)
            else:
                check_bucket_request(request, bucket)
        return plain(self, *arguments)


def bound_pages() -> None:
    """Give at most 1,000 keys in a page, and refuse a continuation token that S3 has not given."""
    from moto.s3.responses import S3Response

    @around(S3Response, "list_objects")
    @around(S3Response, "list_objects_v2")
    @around(S3Response, "list_object_versions")
    def list_page(plain: Any, self: Any) -> Any:
        (limit,) = self.querystring.get("max-keys", [str(LARGEST_PAGE)])[:1]
        self.querystring["max-keys"] = [str(min(int(limit), LARGEST_PAGE))]
        (token,) = self.querystring.get("continuation-token", [None])[:1]
        if token and token not in self.backend._pagination_tokens:
            message = "The continuation token provided is incorrect"
            details = {"ArgumentName": "continuation-token"}
            raise AwsError("InvalidArgument", message, 400, details)
        return plain(self)


def name_absent_uploads() -> None:
    """Answer NoSuchUpload for the parts and the end of an upload that is not there; moto fails."""
    from moto.s3.exceptions import NoSuchUpload
    from moto.s3.models import S3Backend

    @around(S3Backend, "upload_part")
    @around(S3Backend, "upload_part_copy")
    @around(S3Backend, "complete_multipart_upload")
    def find_upload(
        plain: Any, self: Any, bucket_name: str, multipart_id: str, *rest: Any, **named: Any
    ) -> Any:
        if multipart_id not in self.get_bucket(bucket_name).multiparts:
            raise NoSuchUpload(upload_id=multipart_id)
        return plain(self, bucket_name, multipart_id, *rest, **named)


def keep_large_values(make_buffer: Callable[[bytes], Any | None]) -> None:
    """Let what ``make_buffer`` returns hold an object's value; None leaves it to moto.

    Args:
        make_buffer: called with each value; what it returns is read as a file.
    """
    from moto.s3.models import FakeKey

    held = FakeKey.__dict__["value"]
    plain_set = getattr(held.fset, "__wrapped__", held.fset)

    def set_value(key: Any, value: bytes) -> None:
        buffer = make_buffer(value)
        if buffer is None:
            plain_set(key, value)
        else:
            key._value_buffer.close()
            key._value_buffer, key.contentsize = buffer, len(value)

    set_value.__wrapped__ = plain_set  # type: ignore[attr-defined]
    FakeKey.value = held.setter(set_value)
