"""Topics over real HTTP, with subscribers that really get the messages."""

import json

import pytest

from workshop_lib.aws import functions, logs, queues, topics

SURE = {"confidence": [{"numeric": [">=", 0.5]}]}


@pytest.fixture
def sns(client):
    return client("sns")


@pytest.fixture
def topic(sns, name, tags):
    return topics.ensure_topic(sns, name, tags=tags)


@pytest.fixture
def queue(client, name, tags, topic):
    """A queue that the topic may send to."""
    arn = f"arn:aws:sqs:us-east-1:123456789012:{name}"
    policy = queues.allow_topic_to_send(arn, topic.arn)
    return queues.ensure_queue(client("sqs"), name, policy=policy, tags=tags)


def test_twice_is_once_and_tags_are_mended(sns, topic, name, tags, changes):
    """The same topic again is the same; tags that were lost come back, other values stay."""
    assert (name, tags, (), None) == (
        topic.name, topic.tags, topic.subscriptions, topic.encryption_key,
    )  # fmt: skip
    # CreateTopic is AWS's own way to find a topic by its name.
    assert ["CreateTopic"] == changes(lambda: topics.ensure_topic(sns, name, tags=tags))
    sns.untag_resource(ResourceArn=topic.arn, TagKeys=["attendee"])

    mended = topics.ensure_topic(sns, name, tags={**tags, "lesson": "another"})

    assert (topic.arn, tags) == (mended.arn, mended.tags)


def test_encryption_is_read_back(sns, topic):
    """A key set on the topic is described."""
    sns.set_topic_attributes(
        TopicArn=topic.arn, AttributeName="KmsMasterKeyId", AttributeValue="alias/aws/sns"
    )

    assert "alias/aws/sns" == topics.describe_topic(sns, topic.arn).encryption_key


def test_a_queue_gets_messages_in_the_envelope(sns, client, topic, queue, changes):
    """A subscribed queue gets the message with its attributes; subscribing again is nothing."""
    topics.subscribe_queue(sns, topic.arn, queue.arn)
    assert [] == changes(lambda: topics.subscribe_queue(sns, topic.arn, queue.arn))

    message_id = topics.publish_message(
        sns, topic.arn, {"result": "cat"}, subject="news", attributes={"status": "ok"}
    )

    (received,) = queues.receive_messages(client("sqs"), queue.url, maximum=1)
    envelope = json.loads(received.body)
    assert ({"result": "cat"}, message_id, "news", "ok") == (
        json.loads(envelope["Message"]),
        envelope["MessageId"],
        envelope["Subject"],
        envelope["MessageAttributes"]["status"]["Value"],
    )


def test_a_filter_lets_only_its_messages_pass_and_can_be_taken_away(sns, client, topic, queue):
    """By the body only what is sure passes; without a filter everything does, raw if asked."""
    first = topics.subscribe_queue(sns, topic.arn, queue.arn, raw=True, filter_policy=SURE)
    topics.publish_message(sns, topic.arn, {"confidence": 0.1})
    topics.publish_message(sns, topic.arn, {"confidence": 0.9})
    (sure,) = queues.receive_messages(client("sqs"), queue.url, maximum=1)
    second = topics.subscribe_queue(sns, topic.arn, queue.arn, raw=True)
    topics.publish_message(sns, topic.arn, {"confidence": 0.2})
    (unsure,) = queues.receive_messages(client("sqs"), queue.url, maximum=1)

    assert (SURE, "MessageBody", True) == (first.filter_policy, first.filter_scope, first.raw)
    assert (first.arn, None) == (second.arn, second.filter_policy)
    assert [{"confidence": 0.9}, {"confidence": 0.2}] == [
        json.loads(message.body) for message in (sure, unsure)
    ]


def test_a_filter_is_mended_from_one_scope_to_the_other(sns, topic, queue):
    """A filter on attributes replaces one on the body, and raw delivery is switched off."""
    topics.subscribe_queue(sns, topic.arn, queue.arn, raw=True, filter_policy=SURE)

    mended = topics.subscribe_queue(
        sns,
        topic.arn,
        queue.arn,
        filter_policy={"status": ["ok"]},
        filter_scope="MessageAttributes",
    )

    assert ({"status": ["ok"]}, "MessageAttributes", False) == (
        mended.filter_policy, mended.filter_scope, mended.raw,
    )  # fmt: skip


def test_a_function_is_called_with_every_message(sns, client, topic, echo, pack, role, tags):
    """A subscribed function that the topic may call gets the message in its event."""
    functions.ensure_function(
        client("lambda"),
        echo.name,
        role_arn=role.arn,
        code=pack("def handler(e, c):\n    print(e['Records'][0]['Sns']['Message'])\n"),
        environment={},
        tags=tags,
    )
    functions.allow_invocation(
        client("lambda"),
        echo.name,
        statement_id="topic",
        principal="sns.amazonaws.com",
        source_arn=topic.arn,
    )
    made = topics.subscribe_function(sns, topic.arn, echo.arn)

    topics.publish_message(sns, topic.arn, "good news")

    assert ("lambda", echo.arn) == (made.protocol, made.endpoint)
    assert wait_for_log(client("logs"), echo.name, "good news")


def test_a_topic_goes_with_its_subscriptions(sns, topic, queue):
    """Nobody stays subscribed, and deleting what is not there is fine."""
    topics.subscribe_queue(sns, topic.arn, queue.arn)
    topics.unsubscribe(sns, topic.arn, "arn:aws:sqs:us-east-1:123456789012:nobody")
    assert 1 == len(topics.describe_topic(sns, topic.arn).subscriptions)
    topics.unsubscribe(sns, topic.arn, queue.arn)
    assert () == topics.describe_topic(sns, topic.arn).subscriptions
    topics.subscribe_queue(sns, topic.arn, queue.arn)

    topics.delete_topic(sns, topic.arn)
    topics.delete_topic(sns, topic.arn)

    assert topics.describe_topic(sns, topic.arn) is None
    endpoints = [entry["Endpoint"] for entry in sns.list_subscriptions()["Subscriptions"]]
    assert queue.arn not in endpoints


def wait_for_log(client, function, text):
    import time

    for _ in range(100):
        found = logs.read_log(client, f"/aws/lambda/{function}", contains=text)
        if found:
            return found
        time.sleep(0.1)
    return []
