"""S3's notifications: what they say, to whom, and which configurations are refused."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError

Client = Callable[..., Any]
Make = Callable[..., Any]


def allow(client: Client, function_name: str, bucket: str) -> None:
    """Let a bucket invoke a function."""
    client("lambda").add_permission(
        FunctionName=function_name,
        StatementId=f"s3-{bucket}",
        Action="lambda:InvokeFunction",
        Principal="s3.amazonaws.com",
        SourceArn=f"arn:aws:s3:::{bucket}",
        SourceAccount="123456789012",
    )


def configure(client: Client, bucket: str, *rules: dict[str, Any], kind: str = "Lambda") -> None:
    """Replace a bucket's notifications."""
    name = {"Lambda": "LambdaFunctionConfigurations", "Queue": "QueueConfigurations"}[kind]
    client("s3").put_bucket_notification_configuration(
        Bucket=bucket, NotificationConfiguration={name: list(rules)}
    )


def rule(arn: str, event: str = "s3:ObjectCreated:*", **filters: str) -> dict[str, Any]:
    """Return one rule; filters are prefix and suffix."""
    described: dict[str, Any] = {"Id": "mine", "Events": [event]}
    described["QueueArn" if ":sqs:" in arn else "LambdaFunctionArn"] = arn
    if filters:
        rules = [{"Name": name, "Value": value} for name, value in filters.items()]
        described["Filter"] = {"Key": {"FilterRules": rules}}
    return described


def test_the_record_is_awss(client: Client, listener: Make, bucket: str) -> None:
    """Every field of version 2.1, the key encoded as AWS does, who did it and from where."""
    function = listener()
    allow(client, function.name, bucket)
    configure(client, bucket, rule(function.arn))
    key = "in/été à la mer+1 (2).jpg"

    response = client("s3").put_object(Bucket=bucket, Key=key, Body=b"12345")
    (event,) = function.queue.bodies()

    (record,) = event["Records"]
    assert "2.1" == record["eventVersion"]
    assert "aws:s3" == record["eventSource"]
    assert "us-east-1" == record["awsRegion"]
    assert "ObjectCreated:Put" == record["eventName"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", record["eventTime"])
    user_id = client("sts").get_caller_identity()["UserId"]
    assert f"AWS:{user_id}" == record["userIdentity"]["principalId"]
    assert {"sourceIPAddress": "127.0.0.1"} == record["requestParameters"]
    assert {"x-amz-request-id", "x-amz-id-2"} == record["responseElements"].keys()
    assert "1.0" == record["s3"]["s3SchemaVersion"]
    assert "mine" == record["s3"]["configurationId"]
    assert bucket == record["s3"]["bucket"]["name"]
    assert f"arn:aws:s3:::{bucket}" == record["s3"]["bucket"]["arn"]
    assert record["s3"]["bucket"]["ownerIdentity"]["principalId"]
    item = record["s3"]["object"]
    assert "in/%C3%A9t%C3%A9+%C3%A0+la+mer%2B1+%282%29.jpg" == item["key"]
    assert 5 == item["size"]
    assert response["ETag"].strip('"') == item["eTag"]
    assert re.fullmatch("[0-9A-F]{18}", item["sequencer"])
    assert "versionId" not in item


def test_each_way_to_create_an_object_has_its_event(
    client: Client, listener: Make, bucket: str
) -> None:
    """Put, Copy, CompleteMultipartUpload and Post, once each; the sequencer only grows."""
    function, s3 = listener(), client("s3")
    allow(client, function.name, bucket)
    configure(client, bucket, rule(function.arn))

    s3.put_object(Bucket=bucket, Key="a", Body=b"1")
    s3.copy_object(Bucket=bucket, Key="b", CopySource={"Bucket": bucket, "Key": "a"})
    upload = s3.create_multipart_upload(Bucket=bucket, Key="a")["UploadId"]
    part = s3.upload_part(Bucket=bucket, Key="a", UploadId=upload, PartNumber=1, Body=b"22")
    s3.complete_multipart_upload(
        Bucket=bucket, Key="a", UploadId=upload,
        MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]},
    )  # fmt: skip
    form = s3.generate_presigned_post(Bucket=bucket, Key="c")
    httpx.post(form["url"], data=form["fields"], files={"file": b"1"}, trust_env=False)
    records = [event["Records"][0] for event in function.queue.all_bodies(4)]
    by_sequence = sorted(records, key=lambda record: record["s3"]["object"]["sequencer"])

    assert [
        ("ObjectCreated:Put", "a"),
        ("ObjectCreated:Copy", "b"),
        ("ObjectCreated:CompleteMultipartUpload", "a"),
        ("ObjectCreated:Post", "c"),
    ] == [(record["eventName"], record["s3"]["object"]["key"]) for record in by_sequence]


def test_removals_and_versions_are_told(client: Client, make_queue: Make, bucket: str) -> None:
    """Delete in a plain bucket, a delete marker with its version id in a versioned one."""
    queue, s3 = make_queue("s3.amazonaws.com", f"arn:aws:s3:::{bucket}"), client("s3")
    configure(client, bucket, rule(queue.arn, "s3:ObjectRemoved:*"), kind="Queue")
    s3.put_object(Bucket=bucket, Key="a", Body=b"1")
    s3.delete_object(Bucket=bucket, Key="a")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket=bucket, Key="b", Body=b"1")
    marker = s3.delete_object(Bucket=bucket, Key="b")["VersionId"]

    events = [body for body in queue.bodies(count=3) if "Records" in body]
    plain, marked = sorted(
        (event["Records"][0] for event in events), key=lambda one: one["s3"]["object"]["sequencer"]
    )

    assert "ObjectRemoved:Delete" == plain["eventName"]
    assert {"key", "sequencer"} == plain["s3"]["object"].keys()
    assert "ObjectRemoved:DeleteMarkerCreated" == marked["eventName"]
    assert marker == marked["s3"]["object"]["versionId"]


def test_filters_choose_keys(client: Client, listener: Make, bucket: str) -> None:
    """Prefix and suffix must both match; names of filters are taken in either case."""
    function, s3 = listener(), client("s3")
    allow(client, function.name, bucket)
    configure(client, bucket, rule(function.arn, Prefix="in/", Suffix=".jpg"))

    for key in ("in/a.png", "out/a.jpg", "in/a.jpg"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"1")
    events = function.queue.all_bodies(1)

    assert ["in/a.jpg"] == [event["Records"][0]["s3"]["object"]["key"] for event in events]


def test_a_filter_of_an_unknown_kind_is_malformed(
    client: Client, listener: Make, bucket: str
) -> None:
    """S3 filters by prefix and suffix only."""
    function = listener()
    allow(client, function.name, bucket)

    with pytest.raises(ClientError) as caught:
        configure(client, bucket, rule(function.arn, infix="x"))

    assert "MalformedXML" == caught.value.response["Error"]["Code"]


def test_a_queue_is_told_that_it_can_be_reached(
    client: Client, make_queue: Make, bucket: str
) -> None:
    """s3:TestEvent comes first, with the bucket's name."""
    queue = make_queue("s3.amazonaws.com", f"arn:aws:s3:::{bucket}")

    configure(client, bucket, rule(queue.arn), kind="Queue")
    (body,) = queue.bodies()

    assert "s3:TestEvent" == body["Event"]
    assert "Amazon S3" == body["Service"]
    assert bucket == body["Bucket"]


def test_a_topic_gets_events_and_passes_them_on(
    client: Client, make_queue: Make, topic_arn: str, bucket: str
) -> None:
    """S3 publishes under its own subject, once the topic's policy lets it."""
    sns, queue = client("sns"), make_queue("sns.amazonaws.com", topic_arn)
    sns.subscribe(TopicArn=topic_arn, Protocol="sqs", Endpoint=queue.arn)
    configuration = {
        "TopicConfigurations": [{"TopicArn": topic_arn, "Events": ["s3:ObjectCreated:Put"]}]
    }
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "s3.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": topic_arn,
        "Condition": {"ArnLike": {"aws:SourceArn": f"arn:aws:s3:::{bucket}"}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    sns.set_topic_attributes(TopicArn=topic_arn, AttributeName="Policy", AttributeValue=policy)

    client("s3").put_bucket_notification_configuration(
        Bucket=bucket, NotificationConfiguration=configuration
    )
    client("s3").put_object(Bucket=bucket, Key="k", Body=b"1")
    envelopes = queue.bodies(count=2)

    assert {"Amazon S3 Notification"} == {envelope["Subject"] for envelope in envelopes}
    messages = [json.loads(envelope["Message"]) for envelope in envelopes]
    (event,) = [message for message in messages if "Records" in message]
    assert "k" == event["Records"][0]["s3"]["object"]["key"]


def test_a_destination_without_permission_is_refused(
    client: Client, listener: Make, make_queue: Make, bucket: str
) -> None:
    """InvalidArgument in AWS's words; what was configured before stays."""
    function, s3 = listener(), client("s3")
    allow(client, function.name, bucket)
    configure(client, bucket, rule(function.arn))

    for arn, kind in ((listener().arn, "Lambda"), (make_queue().arn, "Queue")):
        with pytest.raises(ClientError) as caught:
            configure(client, bucket, rule(arn), kind=kind)
        error = caught.value.response["Error"]
        assert "InvalidArgument" == error["Code"]
        assert "Unable to validate the following destination configurations" == error["Message"]
        assert arn == error["ArgumentName1"]
    kept = s3.get_bucket_notification_configuration(Bucket=bucket)
    assert function.arn == kept["LambdaFunctionConfigurations"][0]["LambdaFunctionArn"]


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        ({}, {}, "Configurations overlap"),
        ({"prefix": "in/"}, {"prefix": "in/a"}, "Configuration is ambiguously defined"),
        ({"suffix": ".jpg"}, {"prefix": "in/"}, "Configuration is ambiguously defined"),
    ],
)
def test_overlapping_rules_are_refused(
    client: Client,
    listener: Make,
    bucket: str,
    first: dict[str, str],
    second: dict[str, str],
    message: str,
) -> None:
    """Two rules that one event could match are an InvalidArgument."""
    function = listener()
    allow(client, function.name, bucket)
    one = rule(function.arn, **first)
    two = {**rule(function.arn, "s3:ObjectCreated:Put", **second), "Id": "other"}

    with pytest.raises(ClientError, match=message):
        configure(client, bucket, one, two)


def test_rules_that_cannot_meet_are_accepted(client: Client, listener: Make, bucket: str) -> None:
    """Different prefixes, suffixes or events are no overlap."""
    function = listener()
    allow(client, function.name, bucket)

    configure(
        client,
        bucket,
        rule(function.arn, prefix="a/"),
        {**rule(function.arn, prefix="b/"), "Id": "b"},
        {**rule(function.arn, "s3:ObjectRemoved:*"), "Id": "c"},
    )


def test_a_new_configuration_replaces_the_old_one(
    client: Client, listener: Make, bucket: str
) -> None:
    """After an empty one, nothing is delivered any more."""
    function = listener()
    allow(client, function.name, bucket)
    configure(client, bucket, rule(function.arn))
    configure(client, bucket)

    client("s3").put_object(Bucket=bucket, Key="k", Body=b"1")

    assert [] == function.queue.receive(seconds=1)


def test_a_permission_that_was_taken_away_stops_the_events(
    client: Client, listener: Make, bucket: str
) -> None:
    """S3 asks again at each delivery."""
    function = listener()
    allow(client, function.name, bucket)
    configure(client, bucket, rule(function.arn))
    client("lambda").remove_permission(FunctionName=function.name, StatementId=f"s3-{bucket}")

    client("s3").put_object(Bucket=bucket, Key="k", Body=b"1")

    assert [] == function.queue.receive(seconds=1)
