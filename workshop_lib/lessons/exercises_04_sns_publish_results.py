"""Lesson 4's exercises, questions and checkpoint."""

from __future__ import annotations

import json
import math
from copy import deepcopy
from typing import Any

from workshop_lib.aws import functions, roles, topics
from workshop_lib.checks.answers import document, listed, shorten, text
from workshop_lib.checks.callables import call_answer
from workshop_lib.checks.checkpoints import Requirement
from workshop_lib.checks.evidence import Evidence
from workshop_lib.checks.exercises import Exercise
from workshop_lib.checks.outcomes import WrongAnswerError, require
from workshop_lib.checks.policies import is_allowed, read_statements
from workshop_lib.checks.quizzes import Option, Quiz

LEAST_CONFIDENCE = 0.8

# The message in the envelope -------------------------------------------------------------------

CUP: dict[str, Any] = {
    "status": "ok",
    "name": "uploads/tasse d’été.jpg",
    "result": "cup",
    "confidence": 0.91,
}
NOTHING: dict[str, Any] = {
    "status": "error",
    "name": "uploads/note.jpg",
    "result": None,
    "error": "no picture",
}


def check_parse_message(answer: Any, evidence: Evidence) -> None:
    """Hold, by calling it, that the function returns the messages of all records."""
    topic_arn = evidence.names.topic_arn
    for messages, shown in (
        ([CUP], "an event of one record"),
        ([CUP, NOTHING], "an event of two records"),
    ):
        returned = call_answer(answer, _make_event(topic_arn, messages), shown=shown)
        _require_messages(returned, messages)


def _require_messages(returned: Any, messages: list[dict[str, Any]]) -> None:
    require(
        returned not in (messages[0], json.dumps(messages[0])),
        "Your function returns one message, and an event may hold several records.",
        'Return a list, with one message for each of event["Records"].',
    )
    require(
        isinstance(returned, list),
        f"Your function should return a list; it returned {shorten(returned)}.",
        'Return a list, with one message for each of event["Records"].',
    )
    _explain_entries(returned)
    require(
        len(returned) == len(messages),
        f"The event has {len(messages)} records, and your function returned {len(returned)}.",
        'Go through all of event["Records"], not only the first.',
    )
    require(
        returned == messages,
        f"The messages are others: {shorten(returned)}.",
        "Return each message as it was published, in the order of the records.",
    )


def _explain_entries(returned: list[Any]) -> None:
    require(
        not any(isinstance(entry, str) for entry in returned),
        "What your function returns is still text: JSON that nobody has parsed.",
        "Put json.loads( ) around each Message.",
    )
    require(
        not any(isinstance(entry, dict) and {"Sns", "Message"} & set(entry) for entry in returned),
        "Your function returns SNS's envelopes, with the messages still inside.",
        'A record\'s message is record["Sns"]["Message"], as text.',
    )


def _make_event(topic_arn: str, messages: list[dict[str, Any]]) -> dict[str, Any]:
    return {"Records": [_make_record(topic_arn, message) for message in messages]}


def _make_record(topic_arn: str, message: dict[str, Any]) -> dict[str, Any]:
    return {
        "EventSource": "aws:sns",
        "EventVersion": "1.0",
        "EventSubscriptionArn": f"{topic_arn}:check",
        "Sns": {
            "Type": "Notification",
            "MessageId": "check",
            "TopicArn": topic_arn,
            "Subject": None,
            "Message": json.dumps(message),
            "Timestamp": "2026-01-01T00:00:00.000Z",
            "MessageAttributes": {},
        },
    }


PARSE_MESSAGE = Exercise(
    name="parse-message",
    question=(
        "The function of lesson 5 gets an event from SNS. Write a function that takes the event "
        "and returns a list: the message of each record, parsed."
    ),
    hints=(
        'An event has a list event["Records"], and each record has the envelope under "Sns".',
        'record["Sns"]["Message"] is text. json.loads makes a dictionary of it.',
        'Return [json.loads(record["Sns"]["Message"]) for record in event["Records"]].',
    ),
    check=check_parse_message,
    why=(
        "The check called your function with one record and with two, with an accent and with a "
        "failed picture: JSON was parsed twice, once by Lambda and once by you."
    ),
)

# The publish call ------------------------------------------------------------------------------


RESULTS: tuple[dict[str, Any], ...] = (
    {"status": "ok", "name": "uploads/by-hand.jpg", "result": "cup", "confidence": 0.91},
    {"status": "error", "name": "uploads/note.jpg", "result": None, "confidence": 0.0},
)


class _Listener:
    """Takes the place of the SNS client, and keeps what it is asked to publish."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []

    def publish(self, *arguments: Any, **parameters: Any) -> dict[str, str]:
        if arguments:
            raise TypeError("publish() only accepts keyword arguments.")
        self.heard.append(parameters)
        return {"MessageId": "heard"}


def check_publish_call(answer: Any, evidence: Evidence) -> None:
    """Run the source's publish with two results, and look at what it would send."""
    source = text(answer, called="source")
    for result in RESULTS:
        parameters = _listen_to(source, result, evidence.names.topic_arn)
        _require_topic(parameters, evidence)
        _require_message(parameters.get("Message"), result)
        _require_attribute(parameters, "status", "String", str(result["status"]))
        _require_attribute(parameters, "confidence", "Number", str(result["confidence"]))


def _listen_to(source: str, result: dict[str, Any], topic_arn: str) -> dict[str, Any]:
    listener = _Listener()
    known: dict[str, Any] = {"json": json, "sns": listener, "TOPIC_ARN": topic_arn}
    try:
        exec(compile(source, "publish", "exec"), known)  # noqa: S102 - the learner's own kernel
        publish = known.get("publish")
        require(
            callable(publish),
            "The text defines no function publish.",
            "Its first line is def publish(message):, and the call stands indented below.",
        )
        publish(deepcopy(result))  # type: ignore[misc]
    except WrongAnswerError:
        raise
    # What a learner writes may raise anything, and may call exit().
    except (Exception, SystemExit) as error:
        raise WrongAnswerError(
            f"Python cannot run it: {type(error).__name__}, {shorten(error)}.",
            "The function knows json, sns, TOPIC_ARN and the message that it is given.",
        ) from error
    require(
        len(listener.heard) == 1,
        f"For one result it calls sns.publish {len(listener.heard)} times.",
        "Call sns.publish once in the function.",
    )
    return dict(document(listener.heard[0], called="call"))


def _require_topic(parameters: dict[str, Any], evidence: Evidence) -> None:
    arn = evidence.names.topic_arn
    given = parameters.get("TopicArn", parameters.get("TargetArn"))
    require(
        given is not None,
        "The parameters do not say where to publish.",
        "Add TopicArn=TOPIC_ARN.",
    )
    require(
        given == arn,
        f"TopicArn is {shorten(given)}, which is not your topic's ARN.",
        "Use TOPIC_ARN, which the handler reads from its environment: SNS wants the whole ARN.",
    )


def _require_message(given: Any, result: dict[str, Any]) -> None:
    require(given is not None, "There is no Message.", "Add Message=json.dumps(message).")
    require(
        isinstance(given, str),
        f"Message is {shorten(given)}, and SNS carries text only.",
        "Make text of the result: json.dumps(message).",
    )
    try:
        sent = json.loads(given)
    except ValueError as error:
        raise WrongAnswerError(
            "Message is text, but not JSON: no subscriber could parse it.",
            "str(message) writes it Python's way, with single quotes. Use json.dumps(message).",
        ) from error
    require(
        not isinstance(sent, str),
        "Message is JSON of JSON: a subscriber would have to parse it once more.",
        "Use json.dumps once.",
    )
    require(
        sent == result,
        "The message is not the whole result that the function was given.",
        "Publish `message` as it is; others rely on its fields.",
    )


def _require_attribute(parameters: dict[str, Any], name: str, kind: str, value: str) -> None:
    attributes = parameters.get("MessageAttributes") or {}
    attribute: Any = attributes.get(name) if isinstance(attributes, dict) else None
    shape = f'"{name}": {{"DataType": "{kind}", "StringValue": …}}'
    require(
        attribute is not None,
        f"There is no attribute {name} beside the message, so nobody can filter by it.",
        f"Add {shape} to MessageAttributes.",
    )
    require(
        isinstance(attribute, dict) and {"DataType", "StringValue"} <= set(attribute),
        f"The attribute {name} is {shorten(attribute)}; SNS wants its type and its value.",
        f"Write {shape}.",
    )
    require(
        isinstance(attribute["StringValue"], str),
        f"The StringValue of {name} is no text.",
        f'Even a number is written as text there: "StringValue": str(message["{name}"]).',
    )
    require(
        attribute["DataType"] == kind,
        f"The DataType of {name} is {shorten(attribute['DataType'])}, and should be {kind}.",
        f"Write {shape}. Only what is a Number can be compared with numbers by a filter.",
    )
    require(
        attribute["StringValue"] == value,
        f"The attribute {name} says {shorten(attribute['StringValue'])}, the message {value}.",
        f'Take it from the message: str(message["{name}"]).',
    )


PUBLISH_CALL = Exercise(
    name="publish-call",
    question=(
        "Write the source of publish(message), as a text: it calls sns.publish with the topic in "
        "TOPIC_ARN, the message as JSON, and the attributes status (String) and confidence "
        "(Number)."
    ),
    hints=(
        "Begin with def publish(message): and call sns.publish below, indented, as you did by "
        "hand above.",
        "Message is json.dumps(message). An attribute is a dictionary of DataType and StringValue, "
        "and StringValue is always text.",
        'MessageAttributes={"status": {"DataType": "String", "StringValue": message["status"]}, '
        '"confidence": {"DataType": "Number", "StringValue": str(message["confidence"])}}',
    ),
    check=check_publish_call,
    why=(
        "The check ran it for a picture and for a file that is none: the message is text that "
        "every subscriber can parse, and the two attributes let a filter decide without opening it."
    ),
)

# A filter --------------------------------------------------------------------------------------


def check_confident_filter(answer: Any, evidence: Evidence) -> None:
    """Hold that the reader's subscription lets confident results through, and only them."""
    policy = _find_filter(evidence)
    require(
        "confidence" in policy,
        f"The filter looks at {', '.join(policy) or 'nothing'}, and not at confidence.",
        "The filter's key is the attribute's name, in small letters: confidence.",
    )
    _explain_patterns(listed(policy["confidence"]))
    for confidence in (0.8, 0.81, 0.95, 1.0):
        require(
            _lets_through(policy, "ok", confidence),
            f"A result of confidence {confidence} does not come through.",
            "The bound itself belongs to it (>=), and confidence goes from 0 to 1.",
        )
    for confidence in (0.79, 0.4, 0.0):
        require(
            not _lets_through(policy, "ok", confidence),
            f"A result of confidence {confidence} still comes through.",
            'Compare with {"numeric": [">=", 0.8]}, and only with that.',
        )


def _find_filter(evidence: Evidence) -> dict[str, Any]:
    names = evidence.names
    topic = topics.describe_topic(evidence.client("sns"), names.topic_arn)
    queue_arn = names.queue_arn("reader")
    found = [s for s in (topic.subscriptions if topic else ()) if s.endpoint == queue_arn]
    require(
        bool(found),
        "The reader's queue is not subscribed to the topic.",
        "Run the cells of “A subscriber to listen with”, then this one.",
    )
    if not found[0].filter_policy:
        raise WrongAnswerError(
            "The reader's subscription has no filter: everything comes through.",
            "Write sns.set_subscription_attributes(…) for the dots, with "
            'AttributeName="FilterPolicy".',
        )
    return found[0].filter_policy


def _explain_patterns(patterns: list[Any]) -> None:
    require(
        not any(isinstance(pattern, str) for pattern in patterns),
        "A text in a filter is compared letter by letter; it is no condition.",
        'A comparison of numbers is written {"numeric": [">=", 0.8]}.',
    )
    require(
        not any(isinstance(pattern, int | float) for pattern in patterns),
        "A bare number lets only exactly this confidence through.",
        'A comparison of numbers is written {"numeric": [">=", 0.8]}.',
    )


def _lets_through(policy: dict[str, Any], status: str, confidence: float) -> bool:
    """Tell whether a result's attributes match a filter policy.

    Source: "Amazon SNS subscription filter policies" in its developer guide; every key must match,
    by one of its patterns.
    """
    values: dict[str, Any] = {"status": status, "confidence": confidence}
    return all(
        any(_matches(pattern, values.get(name)) for pattern in listed(patterns))
        for name, patterns in policy.items()
    )


def _matches(pattern: Any, value: Any) -> bool:
    if not isinstance(pattern, dict):
        return bool(pattern == value)
    if "numeric" in pattern:
        return _is_number(value) and _is_within(pattern["numeric"], value)
    if "exists" in pattern:
        return (value is not None) is pattern["exists"]
    if "anything-but" in pattern:
        return value is not None and value not in listed(pattern["anything-but"])
    raise WrongAnswerError(
        f"The check cannot judge the pattern {shorten(pattern)}.",
        'One pattern is enough: {"numeric": [">=", 0.8]}.',
    )


def _is_within(bounds: list[Any], value: float) -> bool:
    comparisons = {
        "=": value.__eq__,
        ">": value.__gt__,
        ">=": value.__ge__,
        "<": value.__lt__,
        "<=": value.__le__,
    }
    return all(
        comparisons[sign](float(bound))
        for sign, bound in zip(bounds[::2], bounds[1::2], strict=True)
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


CONFIDENT_FILTER = Exercise(
    name="confident-filter",
    question=(
        "The reader shall hear only results of a confidence of at least 0.8. Give its subscription "
        "that filter policy."
    ),
    hints=(
        "The call is sns.set_subscription_attributes, with SubscriptionArn, AttributeName and "
        "AttributeValue.",
        'The AttributeName is "FilterPolicy"; the value is a dictionary as JSON text. Under the '
        "attribute's name stands a list of patterns.",
        'json.dumps({"confidence": [{"numeric": [">=", 0.8]}]}), for the subscription '
        'subscription["SubscriptionArn"].',
    ),
    check=check_confident_filter,
    why=(
        "The check read the filter back from SNS and held results from 0 to 1 against it. SNS "
        "decides before it delivers: the reader is not even woken by the others."
    ),
)

EXERCISES = (PARSE_MESSAGE, PUBLISH_CALL, CONFIDENT_FILTER)

# Questions -------------------------------------------------------------------------------------

QUIZZES = (
    Quiz(
        name="one-more-listener",
        question=(
            "Next year a third function shall use the results, to write statistics. What do you "
            "change in reco-image?"
        ),
        options=(
            Option(
                "It publishes once more, for the new function",
                "It publishes once for everybody; SNS makes the copies.",
            ),
            Option(
                "Nothing at all",
                "The new function subscribes. Who publishes need not know who listens.",
            ),
            Option(
                "Its role, which must be allowed to call the new function",
                "It calls nobody. It is the new function that must let the topic in.",
            ),
        ),
        right="b",
    ),
    Quiz(
        name="silent-queue",
        question=(
            "sns.publish returns a MessageId, the queue is subscribed, and nothing arrives. Where "
            "do you look first?"
        ),
        options=(
            Option(
                "At the queue's policy, and at the subscription's filter",
                "Either turns a message away without a word to the publisher.",
            ),
            Option(
                "At the publisher's role",
                "It may publish, or there would be no MessageId but an error.",
            ),
            Option(
                "At the topic's encryption",
                "It protects messages while SNS holds them, and a queue gets them decrypted.",
            ),
        ),
        right="a",
    ),
    Quiz(
        name="message-twice",
        question="A subscriber gets the same result twice. What is wrong?",
        options=(
            Option(
                "Somebody subscribed it twice",
                "The same endpoint subscribed again is the same subscription.",
            ),
            Option(
                "SNS lost count, which is a fault to report",
                "SNS promises at least once, and keeps its promise.",
            ),
            Option(
                "Nothing; the subscriber has to bear it",
                "Delivery is at least once. The id in the message tells that it is the same.",
            ),
        ),
        right="c",
    ),
)

# Checkpoint ------------------------------------------------------------------------------------


def look_for_topic(evidence: Evidence) -> None:
    """See whether the topic stands."""
    topic = topics.describe_topic(evidence.client("sns"), evidence.names.topic_arn)
    require(
        topic is not None,
        f"There is no topic {evidence.names.topic}.",
        "Run the cells of “Build the topic”.",
    )


def look_for_address(evidence: Evidence) -> None:
    """See whether reco-image knows the topic."""
    name = evidence.names.function("reco-image")
    function = functions.describe_function(evidence.client("lambda"), name)
    if function is None:
        raise WrongAnswerError(f"There is no function {name}.", "lesson.catch_up() builds it.")
    require(
        function.environment.get("TOPIC_ARN") == evidence.names.topic_arn,
        f"{name} has no TOPIC_ARN, or another topic's: it publishes nothing.",
        "Run the cell that updates its environment, under “Let the function publish”.",
    )


def look_for_right(evidence: Evidence) -> None:
    """See whether reco-image's role may publish on the topic, and on no other."""
    again = "Run the cell of “Let the function publish” that puts the role's policy."
    role = roles.describe_role(evidence.client("iam"), evidence.names.role("reco-image"))
    if role is None:
        raise WrongAnswerError("There is no role for reco-image.", "lesson.catch_up() builds it.")
    statements = [s for policy in role.policies.values() for s in read_statements(policy)]
    topic_arn = evidence.names.topic_arn
    require(
        is_allowed(statements, "sns:Publish", topic_arn),
        "The role of reco-image may not publish on your topic.",
        again,
    )
    require(
        not is_allowed(statements, "sns:Publish", f"{topic_arn}-of-somebody-else"),
        "The role of reco-image may publish on other topics, too.",
        again,
    )


def look_for_leftovers(evidence: Evidence) -> None:
    """See whether what was broken on purpose is mended."""
    names, lambda_ = evidence.names, evidence.client("lambda")
    topic = topics.describe_topic(evidence.client("sns"), names.topic_arn)
    again = "Run the last cell of “A subscriber that fails” again."
    require(
        names.function_arn("reco-image")
        not in [s.endpoint for s in (topic.subscriptions if topic else ())],
        "reco-image is subscribed to its own results, and fails at each of them.",
        again,
    )
    retries = functions.describe_asynchronous_retries(lambda_, names.function("reco-image"))
    require(
        retries is None or retries.retries == 2,
        "reco-image's failed events are not tried again.",
        again,
    )


REQUIREMENTS = (
    Requirement("The topic of results stands", look_for_topic),
    Requirement("reco-image knows the topic's address", look_for_address),
    Requirement("Its role may publish there, and nowhere else", look_for_right),
    Requirement("What was broken on purpose is mended", look_for_leftovers),
)

HINTS = {
    "publish": (
        "sns.publish needs the topic's ARN and a text. Is `topic` there? Run “Build the topic”.",
        "MessageAttributes is a dictionary of dictionaries, each with DataType and StringValue.",
    ),
    "receive": (
        "Nothing arrives? The queue's policy must let the topic in; run the cell “queue” again.",
        "A filter on the subscription may turn the message away; run the cell “subscribe” again.",
    ),
}
