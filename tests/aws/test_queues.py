"""Queues over real HTTP."""

import pytest

from workshop_lib.aws import queues

TOPIC = "arn:aws:sns:us-east-1:123456789012:some-topic"


@pytest.fixture
def sqs(client):
    return client("sqs")


def test_twice_is_once_and_drift_is_mended(sqs, name, tags, changes):
    """A queue is made with policy and tags; again changes nothing; what was lost comes back."""
    arn = f"arn:aws:sqs:us-east-1:123456789012:{name}"
    policy = queues.allow_topic_to_send(arn, TOPIC)

    def make():
        return queues.ensure_queue(sqs, name, policy=policy, tags=tags)

    made = make()

    assert (arn, policy, tags, 0) == (made.arn, made.policy, made.tags, made.messages)
    assert [] == changes(make)
    sqs.set_queue_attributes(QueueUrl=made.url, Attributes={"Policy": ""})
    sqs.untag_queue(QueueUrl=made.url, TagKeys=["attendee"])
    mended = make()
    assert (policy, tags) == (mended.policy, mended.tags)


def test_a_queue_made_without_a_policy_keeps_the_one_it_has(sqs, name, tags):
    """None leaves who may send as it is."""
    policy = queues.allow_topic_to_send(f"arn:aws:sqs:us-east-1:123456789012:{name}", TOPIC)
    queues.ensure_queue(sqs, name, policy=policy, tags=tags)

    assert policy == queues.ensure_queue(sqs, name, tags=tags).policy


def test_messages_are_received_and_taken_out(sqs, name, tags):
    """All messages come, more than one fetch holds, with attributes; then the queue is empty."""
    queue = queues.ensure_queue(sqs, name, tags=tags)
    for number in range(12):
        sqs.send_message(
            QueueUrl=queue.url,
            MessageBody=f"message {number}",
            MessageAttributes={"n": {"DataType": "String", "StringValue": str(number)}},
        )

    received = queues.receive_messages(sqs, queue.url, maximum=20, wait_seconds=1)

    assert {f"message {number}" for number in range(12)} == {entry.body for entry in received}
    assert {str(number) for number in range(12)} == {entry.attributes["n"] for entry in received}
    assert 0 == queues.describe_queue(sqs, name).messages
    assert [] == queues.receive_messages(sqs, queue.url, wait_seconds=0)


def test_messages_can_be_looked_at_only(sqs, name, tags):
    """Without deletion a message stays in the queue, in flight."""
    queue = queues.ensure_queue(sqs, name, tags=tags)
    sqs.send_message(QueueUrl=queue.url, MessageBody="stay")

    (seen,) = queues.receive_messages(sqs, queue.url, maximum=1, delete=False)

    assert ("stay", 1) == (seen.body, seen.received_times)
    assert 1 == queues.describe_queue(sqs, name).messages_in_flight


def test_what_is_absent_is_none_and_deleting_it_is_fine(sqs, name, tags):
    """An absent queue is None; deleting works once, and again does nothing."""
    assert queues.describe_queue(sqs, name) is None
    queues.ensure_queue(sqs, name, tags=tags)

    queues.delete_queue(sqs, name)
    queues.delete_queue(sqs, name)

    assert queues.describe_queue(sqs, name) is None
