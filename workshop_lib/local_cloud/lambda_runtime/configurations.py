"""What a function's configuration may say: AWS's limits, and what there is here.

Sources: AWS Lambda developer guide, "Lambda quotas" and "Lambda runtimes"; Lambda API reference,
CreateFunction; the sentences as their readers report them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from moto.awslambda.models import lambda_backends

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.configuration import ACCOUNT_ID
from workshop_lib.local_cloud.moto_hooks import moto_lock
from workshop_lib.local_cloud.permissions.ambiguities import unknown_operation

ENVIRONMENT_BYTES = 4096
LAYERS = 5
# Nothing can be made or updated with these any more; python3.9 may be until February 2027.
BLOCKED_RUNTIMES = ("python2.7", "python3.6", "python3.7", "python3.8")
PYTHON = re.compile(r"python3\.\d+")
# Names, lowest and highest values of numbers that moto takes as they come.
RANGES = {"Timeout": (1, 900), "MemorySize": (128, 10_240)}
RESERVED_VARIABLES = frozenset({
    "_HANDLER", "_X_AMZN_TRACE_ID", "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_LAMBDA_RUNTIME_API", "AWS_REGION", "AWS_SECRET_ACCESS_KEY",
    "AWS_SECRET_KEY", "AWS_SESSION_TOKEN", "LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT",
})  # fmt: skip
# What a call may say of a function; anything else is refused, not ignored, unless it says nothing.
HONOURED = frozenset({
    "Architectures", "Code", "DeadLetterConfig", "Description", "DryRun", "Environment",
    "EphemeralStorage", "FunctionName", "Handler", "Layers", "MemorySize", "Role", "Runtime",
    "S3Bucket", "S3Key", "Tags", "Timeout", "ZipFile",
})  # fmt: skip
DEFAULTS = {"PackageType": "Zip", "TracingConfig": {"Mode": "PassThrough"}}


def require_code_and_runtime(body: Mapping[str, Any]) -> None:
    """Refuse a new function without a runtime, a handler or code.

    Raises:
        AwsError: InvalidParameterValueException.
    """
    kind = body.get("PackageType")
    if kind in (None, "Zip") and not (body.get("Runtime") and body.get("Handler")):
        raise invalid(
            "Runtime and Handler are mandatory parameters for functions created with deployment "
            "packages."
        )
    require_code(body.get("Code") or {})


def require_code(code: Mapping[str, Any]) -> None:
    """Refuse code that is nowhere; what is left out of it is told by :func:`check_configuration`.

    Raises:
        AwsError: InvalidParameterValueException.
    """
    if not any(code.get(name) for name in code.keys() - {"DryRun", "FunctionName"}):
        raise invalid("Please provide a source for function code.")


def check_configuration(body: Mapping[str, Any], code: Mapping[str, Any], region: str) -> None:
    """Refuse what a function cannot be, or cannot be here.

    Raises:
        AwsError: InvalidParameterValueException, ValidationException, or what is left out.
    """
    for name in sorted((body.keys() | code.keys()) - HONOURED):
        if (said := body.get(name) or code.get(name)) and said != DEFAULTS.get(name):
            raise unknown_operation("lambda", f"the parameter {name}")
    for name, (lowest, highest) in RANGES.items():
        if (value := body.get(name)) is not None and value < lowest:
            raise _refuse_number(name, value, f"greater than or equal to {lowest}")
        if value is not None and value > highest:
            raise _refuse_number(name, value, f"less than or equal to {highest}")
    _check_runtime(body.get("Runtime"))
    _check_variables((body.get("Environment") or {}).get("Variables") or {})
    _check_layers(body.get("Layers") or [], region)
    check_destination((body.get("DeadLetterConfig") or {}).get("TargetArn"))


def check_destination(arn: str | None) -> None:
    """Refuse to send what failed to something that is neither a queue nor a topic.

    Raises:
        AwsError: it is left out.
    """
    if arn and not arn.startswith(("arn:aws:sqs:", "arn:aws:sns:")):
        raise unknown_operation("lambda", "destinations that are neither queues nor topics")


def _check_runtime(runtime: str | None) -> None:
    if runtime in BLOCKED_RUNTIMES:
        raise invalid(
            f"The runtime parameter of {runtime} is no longer supported for creating or updating "
            "AWS Lambda functions. We recommend you use a supported runtime while creating or "
            "updating functions."
        )
    if runtime and not PYTHON.fullmatch(runtime):
        raise invalid(
            f"The local cloud does not have the runtime {runtime}: it runs functions in Python, "
            "and no lesson needs another. AWS has it."
        )


def _check_layers(arns: Sequence[str], region: str) -> None:
    if len(arns) > LAYERS:
        raise invalid(f"Cannot reference more than {LAYERS} layers.")
    seen: dict[str, str] = {}
    for arn in arns:
        layer = arn.rpartition(":")[0]
        if layer in seen:
            raise invalid(
                "Two different versions of the same layer are not allowed to be referenced in the "
                f"same function. {seen[layer]} and {arn} are versions of the same layer."
            )
        seen[layer] = arn
        with moto_lock:
            if lambda_backends[ACCOUNT_ID][region].layers_versions_by_arn(arn) is None:
                raise invalid(f"Layer version {arn} does not exist.")


def _refuse_number(name: str, value: int, bound: str) -> AwsError:
    message = (
        f"1 validation error detected: Value '{value}' at '{name[0].lower()}{name[1:]}' failed to "
        f"satisfy constraint: Member must have value {bound}"
    )
    return AwsError("ValidationException", message)


def _check_variables(variables: Mapping[str, str]) -> None:
    """Refuse environment variables over 4 KB in all, or with names that are AWS's."""
    prefix = (
        "Lambda was unable to configure your environment variables because the environment "
        "variables you have provided "
    )
    if reserved := sorted(RESERVED_VARIABLES & variables.keys()):
        raise invalid(
            f"{prefix}contains reserved keys that are currently not supported for modification. "
            f"Reserved keys used in this request: {', '.join(reserved)}"
        )
    measured = json.dumps(variables, ensure_ascii=False, separators=(",", ":"))
    if len(measured.encode()) > ENVIRONMENT_BYTES:
        raise invalid(f"{prefix}exceeded the 4KB limit. String measured: {measured}")


def invalid(message: str) -> AwsError:
    """Return AWS's error for a value that a function cannot have."""
    return AwsError("InvalidParameterValueException", message)
