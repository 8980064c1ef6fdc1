"""What S3 refuses of buckets, objects and lists, with which code, and what it answers else."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

Client = Callable[..., Any]
BUCKET = "refused-by-s3"
PART = 5 * 1024 * 1024


@pytest.fixture
def s3(client: Client) -> Iterator[Any]:
    """A client, and an empty bucket that is gone at the end."""
    made = client("s3")
    made.create_bucket(Bucket=BUCKET)
    yield made
    for page in made.get_paginator("list_objects_v2").paginate(Bucket=BUCKET):
        for one in page.get("Contents", ()):
            made.delete_object(Bucket=BUCKET, Key=one["Key"])
    made.delete_bucket(Bucket=BUCKET)


def refusal(call: Callable[..., Any], **parameters: Any) -> dict[str, Any]:
    """Return the error with which a call is refused, its HTTP status included."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    answer = caught.value.response
    status = answer["ResponseMetadata"]["HTTPStatusCode"]
    return {**answer["Error"], "Status": status}


@pytest.mark.parametrize(
    "name",
    [
        "ab", "a" * 64, "Capital", "under_score", "two..dots", "-dash", "dash-", "192.168.0.1",
        "xn--name", "name-s3alias", "amzn-s3-demo-bucket",
    ],
)  # fmt: skip
def test_a_bucket_name_that_cannot_be(client: Client, name: str) -> None:
    """A bucket's name keeps S3's naming rules."""
    error = refusal(client("s3").create_bucket, Bucket=name)
    assert ("InvalidBucketName", 400) == (error["Code"], error["Status"])


def test_a_bucket_is_made_twice(client: Client, s3: Any) -> None:
    """In us-east-1 making one's bucket again changes nothing; elsewhere S3 says it is one's own."""
    s3.put_object(Bucket=BUCKET, Key="cat", Body=b"meow")
    s3.create_bucket(Bucket=BUCKET)
    kept = s3.get_object(Bucket=BUCKET, Key="cat")["Body"].read()
    ireland = client("s3", "eu-west-1")
    parameters = {
        "Bucket": "refused-in-ireland",
        "CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"},
    }
    ireland.create_bucket(**parameters)
    error = refusal(ireland.create_bucket, **parameters)
    ireland.delete_bucket(Bucket="refused-in-ireland")

    assert b"meow" == kept
    assert ("BucketAlreadyOwnedByYou", 409) == (error["Code"], error["Status"])


NAMED_FOR_US = "refused-123456789012-us-east-1-an"


@pytest.mark.parametrize(
    ("name", "namespace", "code"),
    [
        (NAMED_FOR_US, None, "MissingNamespaceHeader"),
        (NAMED_FOR_US, "global", "MissingNamespaceHeader"),
        (NAMED_FOR_US, "mine", "InvalidArgument"),
        ("refused-by-s3-too", "account-regional", "InvalidNamespaceHeader"),
        ("refused-210987654321-us-east-1-an", "account-regional", "InvalidNamespaceHeader"),
        ("refused-123456789012-eu-west-1-an", "account-regional", "InvalidNamespaceHeader"),
    ],
)
def test_a_namespace_that_cannot_be(
    client: Client, name: str, namespace: str | None, code: str
) -> None:
    """A name of an account's own namespace is asked for as one, in its account and Region only."""
    parameters = {"BucketNamespace": namespace} if namespace else {}
    error = refusal(client("s3").create_bucket, Bucket=name, **parameters)

    assert (code, 400) == (error["Code"], error["Status"])


def test_a_bucket_of_the_account_s_own_namespace(client: Client) -> None:
    """It is made once, and then is one's own, in us-east-1 too; its name is as long as S3 takes."""
    s3 = client("s3")
    name = "r" * 37 + "-123456789012-us-east-1-an"
    s3.create_bucket(Bucket=name, BucketNamespace="account-regional")
    error = refusal(s3.create_bucket, Bucket=name, BucketNamespace="account-regional")
    s3.delete_bucket(Bucket=name)

    assert ("BucketAlreadyOwnedByYou", 409) == (error["Code"], error["Status"])


@pytest.mark.parametrize(
    ("region", "constraint", "code"),
    [
        ("eu-west-1", None, "IllegalLocationConstraintException"),
        ("eu-west-1", "us-west-2", "IllegalLocationConstraintException"),
        ("us-east-1", "us-east-1", "InvalidLocationConstraint"),
        ("us-east-1", "mars-north-1", "InvalidLocationConstraint"),
    ],
)
def test_a_location_that_cannot_be(
    client: Client, region: str, constraint: str | None, code: str
) -> None:
    """A bucket is made in the Region that is asked, by its name, and us-east-1 has none."""
    configuration = {"CreateBucketConfiguration": {"LocationConstraint": constraint}}
    parameters = configuration if constraint else {}
    error = refusal(client("s3", region).create_bucket, Bucket="nowhere-at-all", **parameters)
    assert code == error["Code"]


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"StorageClass": "COLD"}, "InvalidStorageClass"),
        ({"Key": "é" * 513}, "KeyTooLongError"),
        ({"ServerSideEncryption": "AES128"}, "InvalidArgument"),
        ({"Metadata": {"note": "x" * 2048}}, "MetadataTooLarge"),
        ({"ChecksumCRC32": "AAAAAA=="}, "BadDigest"),
        ({"ChecksumCRC32C": "AAAAAA=="}, "BadDigest"),
        ({"ChecksumCRC64NVME": "AAAAAAAAAAA="}, "BadDigest"),
        ({"ChecksumSHA256": "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="}, "BadDigest"),
    ],
)
def test_an_object_that_cannot_be(s3: Any, parameters: dict[str, Any], code: str) -> None:
    """Storage class, key, encryption, metadata and checksum are S3's, or nothing is kept."""
    error = refusal(s3.put_object, **{"Bucket": BUCKET, "Key": "cat", "Body": b"meow"} | parameters)

    assert (code, 400) == (error["Code"], error["Status"])
    assert 0 == s3.list_objects_v2(Bucket=BUCKET)["KeyCount"]


def test_an_object_says_what_it_is(s3: Any) -> None:
    """A put, and each read after it, gives MD5 as ETag, the checksum and the encryption."""
    put = s3.put_object(Bucket=BUCKET, Key="cat", Body=b"meow", ChecksumAlgorithm="SHA256")
    head = s3.head_object(Bucket=BUCKET, Key="cat", ChecksumMode="ENABLED")
    got = s3.get_object(Bucket=BUCKET, Key="cat", ChecksumMode="ENABLED")

    digest = hashlib.md5(b"meow", usedforsecurity=False).hexdigest()
    for answer in (put, head, got):
        assert f'"{digest}"' == answer["ETag"]
        assert "AES256" == answer["ServerSideEncryption"]
        assert put["ChecksumSHA256"] == answer["ChecksumSHA256"]


def test_what_is_not_there_is_named(s3: Any) -> None:
    """A key or bucket that is not there is named in the refusal, and a full bucket stays."""
    key = refusal(s3.get_object, Bucket=BUCKET, Key="nobody")
    bucket = refusal(s3.get_object, Bucket="nobody-has-this", Key="cat")
    s3.put_object(Bucket=BUCKET, Key="cat", Body=b"meow")
    full = refusal(s3.delete_bucket, Bucket=BUCKET)

    assert ("NoSuchKey", "nobody", 404) == (key["Code"], key["Key"], key["Status"])
    assert ("NoSuchBucket", "nobody-has-this") == (bucket["Code"], bucket["BucketName"])
    assert ("BucketNotEmpty", 409) == (full["Code"], full["Status"])


def test_an_upload_in_parts(s3: Any) -> None:
    """Parts are 5 MB at least, in order, as uploaded, and of an upload that there is."""
    where = {"Bucket": BUCKET, "Key": "film"}
    upload = {**where, "UploadId": s3.create_multipart_upload(**where)["UploadId"]}

    def put(number: int, body: bytes) -> dict[str, Any]:
        answer = s3.upload_part(**upload, PartNumber=number, Body=body)
        return {"PartNumber": number, "ETag": answer["ETag"]}

    def complete(*parts: dict[str, Any], **changed: str) -> str:
        parameters = upload | {"MultipartUpload": {"Parts": list(parts)}} | changed
        return str(refusal(s3.complete_multipart_upload, **parameters)["Code"])

    small, last = put(1, b"x"), put(2, b"y")
    too_small = complete(small, last)
    first = put(1, b"x" * PART)
    codes = [
        too_small,
        complete(last, first),
        complete(first | {"ETag": '"other"'}, last),
        complete(first, last, UploadId="nobodys"),
    ]
    done = s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": [first, last]})

    assert ["EntityTooSmall", "InvalidPartOrder", "InvalidPart", "NoSuchUpload"] == codes
    assert done["ETag"].endswith('-2"')
    assert PART + 1 == s3.head_object(**where)["ContentLength"]


def test_a_list_goes_on_page_by_page(s3: Any) -> None:
    """Folders and keys come once each, in order, whatever characters are in them."""
    for key in ("in/cat", "in/dog", "out", "a b+c", "tab\tkey", "<&>", "é"):
        s3.put_object(Bucket=BUCKET, Key=key, Body=b"")
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=BUCKET, Delimiter="/", PaginationConfig={"PageSize": 2}
    )
    found = [
        name
        for page in pages
        for name in sorted(
            [one["Prefix"] for one in page.get("CommonPrefixes", ())]
            + [one["Key"] for one in page.get("Contents", ())]
        )
    ]

    assert ["<&>", "a b+c", "in/", "out", "tab\tkey", "é"] == found


def test_a_list_has_limits(s3: Any) -> None:
    """A page has 1,000 keys at most, and goes on only from where S3 said."""
    many = s3.list_objects_v2(Bucket=BUCKET, MaxKeys=5000)
    negative = refusal(s3.list_objects_v2, Bucket=BUCKET, MaxKeys=-1)
    token = refusal(s3.list_objects_v2, Bucket=BUCKET, ContinuationToken="invented")

    assert 1000 == many["MaxKeys"]
    assert ("InvalidArgument", "max-keys") == (negative["Code"], negative["ArgumentName"])
    assert "The continuation token provided is incorrect" == token["Message"]


def test_many_objects_are_deleted_at_once(s3: Any) -> None:
    """DeleteObjects takes 1,000 keys, and tells a quiet caller of errors only."""
    s3.put_object(Bucket=BUCKET, Key="cat", Body=b"")
    deletion = {"Objects": [{"Key": str(number)} for number in range(1001)]}
    many = refusal(s3.delete_objects, Bucket=BUCKET, Delete=deletion)
    quiet = s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": "cat"}], "Quiet": True})

    assert "MalformedXML" == many["Code"]
    assert not {"Deleted", "Errors"} & set(quiet)
    assert 0 == s3.list_objects_v2(Bucket=BUCKET)["KeyCount"]


def test_settings_that_cannot_be(s3: Any) -> None:
    """A bucket has 50 tags and two states of versioning; a copy onto itself changes it."""
    tags = [{"Key": f"tag{number}", "Value": "x"} for number in range(51)]
    tagged = refusal(s3.put_bucket_tagging, Bucket=BUCKET, Tagging={"TagSet": tags})
    versioned = refusal(
        s3.put_bucket_versioning, Bucket=BUCKET, VersioningConfiguration={"Status": "Off"}
    )
    s3.put_object(Bucket=BUCKET, Key="a cat", Body=b"meow")
    onto = {"Bucket": BUCKET, "Key": "a cat", "CopySource": {"Bucket": BUCKET, "Key": "a cat"}}
    copied = refusal(s3.copy_object, **onto)
    s3.copy_object(**onto, MetadataDirective="REPLACE", Metadata={"sound": "purr"})

    assert "BadRequest" == tagged["Code"]
    assert "IllegalVersioningConfigurationException" == versioned["Code"]
    assert "InvalidRequest" == copied["Code"]
    assert {"sound": "purr"} == s3.head_object(Bucket=BUCKET, Key="a cat")["Metadata"]
