"""Amazon SNS: topics, and who is subscribed to them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workshop_lib.errors import ResourceNotReadyError

PENDING = "PendingConfirmation"


@dataclass(frozen=True)
class Subscription:
    """One subscriber: ``protocol`` such as ``lambda`` or ``sqs``, ``endpoint`` its ARN.

    ``filter_scope`` is ``MessageAttributes`` or ``MessageBody``; ``raw`` means that the message
    comes without SNS's envelope.
    """

    arn: str
    protocol: str
    endpoint: str
    filter_policy: dict[str, Any] | None
    filter_scope: str
    raw: bool


@dataclass(frozen=True)
class Topic:
    """A topic as SNS describes it; ``encryption_key`` is a KMS key's id or alias."""

    name: str
    arn: str
    policy: dict[str, Any]
    encryption_key: str | None
    subscriptions: tuple[Subscription, ...]
    tags: dict[str, str]


def ensure_topic(sns: Any, name: str, *, tags: Mapping[str, str]) -> Topic:
    """Make the topic, or mend its tags."""
    # CreateTopic returns a standing topic, but refuses when tags are given that differ.
    arn = sns.create_topic(Name=name)["TopicArn"]
    standing = _read_tags(sns, arn)
    lacking = [{"Key": key, "Value": tags[key]} for key in tags if key not in standing]
    if lacking:
        sns.tag_resource(ResourceArn=arn, Tags=lacking)
    topic = describe_topic(sns, arn)
    if topic is None:
        raise ResourceNotReadyError(f"The topic {name} vanished while it was made.", "Try again.")
    return topic


def describe_topic(sns: Any, topic_arn: str) -> Topic | None:
    """Return what SNS says of a topic, or None when there is no such topic."""
    try:
        attributes = sns.get_topic_attributes(TopicArn=topic_arn)["Attributes"]
        return Topic(
            name=topic_arn.rsplit(":", 1)[1],
            arn=topic_arn,
            policy=json.loads(attributes.get("Policy", "{}")),
            encryption_key=attributes.get("KmsMasterKeyId") or None,
            subscriptions=tuple(_list_subscriptions(sns, topic_arn)),
            tags=_read_tags(sns, topic_arn),
        )
    except sns.exceptions.NotFoundException:
        return None


def subscribe_function(
    sns: Any,
    topic_arn: str,
    function_arn: str,
    *,
    filter_policy: Mapping[str, Any] | None = None,
    filter_scope: str = "MessageBody",
) -> Subscription:
    """Have the topic call a function with every message; the topic must be allowed to.

    Args:
        sns: the client.
        topic_arn: whose messages.
        function_arn: what is called.
        filter_policy: only messages that match; None for all.
        filter_scope: whether the filter looks at ``MessageBody`` or ``MessageAttributes``.
    """
    wanted = _filter_attributes(filter_policy, filter_scope)
    return _ensure_subscription(sns, topic_arn, "lambda", function_arn, wanted)


def subscribe_queue(
    sns: Any,
    topic_arn: str,
    queue_arn: str,
    *,
    raw: bool = False,
    filter_policy: Mapping[str, Any] | None = None,
    filter_scope: str = "MessageBody",
) -> Subscription:
    """Have the topic send every message to a queue, whose policy must allow it.

    Args:
        sns: the client.
        topic_arn: whose messages.
        queue_arn: where they go.
        raw: send the message alone, without SNS's envelope.
        filter_policy: only messages that match; None for all.
        filter_scope: whether the filter looks at ``MessageBody`` or ``MessageAttributes``.
    """
    wanted = _filter_attributes(filter_policy, filter_scope)
    if raw:
        wanted["RawMessageDelivery"] = "true"
    return _ensure_subscription(sns, topic_arn, "sqs", queue_arn, wanted)


def unsubscribe(sns: Any, topic_arn: str, endpoint: str) -> None:
    """End the subscription of this function or queue; nothing happens when there is none."""
    for subscription in _list_subscriptions(sns, topic_arn):
        if subscription.endpoint == endpoint:
            sns.unsubscribe(SubscriptionArn=subscription.arn)


def publish_message(
    sns: Any,
    topic_arn: str,
    message: Mapping[str, Any] | str,
    *,
    subject: str | None = None,
    attributes: Mapping[str, str] | None = None,
) -> str:
    """Publish a message, JSON unless it is text, and return its id.

    ``attributes`` travel beside the message as strings, for filters.
    """
    parameters: dict[str, Any] = {"Subject": subject} if subject else {}
    if attributes:
        parameters["MessageAttributes"] = {
            name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
        }
    text = message if isinstance(message, str) else json.dumps(message)
    message_id: str = sns.publish(TopicArn=topic_arn, Message=text, **parameters)["MessageId"]
    return message_id


def delete_topic(sns: Any, topic_arn: str) -> None:
    """Delete a topic after its subscriptions, which would linger; none is fine."""
    try:
        for subscription in _list_subscriptions(sns, topic_arn):
            sns.unsubscribe(SubscriptionArn=subscription.arn)
        sns.delete_topic(TopicArn=topic_arn)
    except sns.exceptions.NotFoundException:
        return


def _filter_attributes(policy: Mapping[str, Any] | None, scope: str) -> dict[str, str]:
    if not policy:
        return {}
    # The scope must be there before the policy is judged by it.
    return {"FilterPolicyScope": scope, "FilterPolicy": json.dumps(policy)}


def _ensure_subscription(
    sns: Any, topic_arn: str, protocol: str, endpoint: str, attributes: dict[str, str]
) -> Subscription:
    standing = _find_subscription(sns, topic_arn, endpoint)
    if standing is None:
        # With the attributes from the start, so that nothing slips past the filter.
        sns.subscribe(
            TopicArn=topic_arn,
            Protocol=protocol,
            Endpoint=endpoint,
            Attributes=attributes,
            ReturnSubscriptionArn=True,
        )
    else:
        _mend_subscription(sns, standing, attributes)
    found = _find_subscription(sns, topic_arn, endpoint)
    if found is None:
        raise ResourceNotReadyError(
            f"SNS does not show the subscription of {endpoint} yet.", "Run this again."
        )
    return found


def _mend_subscription(sns: Any, standing: Subscription, attributes: dict[str, str]) -> None:
    wanted_filter = json.loads(attributes.get("FilterPolicy", "{}"))
    changes = {}
    if wanted_filter != (standing.filter_policy or {}):
        changes = {"FilterPolicy": "{}"}
        changes |= {k: v for k, v in attributes.items() if k.startswith("FilterPolicy")}
    if standing.raw != (attributes.get("RawMessageDelivery") == "true"):
        changes["RawMessageDelivery"] = attributes.get("RawMessageDelivery", "false")
    if "FilterPolicyScope" in changes and standing.filter_policy:
        # A filter that stands is judged by the new scope too, and might be refused there.
        _set_attribute(sns, standing.arn, "FilterPolicy", "{}")
    for name in sorted(changes, reverse=True):
        _set_attribute(sns, standing.arn, name, changes[name])


def _set_attribute(sns: Any, subscription_arn: str, name: str, value: str) -> None:
    sns.set_subscription_attributes(
        SubscriptionArn=subscription_arn, AttributeName=name, AttributeValue=value
    )


def _find_subscription(sns: Any, topic_arn: str, endpoint: str) -> Subscription | None:
    found = [s for s in _list_subscriptions(sns, topic_arn) if s.endpoint == endpoint]
    return found[0] if found else None


def _list_subscriptions(sns: Any, topic_arn: str) -> list[Subscription]:
    pages = sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic_arn)
    entries = [entry for page in pages for entry in page["Subscriptions"]]
    # A subscription that nobody confirmed has no ARN, and ends by itself.
    return [
        _read_subscription(sns, entry) for entry in entries if entry["SubscriptionArn"] != PENDING
    ]


def _read_subscription(sns: Any, entry: dict[str, str]) -> Subscription:
    answer = sns.get_subscription_attributes(SubscriptionArn=entry["SubscriptionArn"])
    attributes = answer["Attributes"]
    return Subscription(
        entry["SubscriptionArn"],
        entry["Protocol"],
        entry["Endpoint"],
        json.loads(attributes.get("FilterPolicy") or "null") or None,
        attributes.get("FilterPolicyScope", "MessageAttributes"),
        attributes.get("RawMessageDelivery", "false") == "true",
    )


def _read_tags(sns: Any, topic_arn: str) -> dict[str, str]:
    tags = sns.list_tags_for_resource(ResourceArn=topic_arn)["Tags"]
    return {tag["Key"]: tag["Value"] for tag in tags}
