"""How S3 keeps, lists and deletes the versions of an object."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

Client = Callable[..., Any]
Listed = tuple[str, str, str]
_numbers = itertools.count()


class Bucket:
    """A bucket of the test's own, and its versions in short."""

    def __init__(self, s3: Any) -> None:
        self.s3 = s3
        self.name = f"versions-{next(_numbers)}"
        s3.create_bucket(Bucket=self.name)

    def set_versioning(self, status: str) -> None:
        """Enable or suspend versioning."""
        configuration = {"Status": status}
        self.s3.put_bucket_versioning(Bucket=self.name, VersioningConfiguration=configuration)

    def put(self, key: str, body: bytes) -> str:
        """Put an object and return its version's id, ``null`` where there is none."""
        answer = self.s3.put_object(Bucket=self.name, Key=key, Body=body)
        return str(answer.get("VersionId", "null"))

    def get(self, key: str, **version: str) -> bytes:
        """Return what an object or one of its versions holds."""
        answer = self.s3.get_object(Bucket=self.name, Key=key, **version)
        return bytes(answer["Body"].read())

    def delete(self, key: str, **version: str) -> dict[str, Any]:
        """Delete an object or a version and return the answer without its envelope."""
        answer = self.s3.delete_object(Bucket=self.name, Key=key, **version)
        del answer["ResponseMetadata"]
        return dict(answer)

    def versions(self) -> list[Listed]:
        """Return kind, key and id of all versions; the current ones' kinds have a star."""
        pages = self.s3.get_paginator("list_object_versions").paginate(Bucket=self.name)
        return [
            (f"{kind}{'*' if one['IsLatest'] else ''}", one["Key"], one["VersionId"])
            for page in pages
            for kind, found in (
                ("object", page.get("Versions", ())),
                ("marker", page.get("DeleteMarkers", ())),
            )
            for one in found
        ]


@pytest.fixture
def bucket(client: Client) -> Iterator[Bucket]:
    """An empty bucket, emptied at the end in the way that everybody empties one."""
    made = Bucket(client("s3"))
    yield made
    objects = [{"Key": key, "VersionId": version} for _, key, version in made.versions()]
    if objects:
        answer = made.s3.delete_objects(Bucket=made.name, Delete={"Objects": objects})
        assert len(objects) == len(answer["Deleted"])
    made.s3.delete_bucket(Bucket=made.name)


def test_each_put_is_a_version(bucket: Bucket) -> None:
    """With versioning each put is kept, the newest is current, and what was before is null."""
    bucket.put("cat", b"before")
    bucket.set_versioning("Enabled")
    first, second = bucket.put("cat", b"first"), bucket.put("cat", b"second")

    expected = [
        ("object*", "cat", second),
        ("object", "cat", first),
        ("object", "cat", "null"),
    ]
    assert expected == bucket.versions()
    assert b"second" == bucket.get("cat")
    assert b"first" == bucket.get("cat", VersionId=first)
    assert b"before" == bucket.get("cat", VersionId="null")


def test_a_deletion_leaves_a_marker(bucket: Bucket) -> None:
    """A deletion hides an object behind a marker; without the marker it is back."""
    bucket.set_versioning("Enabled")
    version = bucket.put("cat", b"meow")
    deleted = bucket.delete("cat")
    marker = deleted["VersionId"]

    with pytest.raises(ClientError) as hidden:
        bucket.get("cat")
    with pytest.raises(ClientError) as asked:
        bucket.get("cat", VersionId=marker)
    with pytest.raises(ClientError) as headed:
        bucket.s3.head_object(Bucket=bucket.name, Key="cat", VersionId=marker)
    listed = bucket.versions()
    undone = bucket.delete("cat", VersionId=marker)

    assert deleted["DeleteMarker"]
    assert ("NoSuchKey", "cat") == (
        hidden.value.response["Error"]["Code"],
        hidden.value.response["Error"]["Key"],
    )
    assert "MethodNotAllowed" == asked.value.response["Error"]["Code"]
    assert 405 == headed.value.response["ResponseMetadata"]["HTTPStatusCode"]
    assert [("object", "cat", version), ("marker*", "cat", marker)] == listed
    assert {"DeleteMarker": True, "VersionId": marker} == undone
    assert b"meow" == bucket.get("cat")


def test_a_key_that_never_was_gets_a_marker_too(bucket: Bucket) -> None:
    """S3 does not look whether there is something to delete."""
    bucket.set_versioning("Enabled")
    deleted = bucket.delete("nobody")

    assert [("marker*", "nobody", deleted["VersionId"])] == bucket.versions()


def test_suspension_keeps_what_was_kept(bucket: Bucket) -> None:
    """Under suspended versioning a put replaces the null version, and no other."""
    bucket.set_versioning("Enabled")
    kept = bucket.put("cat", b"kept")
    bucket.set_versioning("Suspended")
    bucket.put("cat", b"replaced")
    bucket.put("cat", b"current")

    head = bucket.s3.head_object(Bucket=bucket.name, Key="cat", VersionId=kept)

    assert [("object*", "cat", "null"), ("object", "cat", kept)] == bucket.versions()
    assert b"current" == bucket.get("cat")
    assert b"kept" == bucket.get("cat", VersionId=kept)
    assert (4, kept) == (head["ContentLength"], head["VersionId"])


def test_a_deletion_under_suspension(bucket: Bucket) -> None:
    """Under suspended versioning a deletion puts a null marker in the null version's place."""
    bucket.set_versioning("Enabled")
    kept = bucket.put("cat", b"kept")
    bucket.set_versioning("Suspended")
    bucket.put("cat", b"current")

    deleted = bucket.delete("cat")
    listed = bucket.versions()
    bucket.delete("cat", VersionId="null")

    assert {"DeleteMarker": True, "VersionId": "null"} == deleted
    assert [("object", "cat", kept), ("marker*", "cat", "null")] == listed
    assert [("object*", "cat", kept)] == bucket.versions()


@pytest.mark.parametrize("status", ["Enabled", "Suspended"])
def test_one_version_is_deleted(bucket: Bucket, status: str) -> None:
    """A deletion by version deletes that version for good and touches no other."""
    bucket.set_versioning("Enabled")
    first, second = bucket.put("cat", b"first"), bucket.put("cat", b"second")
    bucket.set_versioning(status)

    deleted = bucket.delete("cat", VersionId=second)
    again = bucket.delete("cat", VersionId=second)

    assert {"VersionId": second} == deleted == again
    assert [("object*", "cat", first)] == bucket.versions()
    assert b"first" == bucket.get("cat")


@pytest.mark.parametrize("status", ["Enabled", "Suspended"])
def test_a_bucket_is_emptied_version_by_version(bucket: Bucket, status: str) -> None:
    """A versioned bucket is empty, and can go, once its versions and markers are deleted."""
    bucket.put("before", b"0")
    bucket.set_versioning("Enabled")
    for name in ("cat", "cat", "dog"):
        bucket.put(name, b"1")
    bucket.s3.delete_objects(Bucket=bucket.name, Delete={"Objects": [{"Key": "cat"}]})
    bucket.set_versioning(status)
    bucket.delete("dog")

    with pytest.raises(ClientError, match="BucketNotEmpty"):
        bucket.s3.delete_bucket(Bucket=bucket.name)
    markers = {(key, version) for kind, key, version in bucket.versions() if "marker" in kind}
    objects = [{"Key": key, "VersionId": version} for _, key, version in bucket.versions()]
    answer = bucket.s3.delete_objects(Bucket=bucket.name, Delete={"Objects": objects})

    deleted = {(one["Key"], one["VersionId"]) for one in answer["Deleted"] if "DeleteMarker" in one}
    assert 2 == len(markers)
    assert markers == deleted
    assert [] == bucket.versions()


def test_versions_come_in_pages(bucket: Bucket) -> None:
    """Page by page each version comes once: by key, the newest first, in the bytes' order."""
    bucket.set_versioning("Enabled")
    put = [(key, bucket.put(key, b"x")) for key in ("b", "a/1", "é", "a/2", "b", "B")]
    order = [put[5], put[1], put[3], put[4], put[0], put[2]]
    parameters: dict[str, Any] = {"Bucket": bucket.name, "MaxKeys": 2}

    pages = [bucket.s3.list_object_versions(**parameters)]
    while pages[-1]["IsTruncated"]:
        parameters["KeyMarker"] = pages[-1]["NextKeyMarker"]
        parameters["VersionIdMarker"] = pages[-1]["NextVersionIdMarker"]
        pages.append(bucket.s3.list_object_versions(**parameters))

    found = [(one["Key"], one["VersionId"]) for page in pages for one in page["Versions"]]
    assert order == found
    assert 3 == len(pages)
