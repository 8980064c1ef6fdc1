"""Amazon SNS and SQS: which actions on which topics and queues a call needs.

Source: Service authorization reference, "… for Amazon SNS" and "… for Amazon SQS".
"""

from __future__ import annotations

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.permissions.calls import Call
from workshop_lib.local_cloud.permissions.requirements import (
    Requirement,
    Rule,
    on_everything,
    on_listing,
    on_new,
    on_resource,
)
from workshop_lib.local_cloud.permissions.resources import MotoResources

_TOPIC_OPERATIONS = (
    "DeleteTopic", "GetTopicAttributes", "SetTopicAttributes", "ListSubscriptionsByTopic",
    "Subscribe", "TagResource", "UntagResource", "ListTagsForResource",
)  # fmt: skip
_SUBSCRIPTION_OPERATIONS = ("Unsubscribe", "GetSubscriptionAttributes", "SetSubscriptionAttributes")
_QUEUE_OPERATIONS = (
    "DeleteQueue", "GetQueueAttributes", "SetQueueAttributes", "SendMessage", "ReceiveMessage",
    "DeleteMessage", "ChangeMessageVisibility", "PurgeQueue", "GetQueueUrl", "ListQueueTags",
    "TagQueue", "UntagQueue",
)  # fmt: skip
# These have a queue's name, all others its URL.
_NAMING_OPERATIONS = ("CreateQueue", "GetQueueUrl")


def _find_queue(call: Call) -> tuple[str, ...]:
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
    return (f"arn:aws:sqs:{call.region}:{call.account_id}:{name}",)


def _find_topic(call: Call) -> tuple[str, ...]:
    return (str(call.get("TopicArn") or call.get("ResourceArn")),)


def _find_named_topic(call: Call) -> tuple[str, ...]:
    return (f"arn:aws:sns:{call.region}:{call.account_id}:{call.get('Name')}",)


def _find_subscribed_topic(call: Call) -> tuple[str, ...]:
    """A subscription's ARN is its topic's and an id."""
    return (str(call.get("SubscriptionArn")).rpartition(":")[0],)


def _publish(call: Call, resources: MotoResources) -> list[Requirement]:
    """Require each topic that is named: which of them is meant is for moto to say."""
    named = [str(arn) for arn in (call.get("TopicArn"), call.get("TargetArn")) if arn] or ["*"]
    return [Requirement("sns:Publish", (arn,), tagged=arn) for arn in named]


SNS_RULES: dict[str, Rule] = {
    "Publish": _publish,
    **on_new("sns", "CreateTopic", _find_named_topic),
    **on_resource("sns", _find_topic, _TOPIC_OPERATIONS),
    **on_resource("sns", _find_subscribed_topic, _SUBSCRIPTION_OPERATIONS),
    **on_listing("sns", "arn:aws:sns:{region}:{account}:*", "ListTopics", "ListSubscriptions"),
}

SQS_RULES: dict[str, Rule] = {
    **on_new("sqs", "CreateQueue", _find_queue, "TagQueue"),
    **on_resource("sqs", _find_queue, _QUEUE_OPERATIONS),
    **on_everything("sqs", "ListQueues"),
}
