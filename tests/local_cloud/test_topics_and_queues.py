"""What SNS and SQS refuse of topics, subscriptions, queues and messages."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

Client = Callable[..., Any]


@pytest.fixture
def sns(client: Client) -> Any:
    """A client of SNS."""
    return client("sns")


@pytest.fixture
def topic(sns: Any) -> Iterator[str]:
    """The ARN of a topic, gone at the end."""
    arn = sns.create_topic(Name="refusals", Attributes={"KmsMasterKeyId": "alias/aws/sns"})
    yield arn["TopicArn"]
    sns.delete_topic(TopicArn=arn["TopicArn"])


@pytest.fixture
def sqs(client: Client) -> Any:
    """A client of SQS."""
    return client("sqs")


@pytest.fixture
def queue(sqs: Any) -> Iterator[str]:
    """The URL of a queue, gone at the end."""
    url = sqs.create_queue(QueueName="refusals")["QueueUrl"]
    yield url
    sqs.delete_queue(QueueUrl=url)


def refusal(call: Callable[..., Any], **parameters: Any) -> tuple[str, str]:
    """Return code and sentence of a refusal."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def test_a_topic_is_made_again(sns: Any, topic: str) -> None:
    """The same topic again is the same; with other attributes or tags it is refused."""
    again = sns.create_topic(Name="refusals", Attributes={"KmsMasterKeyId": "alias/aws/sns"})
    other = refusal(sns.create_topic, Name="refusals", Attributes={"DisplayName": "Cats"})
    tagged = refusal(sns.create_topic, Name="refusals", Tags=[{"Key": "a", "Value": "b"}])
    unknown = refusal(
        sns.set_topic_attributes, TopicArn=topic, AttributeName="Colour", AttributeValue="red"
    )
    held = sns.get_topic_attributes(TopicArn=topic)["Attributes"]

    assert topic == again["TopicArn"]
    assert "alias/aws/sns" == held["KmsMasterKeyId"]
    sentence = "Invalid parameter: {} Reason: Topic already exists with different {}"
    assert ("InvalidParameter", sentence.format("Attributes", "attributes")) == other
    assert ("InvalidParameter", sentence.format("Tags", "tags")) == tagged
    assert ("InvalidParameter", "Invalid parameter: AttributeName") == unknown


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"Message": ""}, "Empty message"),
        ({"Message": "x" * (256 * 1024 + 1)}, "Message too long"),
        ({"Message": "é" * (128 * 1024 + 1)}, "Message too long"),
        ({"Message": "x", "Subject": "x" * 101}, "Subject"),
        (
            {"Message": "x", "MessageStructure": "json"},
            "Message Structure - JSON message body failed to parse",
        ),
        (
            {"Message": '{"sqs": "x"}', "MessageStructure": "json"},
            "Message Structure - No default entry in JSON message body",
        ),
    ],
)
def test_a_message_that_cannot_be(
    sns: Any, topic: str, parameters: dict[str, str], reason: str
) -> None:
    """A message says something, in 256 KB, and has the structure that it claims."""
    assert ("InvalidParameter", f"Invalid parameter: {reason}") == refusal(
        sns.publish, TopicArn=topic, **parameters
    )


def test_attributes_count_as_message(sns: Any, topic: str) -> None:
    """256 KB is the message with its attributes; a topic that is not there is named so."""
    attributes = {"kind": {"DataType": "String", "StringValue": "cat"}}
    room = 256 * 1024 - len("kindStringcat")
    whole = {"TopicArn": topic, "Message": "x" * room, "MessageAttributes": attributes}
    sns.publish(**whole)
    longer = refusal(sns.publish, **whole | {"Message": "x" * (room + 1)})
    nowhere = refusal(sns.publish, TopicArn=f"{topic}-else", Message="x")

    assert "Invalid parameter: Message too long" == longer[1]
    assert ("NotFound", "Topic does not exist") == nowhere


@pytest.mark.parametrize(
    ("protocol", "endpoint", "reason"),
    [
        ("pigeon", "x", "Amazon SNS does not support this protocol string: pigeon"),
        ("lambda", "my-function", "Lambda endpoint ARN"),
        ("sqs", "http://127.0.0.1/queue", "SQS endpoint ARN"),
        ("email", "somebody", "Email address"),
        ("https", "http://example.com", "Endpoint must match the specified protocol"),
    ],
)
def test_an_endpoint_that_cannot_be(
    sns: Any, topic: str, protocol: str, endpoint: str, reason: str
) -> None:
    """An endpoint is one of its protocol, or nothing is subscribed."""
    error = refusal(sns.subscribe, TopicArn=topic, Protocol=protocol, Endpoint=endpoint)

    assert ("InvalidParameter", f"Invalid parameter: {reason}") == error
    assert [] == sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]


@pytest.mark.parametrize("protocol", ["sms", "application", "firehose"])
def test_a_protocol_that_is_left_out(sns: Any, topic: str, protocol: str) -> None:
    """A protocol that AWS has, and nobody here delivers by, is refused in a sentence."""
    code, sentence = refusal(sns.subscribe, TopicArn=topic, Protocol=protocol, Endpoint="x")
    assert "NotImplemented" == code
    assert sentence.startswith(f"The local cloud does not have subscriptions by {protocol}")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("FilterPolicy", "no JSON", "FilterPolicy: failed to parse JSON"),
        ("FilterPolicy", "[1]", "FilterPolicy: Filter is not an object"),
        ("FilterPolicy", '{"kind": []}', "FilterPolicy: Empty arrays are not allowed"),
        ("FilterPolicy", '{"kind": [{"prefix": 1}]}', "prefix match pattern must be a string"),
        ("FilterPolicy", '{"kind": [{"like": "x"}]}', "Unrecognized match type like"),
        ("FilterPolicy", '{"kind": "cat"}', '"kind" must be an object or an array'),
        ("FilterPolicy", json.dumps({key: ["x"] for key in "abcdef"}), "more than 5 keys"),
        ("FilterPolicyScope", "Body", "Please use either MessageBody or MessageAttributes"),
        ("RawMessageDelivery", "perhaps", "Must be true or false"),
        ("RedrivePolicy", "{}", "deadLetterTargetArn"),
    ],
)
def test_an_attribute_that_cannot_be(
    sns: Any, sqs: Any, topic: str, queue: str, name: str, value: str, words: str
) -> None:
    """A subscription's attributes are checked whenever they are given."""
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
    made = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn["QueueArn"])
    code, sentence = refusal(
        sns.set_subscription_attributes,
        SubscriptionArn=made["SubscriptionArn"],
        AttributeName=name,
        AttributeValue=value,
    )

    assert "InvalidParameter" == code
    assert words in sentence


def test_a_subscription_with_attributes(sns: Any, sqs: Any, topic: str, queue: str) -> None:
    """A wrong attribute subscribes nothing; the same again is the same, with others refused."""
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
    parameters = {"TopicArn": topic, "Protocol": "sqs", "Endpoint": arn["QueueArn"]}
    raw = {"RawMessageDelivery": "true"}
    refusal(sns.subscribe, **parameters, Attributes={"FilterPolicy": "no JSON"})
    nothing = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    made = sns.subscribe(**parameters, Attributes=raw)["SubscriptionArn"]
    again = sns.subscribe(**parameters, Attributes=raw)["SubscriptionArn"]
    other = refusal(sns.subscribe, **parameters, Attributes={"RawMessageDelivery": "false"})

    assert [] == nothing
    assert made == again
    assert other[1].endswith("Subscription already exists with different attributes")


def test_mail_waits_for_consent(sns: Any, topic: str) -> None:
    """A subscription by e-mail is pending until somebody confirms it, and has no ARN to see."""
    parameters = {"TopicArn": topic, "Protocol": "email", "Endpoint": "somebody@example.com"}
    pending = sns.subscribe(**parameters)["SubscriptionArn"]
    arn = sns.subscribe(**parameters, ReturnSubscriptionArn=True)["SubscriptionArn"]
    (listed,) = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    held = sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]

    assert "pending confirmation" == pending
    assert arn.startswith(f"{topic}:")
    assert "PendingConfirmation" == listed["SubscriptionArn"]
    assert "true" == held["PendingConfirmation"]


@pytest.mark.parametrize(
    ("attributes", "code"),
    [
        ({"Colour": "red"}, "InvalidAttributeName"),
        ({"VisibilityTimeout": "43201"}, "InvalidAttributeValue"),
        ({"MessageRetentionPeriod": "59"}, "InvalidAttributeValue"),
        ({"MaximumMessageSize": "1048577"}, "InvalidAttributeValue"),
        ({"DelaySeconds": "soon"}, "InvalidAttributeValue"),
    ],
)
def test_a_queue_that_cannot_be(
    sqs: Any, queue: str, attributes: dict[str, str], code: str
) -> None:
    """A queue has SQS's attributes, within their bounds, from the start and later."""
    assert code == refusal(sqs.create_queue, QueueName="unheard", Attributes=attributes)[0]
    assert code == refusal(sqs.set_queue_attributes, QueueUrl=queue, Attributes=attributes)[0]


def test_a_message_in_a_queue(sqs: Any, queue: str) -> None:
    """A message has 1 MB at most, says something, and counts how often it was received."""
    largest = "x" * 1024 * 1024
    longer = refusal(sqs.send_message, QueueUrl=queue, MessageBody=largest + "x")
    empty = refusal(sqs.send_message, QueueUrl=queue, MessageBody="")
    control = refusal(sqs.send_message, QueueUrl=queue, MessageBody="a\x00b")
    sqs.send_message(QueueUrl=queue, MessageBody=largest)
    receive = {"QueueUrl": queue, "MessageSystemAttributeNames": ["ApproximateReceiveCount"]}

    (first,) = sqs.receive_message(**receive)["Messages"]
    hidden = sqs.receive_message(**receive)
    sqs.change_message_visibility(
        QueueUrl=queue, ReceiptHandle=first["ReceiptHandle"], VisibilityTimeout=0
    )
    (second,) = sqs.receive_message(**receive)["Messages"]

    codes = ["InvalidParameterValue", "MissingParameter", "InvalidMessageContents"]
    assert codes == [longer[0], empty[0], control[0]]
    assert "Messages" not in hidden
    assert largest == second["Body"]
    assert ["1", "2"] == [one["Attributes"]["ApproximateReceiveCount"] for one in (first, second)]
