"""What only AWS answers, now and then: a server that speaks AWS's words, one after the other."""

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from workshop_lib.aws import functions, queues, rest_apis
from workshop_lib.errors import ResourceNotReadyError

DELETED_RECENTLY = (
    400,
    {"__type": "com.amazonaws.sqs#QueueDeletedRecently", "message": "Wait 60 seconds."},
    {"x-amzn-query-error": "AWS.SimpleQueueService.QueueDeletedRecently;Sender"},
)
NO_QUEUE = (
    400,
    {"__type": "com.amazonaws.sqs#QueueDoesNotExist", "message": "There is none."},
    {"x-amzn-query-error": "AWS.SimpleQueueService.NonExistentQueue;Sender"},
)
TOO_MANY = (429, {"message": "Too Many Requests"}, {"x-amzn-errortype": "TooManyRequestsException"})
NO_RIGHT_TO_SEND = (
    400,
    {"message": "The function's execution role does not have permissions to call SendMessage."},
    {"x-amzn-errortype": "InvalidParameterValueException"},
)
NOT_SET = (404, {"message": "No."}, {"x-amzn-errortype": "ResourceNotFoundException"})


@pytest.fixture
def client(server):
    def make(service):
        return boto3.client(
            service,
            region_name="us-east-1",
            endpoint_url=f"http://127.0.0.1:{server.server_port}",
            aws_access_key_id="AKIDEXAMPLE",
            aws_secret_access_key="example",
            config=Config(retries={"total_max_attempts": 1}, proxies={}),
        )

    return make


def test_a_queue_deleted_a_moment_ago_is_made_as_soon_as_sqs_lets(server, client, monkeypatch):
    """While SQS keeps the name of a deleted queue, making it is tried again."""
    monkeypatch.setattr(queues, "RECREATION_PAUSES_SECONDS", (0, 0, 0))
    url = {"QueueUrl": f"http://127.0.0.1:{server.server_port}/123456789012/q"}
    attributes = {
        "QueueArn": "arn:aws:sqs:us-east-1:123456789012:q",
        "ApproximateNumberOfMessages": "0",
        "ApproximateNumberOfMessagesNotVisible": "0",
    }
    described = [(200, url, {}), (200, {"Attributes": attributes}, {}), (200, {"Tags": {}}, {})]
    server.answers.extend(
        [NO_QUEUE, DELETED_RECENTLY, DELETED_RECENTLY, (200, url, {}), *described, *described[1:]]
    )

    made = queues.ensure_queue(client("sqs"), "q", tags={})

    assert "q" == made.name
    assert 3 == server.requests.count("CreateQueue")


def test_a_queue_that_sqs_refuses_too_long_is_an_error(server, client, monkeypatch):
    """When the name stays refused, the error tells of the 60 seconds."""
    monkeypatch.setattr(queues, "RECREATION_PAUSES_SECONDS", (0, 0))
    server.answers.extend([NO_QUEUE, DELETED_RECENTLY])

    with pytest.raises(ResourceNotReadyError, match="60 seconds"):
        queues.ensure_queue(client("sqs"), "q", tags={})


def test_deleting_an_api_waits_its_turn(server, client, monkeypatch):
    """AWS deletes one API in 30 seconds: the call is tried again until it is taken."""
    monkeypatch.setattr(rest_apis.apis, "DELETION_PAUSES_SECONDS", (0, 0, 0))
    server.answers.extend([TOO_MANY, TOO_MANY, (202, {}, {})])

    rest_apis.delete_api(client("apigateway"), "abc")

    assert ["DELETE /restapis/abc"] * 3 == server.requests


def test_deleting_an_api_gives_up_with_a_next_step(server, client, monkeypatch):
    """When it is never taken, the error says why, and to run it again."""
    monkeypatch.setattr(rest_apis.apis, "DELETION_PAUSES_SECONDS", (0, 0))
    server.answers.append(TOO_MANY)

    with pytest.raises(ResourceNotReadyError, match="Run this again"):
        rest_apis.delete_api(client("apigateway"), "abc")


def test_a_right_that_spreads_slowly_is_waited_for(server, client, monkeypatch):
    """While Lambda does not see the role's right to send, the destination is set again."""
    monkeypatch.setattr(functions.patience, "PAUSES_SECONDS", (0, 0, 0))
    server.answers.extend([NOT_SET, NO_RIGHT_TO_SEND, NO_RIGHT_TO_SEND, (200, {}, {})])

    functions.set_asynchronous_retries(
        client("lambda"), "f", retries=1, failure_destination_arn="arn:aws:sqs:r:a:q"
    )

    assert 4 == len(server.requests)


def test_another_refusal_is_not_repeated(server, client):
    """An error that time does not heal is passed on at once."""
    refused = (403, {"message": "No."}, {"x-amzn-errortype": "AccessDeniedException"})
    server.answers.extend([NOT_SET, refused])

    with pytest.raises(ClientError, match="AccessDenied"):
        functions.set_asynchronous_retries(client("lambda"), "f", retries=1)

    assert 2 == len(server.requests)
