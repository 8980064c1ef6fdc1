"""What SNS refuses is refused here with AWS's status, code and sentence."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conformance.conftest import Refusal, Shell, read_refusal

ARN = "arn:aws:sns:us-east-1:123456789012"
TOPIC, NONE = f"{ARN}:topic-that-stands", f"{ARN}:topic-nobody-has"
QUEUE = "arn:aws:sqs:us-east-1:123456789012:queue-of-topics"
SUBSCRIPTION = f"{TOPIC}:00000000-0000-0000-0000-000000000000"
REASON = "Attributes Reason: "


def invalid(reason: str) -> Refusal:
    return Refusal(400, "InvalidParameter", f"Invalid parameter: {reason}")


def no_arn(member: str, count: int = 1) -> Refusal:
    return invalid(f"{member} Reason: An ARN must have at least 6 elements, not {count}")


def no_value(sentence: str) -> Refusal:
    return Refusal(400, "ParameterValueInvalid", sentence)


def empty(data_type: str) -> Refusal:
    return no_value(
        "The message attribute 'a' must contain non-empty message attribute value for message "
        f"attribute type '{data_type}'."
    )


def other_field(data_type: str, field: str) -> Refusal:
    what = f"with type '{data_type}' must use field '{field}'."
    return no_value(f"The message attribute 'a' {what}")


def character(code: str) -> Refusal:
    return no_value(
        f"Invalid non-alphanumeric character '{code}' was found in the message attribute name. Can "
        "only include alphanumeric characters, hyphens, underscores, or dots."
    )


TOPIC_ABSENT = Refusal(404, "NotFound", "Topic does not exist")
SUBSCRIPTION_ABSENT = Refusal(404, "NotFound", "Subscription does not exist")

CALLS: list[tuple[str, dict[str, Any], Refusal]] = [
    ("get_topic_attributes", {"TopicArn": NONE}, TOPIC_ABSENT),
    ("get_topic_attributes", {"TopicArn": "topic"}, no_arn("TopicArn")),
    ("publish", {"TopicArn": "arn:aws:sns", "Message": "x"}, no_arn("TopicArn", 3)),
    ("publish", {"TargetArn": "topic", "Message": "x"}, no_arn("TargetArn")),
    ("publish", {"TopicArn": NONE, "Message": "x"}, TOPIC_ABSENT),
    ("publish", {"TopicArn": TOPIC, "Message": ""}, invalid("Empty message")),
    ("publish", {"TopicArn": TOPIC, "Message": "x", "Subject": "a\nb"}, invalid("Subject")),
    ("publish", {"TopicArn": TOPIC, "Message": "x", "Subject": "a\tb"}, invalid("Subject")),
    (
        "set_topic_attributes",
        {"TopicArn": TOPIC, "AttributeName": "Policy", "AttributeValue": "{"},
        invalid("Policy Error: null"),
    ),
    (
        "tag_resource",
        {"ResourceArn": TOPIC, "Tags": [{"Key": "a", "Value": one} for one in "xy"]},
        invalid("Duplicated keys are not allowed."),
    ),
    ("unsubscribe", {"SubscriptionArn": "none"}, no_arn("SubscriptionArn")),
    ("unsubscribe", {"SubscriptionArn": "arn:aws:sns:us-east-1:x"}, no_arn("SubscriptionArn", 5)),
    ("get_subscription_attributes", {"SubscriptionArn": SUBSCRIPTION}, SUBSCRIPTION_ABSENT),
    (
        "set_subscription_attributes",
        {
            "SubscriptionArn": SUBSCRIPTION,
            "AttributeName": "RawMessageDelivery",
            "AttributeValue": "true",
        },
        SUBSCRIPTION_ABSENT,
    ),
]
# One attribute of a message, and what is wrong with it.
ATTRIBUTES: list[tuple[str, dict[str, Any], Refusal]] = [
    (
        "a",
        {"DataType": "Text", "StringValue": "x"},
        no_value(
            "The message attribute 'a' has an invalid message attribute type, the set of supported "
            "type prefixes is Binary, Number, and String."
        ),
    ),
    ("a", {"DataType": "String", "StringValue": ""}, empty("String")),
    ("a", {"DataType": "String.Colour"}, empty("String.Colour")),
    ("a", {"DataType": "String", "BinaryValue": b"x"}, other_field("String", "String")),
    ("a", {"DataType": "Number", "BinaryValue": b"1"}, other_field("Number", "String")),
    ("a", {"DataType": "Binary", "StringValue": "x"}, other_field("Binary", "Binary")),
    (
        "a",
        {"DataType": "Number", "StringValue": "one"},
        no_value("Could not cast message attribute 'a' value to number."),
    ),
    (
        "a",
        {"StringValue": "x"},
        Refusal(
            400,
            "ValidationError",
            "1 validation error detected: Value null at 'messageAttributes.a.member.dataType' "
            "failed to satisfy constraint: Member must not be null",
        ),
    ),
]
NAMES: list[tuple[str, Refusal]] = [
    ("a^b", character("#x5E")),
    ("a b", character("#x20")),
    (".a", no_value("Invalid message attribute name starting with character '.' was found.")),
    ("a.", no_value("Invalid message attribute name ending with character '.' was found.")),
    ("a..b", no_value("Message attribute name can not have successive '.' character.")),
    ("a" * 257, no_value("Length of message attribute name must be less than 256 bytes.")),
]
# An attribute of a subscription, and why it is refused; SNS adds a line and column to some.
SUBSCRIPTION_ATTRIBUTES: list[tuple[str, Any, str]] = [
    ("RawMessageDelivery", "perhaps",
     "RawMessageDelivery: Invalid value [perhaps]. Must be true or false."),
    ("FilterPolicyScope", "Body",
     "FilterPolicyScope: Invalid value [Body]. Please use either MessageBody or MessageAttributes"),
    ("RedrivePolicy", {"deadLetterTargetArn": "queue"},
     "RedrivePolicy: deadLetterTargetArn is an invalid arn"),
    ("RedrivePolicy", "{", "RedrivePolicy: failed to parse JSON."),
    ("FilterPolicy", "{", "FilterPolicy: failed to parse JSON."),
    ("FilterPolicy", {"a": "x"}, 'FilterPolicy: "a" must be an object or an array'),
    ("FilterPolicy", {"a": []}, "FilterPolicy: Empty arrays are not allowed"),
    ("FilterPolicy", {"a": {"b": ["x"]}},
     "Filter policy scope MessageAttributes does not support nested filter policy"),
    ("FilterPolicy", {key: ["x"] for key in "abcdef"},
     "FilterPolicy: Filter policy can not have more than 5 keys"),
    ("FilterPolicy", {"a": [str(one) for one in range(151)]},
     "FilterPolicy: Filter policy is too complex"),
    ("FilterPolicy", {"a": [["x"]]},
     "FilterPolicy: Match value must be String, number, true, false, or null"),
    ("FilterPolicy", {"a": [{"exists": None}]},
     "FilterPolicy: exists match pattern must be either true or false."),
    ("FilterPolicy", {"a": [{"like": "x"}]}, "FilterPolicy: Unrecognized match type like"),
    ("FilterPolicy", {"a": [{"prefix": "x", "suffix": "y"}]},
     "FilterPolicy: Only one key allowed in match expression"),
    ("FilterPolicy", {"a": [{"suffix": 1}]}, "FilterPolicy: suffix match pattern must be a string"),
    ("FilterPolicy", {"a": [{"numeric": ["<", "1"]}]}, "FilterPolicy: Value of < must be numeric"),
    ("FilterPolicy", {"a": [{"numeric": ["about", 1]}]},
     "FilterPolicy: Unrecognized numeric range operator: about"),
    ("FilterPolicy", {"a": [{"numeric": [">", 2, "<", 1]}]},
     "FilterPolicy: Bottom must be less than top"),
]  # fmt: skip


@pytest.fixture(scope="module")
def sns(shell: Shell) -> Any:
    """SNS with a topic, TOPIC."""
    client = shell.client("sns")
    client.create_topic(Name=TOPIC.rpartition(":")[2])
    return client


@pytest.mark.parametrize(("operation", "parameters", "expected"), CALLS)
def test_a_call_that_is_refused(
    sns: Any, operation: str, parameters: dict[str, Any], expected: Refusal
) -> None:
    """What is not there or no ARN, and what cannot be published."""
    assert expected == read_refusal(getattr(sns, operation), **parameters)


def test_unsubscribing_twice(sns: Any) -> None:
    """A subscription that is not there is no error, as long as it is an ARN."""
    sns.unsubscribe(SubscriptionArn=SUBSCRIPTION)


@pytest.mark.parametrize(("name", "attribute", "expected"), ATTRIBUTES)
def test_an_attribute_that_cannot_be(
    sns: Any, name: str, attribute: dict[str, Any], expected: Refusal
) -> None:
    """A message's attribute has a type, and a value in the field of its type."""
    attributes = {name: attribute}
    assert expected == read_refusal(
        sns.publish, TopicArn=TOPIC, Message="x", MessageAttributes=attributes
    )


@pytest.mark.parametrize(("name", "expected"), NAMES)
def test_a_name_that_cannot_be(sns: Any, name: str, expected: Refusal) -> None:
    """The names of a message's attributes have rules of their own."""
    attributes = {name: {"DataType": "String", "StringValue": "x"}}
    assert expected == read_refusal(
        sns.publish, TopicArn=TOPIC, Message="x", MessageAttributes=attributes
    )


@pytest.mark.parametrize(("name", "value", "reason"), SUBSCRIPTION_ATTRIBUTES)
def test_a_subscription_that_cannot_be(sns: Any, name: str, value: Any, reason: str) -> None:
    """A subscription whose attributes are wrong is not made."""
    text = value if isinstance(value, str) else json.dumps(value)
    assert invalid(f"{REASON}{reason}") == read_refusal(
        sns.subscribe, TopicArn=TOPIC, Protocol="sqs", Endpoint=QUEUE, Attributes={name: text}
    )
    assert [] == sns.list_subscriptions_by_topic(TopicArn=TOPIC)["Subscriptions"]


def test_an_attribute_of_a_subscription(sns: Any) -> None:
    """Of one that stands, the sentence goes without the parameter's name."""
    made = sns.subscribe(TopicArn=TOPIC, Protocol="sqs", Endpoint=QUEUE)["SubscriptionArn"]

    def change(name: str, value: str) -> Refusal:
        return read_refusal(
            sns.set_subscription_attributes,
            SubscriptionArn=made, AttributeName=name, AttributeValue=value,
        )  # fmt: skip

    raw = "RawMessageDelivery: Invalid value [x]. Must be true or false."
    assert invalid(raw) == change("RawMessageDelivery", "x")
    assert invalid("AttributeName") == change("Colour", "red")
    nested = "Filter policy scope MessageAttributes does not support nested filter policy"
    assert invalid(nested) == change("FilterPolicy", '{"a": {"b": ["x"]}}')
    sns.unsubscribe(SubscriptionArn=made)
