"""The hooks that make moto's S3 keep, list and delete versions as AWS's does."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

from workshop_lib.local_cloud.moto_hooks.dispatch import current_request
from workshop_lib.local_cloud.moto_hooks.wrapping import around
from workshop_lib.local_cloud.s3.version_lists import list_versions

# The id of what is written while versioning is off or suspended: a key has at most one such.
NULL_VERSION = "null"


def install_version_hooks() -> None:
    """Install the hooks; once, for other hooks are put around some of them."""
    keep_versions_when_suspended()
    mark_what_is_deleted()
    delete_one_version()
    report_what_was_deleted()
    list_versions_in_order()
    read_versions_when_suspended()


def keep_versions_when_suspended() -> None:
    """Let a put under suspended versioning replace the null version only; moto drops them all."""
    from moto.s3.models import S3Backend

    @around(S3Backend, "put_object")
    def put_object(
        plain: Any, self: Any, bucket_name: str, key_name: str, *rest: Any, **named: Any
    ) -> Any:
        bucket = self.get_bucket(bucket_name)
        if bucket.versioning_status != "Suspended":
            return plain(self, bucket_name, key_name, *rest, **named)
        versions = bucket.keys.getlist(key_name, [])
        dict.pop(bucket.keys, key_name, None)
        try:
            return plain(self, bucket_name, key_name, *rest, **named)
        finally:
            written = bucket.keys.getlist(key_name, [])
            _keep(bucket, key_name, _drop_null(versions) + written if written else versions)


def _drop_null(versions: list[Any]) -> list[Any]:
    for version in versions:
        if version.version_id == NULL_VERSION:
            version.dispose()
    return [version for version in versions if version.version_id != NULL_VERSION]


def _keep(bucket: Any, key_name: str, versions: list[Any]) -> None:
    """Set a key's versions, without moto's closing of those that it does not find there."""
    if versions:
        dict.__setitem__(bucket.keys, key_name, versions)
    else:
        dict.pop(bucket.keys, key_name, None)


def mark_what_is_deleted() -> None:
    """Make a delete marker for any key, the null version's under suspended versioning."""
    from moto.s3.models import FakeDeleteMarker, S3Backend

    def set_delete_marker(self: Any, bucket_name: str, key_name: str) -> Any:
        bucket = self.get_bucket(bucket_name)
        versions = bucket.keys.getlist(key_name, [])
        marker = FakeDeleteMarker(key=SimpleNamespace(name=key_name))
        if bucket.versioning_status == "Suspended":
            marker._version_id = NULL_VERSION
            versions = _drop_null(versions)
        _keep(bucket, key_name, [*versions, marker])
        return marker

    # moto closes the versions that it drops, and would fail on a marker.
    FakeDeleteMarker.dispose = lambda self: None
    S3Backend._set_delete_marker = set_delete_marker


def delete_one_version() -> None:
    """Delete the version that is named, and no other; moto forgets the key when suspended."""
    from moto.s3.exceptions import AccessDeniedByLock
    from moto.s3.models import FakeDeleteMarker, FakeKey, S3Backend

    def delete_object(
        self: Any, bucket_name: str, key_name: str, version_id: Any = None, bypass: bool = False
    ) -> tuple[bool, dict[str, Any]]:
        bucket = self.get_bucket(bucket_name)
        if version_id is None and bucket.versioning_status:
            marker = self._set_delete_marker(bucket_name, key_name)
            return True, {"version-id": marker.version_id, "delete-marker": "true"}
        about = {"version-id": version_id} if version_id is not None else {}
        version = _find_version(bucket, key_name, version_id or NULL_VERSION)
        if version is None:
            return False, about
        if isinstance(version, FakeKey) and version.is_locked(governance_bypass=bypass):
            raise AccessDeniedByLock
        _forget(self.account_id, bucket, version)
        if isinstance(version, FakeDeleteMarker):
            about["delete-marker"] = "true"
        return True, about

    S3Backend.delete_object = delete_object


def _find_version(bucket: Any, key_name: str, version_id: str) -> Any | None:
    versions = bucket.keys.getlist(key_name, [])
    return next((one for one in versions if one.version_id == version_id), None)


def _forget(account_id: str, bucket: Any, version: Any) -> None:
    import moto.s3.notifications as notifications

    versions = bucket.keys.getlist(version.name)
    _keep(bucket, version.name, [other for other in versions if other is not version])
    event = notifications.S3NotificationEvent.OBJECT_REMOVED_DELETE_EVENT
    notifications.send_event(account_id, event, bucket, version)
    version.dispose()


def report_what_was_deleted() -> None:
    """Say of each key of a DeleteObjects whether a delete marker was made or deleted.

    A quiet caller hears of errors only.
    """
    from moto.s3.exceptions import AccessDeniedByLock
    from moto.s3.models import S3Backend

    def delete_objects(self: Any, bucket_name: str, objects: Any, bypass: bool = False) -> Any:
        deleted, errors = [], []
        for one in objects:
            name, version_id = one["Key"], one.get("VersionId")
            try:
                _, about = self.delete_object(bucket_name, name, version_id, bypass)
            except AccessDeniedByLock:
                errors.append(name)
                continue
            marker_id = about["version-id"] if "delete-marker" in about else None
            deleted.append((name, version_id, marker_id))
        return ([] if _is_quiet() else deleted), errors

    S3Backend.delete_objects = delete_objects


def _is_quiet() -> bool:
    request = current_request()
    body = request.get_data() if request is not None else b""
    return re.search(rb"<Quiet>\s*true\s*</Quiet>", body) is not None


def list_versions_in_order() -> None:
    """List versions by key, the newest first, page by page; moto repeats and skips between two."""
    from moto.s3.models import FakeKey, S3Backend

    def list_object_versions(self: Any, bucket_name: str, **asked: Any) -> Any:
        versions = dict(self.get_bucket(bucket_name).keys.lists())
        page, next_key, next_version = list_versions(
            versions,
            asked["prefix"],
            asked["key_marker"],
            asked["version_id_marker"],
            asked["max_keys"],
        )
        for version in page:
            version.is_latest = version is versions[version.name][-1]
        keys = [version for version in page if isinstance(version, FakeKey)]
        markers = [version for version in page if not isinstance(version, FakeKey)]
        return keys, [], markers, next_key, next_version

    S3Backend.list_object_versions = list_object_versions


def read_versions_when_suspended() -> None:
    """Answer for a version under suspended versioning, and for a delete marker, as S3 does.

    moto refuses HEAD for every version of a bucket whose versioning is not enabled, and knows of no
    delete marker when one is asked for by its version.
    """
    from moto.s3.exceptions import MethodNotAllowed
    from moto.s3.models import FakeDeleteMarker
    from moto.s3.responses import S3Response

    @around(S3Response, "_get_key")
    def get_key(plain: Any, self: Any, *arguments: Any, **named: Any) -> Any:
        version_id = self.querystring.get("versionId", [""])[0]
        bucket = self.backend.get_bucket(self.bucket_name)
        if isinstance(_find_version(bucket, self.parse_key_name(), version_id), FakeDeleteMarker):
            raise MethodNotAllowed
        return plain(self, *arguments, **named)

    @around(S3Response, "head_object")
    def head_object(
        plain: Any, self: Any, bucket_name: str, query: Any, *rest: Any, **named: Any
    ) -> Any:
        bucket = self.backend.get_bucket(bucket_name)
        status = bucket.versioning_status
        if status or query.get("versionId") == [NULL_VERSION]:
            bucket.versioning_status = "Enabled"
        try:
            return plain(self, bucket_name, query, *rest, **named)
        finally:
            bucket.versioning_status = status
