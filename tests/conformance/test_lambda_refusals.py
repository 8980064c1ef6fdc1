"""What Lambda refuses is refused here with AWS's status, code and sentence."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest

from tests.conformance.conftest import Refusal, Shell, read_refusal

HELD, NONE = "function-that-stands", "function-nobody-has"
ROLE = "arn:aws:iam::123456789012:role/role-of-functions"
ARN = "arn:aws:lambda:us-east-1:123456789012"
QUEUE = "arn:aws:sqs:us-east-1:123456789012:queue"
LAYER = f"{ARN}:layer:none"
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [{
    "Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole",
}]})  # fmt: skip


def pack(source: str) -> bytes:
    """Return a package of one handler."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("handler.py", source)
    return packed.getvalue()


CODE = {"ZipFile": pack("def handle(event, context): return event")}
NEW = {
    "FunctionName": "new", "Runtime": "python3.13", "Role": ROLE, "Handler": "handler.handle",
    "Code": CODE,
}  # fmt: skip


def create(**changed: Any) -> dict[str, Any]:
    return {name: value for name, value in (NEW | changed).items() if value is not None}


def permit(**changed: Any) -> dict[str, Any]:
    """Return the call that lets S3 call the function."""
    return {
        "FunctionName": HELD, "StatementId": "new", "Action": "lambda:InvokeFunction",
        "Principal": "s3.amazonaws.com",
    } | changed  # fmt: skip


def invalid(sentence: str) -> Refusal:
    return Refusal(400, "InvalidParameterValueException", sentence)


def absent(name: str = NONE) -> Refusal:
    message = f"Function not found: {ARN}:function:{name}"
    return Refusal(404, "ResourceNotFoundException", message)


def missing(sentence: str) -> Refusal:
    return Refusal(404, "ResourceNotFoundException", sentence)


MANDATORY = invalid(
    "Runtime and Handler are mandatory parameters for functions created with deployment packages."
)
NO_CODE = invalid("Please provide a source for function code.")
NO_PRINCIPAL = invalid(
    "The provided principal was invalid. Please check the principal and try again."
)
TWICE = (
    "Two different versions of the same layer are not allowed to be referenced in the same "
    f"function. {LAYER}:1 and {LAYER}:2 are versions of the same layer."
)
CALLS: list[tuple[str, dict[str, Any], Refusal]] = [
    ("create_function", create(Handler=None), MANDATORY),
    ("create_function", create(Runtime=None), MANDATORY),
    ("create_function", create(Code={}), NO_CODE),
    (
        "create_function",
        create(Runtime="python3.8"),
        invalid(
            "The runtime parameter of python3.8 is no longer supported for creating or updating "
            "AWS Lambda functions. We recommend you use a supported runtime while creating or "
            "updating functions."
        ),
    ),
    (
        "create_function",
        create(Runtime="nodejs22.x"),
        invalid(
            "The local cloud does not have the runtime nodejs22.x: it runs functions in Python, "
            "and no lesson needs another. AWS has it."
        ),
    ),
    (
        "create_function",
        create(Environment={"Variables": {"1ST": "x"}}),
        Refusal(
            400,
            "ValidationException",
            "1 validation error detected: Value at 'environment.variables' failed to satisfy "
            "constraint: Map keys must satisfy constraint: [Member must satisfy regular expression "
            "pattern: [a-zA-Z]([a-zA-Z0-9_])+]",
        ),
    ),
    (
        "create_function",
        create(Layers=[f"{LAYER}:1"]),
        invalid(f"Layer version {LAYER}:1 does not exist."),
    ),
    (
        "create_function",
        create(FunctionName=HELD),
        Refusal(409, "ResourceConflictException", f"Function already exist: {HELD}"),
    ),
    (
        "create_function",
        create(Role=f"{ROLE}-none"),
        invalid("The role defined for the function cannot be assumed by Lambda."),
    ),
    (
        "create_function",
        create(Code={"ZipFile": b"no zip"}),
        invalid("Could not unzip uploaded file. Please check your file, then try to upload again."),
    ),
    (
        "create_function",
        create(Code={"S3Bucket": "nobody-has-it", "S3Key": "k"}),
        invalid(
            "Error occurred while GetObject. S3 Error Code: NoSuchBucket. S3 Error Message: The "
            "specified bucket does not exist"
        ),
    ),
    (
        "update_function_configuration",
        {"FunctionName": HELD, "Layers": [f"{LAYER}:7"]},
        invalid(f"Layer version {LAYER}:7 does not exist."),
    ),
    (
        "update_function_configuration",
        {"FunctionName": HELD, "Runtime": "java21"},
        invalid(
            "The local cloud does not have the runtime java21: it runs functions in Python, and no "
            "lesson needs another. AWS has it."
        ),
    ),
    ("update_function_configuration", {"FunctionName": NONE}, absent()),
    *(
        (
            "update_function_configuration",
            {
                "FunctionName": HELD,
                "DeadLetterConfig": {"TargetArn": target},
            },
            invalid(f"The provided execution role does not have permissions to call {call}"),
        )
        for target, call in (
            (QUEUE, "SendMessage on SQS"),
            (QUEUE.replace("sqs", "sns"), "Publish on SNS"),
        )
    ),
    (
        "create_function",
        create(DeadLetterConfig={"TargetArn": QUEUE}),
        invalid("The provided execution role does not have permissions to call SendMessage on SQS"),
    ),
    (
        "put_function_event_invoke_config",
        {"FunctionName": HELD, "DestinationConfig": {"OnFailure": {"Destination": QUEUE}}},
        invalid(
            "The function's execution role does not have permissions to call SendMessage on "
            f"{QUEUE}"
        ),
    ),
    (
        "put_function_concurrency",
        {"FunctionName": HELD, "ReservedConcurrentExecutions": 23},
        invalid(
            "Specified ReservedConcurrentExecutions for function decreases account's "
            "UnreservedConcurrentExecution below its minimum value of [10]."
        ),
    ),
    ("update_function_code", {"FunctionName": HELD}, NO_CODE),
    ("update_function_code", {"FunctionName": NONE, **CODE}, absent()),
    ("get_function", {"FunctionName": NONE}, absent()),
    ("delete_function", {"FunctionName": NONE}, absent()),
    ("invoke", {"FunctionName": NONE}, absent()),
    ("add_permission", permit(FunctionName=NONE), absent()),
    (
        "add_permission",
        permit(StatementId="held"),
        Refusal(
            409,
            "ResourceConflictException",
            "The statement id (held) provided already exists. Please provide a new statement id, "
            "or remove the existing statement.",
        ),
    ),
    ("add_permission", permit(Principal="anna"), NO_PRINCIPAL),
    ("add_permission", permit(Principal="lambda"), NO_PRINCIPAL),
    (
        "remove_permission",
        {"FunctionName": HELD, "StatementId": "none"},
        missing("Statement none is not found in resource policy."),
    ),
    (
        "remove_permission",
        {"FunctionName": "function-without-policy", "StatementId": "none"},
        missing("No policy is associated with the given resource."),
    ),
    (
        "get_policy",
        {"FunctionName": "function-without-policy"},
        missing("The resource you requested does not exist."),
    ),
    (
        "get_layer_version",
        {"LayerName": "none", "VersionNumber": 1},
        missing("The resource you requested does not exist."),
    ),
]


@pytest.fixture(scope="module")
def functions(shell: Shell) -> Any:
    shell.client("iam").create_role(
        RoleName=ROLE.rpartition("/")[2], AssumeRolePolicyDocument=TRUST
    )
    client = shell.client("lambda")
    for name in (HELD, "function-without-policy"):
        client.create_function(**create(FunctionName=name))
    client.add_permission(**permit(StatementId="held"))
    return client


@pytest.mark.parametrize(("operation", "parameters", "expected"), CALLS)
def test_a_refusal(
    functions: Any, operation: str, parameters: dict[str, Any], expected: Refusal
) -> None:
    """boto3 reads of each call what it would read on AWS."""
    assert expected == read_refusal(getattr(functions, operation), **parameters)


def test_two_versions_of_a_layer(functions: Any) -> None:
    """A function has one version of a layer."""
    for _ in range(2):
        functions.publish_layer_version(LayerName="none", Content=CODE)
    layers = [f"{LAYER}:1", f"{LAYER}:2"]
    refusal = read_refusal(functions.create_function, **create(Layers=layers))
    for version in (1, 2):
        functions.delete_layer_version(LayerName="none", VersionNumber=version)
    assert invalid(TWICE) == refusal


def test_deleting_a_layer_twice(functions: Any) -> None:
    """A version of a layer that is not there is deleted without a word."""
    answer = functions.delete_layer_version(LayerName="never", VersionNumber=1)
    assert 204 == answer["ResponseMetadata"]["HTTPStatusCode"]


@pytest.mark.parametrize(
    ("principal", "kept"),
    [
        ("sns.amazonaws.com", {"Service": "sns.amazonaws.com"}),
        ("111122223333", {"AWS": "arn:aws:iam::111122223333:root"}),
        (ROLE, {"AWS": ROLE}),
        ("*", "*"),
    ],
)
def test_principals(functions: Any, principal: str, kept: Any) -> None:
    """A permission's principal is kept as AWS keeps it."""
    answer = functions.add_permission(**permit(Principal=principal, StatementId="principal"))
    functions.remove_permission(FunctionName=HELD, StatementId="principal")
    assert kept == json.loads(answer["Statement"])["Principal"]
