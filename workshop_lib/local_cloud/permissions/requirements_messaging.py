"""Amazon SNS and SQS: which actions on which topics and queues a call needs.

Source: Service authorization reference, "… for Amazon SNS" and "… for Amazon SQS".
"""

from __future__ import annotations

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.permissions.calls import Call
from workshop_lib.local_cloud.permissions.contexts import ContextValue
from workshop_lib.local_cloud.permissions.requirements import (
    Requirement,
    ResourceFacts,
    Rule,
    on_everything,
    on_new,
    on_resource,
)

_TOPIC_ACTIONS = {
    **{operation: operation for operation in (
        "DeleteTopic", "GetTopicAttributes", "SetTopicAttributes", "ListSubscriptionsByTopic",
        "ConfirmSubscription", "AddPermission", "RemovePermission",
        "TagResource", "UntagResource", "ListTagsForResource",
    )},
    "PublishBatch": "Publish",
}  # fmt: skip
# These have a queue's name, all others its URL.
_NAMING_OPERATIONS = ("CreateQueue", "GetQueueUrl")
_SUBSCRIPTION_OPERATIONS = ("Unsubscribe", "GetSubscriptionAttributes", "SetSubscriptionAttributes")
# Operations on many messages need the action of one.
_QUEUE_ACTIONS = {
    **{operation: operation for operation in (
        "DeleteQueue", "GetQueueAttributes", "SetQueueAttributes", "SendMessage", "ReceiveMessage",
        "DeleteMessage", "ChangeMessageVisibility", "PurgeQueue", "GetQueueUrl",
        "ListDeadLetterSourceQueues", "ListQueueTags", "TagQueue", "UntagQueue", "AddPermission",
        "RemovePermission",
    )},
    "SendMessageBatch": "SendMessage",
    "DeleteMessageBatch": "DeleteMessage",
    "ChangeMessageVisibilityBatch": "ChangeMessageVisibility",
}  # fmt: skip


def queue_arn(call: Call) -> str:
    """Return the ARN of the queue that a call names, read as moto reads it.

    What follows the last slash of a QueueUrl is the name, whatever a URL would make of it; the path
    of the call, which moto would take where there is none, does not count.

    Raises:
        AwsError: MissingParameter, it names none.
    """
    parameter = "QueueName" if call.operation in _NAMING_OPERATIONS else "QueueUrl"
    name = str(call.get(parameter) or "")
    if not name:
        message = f"The request must contain the parameter {parameter}."
        raise AwsError("MissingParameter", message, 400)
    if name.startswith(("http://", "https://")):
        name = name.rpartition("/")[2]
    return f"arn:aws:sqs:{call.region}:{call.account_id}:{name}"


def _find_queue(call: Call, facts: ResourceFacts) -> tuple[str, ...]:
    return (queue_arn(call),)


def _find_topic(call: Call, facts: ResourceFacts) -> tuple[str, ...]:
    return (str(call.get("TopicArn") or call.get("ResourceArn")),)


def _publish(call: Call, facts: ResourceFacts) -> list[Requirement]:
    """Require each topic that is named: which of them is meant is for moto to say."""
    arns = [call.get("TopicArn"), call.get("TargetArn"), "*" if call.get("PhoneNumber") else None]
    named = [str(arn) for arn in arns if arn] or ["*"]
    return [Requirement("sns:Publish", (arn,), tagged=arn) for arn in named]


def _find_named_topic(call: Call, facts: ResourceFacts) -> tuple[str, ...]:
    return (f"arn:aws:sns:{call.region}:{call.account_id}:{call.get('Name')}",)


def _find_subscribed_topic(call: Call, facts: ResourceFacts) -> tuple[str, ...]:
    """A subscription's ARN is its topic's and an id."""
    return (str(call.get("SubscriptionArn")).rpartition(":")[0],)


def _subscribe(call: Call, facts: ResourceFacts) -> list[Requirement]:
    arn = str(call.get("TopicArn"))
    context: dict[str, ContextValue] = {"sns:Protocol": str(call.get("Protocol"))}
    if call.get("Endpoint"):
        context["sns:Endpoint"] = str(call.get("Endpoint"))
    return [Requirement("sns:Subscribe", (arn,), context, tagged=arn)]


def _list_topics(operation: str) -> Rule:
    return lambda call, facts: [
        Requirement(f"sns:{operation}", (f"arn:aws:sns:{call.region}:{call.account_id}:*",))
    ]


SNS_RULES: dict[str, Rule] = {
    "Publish": _publish,
    "Subscribe": _subscribe,
    **on_new("sns", "CreateTopic", _find_named_topic),
    **on_resource("sns", _find_topic, _TOPIC_ACTIONS),
    **on_resource("sns", _find_subscribed_topic, _SUBSCRIPTION_OPERATIONS),
    **{operation: _list_topics(operation) for operation in ("ListTopics", "ListSubscriptions")},
}

SQS_RULES: dict[str, Rule] = {
    **on_new("sqs", "CreateQueue", _find_queue, "TagQueue"),
    **on_resource("sqs", _find_queue, _QUEUE_ACTIONS),
    **on_everything("sqs", "ListQueues"),
}
