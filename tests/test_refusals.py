"""What AWS's refusals mean, in words."""

import httpx
import pytest
from boto3.exceptions import S3UploadFailedError
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    ReadTimeoutError,
    UnauthorizedSSOTokenError,
    WaiterError,
)

from workshop_lib.refusals import UNKNOWN, explain


def client_error(code, message="", operation="PutObject"):
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


def status_error(status, body="", **headers):
    request = httpx.Request("GET", "http://127.0.0.1:1/a?X-Amz-Signature=secret")
    response = httpx.Response(status, text=body, headers=headers, request=request)
    return httpx.HTTPStatusError("refused", request=request, response=response)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("AccessDenied", "no policy lets them"),
        ("NoSuchBucket", "There is no bucket"),
        ("ExpiredToken", "their time is over"),
        ("ExpiredTokenException", "their time is over"),
        ("BucketAlreadyExists", "Another account"),
        ("BucketAlreadyOwnedByYou", "it stands"),
        ("LimitExceededException", "quota"),
        ("TooManyRequestsException", "Too many calls"),
        ("ThrottlingException", "Too many calls"),
        ("ResourceNotFoundException", "does not exist"),
        ("ResourceConflictException", "exists already"),
        ("InvalidSignatureException", "another request"),
        ("SignatureDoesNotMatch", "another request"),
        ("ConditionalCheckFailedException", "condition"),
        ("ValidationException", "cannot be"),
        ("MissingAuthenticationTokenException", "no such route"),
        ("SomethingNew", UNKNOWN),
    ],
)
def test_the_common_codes_are_explained(code, words):
    """A code of AWS comes with what it means and what to do."""
    explanation = explain(client_error(code, "AWS's words"))

    assert words in explanation.meaning
    assert explanation.next_step
    assert ("AWS's words", "PutObject") == (explanation.said, explanation.where)


PREVENTED = "public policies are prevented by the BlockPublicPolicy setting"
NOT_ALLOWED = "because no identity-based policy allows the s3:GetObject action"


@pytest.mark.parametrize(
    ("code", "said", "words"),
    [
        ("AccessDenied", "Request has expired", "time is over"),
        ("AccessDenied", PREVENTED, "Block Public Access"),
        ("AccessDenied", NOT_ALLOWED, "none of the caller's"),
        ("AccessDenied", "with an explicit deny in a resource-based policy", "Deny"),
        ("NotImplemented", "The local cloud does not have tags of objects", "leaves out"),
        ("InvalidParameterValueException", "The local cloud does not have Java", "leaves out"),
        ("ResourceConflictException", "The statement id (s3) provided already exists.", "this id"),
        (
            "MalformedPolicy",
            "Action does not apply to any resource(s) in statement",
            "s3:ListBucket",
        ),
        ("MalformedPolicyDocument", 'Invalid principal in policy: "AWS":"anna"', "does not exist"),
        ("MalformedPolicy", "Invalid principal in policy", "does not exist"),
        ("MalformedPolicyDocument", "Syntax errors in policy.", "no policy of its kind"),
    ],
)
def test_one_code_has_several_meanings(code, said, words):
    """AWS's words decide where a code says too little."""
    assert words in explain(client_error(code, said)).meaning


def test_an_http_answer_is_read_as_s3_or_as_an_api_writes_it():
    """S3 answers XML, an API JSON and a header; the status is told, a signed query is not."""
    body = "<Error><Code>NoSuchKey</Code><Message>No such key.</Message></Error>"
    by_s3 = explain(status_error(404, body))
    named = {"x-amzn-errortype": "MissingAuthenticationTokenException:http://x"}
    by_api = explain(status_error(403, '{"message": "Missing"}', **named))
    bare = explain(status_error(502, "down"))

    assert ("NoSuchKey", "No such key.", "GET http://127.0.0.1:1/a · 404 Not Found") == (
        by_s3.code, by_s3.said, by_s3.where,
    )  # fmt: skip
    assert ("MissingAuthenticationTokenException", "Missing") == (by_api.code, by_api.said)
    assert ("502", "down") == (bare.code, bare.said)


NOWHERE = "http://127.0.0.1:1"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (EndpointConnectionError(endpoint_url=NOWHERE), "Nobody answers"),
        (ConnectionClosedError(endpoint_url=NOWHERE), "Nobody answers"),
        (httpx.ConnectError("refused"), "Nobody answers"),
        (ReadTimeoutError(endpoint_url=NOWHERE), "did not come in time"),
        (WaiterError("TableExists", "Max attempts exceeded", {}), "did not come in time"),
        (NoCredentialsError(), "there are none"),
        (UnauthorizedSSOTokenError(), "their time is over"),
        (ParamValidationError(report='Unknown parameter: "bucket"'), "did not even ask AWS"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_happens_before_an_answer_is_explained_too(error, words):
    """A refused connection, a lost one, no credentials, a wrong parameter: what it means."""
    explanation = explain(error)

    assert words in explanation.meaning
    assert explanation.next_step


def test_what_an_upload_hides_is_explained(application):
    """upload_file raises an error of its own; the refusal behind it is what counts."""
    with pytest.raises(S3UploadFailedError) as failed:
        application.client("s3").upload_file(__file__, "there-is-no-such-bucket", "a.txt")

    explanation = explain(failed.value)

    assert ("NoSuchBucket", "PutObject") == (explanation.code, explanation.where)
    assert "There is no bucket" in explanation.meaning


def test_other_errors_are_not_awss():
    """An error that has nothing to do with AWS is left as it is."""
    assert explain(ZeroDivisionError()) is None
