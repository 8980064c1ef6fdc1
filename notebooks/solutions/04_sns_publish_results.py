# %% [markdown]
# Lesson 4's solutions. Each block is the whole content of the notebook's cell of that name.

# %% setup
import json

from workshop_lib import open_lesson
from workshop_lib.aws import topics

lesson = open_lesson(4)
sns = lesson.client("sns")
topic = topics.ensure_topic(sns, lesson.names.topic, tags=lesson.tags)
subscription = sns.subscribe(
    TopicArn=topic.arn,
    Protocol="sqs",
    Endpoint=lesson.names.queue_arn("reader"),
    ReturnSubscriptionArn=True,
)


# %% exercise-parse-message
def read_messages(event):
    return [json.loads(record["Sns"]["Message"]) for record in event["Records"]]


lesson.check("parse-message", read_messages)

# %% exercise-publish-call
publish_source = """
def publish(message):
    sns.publish(
        TopicArn=TOPIC_ARN,
        Message=json.dumps(message),
        MessageAttributes={
            "status": {"DataType": "String", "StringValue": message["status"]},
            "confidence": {"DataType": "Number", "StringValue": str(message["confidence"])},
        },
    )
"""

lesson.check("publish-call", publish_source)

# %% exercise-confident-filter
stored_filter = sns.set_subscription_attributes(
    SubscriptionArn=subscription["SubscriptionArn"],
    AttributeName="FilterPolicy",
    AttributeValue=json.dumps({"confidence": [{"numeric": [">=", 0.8]}]}),
)

lesson.check("confident-filter", stored_filter)
