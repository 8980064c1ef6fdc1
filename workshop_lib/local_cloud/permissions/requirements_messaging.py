"""Amazon SNS and SQS: which actions on which topics and queues a call needs.

Source: Service authorization reference, "… for Amazon SNS" and "… for Amazon SQS".
"""

from __future__ import annotations

from urllib.parse import urlsplit

from workshop_lib.local_cloud.permissions.calls import Call
from workshop_lib.local_cloud.permissions.contexts import ContextValue
from workshop_lib.local_cloud.permissions.requirements import (
    Requirement,
    ResourceFacts,
    Rule,
    list_tag_keys,
    name_tag_keys,
    on_everything,
)

_TOPIC_ACTIONS = {
    "DeleteTopic": "DeleteTopic",
    "GetTopicAttributes": "GetTopicAttributes",
    "SetTopicAttributes": "SetTopicAttributes",
    "ListSubscriptionsByTopic": "ListSubscriptionsByTopic",
    "ConfirmSubscription": "ConfirmSubscription",
    "AddPermission": "AddPermission",
    "RemovePermission": "RemovePermission",
    "PublishBatch": "Publish",
}
_SUBSCRIPTION_OPERATIONS = ("Unsubscribe", "GetSubscriptionAttributes", "SetSubscriptionAttributes")
# Operations on many messages need the action of one.
_QUEUE_ACTIONS = {
    "DeleteQueue": "DeleteQueue",
    "GetQueueAttributes": "GetQueueAttributes",
    "SetQueueAttributes": "SetQueueAttributes",
    "SendMessage": "SendMessage",
    "SendMessageBatch": "SendMessage",
    "ReceiveMessage": "ReceiveMessage",
    "DeleteMessage": "DeleteMessage",
    "DeleteMessageBatch": "DeleteMessage",
    "ChangeMessageVisibility": "ChangeMessageVisibility",
    "ChangeMessageVisibilityBatch": "ChangeMessageVisibility",
    "PurgeQueue": "PurgeQueue",
    "GetQueueUrl": "GetQueueUrl",
    "ListDeadLetterSourceQueues": "ListDeadLetterSourceQueues",
    "ListQueueTags": "ListQueueTags",
    "AddPermission": "AddPermission",
    "RemovePermission": "RemovePermission",
}


def topic_arn_of(subscription_arn: str) -> str:
    """Return the topic of a subscription, whose ARN is the topic's and an id."""
    return subscription_arn.rpartition(":")[0]


def queue_arn(call: Call) -> str:
    """Return the ARN of the queue that a call names by URL or by name."""
    name = call.get("QueueName")
    if not name:
        name = urlsplit(str(call.get("QueueUrl") or "")).path.rstrip("/").rpartition("/")[2]
    return f"arn:aws:sqs:{call.region}:{call.account_id}:{name}"


def _on_topic(action: str) -> Rule:
    def rule(call: Call, facts: ResourceFacts) -> list[Requirement]:
        arn = str(call.get("TopicArn"))
        return [Requirement(f"sns:{action}", (arn,), tagged=arn)]

    return rule


def _create_topic(call: Call, facts: ResourceFacts) -> list[Requirement]:
    arn = f"arn:aws:sns:{call.region}:{call.account_id}:{call.get('Name')}"
    tags = list_tag_keys(call.get("Tags"))
    required = [Requirement("sns:CreateTopic", (arn,), tags)]
    if tags:
        required.append(Requirement("sns:TagResource", (arn,), tags))
    return required


def _publish(call: Call, facts: ResourceFacts) -> list[Requirement]:
    arn = str(call.get("TopicArn") or call.get("TargetArn") or "*")
    return [Requirement("sns:Publish", (arn,), tagged=arn)]


def _subscribe(call: Call, facts: ResourceFacts) -> list[Requirement]:
    arn = str(call.get("TopicArn"))
    context: dict[str, ContextValue] = {"sns:Protocol": str(call.get("Protocol"))}
    if call.get("Endpoint"):
        context["sns:Endpoint"] = str(call.get("Endpoint"))
    return [Requirement("sns:Subscribe", (arn,), context, tagged=arn)]


def _on_subscription(operation: str) -> Rule:
    def rule(call: Call, facts: ResourceFacts) -> list[Requirement]:
        arn = topic_arn_of(str(call.get("SubscriptionArn")))
        return [Requirement(f"sns:{operation}", (arn,), tagged=arn)]

    return rule


def _on_topic_tags(operation: str) -> Rule:
    def rule(call: Call, facts: ResourceFacts) -> list[Requirement]:
        arn = str(call.get("ResourceArn"))
        context = {**list_tag_keys(call.get("Tags")), **name_tag_keys(call.get("TagKeys"))}
        return [Requirement(f"sns:{operation}", (arn,), context, tagged=arn)]

    return rule


def _list_topics(operation: str) -> Rule:
    return lambda call, facts: [
        Requirement(f"sns:{operation}", (f"arn:aws:sns:{call.region}:{call.account_id}:*",))
    ]


def _on_queue(action: str) -> Rule:
    def rule(call: Call, facts: ResourceFacts) -> list[Requirement]:
        arn = queue_arn(call)
        return [Requirement(f"sqs:{action}", (arn,), tagged=arn)]

    return rule


def _create_queue(call: Call, facts: ResourceFacts) -> list[Requirement]:
    arn = queue_arn(call)
    tags = list_tag_keys(call.get("tags"))
    required = [Requirement("sqs:CreateQueue", (arn,), tags)]
    if tags:
        required.append(Requirement("sqs:TagQueue", (arn,), tags))
    return required


def _on_queue_tags(operation: str) -> Rule:
    def rule(call: Call, facts: ResourceFacts) -> list[Requirement]:
        arn = queue_arn(call)
        context = {**list_tag_keys(call.get("Tags")), **name_tag_keys(call.get("TagKeys"))}
        return [Requirement(f"sqs:{operation}", (arn,), context, tagged=arn)]

    return rule


SNS_RULES: dict[str, Rule] = {
    "CreateTopic": _create_topic,
    "Publish": _publish,
    "Subscribe": _subscribe,
    **{operation: _on_topic(action) for operation, action in _TOPIC_ACTIONS.items()},
    **{operation: _on_subscription(operation) for operation in _SUBSCRIPTION_OPERATIONS},
    **{
        operation: _on_topic_tags(operation)
        for operation in ("TagResource", "UntagResource", "ListTagsForResource")
    },
    **{operation: _list_topics(operation) for operation in ("ListTopics", "ListSubscriptions")},
}

SQS_RULES: dict[str, Rule] = {
    "CreateQueue": _create_queue,
    **{operation: _on_queue(action) for operation, action in _QUEUE_ACTIONS.items()},
    **{operation: _on_queue_tags(operation) for operation in ("TagQueue", "UntagQueue")},
    **on_everything("sqs", "ListQueues"),
}
