"""Asynchronous invocation: accepted at once, tried again, told of when it is given up."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.local_cloud.conftest import EVERYTHING

Client = Callable[..., Any]
Make = Callable[..., Any]

FAILS = (
    "import boto3, json, os\nsqs = boto3.client('sqs')\ndef handler(event, context):\n"
    "    sqs.send_message(QueueUrl=os.environ['QUEUE_URL'], MessageBody=json.dumps("
    "context.aws_request_id))\n    raise RuntimeError('always')\n"
)
WAITS_FOR_A_WORD = (
    "import boto3, json, os\nsqs = boto3.client('sqs')\ndef handler(event, context):\n"
    "    while 'Messages' not in sqs.receive_message(QueueUrl=event['gate'], WaitTimeSeconds=1):\n"
    "        pass\n"
    "    sqs.send_message(QueueUrl=os.environ['QUEUE_URL'], MessageBody=json.dumps(event))\n"
)


def send(client: Client, name: str, event: Any) -> dict[str, Any]:
    """Invoke a function asynchronously."""
    response: dict[str, Any] = client("lambda").invoke(
        FunctionName=name, InvocationType="Event", Payload=json.dumps(event)
    )
    return response


def test_an_event_is_accepted_at_once_and_arrives(
    client: Client, make_queue: Make, listener: Make
) -> None:
    """Invoke with Event answers 202 without waiting, and the function gets the payload.

    The function goes on only with a word that is sent after the answer.
    """
    gate = make_queue()
    function = listener(WAITS_FOR_A_WORD, Timeout=60)

    response = send(client, function.name, {"gate": gate.url})
    gate.sqs.send_message(QueueUrl=gate.url, MessageBody="go on")

    assert 202 == response["StatusCode"]
    assert [{"gate": gate.url}] == function.queue.bodies()


def test_a_failing_event_is_tried_three_times(client: Client, listener: Make) -> None:
    """Two retries by default, under the same request id."""
    function = listener(FAILS)

    send(client, function.name, {})
    seen = function.queue.all_bodies(3)

    assert 3 == len(seen)
    assert 1 == len(set(seen))


def test_what_is_given_up_goes_to_the_dead_letter_queue(
    client: Client, make_queue: Make, listener: Make
) -> None:
    """The dead letter is the event itself; id, code and message are its attributes."""
    letters = make_queue()
    function = listener(FAILS, DeadLetterConfig={"TargetArn": letters.arn})
    client("lambda").put_function_event_invoke_config(
        FunctionName=function.name, MaximumRetryAttempts=0
    )

    response = send(client, function.name, {"key": "cat.jpg"})
    (letter,) = letters.receive()

    attributes = letter["MessageAttributes"]
    assert {"key": "cat.jpg"} == json.loads(letter["Body"])
    request_id = response["ResponseMetadata"]["HTTPHeaders"]["x-amzn-requestid"]
    assert {"StringValue": request_id, "DataType": "String"} == attributes["RequestID"]
    assert {"StringValue": "200", "DataType": "Number"} == attributes["ErrorCode"]
    assert {"StringValue": "always", "DataType": "String"} == attributes["ErrorMessage"]
    configuration = client("lambda").get_function_configuration(FunctionName=function.name)
    assert {"TargetArn": letters.arn} == configuration["DeadLetterConfig"]


def test_a_dead_letter_queue_can_be_set_later_and_taken_away(
    client: Client, make_queue: Make, listener: Make
) -> None:
    """UpdateFunctionConfiguration keeps it; an empty target removes it."""
    letters, functions = make_queue(), client("lambda")
    function = listener(FAILS)

    functions.update_function_configuration(
        FunctionName=function.name, DeadLetterConfig={"TargetArn": letters.arn}
    )
    kept = functions.get_function_configuration(FunctionName=function.name)
    functions.update_function_configuration(
        FunctionName=function.name, DeadLetterConfig={"TargetArn": ""}
    )
    removed = functions.get_function_configuration(FunctionName=function.name)

    assert letters.arn == kept["DeadLetterConfig"]["TargetArn"]
    assert "DeadLetterConfig" not in removed


def test_an_on_failure_destination_gets_the_record(
    client: Client, make_queue: Make, listener: Make
) -> None:
    """The record has the request, the condition, the count, the response and its payload."""
    failed = make_queue()
    function = listener(FAILS)
    client("lambda").put_function_event_invoke_config(
        FunctionName=function.name,
        MaximumRetryAttempts=1,
        DestinationConfig={"OnFailure": {"Destination": failed.arn}},
    )

    send(client, function.name, {"n": 2})
    (record,) = failed.bodies()

    assert "1.0" == record["version"]
    context = record["requestContext"]
    assert "RetriesExhausted" == context["condition"]
    assert 2 == context["approximateInvokeCount"]
    assert f"{function.arn}:$LATEST" == context["functionArn"]
    assert {"n": 2} == record["requestPayload"]
    assert {
        "statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled",
    } == record["responseContext"]  # fmt: skip
    assert "always" == record["responsePayload"]["errorMessage"]


def test_a_new_invoke_configuration_replaces_the_old_one(
    client: Client, make_function: Make
) -> None:
    """What the second does not say is as it is by default."""
    functions = client("lambda")
    name = make_function("def handler(event, context):\n    return 1\n")

    functions.put_function_event_invoke_config(FunctionName=name, MaximumRetryAttempts=0)
    functions.put_function_event_invoke_config(FunctionName=name, MaximumEventAgeInSeconds=60)
    read = functions.get_function_event_invoke_config(FunctionName=name)

    assert "MaximumRetryAttempts" not in read
    assert 60 == read["MaximumEventAgeInSeconds"]


def test_nothing_runs_with_a_reservation_of_nought(
    client: Client, make_queue: Make, listener: Make
) -> None:
    """The event goes to the dead-letter queue without an attempt."""
    letters = make_queue()
    function = listener(DeadLetterConfig={"TargetArn": letters.arn})
    client("lambda").put_function_concurrency(
        FunctionName=function.name, ReservedConcurrentExecutions=0
    )

    send(client, function.name, {"n": 3})

    assert [{"n": 3}] == letters.bodies()
    assert [] == function.queue.receive(seconds=0.5)


def test_throttled_events_wait_and_all_arrive(client: Client, listener: Make) -> None:
    """With one execution at a time, events sent together are all delivered."""
    code = FAILS.replace("    raise RuntimeError('always')\n", "    import time; time.sleep(0.1)\n")
    function = listener(code)
    client("lambda").put_function_concurrency(
        FunctionName=function.name, ReservedConcurrentExecutions=1
    )

    for number in range(4):
        send(client, function.name, {"n": number})

    assert 4 == len(set(function.queue.bodies(count=4)))


def test_a_role_that_may_not_send_loses_the_letter(
    client: Client, make_queue: Make, listener: Make
) -> None:
    """Dead letters are sent with the function's role; once it may not, they are lost."""
    iam = client("iam")
    trust = iam.get_role(RoleName="function-tests")["Role"]["AssumeRolePolicyDocument"]
    role = iam.create_role(RoleName="no-letters", AssumeRolePolicyDocument=json.dumps(trust))
    named = {"RoleName": "no-letters", "PolicyName": "all"}
    iam.put_role_policy(**named, PolicyDocument=json.dumps(EVERYTHING))
    letters = make_queue()
    function = listener(
        "def handler(event, context):\n    raise ValueError\n",
        Role=role["Role"]["Arn"],
        DeadLetterConfig={"TargetArn": letters.arn},
    )
    client("lambda").put_function_event_invoke_config(
        FunctionName=function.name, MaximumRetryAttempts=0
    )
    iam.delete_role_policy(**named)

    send(client, function.name, {})

    assert [] == letters.receive(seconds=1.5)


@pytest.mark.parametrize("way", ["lambda", "sqs-and-s3"])
def test_a_loop_is_stopped(client: Client, listener: Make, bucket: str, way: str) -> None:
    """A function that causes its own next invocation is stopped after 16 passes."""
    again = {
        "lambda": "boto3.client('lambda').invoke(FunctionName=context.function_name, "
        "InvocationType='Event', Payload=b'{}')",
        "sqs-and-s3": f"boto3.client('s3').put_object(Bucket='{bucket}', "
        "Key=context.aws_request_id, Body=b'x')",
    }[way]
    code = (
        "import boto3, json, os\nsqs = boto3.client('sqs')\ndef handler(event, context):\n"
        "    sqs.send_message(QueueUrl=os.environ['QUEUE_URL'], MessageBody='1')\n"
        f"    {again}\n"
    )
    function = listener(code)
    if way != "lambda":
        client("lambda").add_permission(
            FunctionName=function.name, StatementId="s3", Action="lambda:InvokeFunction",
            Principal="s3.amazonaws.com", SourceArn=f"arn:aws:s3:::{bucket}",
        )  # fmt: skip
        client("s3").put_bucket_notification_configuration(
            Bucket=bucket,
            NotificationConfiguration={
                "LambdaFunctionConfigurations": [
                    {"LambdaFunctionArn": function.arn, "Events": ["s3:ObjectCreated:*"]}
                ]
            },
        )

    send(client, function.name, {})

    assert 16 == len(function.queue.all_bodies(16))
