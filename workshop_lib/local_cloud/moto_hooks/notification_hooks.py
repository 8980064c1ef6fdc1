"""The hooks that let our own rules decide on buckets' notifications; see events."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import moto.s3.notifications

from workshop_lib.local_cloud.moto_hooks.wrapping import around


def install_notification_hooks(
    check_configuration: Callable[[Any, Any], None], send_test_events: Callable[[Any], None]
) -> None:
    """Let our own rules decide on buckets' notification configurations.

    Args:
        check_configuration: called with moto's bucket and its new configuration; may raise.
        send_test_events: called with the bucket once the configuration is in place.
    """
    read_filters_in_any_case()
    check_bucket_notifications(check_configuration)
    moto.s3.notifications.send_test_event = lambda account_id, bucket: send_test_events(bucket)
    announce_delete_markers()
    announce_multipart_uploads_once()


def read_filters_in_any_case() -> None:
    """Accept ``Prefix`` and ``Suffix`` as S3 does, and answer what is malformed with MalformedXML.

    moto takes lower case only, and fails on anything else.
    """
    from moto.s3.exceptions import MalformedXML
    from moto.s3.responses import S3Response

    @around(S3Response, "_notification_config_from_body")
    def notification_config_from_body(plain: Any, self: Any) -> Any:
        body = self.body if isinstance(self.body, str) else self.body.decode()
        names = re.compile(r"<Name>\s*(prefix|suffix)\s*</Name>", re.IGNORECASE)
        self.body = names.sub(lambda found: f"<Name>{found[1].lower()}</Name>", body)
        try:
            return plain(self)
        except (AssertionError, KeyError, TypeError) as error:
            raise MalformedXML() from error


def check_bucket_notifications(check_configuration: Callable[[Any, Any], None]) -> None:
    """Have a notification configuration checked before it replaces the bucket's."""
    from moto.s3.models import FakeBucket, NotificationConfiguration

    @around(FakeBucket, "set_notification_configuration")
    def set_notification_configuration(plain: Any, self: Any, configuration: Any) -> None:
        if configuration:
            read = NotificationConfiguration(
                topic=configuration.get("TopicConfiguration"),
                queue=configuration.get("QueueConfiguration"),
                cloud_function=configuration.get("CloudFunctionConfiguration"),
            )
            check_configuration(self, read)
        plain(self, configuration)


def announce_multipart_uploads_once() -> None:
    """Keep moto from sending ObjectCreated:Put as well when a multipart upload is complete."""
    from moto.s3.models import S3Backend

    @around(S3Backend, "put_object")
    def put_object(plain: Any, self: Any, *arguments: Any, **named: Any) -> Any:
        if named.get("multipart") is not None:
            named["disable_notification"] = True
        return plain(self, *arguments, **named)


def announce_delete_markers() -> None:
    """Send s3:ObjectRemoved:DeleteMarkerCreated, which moto knows but never sends."""
    from moto.s3.models import S3Backend

    @around(S3Backend, "_set_delete_marker")
    def set_delete_marker(plain: Any, self: Any, bucket_name: str, key_name: str) -> Any:
        marker = plain(self, bucket_name, key_name)
        event = moto.s3.notifications.S3NotificationEvent.OBJECT_REMOVED_DELETE_MARKER_CREATED_EVENT
        bucket = self.get_bucket(bucket_name)
        moto.s3.notifications.send_event(self.account_id, event, bucket, marker)
        return marker
