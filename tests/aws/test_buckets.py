"""Buckets over real HTTP: made once, mended, described, opened, emptied, deleted."""

import pytest
from botocore.exceptions import ClientError

from workshop_lib.aws import buckets, functions
from workshop_lib.cloud import Cloud
from workshop_lib.errors import ResourceNotReadyError, WorkshopError

RULE = {"origins": ["http://site.example"], "methods": ["PUT"]}


@pytest.fixture
def s3(client):
    return client("s3")


@pytest.fixture
def bucket(s3, name, tags):
    return buckets.ensure_bucket(s3, name, region="us-east-1", tags=tags)


def test_a_new_bucket_is_private_encrypted_and_tagged(bucket, tags):
    """A new bucket has all four switches on, no policy, encryption at rest, and the tags."""
    assert "us-east-1" == bucket.region
    assert buckets.PublicAccessBlock(True, True, True, True) == bucket.public_access_block
    assert bucket.policy is None
    assert ("AES256", "BucketOwnerEnforced", None) == (
        bucket.encryption, bucket.ownership, bucket.versioning,
    )  # fmt: skip
    assert tags == bucket.tags
    assert f"arn:aws:s3:::{bucket.name}" == bucket.arn
    assert bucket.created is not None


def test_twice_is_once(s3, bucket, tags, changes):
    """Making a bucket that stands changes nothing."""
    assert [] == changes(
        lambda: buckets.ensure_bucket(s3, bucket.name, region="us-east-1", tags=tags)
    )


def test_lost_tags_are_mended_and_others_stay(s3, bucket, tags):
    """Tags that are lacking come back; a tag of somebody else, and the maker's, stay."""
    kept = [{"Key": "team", "Value": "blue"}, {"Key": "lesson", "Value": "01_first"}]
    s3.put_bucket_tagging(Bucket=bucket.name, Tagging={"TagSet": kept})

    mended = buckets.ensure_bucket(s3, bucket.name, region="us-east-1", tags=tags)

    assert {**tags, "team": "blue", "lesson": "01_first"} == mended.tags


def test_a_bucket_opened_on_purpose_stays_open(s3, bucket, tags):
    """Running the cell that makes a bucket again does not close what was opened later."""
    buckets.allow_public_read(s3, bucket.name)

    again = buckets.ensure_bucket(s3, bucket.name, region="us-east-1", tags=tags)

    assert buckets.public_read_policy(bucket.name) == again.policy


def test_outside_us_east_1_the_region_is_named(cloud, name, tags):
    """In another Region the bucket is made there, and the wrong Region is an error."""
    elsewhere = Cloud("local", "eu-west-1", cloud.session, cloud.endpoint_url)

    made = buckets.ensure_bucket(elsewhere.client("s3"), name, region="eu-west-1", tags=tags)

    assert "eu-west-1" == made.region
    with pytest.raises(WorkshopError, match="is in eu-west-1, not in us-east-1"):
        buckets.ensure_bucket(cloud.client("s3"), name, region="us-east-1", tags=tags)


def test_what_is_absent_is_none_and_deleting_it_is_fine(s3, name):
    """A bucket that is not there is described as None, and deleting or closing it is fine."""
    assert buckets.describe_bucket(s3, name) is None
    assert not buckets.bucket_exists(s3, name)
    assert not buckets.is_public(s3, name)
    buckets.delete_bucket(s3, name)
    buckets.close_public_access(s3, name)


def test_a_cross_origin_rule_is_the_only_one(s3, bucket, changes):
    """The rule replaces others, and setting it again changes nothing."""
    s3.put_bucket_cors(
        Bucket=bucket.name,
        CORSConfiguration={"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]},
    )

    buckets.ensure_cross_origin_rule(s3, bucket.name, **RULE)

    (rule,) = buckets.describe_bucket(s3, bucket.name).cross_origin_rules
    assert (["http://site.example"], ["PUT"], ["content-type"]) == (
        rule["AllowedOrigins"], rule["AllowedMethods"], rule["AllowedHeaders"],
    )  # fmt: skip
    assert [] == changes(lambda: buckets.ensure_cross_origin_rule(s3, bucket.name, **RULE))


def test_public_reading_opens_objects_and_nothing_else(s3, cloud, bucket, changes):
    """Everyone may read after opening, not list; closing takes it back, and both repeat well."""
    s3.put_object(Bucket=bucket.name, Key="hello.txt", Body=b"hello")
    address = f"{cloud.objects_url(bucket.name)}/hello.txt"
    assert 403 == cloud.http.get(address).status_code

    buckets.allow_public_read(s3, bucket.name)

    assert b"hello" == cloud.http.get(address).content
    assert 403 == cloud.http.get(cloud.objects_url(bucket.name)).status_code
    assert buckets.is_public(s3, bucket.name)
    assert [] == changes(lambda: buckets.allow_public_read(s3, bucket.name))

    buckets.close_public_access(s3, bucket.name)

    assert 403 == cloud.http.get(address).status_code
    assert not buckets.is_public(s3, bucket.name)
    assert [] == changes(lambda: buckets.close_public_access(s3, bucket.name))


def test_presigned_urls_put_and_get_one_object(s3, cloud, bucket):
    """Who holds the URLs puts and gets the object, with just the type that was signed."""
    put = buckets.presign_upload(s3, bucket.name, "my cat é.jpg", content_type="image/jpeg")
    wrong = cloud.http.put(put, content=b"x", headers={"Content-Type": "text/html"})
    right = cloud.http.put(put, content=b"picture", headers={"Content-Type": "image/jpeg"})
    got = cloud.http.get(buckets.presign_download(s3, bucket.name, "my cat é.jpg"))

    assert (403, 200, b"picture") == (wrong.status_code, right.status_code, got.content)
    described = buckets.describe_object(s3, bucket.name, "my cat é.jpg")
    assert (7, "image/jpeg", "AES256") == (
        described.size, described.content_type, described.encryption,
    )  # fmt: skip


def test_objects_are_listed_by_prefix_over_pages(s3, bucket):
    """More objects than a page holds are all listed; the prefix narrows."""
    for number in range(12):
        s3.put_object(Bucket=bucket.name, Key=f"many/{number:04}", Body=b"x")
    s3.put_object(Bucket=bucket.name, Key="other", Body=b"xyz")

    listed = buckets.list_objects(s3, bucket.name, "many/")

    assert [f"many/{number:04}" for number in range(12)] == [entry.key for entry in listed]
    assert {1} == {entry.size for entry in listed}
    assert buckets.describe_object(s3, bucket.name, "no such key") is None


def test_a_bucket_goes_with_all_its_versions_and_unfinished_uploads(s3, bucket):
    """Versions, delete markers and multipart uploads do not keep a bucket alive."""
    s3.put_bucket_versioning(Bucket=bucket.name, VersioningConfiguration={"Status": "Enabled"})
    for body in (b"one", b"two"):
        s3.put_object(Bucket=bucket.name, Key="draft", Body=body)
    s3.delete_object(Bucket=bucket.name, Key="draft")
    s3.create_multipart_upload(Bucket=bucket.name, Key="half done")

    assert 3 == buckets.empty_bucket(s3, bucket.name)
    buckets.delete_bucket(s3, bucket.name)

    assert buckets.describe_bucket(s3, bucket.name) is None


def test_notifications_are_merged_not_replaced(s3, client, bucket, echo, changes):
    """A second rule leaves the first; a rule of the same name is replaced; twice is once."""
    allow(client, echo, bucket)

    def notify(notification_id, prefix):
        return buckets.notify_function(
            s3, bucket.name, function_arn=echo.arn, notification_id=notification_id, prefix=prefix
        )

    notify("one", "a/")
    notify("two", "b/")
    notify("one", "c/")

    rules = {rule.id: rule.prefix for rule in buckets.list_notifications(s3, bucket.name)}
    assert {"one": "c/", "two": "b/"} == rules
    assert [] == changes(lambda: notify("one", "c/"))

    buckets.stop_notifications(s3, bucket.name, notification_id="one")
    assert ["two"] == [rule.id for rule in buckets.list_notifications(s3, bucket.name)]
    buckets.stop_notifications(s3, bucket.name)
    assert [] == buckets.list_notifications(s3, bucket.name)


def test_overlapping_rules_are_refused(s3, client, bucket, echo):
    """Two rules for the same keys are an error of S3's, at once."""
    allow(client, echo, bucket)
    buckets.notify_function(
        s3, bucket.name, function_arn=echo.arn, notification_id="all", prefix=""
    )

    with pytest.raises(ClientError, match="overlap"):
        buckets.notify_function(
            s3, bucket.name, function_arn=echo.arn, notification_id="some", prefix="a/"
        )


def test_a_destination_without_permission_says_what_to_do(s3, bucket, echo, monkeypatch):
    """While S3 may not call the function it is tried again, and at last the way out is named."""
    monkeypatch.setattr(buckets.notifications, "RETRY_PAUSES_SECONDS", (0, 0))

    with pytest.raises(ResourceNotReadyError, match="allow_invocation"):
        buckets.notify_function(s3, bucket.name, function_arn=echo.arn, notification_id="one")


def test_a_refused_deletion_is_told(cloud, s3, bucket, client, name):
    """When S3 refuses to delete some objects, the first is named with the reason."""
    s3.put_object(Bucket=bucket.name, Key="kept", Body=b"x")
    keys = client("iam")
    keys.create_user(UserName=name)
    keys.put_user_policy(
        UserName=name,
        PolicyName="list-only",
        PolicyDocument=(
            '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"*","Action":'
            '["s3:ListBucket","s3:ListBucketVersions","s3:ListBucketMultipartUploads"]}]}'
        ),
    )
    key = keys.create_access_key(UserName=name)["AccessKey"]
    reader = cloud.make_client(
        "s3",
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )

    with pytest.raises(WorkshopError, match="did not delete kept"):
        buckets.empty_bucket(reader, bucket.name)


def allow(client, function, bucket):
    functions.allow_invocation(
        client("lambda"),
        function.name,
        statement_id="bucket",
        principal="s3.amazonaws.com",
        source_arn=bucket.arn,
        source_account="123456789012",
    )
