"""A call's line for the AWS CLI makes the same call: the real CLI is asked."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from awscli.clidriver import create_clidriver

from workshop_lib.ui.cli_lines import cli_line

POLICY = json.dumps({"Version": "2012-10-17", "Statement": []})
CALLS: list[tuple[str, str, dict[str, Any]]] = [
    ("s3", "ListBuckets", {}),
    ("s3", "CreateBucket", {"Bucket": "awstack-ada-images"}),
    ("s3", "CreateBucket", {"Bucket": "b", "BucketNamespace": "account-regional"}),
    ("s3", "GetBucketCors", {"Bucket": "b"}),
    ("s3", "HeadObject", {"Bucket": "b", "Key": "uploads/a b'c+é.jpg"}),
    ("s3", "GetObject", {"Bucket": "b", "Key": "uploads/-odd.jpg"}),
    ("s3", "PutBucketPolicy", {"Bucket": "b", "Policy": POLICY}),
    (
        "s3",
        "PutBucketCors",
        {
            "Bucket": "b",
            "CORSConfiguration": {
                "CORSRules": [{"AllowedOrigins": ["http://a"], "AllowedMethods": ["PUT"]}]
            },
        },
    ),
    ("s3", "ListObjectsV2", {"Bucket": "b", "MaxKeys": 5, "Prefix": "-x"}),
    ("iam", "CreateRole", {"RoleName": "r", "AssumeRolePolicyDocument": POLICY}),
    ("lambda", "GetFunction", {"FunctionName": "f"}),
    ("lambda", "UpdateFunctionConfiguration", {"FunctionName": "f", "Timeout": 9, "Layers": []}),
    ("lambda", "UpdateFunctionConfiguration", {"FunctionName": "f", "Layers": ["a", "b"]}),
    ("apigateway", "CreateRestApi", {"name": "n", "version": "1"}),
    (
        "apigateway",
        "PutMethod",
        {
            "restApiId": "a",
            "resourceId": "b",
            "httpMethod": "GET",
            "authorizationType": "NONE",
            "apiKeyRequired": False,
        },
    ),
    ("sns", "Subscribe", {"TopicArn": "t", "Protocol": "lambda", "Endpoint": "arn:x"}),
    ("sqs", "ReceiveMessage", {"QueueUrl": "http://q/1", "MessageAttributeNames": ["All"]}),
    (
        "dynamodb",
        "PutItem",
        {"TableName": "t", "Item": {"id": {"S": "it's"}, "n": {"N": "0.5"}}},
    ),
    ("dynamodb", "GetItem", {"TableName": "t", "Key": {"id": {"S": "x"}}, "ConsistentRead": True}),
    ("logs", "FilterLogEvents", {"logGroupName": "/aws/lambda/f", "limit": 10}),
    ("sts", "GetCallerIdentity", {}),
]


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Credentials that are nobody's, and none of the reader's own settings."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "nobody",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_EC2_METADATA_DISABLED": "true",
        # Port 9 is "discard": nothing listens, so no call leaves.
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("service", "operation", "parameters"), CALLS, ids=[f"{s}-{o}" for s, o, _ in CALLS]
)
def test_the_line_makes_the_same_call(
    service: str, operation: str, parameters: dict[str, Any]
) -> None:
    """The AWS CLI, given the line, makes the same call with the same parameters."""
    asked: list[tuple[str, dict[str, Any]]] = []
    driver = create_clidriver()

    def remember(params: dict[str, Any], model: Any, **_: Any) -> None:
        asked.append((model.name, dict(params)))

    driver.session.register("before-parameter-build.*.*", remember)
    driver.main([*shlex.split(cli_line(service, operation, parameters))[1:], "--no-paginate"])

    assert [(operation, parameters)] == asked


def test_a_zip_is_named_as_a_file() -> None:
    """The code of a function and of a layer is a file that the CLI reads."""
    code = {"FunctionName": "f", "Code": {"ZipFile": b"PK"}}

    assert "--zip-file fileb://code.zip" in cli_line("lambda", "CreateFunction", code)
    assert "--zip-file fileb://code.zip" in cli_line(
        "lambda", "UpdateFunctionCode", {"FunctionName": "f", "ZipFile": b"PK"}
    )
    assert "--body FILE" in cli_line("s3", "PutObject", {"Bucket": "b", "Key": "k", "Body": b"x"})


def test_an_event_goes_with_its_line(recorder: ThreadingHTTPServer) -> None:
    """A pasted `invoke` sends the event, quotes and accents included, and prints the answer."""
    event = json.dumps({"name": "it's é.jpg"}, ensure_ascii=False)
    line = cli_line("lambda", "Invoke", {"FunctionName": "f", "Payload": event.encode()})
    aws = Path(sys.executable).with_name("aws")

    answer = subprocess.run(
        ["bash", "-c", line.replace("aws ", f"{aws} ", 1)],
        env={
            "PATH": "/usr/bin:/bin",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{recorder.server_address[1]}",
            "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "nobody",
            "AWS_DEFAULT_REGION": "us-east-1",
        },
        capture_output=True,
        text=True,
        check=True,
    )

    assert event == recorder.body.decode().rstrip("\n")  # type: ignore[attr-defined]
    assert "recorded" in answer.stdout


def test_secrets_and_accounts_are_left_out() -> None:
    """No secret, no token, no account number but the example's is in a line."""
    line = cli_line(
        "sts",
        "AssumeRole",
        {
            "RoleArn": "arn:aws:iam::999988887777:role/r",
            "TokenCode": "1",
            "ClientToken": "t0ken",
            "Nested": {"SecretAccessKey": "s3cret", "Arn": "arn:aws:iam::123456789012:role/r"},
        },
    )

    assert "t0ken" not in line
    assert "s3cret" not in line
    assert "999988887777" not in line
    assert 'arn:aws:iam::"$ACCOUNT_ID":role/r' in line
    assert "arn:aws:iam::123456789012:role/r" in line


def test_the_shell_puts_the_account_back_in() -> None:
    """Pasted into a shell that knows ACCOUNT_ID, a line says again what the call said."""
    policy = json.dumps({"Principal": {"AWS": "arn:aws:iam::999988887777:root"}, "Note": "it's $1"})
    line = cli_line("s3", "PutBucketPolicy", {"Bucket": "b", "Policy": policy})

    script = f"ACCOUNT_ID=999988887777\nset -- {line}\nprintf '%s' \"${{@: -1}}\""
    said = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)

    assert policy == said.stdout


def test_a_presigned_url_is_shown_without_its_signature() -> None:
    """A presigned URL in a parameter keeps everything but its signature."""
    url = "https://b/k?X-Amz-Expires=60&X-Amz-Signature=0123abcd"

    line = cli_line("sns", "Publish", {"TopicArn": "t", "Message": url})

    assert "X-Amz-Expires=60&X-Amz-Signature=HIDDEN" in line


@pytest.mark.parametrize("name", ["$(touch x)", "`touch x`", "'; touch x; '", "-rf", "a\nb"])
def test_a_hostile_value_stays_one_word(name: str) -> None:
    """Whatever a key holds, a shell takes it as one word."""
    words = shlex.split(cli_line("s3", "HeadObject", {"Bucket": "b", "Key": name}))

    assert name in (words[-1], words[-1].removeprefix("--key="))


@pytest.fixture
def recorder() -> Iterator[ThreadingHTTPServer]:
    """A server that keeps the body of the last request."""

    class Recorder(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.server.body = self.rfile.read(int(self.headers["Content-Length"]))  # type: ignore[attr-defined]
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'"recorded"')

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()
