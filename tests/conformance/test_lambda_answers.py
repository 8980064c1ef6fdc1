"""What Lambda tells of a function is told here in the same fields, and changes when it changes."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.conformance.conftest import Shell
from tests.conformance.test_lambda_refusals import CODE, TRUST, create, pack

NAME = "function-described"
ARN = f"arn:aws:lambda:us-east-1:123456789012:function:{NAME}"
ROLE = "arn:aws:iam::123456789012:role/role-of-described"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000")
STANDING = {
    "Architectures": ["x86_64"], "CodeSize": len(CODE["ZipFile"]), "Description": "",
    "EphemeralStorage": {"Size": 512}, "FunctionArn": ARN, "FunctionName": NAME,
    "Handler": "handler.handle",
    "LoggingConfig": {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{NAME}"}, "MemorySize": 128,
    "PackageType": "Zip", "Role": ROLE, "Runtime": "python3.13",
    "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"}, "State": "Active", "Timeout": 3,
    "TracingConfig": {"Mode": "PassThrough"}, "Version": "$LATEST",
}  # fmt: skip
MADE = STANDING | {
    "State": "Pending", "StateReason": "The function is being created.",
    "StateReasonCode": "Creating",
}  # fmt: skip
CHANGING = STANDING | {
    "LastUpdateStatus": "InProgress", "LastUpdateStatusReason": "The function is being created.",
    "LastUpdateStatusReasonCode": "Creating",
}  # fmt: skip
CHANGED = STANDING | {"LastUpdateStatus": "Successful"}
# They differ with each function and each change.
VARYING = ("LastModified", "RevisionId", "CodeSha256")


@pytest.fixture(scope="module")
def functions(shell: Shell) -> Any:
    shell.client("iam").create_role(
        RoleName=ROLE.rpartition("/")[2], AssumeRolePolicyDocument=TRUST
    )
    return shell.client("lambda")


def without_varying(answer: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value for name, value in answer.items() if name not in (*VARYING, "ResponseMetadata")
    }


def test_a_function_is_made_and_changed(functions: Any) -> None:
    """Made and changed it is under way, looked at it stands; each time it is another revision."""
    made = functions.create_function(**create(FunctionName=NAME, Role=ROLE))
    standing = functions.get_function_configuration(FunctionName=NAME)
    configured = functions.update_function_configuration(FunctionName=NAME, MemorySize=256)
    coded = functions.update_function_code(
        FunctionName=NAME, ZipFile=pack("def handle(event, context): return 1")
    )
    changed = functions.get_function(FunctionName=NAME)["Configuration"]

    assert [MADE, CHANGED] == [without_varying(made), without_varying(standing)]
    larger = {"MemorySize": 256}
    assert CHANGING | larger == without_varying(configured)
    size = {"CodeSize": changed["CodeSize"]}
    assert [CHANGING | larger | size, CHANGED | larger | size] == [
        without_varying(coded), without_varying(changed),
    ]  # fmt: skip
    answers = [made, configured, coded]
    assert 3 == len({one["RevisionId"] for one in answers})
    moments = [one["LastModified"] for one in answers]
    assert moments == sorted(set(moments))
    assert all(MOMENT.fullmatch(moment) for moment in moments)
    assert changed["LastModified"] == coded["LastModified"]


def test_a_dry_run_changes_nothing(functions: Any) -> None:
    """An update of code that is only tried is answered, and the function stays as it is."""
    before = functions.get_function_configuration(FunctionName=NAME)
    tried = functions.update_function_code(
        FunctionName=NAME, ZipFile=pack("def handle(event, context): return 2"), DryRun=True
    )
    after = functions.get_function_configuration(FunctionName=NAME)
    varying = [[one[name] for name in VARYING] for one in (before, tried, after)]
    assert [varying[0]] * 3 == varying
