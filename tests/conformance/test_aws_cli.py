"""What the AWS CLI prints for a new user is what it prints on AWS."""

from __future__ import annotations

import base64
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.local_cloud.conftest import TRUST

ACCOUNT = "123456789012"
USER = f"arn:aws:iam::{ACCOUNT}:user/anna"
HANDLER = """
def handler(event, context):
    print('hello', event.get('name'))
    return {'statusCode': 200, 'body': 'hello from a function'}
"""


def allow(action: str, resource: str) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    return {"Version": "2012-10-17", "Statement": [statement]}


def test_buckets_and_objects(shell: Any) -> None:
    """mb, cp, sync, ls, presign, rm and rb say and do what they do on AWS."""
    (shell.folder / "cat.txt").write_text("miau")
    # Over 8 MB the CLI sends parts, and streams each with a checksum.
    large = bytes(range(256)) * 36_000
    (shell.folder / "pictures" / "more").mkdir(parents=True)
    (shell.folder / "pictures" / "a b+ü.txt").write_text("one")
    (shell.folder / "pictures" / "more" / "two.bin").write_bytes(large)

    assert "make_bucket: cli-pictures\n" == shell.aws("s3", "mb", "s3://cli-pictures")
    copied = shell.aws("s3", "cp", "cat.txt", "s3://cli-pictures/", "--no-progress")
    assert "upload: ./cat.txt to s3://cli-pictures/cat.txt\n" == copied
    synced = shell.aws("s3", "sync", "pictures", "s3://cli-pictures/all", "--no-progress")
    assert {
        "upload: pictures/a b+ü.txt to s3://cli-pictures/all/a b+ü.txt",
        "upload: pictures/more/two.bin to s3://cli-pictures/all/more/two.bin",
    } == set(synced.splitlines())
    assert "" == shell.aws("s3", "sync", "pictures", "s3://cli-pictures/all")

    listed = shell.aws("s3", "ls", "s3://cli-pictures", "--recursive").splitlines()
    assert ["3 all/a b+ü.txt", f"{len(large)} all/more/two.bin", "4 cat.txt"] == [
        re.sub(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +", "", line) for line in listed
    ]
    shell.aws("s3", "cp", "s3://cli-pictures/all/more/two.bin", "back.bin", "--no-progress")
    assert large == (shell.folder / "back.bin").read_bytes()
    # In us-east-1 version 1 of the CLI signs URLs by Signature Version 2 unless told otherwise, and
    # S3 refuses that for buckets made since June 2020.
    presign = ("s3", "presign", "s3://cli-pictures/cat.txt", "--expires-in", "60")
    old = httpx.get(shell.aws(*presign).strip(), trust_env=False)
    assert (400, True) == (old.status_code, "Please use AWS4-HMAC-SHA256" in old.text)
    shell.aws("configure", "set", "default.s3.signature_version", "s3v4")
    address = shell.aws(*presign).strip()
    assert "miau" == httpx.get(address, trust_env=False).text
    changed = httpx.get(address.replace("cat.txt", "cut.txt"), trust_env=False)
    assert 403 == changed.status_code
    assert "<Code>SignatureDoesNotMatch</Code>" in changed.text

    full = shell.try_aws("s3", "rb", "s3://cli-pictures")
    assert 1 == full.status
    assert (
        "remove_bucket failed: s3://cli-pictures An error occurred (BucketNotEmpty) when calling "
        "the DeleteBucket operation: The bucket you tried to delete is not empty\n"
    ) == full.complained.lstrip()
    gone = shell.aws("s3", "rb", "s3://cli-pictures", "--force")
    assert gone.endswith("remove_bucket: cli-pictures\n")


def test_what_is_not_there(shell: Any) -> None:
    """A bucket, a key, a function and a table that do not exist: AWS's words for each."""
    for arguments, message in (
        (("s3", "ls", "s3://cli-nothing-here"),
         "An error occurred (NoSuchBucket) when calling the ListObjectsV2 operation: "
         "The specified bucket does not exist"),
        (("lambda", "get-function", "--function-name", "nobody"),
         "An error occurred (ResourceNotFoundException) when calling the GetFunction operation: "
         f"Function not found: arn:aws:lambda:us-east-1:{ACCOUNT}:function:nobody"),
        (("dynamodb", "describe-table", "--table-name", "nothing"),
         "An error occurred (ResourceNotFoundException) when calling the DescribeTable operation: "
         "Requested resource not found: Table: nothing not found"),
    ):  # fmt: skip
        outcome = shell.try_aws(*arguments)
        assert outcome.status != 0
        assert message == outcome.complained.strip()


def test_a_user_is_refused_with_awss_sentence(shell: Any) -> None:
    """A user made by the CLI may do what her policy says, and is told why she may do no more."""
    made = shell.read("iam", "create-user", "--user-name", "anna")
    assert USER == made["User"]["Arn"]
    key = shell.read("iam", "create-access-key", "--user-name", "anna")["AccessKey"]
    policy = json.dumps(allow("dynamodb:ListTables", "*"))
    shell.aws(
        "iam", "put-user-policy", "--user-name", "anna", "--policy-name", "tables",
        "--policy-document", policy,
    )  # fmt: skip
    as_anna = {"AWS_ACCESS_KEY_ID": key["AccessKeyId"],
               "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}  # fmt: skip

    assert {"TableNames": []} == shell.read("dynamodb", "list-tables", **as_anna)
    refused = shell.try_aws("s3", "ls", **as_anna)
    assert (
        "An error occurred (AccessDenied) when calling the ListBuckets operation: "
        f"User: {USER} is not authorized to perform: s3:ListAllMyBuckets because no "
        "identity-based policy allows the s3:ListAllMyBuckets action"
    ) == refused.complained.strip()
    refused = shell.try_aws("iam", "create-user", "--user-name", "eve", **as_anna)
    assert (
        "An error occurred (AccessDenied) when calling the CreateUser operation: "
        f"User: {USER} is not authorized to perform: iam:CreateUser on resource: "
        f"arn:aws:iam::{ACCOUNT}:user/eve because no identity-based policy allows the "
        "iam:CreateUser action"
    ) == refused.complained.strip()
    wrong = as_anna | {"AWS_SECRET_ACCESS_KEY": "w" * 40}
    refused = shell.try_aws("sts", "get-caller-identity", **wrong)
    assert (
        "An error occurred (SignatureDoesNotMatch) when calling the GetCallerIdentity operation: "
        "The request signature we calculated does not match the signature you provided. Check "
        "your AWS Secret Access Key and signing method. Consult the service documentation for "
        "details."
    ) == refused.complained.strip()


def test_a_role_is_assumed(shell: Any) -> None:
    """assume-role gives keys with a token, whose holder is the role's session."""
    trust = json.dumps(TRUST).replace('{"Service": "lambda.amazonaws.com"}',
                                      f'{{"AWS": "arn:aws:iam::{ACCOUNT}:root"}}')  # fmt: skip
    arn = shell.aws(
        "iam", "create-role", "--role-name", "cli-reader", "--assume-role-policy-document", trust,
        "--query", "Role.Arn", "--output", "text",
    ).strip()  # fmt: skip
    assert f"arn:aws:iam::{ACCOUNT}:role/cli-reader" == arn
    session = shell.read("sts", "assume-role", "--role-arn", arn, "--role-session-name", "try")
    keys = session["Credentials"]
    identity = shell.read(
        "sts", "get-caller-identity", AWS_ACCESS_KEY_ID=keys["AccessKeyId"],
        AWS_SECRET_ACCESS_KEY=keys["SecretAccessKey"], AWS_SESSION_TOKEN=keys["SessionToken"],
    )  # fmt: skip
    assert f"arn:aws:sts::{ACCOUNT}:assumed-role/cli-reader/try" == identity["Arn"]
    assert session["AssumedRoleUser"]["AssumedRoleId"] == identity["UserId"]
    assert identity["UserId"].startswith("AROA")


@pytest.fixture(scope="module")
def function(shell: Any) -> str:
    """Create a function by the CLI and return its ARN."""
    with zipfile.ZipFile(shell.folder / "code.zip", "w") as archive:
        archive.writestr("handler.py", HANDLER)
    role = shell.aws(
        "iam", "create-role", "--role-name", "cli-function", "--assume-role-policy-document",
        json.dumps(TRUST), "--query", "Role.Arn", "--output", "text",
    ).strip()  # fmt: skip
    logs = allow("logs:*", "*")
    shell.aws(
        "iam", "put-role-policy", "--role-name", "cli-function", "--policy-name", "logs",
        "--policy-document", json.dumps(logs),
    )  # fmt: skip
    made = shell.read(
        "lambda", "create-function", "--function-name", "cli-hello", "--runtime", "python3.13",
        "--role", role, "--handler", "handler.handler", "--zip-file", "fileb://code.zip",
    )  # fmt: skip
    assert ("python3.13", 128, 3, "Zip") == (
        made["Runtime"], made["MemorySize"], made["Timeout"], made["PackageType"],
    )  # fmt: skip
    return str(made["FunctionArn"])


def test_a_function_runs_and_its_log_is_read(shell: Any, function: str) -> None:
    """invoke prints status and version, --log-type Tail the log; logs tail shows its lines."""
    invoked = shell.read(
        "lambda", "invoke", "--function-name", function, "--payload", '{"name": "anna"}',
        "--log-type", "Tail", "out.json",
    )  # fmt: skip
    log = base64.b64decode(invoked.pop("LogResult")).decode()
    assert {"StatusCode": 200, "ExecutedVersion": "$LATEST"} == invoked
    written = json.loads((Path(shell.folder) / "out.json").read_text())
    assert {"statusCode": 200, "body": "hello from a function"} == written
    assert re.match(r"START RequestId: [0-9a-f-]{36} Version: \$LATEST\nhello anna\nEND ", log)
    assert re.search(
        r"REPORT RequestId: \S+\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\t"
        r"Memory Size: 128 MB\tMax Memory Used: \d+ MB\tInit Duration: [\d.]+ ms", log,
    )  # fmt: skip

    groups = shell.read("logs", "describe-log-groups")["logGroups"]
    name = "/aws/lambda/cli-hello"
    assert [f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:{name}:*"] == [
        group["arn"] for group in groups if group["logGroupName"] == name
    ]
    events = shell.read("logs", "filter-log-events", "--log-group-name", name)["events"]
    assert "hello anna" in [event["message"].strip() for event in events]


def test_an_api_is_deployed_and_called(shell: Any, function: str) -> None:
    """A REST API is built call by call, deployed, and answers over HTTP once it may."""
    api = shell.read("apigateway", "create-rest-api", "--name", "cli")["id"]
    root = shell.read("apigateway", "get-resources", "--rest-api-id", api)["items"][0]
    assert "/" == root["path"]
    method = ("--rest-api-id", api, "--resource-id", root["id"], "--http-method", "GET")
    put = shell.read("apigateway", "put-method", *method, "--authorization-type", "NONE")
    assert ("GET", "NONE", False) == (
        put["httpMethod"], put["authorizationType"], put["apiKeyRequired"],
    )  # fmt: skip
    uri = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{function}/invocations"
    shell.aws(
        "apigateway", "put-integration", *method, "--type", "AWS_PROXY",
        "--integration-http-method", "POST", "--uri", uri,
    )  # fmt: skip
    shell.aws("apigateway", "create-deployment", "--rest-api-id", api, "--stage-name", "dev")
    url = f"{shell.variables['AWS_ENDPOINT_URL']}/_execute-api/{api}/dev"
    before = httpx.get(url, trust_env=False)
    assert (500, {"message": "Internal server error"}) == (before.status_code, before.json())
    statement = shell.read(
        "lambda", "add-permission", "--function-name", function, "--statement-id", "api",
        "--action", "lambda:InvokeFunction", "--principal", "apigateway.amazonaws.com",
        "--source-arn", f"arn:aws:execute-api:us-east-1:{ACCOUNT}:{api}/*/GET/",
    )["Statement"]  # fmt: skip
    assert {"Service": "apigateway.amazonaws.com"} == json.loads(statement)["Principal"]
    after = httpx.get(url, trust_env=False)
    assert (200, "hello from a function") == (after.status_code, after.text)


def test_messages_and_items(shell: Any) -> None:
    """A topic, a queue and a table: what is sent is received, what is put is found."""
    topic = shell.read("sns", "create-topic", "--name", "cli-topic")["TopicArn"]
    assert f"arn:aws:sns:us-east-1:{ACCOUNT}:cli-topic" == topic
    published = shell.read("sns", "publish", "--topic-arn", topic, "--message", "hello")
    assert re.fullmatch(r"[0-9a-f-]{36}", published["MessageId"])

    # Version 1 of the CLI has an address of its own for SQS in us-east-1, stronger than the
    # environment's; only this option is stronger still, and `workshop cloud env --help` says so.
    sqs = ("sqs", "--endpoint-url", shell.variables["AWS_ENDPOINT_URL"])
    queue = shell.read(*sqs, "create-queue", "--queue-name", "cli-queue")["QueueUrl"]
    assert f"{shell.variables['AWS_ENDPOINT_URL']}/{ACCOUNT}/cli-queue" == queue
    sent = shell.read(*sqs, "send-message", "--queue-url", queue, "--message-body", "hello")
    got = shell.read(*sqs, "receive-message", "--queue-url", queue)["Messages"][0]
    assert ("hello", sent["MessageId"], sent["MD5OfMessageBody"]) == (
        got["Body"], got["MessageId"], got["MD5OfBody"],
    )  # fmt: skip

    made = shell.read(
        "dynamodb", "create-table", "--table-name", "cli-table", "--billing-mode",
        "PAY_PER_REQUEST", "--attribute-definitions", "AttributeName=id,AttributeType=S",
        "--key-schema", "AttributeName=id,KeyType=HASH",
    )["TableDescription"]  # fmt: skip
    assert f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/cli-table" == made["TableArn"]
    item = {"id": {"S": "cat"}, "confidence": {"N": "0.94"}}
    put = ("dynamodb", "put-item", "--table-name", "cli-table", "--item", json.dumps(item))
    assert "" == shell.aws(*put)
    again = shell.try_aws(*put, "--condition-expression", "attribute_not_exists(id)")
    assert (
        "An error occurred (ConditionalCheckFailedException) when calling the PutItem operation: "
        "The conditional request failed"
    ) == again.complained.strip()
    scanned = shell.read("dynamodb", "scan", "--table-name", "cli-table")
    assert ([item], 1, 1) == (scanned["Items"], scanned["Count"], scanned["ScannedCount"])


def test_what_no_lesson_needs_says_so(shell: Any) -> None:
    """A service and an operation that are left out: a sentence in place of a canned answer."""
    service = shell.try_aws("secretsmanager", "list-secrets")
    assert service.complained.strip().startswith(
        "An error occurred (NotImplemented) when calling the ListSecrets operation"
    )
    assert "The local cloud does not have the service 'secretsmanager'" in service.complained
    operation = shell.try_aws("dynamodb", "list-global-tables")
    assert "The local cloud does not have the operation ListGlobalTables" in operation.complained
