"""SNS's deliveries: envelopes, filters, raw messages, permissions and dead letters."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

Client = Callable[..., Any]
Make = Callable[..., Any]
SNS = "sns.amazonaws.com"


def subscribe(client: Client, topic_arn: str, endpoint: str, **attributes: str) -> str:
    """Subscribe a queue or function; return the subscription's ARN."""
    protocol = endpoint.split(":")[2]
    response = client("sns").subscribe(
        TopicArn=topic_arn,
        Protocol=protocol,
        Endpoint=endpoint,
        Attributes=attributes,
        ReturnSubscriptionArn=True,
    )
    return str(response["SubscriptionArn"])


def allow(client: Client, function_name: str, topic_arn: str) -> None:
    """Let a topic invoke a function."""
    client("lambda").add_permission(
        FunctionName=function_name, StatementId="sns", Action="lambda:InvokeFunction",
        Principal=SNS, SourceArn=topic_arn,
    )  # fmt: skip


def test_a_function_gets_awss_event(client: Client, listener: Make, topic_arn: str) -> None:
    """Every field of the record, with the real message id, time and attributes."""
    function = listener()
    allow(client, function.name, topic_arn)
    subscription = subscribe(client, topic_arn, function.arn)

    response = client("sns").publish(
        TopicArn=topic_arn, Subject="s", Message='{"id": 1}',
        MessageAttributes={"kind": {"DataType": "String", "StringValue": "cat"}},
    )  # fmt: skip
    (event,) = function.queue.bodies()

    (record,) = event["Records"]
    assert "aws:sns" == record["EventSource"]
    assert "1.0" == record["EventVersion"]
    assert subscription == record["EventSubscriptionArn"]
    sns = record["Sns"]
    assert {
        "Type", "MessageId", "TopicArn", "Subject", "Message", "Timestamp", "SignatureVersion",
        "Signature", "SigningCertUrl", "UnsubscribeUrl", "MessageAttributes",
    } == sns.keys()  # fmt: skip
    assert response["MessageId"] == sns["MessageId"]
    assert "Notification" == sns["Type"]
    assert topic_arn == sns["TopicArn"]
    assert "s" == sns["Subject"]
    assert '{"id": 1}' == sns["Message"]
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", sns["Timestamp"])
    assert {"kind": {"Type": "String", "Value": "cat"}} == sns["MessageAttributes"]
    assert subscription in sns["UnsubscribeUrl"]


def test_a_message_without_subject_and_attributes_has_them_empty(
    client: Client, listener: Make, topic_arn: str
) -> None:
    """A function sees null and an empty object."""
    function = listener()
    allow(client, function.name, topic_arn)
    subscribe(client, topic_arn, function.arn)

    client("sns").publish(TopicArn=topic_arn, Message="m")
    (event,) = function.queue.bodies()

    assert event["Records"][0]["Sns"]["Subject"] is None
    assert {} == event["Records"][0]["Sns"]["MessageAttributes"]


def test_a_queue_gets_the_envelope_or_the_raw_message(
    client: Client, make_queue: Make, topic_arn: str
) -> None:
    """Raw delivery sends the message alone, its attributes as the queue's own."""
    wrapped, raw, unset = (make_queue(SNS, topic_arn) for _ in range(3))
    subscribe(client, topic_arn, wrapped.arn)
    subscribe(client, topic_arn, raw.arn, RawMessageDelivery="true")
    subscribe(client, topic_arn, unset.arn, RawMessageDelivery="false")

    client("sns").publish(
        TopicArn=topic_arn, Message="m",
        MessageAttributes={"n": {"DataType": "Number", "StringValue": "3"}},
    )  # fmt: skip

    (envelope,) = wrapped.bodies()
    assert "m" == envelope["Message"]
    assert {"n": {"Type": "Number", "Value": "3"}} == envelope["MessageAttributes"]
    assert "SigningCertURL" in envelope
    assert "Subject" not in envelope
    (message,) = raw.receive()
    assert "m" == message["Body"]
    assert {"n": {"StringValue": "3", "DataType": "Number"}} == message["MessageAttributes"]
    assert "m" == unset.bodies()[0]["Message"]


def test_filter_policies_look_at_attributes_or_at_the_body(
    client: Client, make_queue: Make, topic_arn: str
) -> None:
    """Only what matches is delivered; the scope says where to look."""
    by_attribute, by_body = make_queue(SNS, topic_arn), make_queue(SNS, topic_arn)
    subscribe(client, topic_arn, by_attribute.arn, FilterPolicy=json.dumps({"status": ["ok"]}))
    subscribe(
        client, topic_arn, by_body.arn, FilterPolicyScope="MessageBody",
        FilterPolicy=json.dumps({"confidence": [{"numeric": [">", 0.5]}]}),
    )  # fmt: skip

    for status, confidence in (("ok", 0.1), ("error", 0.9)):
        client("sns").publish(
            TopicArn=topic_arn, Message=json.dumps({"confidence": confidence}),
            MessageAttributes={"status": {"DataType": "String", "StringValue": status}},
        )  # fmt: skip

    attribute = by_attribute.all_bodies(1)
    body = by_body.all_bodies(1)
    assert [0.1] == [json.loads(envelope["Message"])["confidence"] for envelope in attribute]
    assert [0.9] == [json.loads(envelope["Message"])["confidence"] for envelope in body]


def test_a_scope_that_is_set_after_the_policy_counts(
    client: Client, make_queue: Make, topic_arn: str
) -> None:
    """SetSubscriptionAttributes may come in any order."""
    queue = make_queue(SNS, topic_arn)
    subscription = subscribe(client, topic_arn, queue.arn)
    for name, value in (
        ("FilterPolicy", json.dumps({"kind": ["cat"]})),
        ("FilterPolicyScope", "MessageBody"),
    ):
        client("sns").set_subscription_attributes(
            SubscriptionArn=subscription, AttributeName=name, AttributeValue=value
        )

    client("sns").publish(TopicArn=topic_arn, Message='{"kind": "cat"}')

    assert 1 == len(queue.receive())


def test_a_subscriber_without_permission_gets_nothing(
    client: Client, make_queue: Make, listener: Make, topic_arn: str
) -> None:
    """A queue whose policy does not name SNS, and a function without permission, stay silent."""
    queue, function = make_queue(), listener()
    subscribe(client, topic_arn, queue.arn)
    subscribe(client, topic_arn, function.arn)

    client("sns").publish(TopicArn=topic_arn, Message="m")

    assert [] == queue.receive(seconds=1)
    assert [] == function.queue.receive(seconds=1)


def test_what_cannot_be_delivered_goes_to_the_subscriptions_dead_letter_queue(
    client: Client, make_queue: Make, topic_arn: str
) -> None:
    """RedrivePolicy gets the message, with the reason as an attribute."""
    closed, letters = make_queue(), make_queue(SNS, topic_arn)
    redrive = json.dumps({"deadLetterTargetArn": letters.arn})
    subscribe(client, topic_arn, closed.arn, RedrivePolicy=redrive)

    client("sns").publish(TopicArn=topic_arn, Message="m")
    (letter,) = letters.receive()

    assert "m" == json.loads(letter["Body"])["Message"]
    assert "sqs:SendMessage" in letter["MessageAttributes"]["ErrorMessage"]["StringValue"]


def test_each_protocol_may_have_its_own_text(
    client: Client, make_queue: Make, topic_arn: str
) -> None:
    """MessageStructure json: the subscriber's protocol chooses the message."""
    queue = make_queue(SNS, topic_arn)
    subscribe(client, topic_arn, queue.arn)

    message = json.dumps({"default": "d", "sqs": "for queues"})
    client("sns").publish(TopicArn=topic_arn, Message=message, MessageStructure="json")

    assert "for queues" == queue.bodies()[0]["Message"]


def test_nothing_is_sent_out_of_the_cloud(client: Client, topic_arn: str) -> None:
    """A subscription of an address elsewhere is never called; Publish succeeds all the same."""
    client("sns").subscribe(TopicArn=topic_arn, Protocol="http", Endpoint="http://127.0.0.1:9/")

    assert client("sns").publish(TopicArn=topic_arn, Message="m")["MessageId"]
