"""The calls under a cell."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from workshop_lib.cloud import ApiCall
from workshop_lib.ui.calls import CallsSite, CallsView

ARN = "arn:aws:sns:us-east-1:210987654321:t"


def call(**changes: Any) -> ApiCall:
    """A call that went well."""
    fields: dict[str, Any] = {
        "service": "s3",
        "operation": "HeadBucket",
        "parameters": {"Bucket": "b"},
        "status": 200,
        "milliseconds": 12.4,
        "request_id": "REQUEST1",
        "error_code": None,
        "started_at": datetime(2026, 11, 23, tzinfo=UTC),
    }
    return ApiCall(**(fields | changes))


def test_a_call_shows_all_that_matters() -> None:
    """Service, operation, parameters, status, milliseconds, request id, CLI line: all are there."""
    html = CallsView([call()]).to_html()

    for part in ("S3", "HeadBucket", "&#34;Bucket&#34;: &#34;b&#34;", "200", "12", "REQUEST1"):
        assert part in html
    assert "aws s3api head-bucket --bucket b" in html


def test_a_refused_call_is_said_in_words() -> None:
    """A refusal is counted in the headline and named by its code."""
    later = call().started_at + timedelta(seconds=1)
    view = CallsView([call(), call(status=403, error_code="AccessDenied", started_at=later)])

    assert view.to_text().startswith("2 calls to AWS, 1 refused, 25 ms\n")
    assert "403 AccessDenied" in view.to_text()


def test_a_look_for_what_is_not_there_is_no_refusal() -> None:
    """What `ensure_…` asks before it builds alarms nobody: it found nothing, and that is said."""
    codes = ("404", "NoSuchBucketPolicy", "ResourceNotFoundException", "AccessDenied")
    calls = [call(status=404, error_code=code, milliseconds=0.0) for code in codes]

    view = CallsView([call(milliseconds=0.0), *calls])

    assert view.to_text().startswith("5 calls to AWS, 3 found nothing, 1 refused, 0 ms\n")


def test_calls_made_side_by_side_do_not_add_up() -> None:
    """The headline tells how long one waited: the parts of an upload go at the same time."""
    later = call().started_at + timedelta(milliseconds=900)
    parts = [call(milliseconds=1000.0) for _ in range(5)]

    view = CallsView([*parts, call(milliseconds=600.0, started_at=later)])

    assert view.to_text().startswith("6 calls to AWS, 1,500 ms\n")


def test_a_call_without_an_answer_says_so() -> None:
    """Where the connection failed there is no status to show."""
    refused = call(status=0, error_code="EndpointConnectionError", request_id="")

    assert "no answer EndpointConnectionError" in CallsView([refused]).to_text()


def test_no_calls_are_no_table() -> None:
    """A cell that asked nothing of AWS shows no empty table."""
    assert "0 calls to AWS, 0 ms" == CallsView([]).to_text()
    assert "<table" not in CallsView([]).to_html()


def test_many_calls_are_bounded_and_counted() -> None:
    """Only the last hundred calls are listed; the headline counts all of them."""
    view = CallsView([call(request_id=f"R{number};") for number in range(250)])

    assert view.to_text().startswith("250 calls to AWS")
    assert "R149;" not in view.to_html()
    assert "R150;" in view.to_html()


def test_nothing_secret_is_shown() -> None:
    """Secrets, tokens, signatures and account numbers are in neither form."""
    view = CallsView(
        [
            call(
                service="sts",
                operation="AssumeRole",
                parameters={
                    "RoleArn": "arn:aws:iam::999988887777:role/r",
                    "SessionToken": "t0ken",
                    "Note": "https://b/k?X-Amz-Signature=0123abcd",
                },
            )
        ]
    )

    for secret in ("999988887777", "t0ken", "0123abcd"):
        assert secret not in view.to_html()
        assert secret not in view.to_text()


def test_the_code_of_a_function_is_a_size() -> None:
    """The bytes of a package are not written out."""
    view = CallsView(
        [
            call(
                service="lambda",
                operation="UpdateFunctionCode",
                parameters={"FunctionName": "f", "ZipFile": b"PK" * 5000},
            )
        ]
    )

    assert "(10,000 bytes)" in view.to_html()


def test_on_aws_a_call_links_to_its_place_in_the_console() -> None:
    """On AWS the console's page is one click away; on the local cloud only the way is told."""
    aws = CallsView([call()], CallsSite("eu-west-1", on_aws=True)).to_html()
    local = CallsView([call()], CallsSite("eu-west-1", on_aws=False)).to_html()

    assert 'href="https://eu-west-1.console.aws.amazon.com/s3/buckets/b?tab=properties' in aws
    assert "In the AWS console: S3 → Buckets → b → Properties" in local
    assert "href" not in local


def test_very_long_parameters_are_cut_and_say_how_much_is_missing() -> None:
    """A page of policy does not bury the calls beside it."""
    policy = {"Bucket": "b", "Policy": "x" * 3900}
    html = CallsView([call(operation="PutBucketPolicy", parameters=policy)]).to_html()

    assert "more characters" in html
    assert len(html) < len(CallsView([call()]).to_html()) + 4000
    assert "--policy file://policy.json" in html


def test_what_a_terminal_needs_is_told_beside_the_lines() -> None:
    """Before a line is pasted: where the local cloud is, and the variable for the account."""
    topic = call(service="sns", operation="Publish", parameters={"TopicArn": ARN})
    local = CallsView([call()], CallsSite("us-east-1", on_aws=False)).to_text()
    aws = CallsView([topic], CallsSite("us-east-1", on_aws=True)).to_text()

    assert 'eval "$(workshop cloud env)"  points' in local
    assert "ACCOUNT_ID=$(aws sts get-caller-identity" in aws
    assert "ACCOUNT_ID" not in local
    assert "workshop cloud env" not in aws


def test_no_account_number_is_saved() -> None:
    """Nothing that a notebook saves of the calls has the account's number: no line, no address."""
    view = CallsView(
        [call(service="sns", operation="Publish", parameters={"TopicArn": ARN})],
        CallsSite("us-east-1", on_aws=True),
    )

    for shown in (view.to_html(), view.to_text()):
        assert "210987654321" not in shown
        assert "arn:aws:sns:us-east-1:" in shown
