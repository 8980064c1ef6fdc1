"""What CloudWatch Logs finds by a pattern, and what it refuses."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

Client = Callable[..., Any]
GROUP, STREAM = "/aws/lambda/found-by-pattern", "2026/01/01/[$LATEST]one"
LINES = {
    "start": "START RequestId: 1 Version: $LATEST",
    "error": "[ERROR] KeyError: 'Records'",
    "both": "ERROR and WARN together",
    "bad": '{"level": "ERROR", "took": 5, "at": {"x": [1, 2]}, "done": false}',
    "good": '{"level": "INFO", "took": 50.5, "at": null, "done": true}',
    "report": "REPORT Duration: 5.0 ms Init Duration: 2.0 ms",
}


@pytest.fixture(scope="module")
def logs(client: Client) -> Iterator[Any]:
    """A client, and a group whose stream holds the lines; gone at the end."""
    made = client("logs")
    made.create_log_group(logGroupName=GROUP)
    made.create_log_stream(logGroupName=GROUP, logStreamName=STREAM)
    now = int(time.time() * 1000)
    events = [{"timestamp": now + n, "message": line} for n, line in enumerate(LINES.values())]
    made.put_log_events(logGroupName=GROUP, logStreamName=STREAM, logEvents=events)
    yield made
    made.delete_log_group(logGroupName=GROUP)


def find(logs: Any, pattern: str, **further: Any) -> list[str]:
    """Return the names of the lines that a pattern finds."""
    names = {line: name for name, line in LINES.items()}
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=GROUP, filterPattern=pattern, **further
    )
    return [names[event["message"]] for page in pages for event in page["events"]]


def refusal(call: Callable[..., Any], **parameters: Any) -> tuple[str, str]:
    """Return code and sentence of a refusal."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("", list(LINES)),
        ("ERROR", ["error", "both", "bad"]),
        ("error", []),
        ("ERROR WARN", ["both"]),
        ("ERROR -WARN", ["error", "bad"]),
        ("-ERROR", ["start", "good", "report"]),
        ("?WARN ?INFO", ["both", "good"]),
        ("?INFO WARN", ["both"]),
        ('"[ERROR]"', ["error"]),
        ('"Init Duration"', ["report"]),
        ('ERROR -"KeyError: \'"', ["both", "bad"]),
        (r'"\"level\": \"INFO\""', ["good"]),
    ],
)
def test_terms(logs: Any, pattern: str, names: list[str]) -> None:
    """Terms are all needed, or any with ?, or none with -; quotes keep a phrase together."""
    assert names == find(logs, pattern)


@pytest.mark.parametrize("pattern", ["key=value", '"open'])
def test_a_pattern_that_is_none(logs: Any, pattern: str) -> None:
    """What is not a pattern is refused, not taken for one that finds everything."""
    code, sentence = refusal(logs.filter_log_events, logGroupName=GROUP, filterPattern=pattern)
    assert "InvalidParameterException" == code
    assert sentence.startswith("Invalid filter pattern")


@pytest.mark.parametrize("pattern", ["[ip, user]", '{ $.level = "ERROR" }', "%ERR.*%"])
def test_a_pattern_that_is_left_out(logs: Any, pattern: str) -> None:
    """A pattern that AWS has, and nobody here would follow, is refused with a sentence."""
    code, sentence = refusal(logs.filter_log_events, logGroupName=GROUP, filterPattern=pattern)
    assert "NotImplemented" == code
    assert "Filter patterns are of terms here" in sentence


def test_events_come_in_pages(logs: Any) -> None:
    """Page by page each event comes once, in the order of time."""
    assert list(LINES) == find(logs, "", PaginationConfig={"PageSize": 4})


@pytest.mark.parametrize("days", [0, 2, 8, 3654])
def test_a_retention_that_there_is_not(logs: Any, days: int) -> None:
    """Events are kept for one of AWS's periods, and others are refused."""
    code, _ = refusal(logs.put_retention_policy, logGroupName=GROUP, retentionInDays=days)
    logs.put_retention_policy(logGroupName=GROUP, retentionInDays=7)
    (group,) = logs.describe_log_groups(logGroupNamePrefix=GROUP)["logGroups"]

    assert "InvalidParameterException" == code
    assert 7 == group["retentionInDays"]


def test_groups_and_streams_are_named_as_they_are(logs: Any) -> None:
    """A name that cannot be, a stream that is not there, and one that is, are told apart."""
    group = refusal(logs.create_log_group, logGroupName="a group")
    stream = refusal(logs.create_log_stream, logGroupName=GROUP, logStreamName="a:b")
    absent = refusal(logs.get_log_events, logGroupName=GROUP, logStreamName="nobodys")
    present = refusal(logs.create_log_stream, logGroupName=GROUP, logStreamName=STREAM)
    nowhere = refusal(logs.filter_log_events, logGroupName="/nowhere")
    by_pattern = refusal(logs.describe_log_groups, logGroupNamePattern="found")

    assert ["InvalidParameterException"] * 2 == [group[0], stream[0]]
    assert ("ResourceNotFoundException", "The specified log stream does not exist.") == absent
    assert (
        "ResourceAlreadyExistsException",
        "The specified log stream already exists",
    ) == present
    assert ("ResourceNotFoundException", "The specified log group does not exist.") == nowhere
    assert "NotImplemented" == by_pattern[0]
