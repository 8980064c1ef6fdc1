"""What AWS Lambda refuses to create or to update, and moto would accept.

The figures are AWS's quotas for functions of type Zip.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

from moto.awslambda.exceptions import LambdaClientError
from moto.awslambda.models import lambda_backends
from moto.s3.models import s3_backends
from werkzeug import Request

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.configuration import ACCOUNT_ID, DEFAULT_REGION
from workshop_lib.local_cloud.lambda_runtime.functions import check_new_name
from workshop_lib.local_cloud.lambda_runtime.packages import UNZIPPED_BYTES, check_zip
from workshop_lib.local_cloud.moto_hooks import REGION, moto_lock

# 50 MB of zip in base64, and the rest of the request.
REQUEST_BYTES = 70_167_211
ENVIRONMENT_BYTES = 4096
CANNOT_ASSUME = "The role defined for the function cannot be assumed by Lambda."
LAYERS = 5
# Names, lowest and highest values of numbers that moto takes as they come.
RANGES = {"Timeout": (1, 900), "MemorySize": (128, 10_240)}
RESERVED_VARIABLES = frozenset({
    "_HANDLER", "_X_AMZN_TRACE_ID", "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_LAMBDA_RUNTIME_API", "AWS_REGION", "AWS_SECRET_ACCESS_KEY",
    "AWS_SECRET_KEY", "AWS_SESSION_TOKEN", "LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT",
})  # fmt: skip

CREATE = re.compile(r"/\d{4}-\d{2}-\d{2}/functions/?")
UPDATE_CODE = re.compile(r"/\d{4}-\d{2}-\d{2}/functions/(?P<name>[^/]+)/code/?")
UPDATE_CONFIGURATION = re.compile(r"/\d{4}-\d{2}-\d{2}/functions/(?P<name>[^/]+)/configuration/?")
PUBLISH_LAYER = re.compile(r"/\d{4}-\d{2}-\d{2}/layers/[^/]+/versions/?")


class Limits:
    """Checks Lambda's control calls before moto carries them out.

    Args:
        may_assume_role: whether Lambda may take on a role.
    """

    def __init__(self, may_assume_role: Callable[[str], bool]) -> None:
        self._may_assume_role = may_assume_role

    def check(self, request: Request) -> None:
        """Return, or refuse a create, update or publish call as AWS does.

        Raises:
            AwsError: RequestEntityTooLargeException 413, InvalidParameterValueException or
                ValidationException 400.
        """
        operation, name = _find_operation(request)
        if operation is None:
            return
        if len(request.get_data()) > REQUEST_BYTES:
            message = (
                f"Request must be smaller than {REQUEST_BYTES} bytes for the {operation} operation"
            )
            raise AwsError("RequestEntityTooLargeException", message, 413)
        body = _read_body(request)
        region = request.environ.get(REGION, DEFAULT_REGION)
        if operation == "PublishLayerVersion":
            check_package(body.get("Content") or {})
            return
        self._check_configuration(body)
        if operation == "CreateFunction":
            check_new_name(str(body.get("FunctionName") or ""))
            size = check_package(body.get("Code") or {})
            _check_total(size, body.get("Layers") or [], region)
        else:
            _check_update(operation, name, body, region)

    def _check_configuration(self, body: Mapping[str, Any]) -> None:
        for name, (lowest, highest) in RANGES.items():
            check_range(name, body.get(name), lowest, highest)
        check_variables((body.get("Environment") or {}).get("Variables") or {})
        if len(body.get("Layers") or []) > LAYERS:
            message = f"Cannot reference more than {LAYERS} layers."
            raise AwsError("InvalidParameterValueException", message)
        if body.get("Role") and not self._may_assume_role(body["Role"]):
            raise AwsError("InvalidParameterValueException", CANNOT_ASSUME)


def check_range(name: str, value: Any, lowest: int, highest: int) -> None:
    """Refuse a number out of its range."""
    if not isinstance(value, int) or lowest <= value <= highest:
        return
    bound = (
        f"greater than or equal to {lowest}"
        if value < lowest
        else f"less than or equal to {highest}"
    )
    field = name[0].lower() + name[1:]
    message = (
        f"1 validation error detected: Value '{value}' at '{field}' failed to satisfy constraint: "
        f"Member must have value {bound}"
    )
    raise AwsError("ValidationException", message)


def check_variables(variables: Mapping[str, str]) -> None:
    """Refuse environment variables over 4 KB in all, or with names that are AWS's."""
    prefix = (
        "Lambda was unable to configure your environment variables because the environment "
        "variables you have provided "
    )
    reserved = sorted(RESERVED_VARIABLES & variables.keys())
    if reserved:
        message = (
            f"{prefix}contains reserved keys that are currently not supported for modification. "
            f"Reserved keys used in this request: {', '.join(reserved)}"
        )
        raise AwsError("InvalidParameterValueException", message)
    measured = json.dumps(variables, ensure_ascii=False, separators=(",", ":"))
    if len(measured.encode()) > ENVIRONMENT_BYTES:
        message = f"{prefix}exceeded the 4KB limit. String measured: {measured}"
        raise AwsError("InvalidParameterValueException", message)


def check_package(code: Mapping[str, Any]) -> int:
    """Refuse code or a layer that cannot be unpacked; return its unzipped size in bytes."""
    archive = _read_archive(code)
    return check_zip(archive) if archive is not None else 0


def _check_total(size: int, layer_arns: list[str], region: str) -> None:
    """Refuse code that is too large together with its layers."""
    total = size + sum(_measure_layer(arn, region) for arn in layer_arns)
    if total > UNZIPPED_BYTES:
        message = (
            "Function code combined with layers exceeds the maximum allowed size of "
            f"{UNZIPPED_BYTES} bytes. The actual size is {total} bytes."
        )
        raise AwsError("InvalidParameterValueException", message)


def _check_update(operation: str, name: str, body: Mapping[str, Any], region: str) -> None:
    with moto_lock:
        try:
            function = lambda_backends[ACCOUNT_ID][region].get_function(name)
        except (LambdaClientError, KeyError):
            # moto refuses it in AWS's words.
            return
        code, layers = function.code_bytes, [layer["Arn"] for layer in function.layers]
    if operation == "UpdateFunctionCode":
        _check_total(check_package(body), layers, region)
    elif body.get("Layers"):
        _check_total(check_zip(code), body["Layers"], region)


def _measure_layer(arn: str, region: str) -> int:
    with moto_lock:
        try:
            layer = lambda_backends[ACCOUNT_ID][region].layers_versions_by_arn(arn)
        except (LambdaClientError, ValueError):
            # moto refuses what is no layer's ARN.
            return 0
    return check_zip(layer.code_bytes) if layer is not None else 0


def _read_archive(code: Mapping[str, Any]) -> bytes | None:
    if "ZipFile" in code:
        try:
            return base64.b64decode(code["ZipFile"])
        except binascii.Error as error:
            raise AwsError("SerializationException", f"ZipFile is not base64: {error}") from error
    if "S3Bucket" in code and "S3Key" in code:
        return _read_object(code["S3Bucket"], code["S3Key"], code.get("S3ObjectVersion"))
    return None


def _read_object(bucket: str, key: str, version_id: str | None) -> bytes:
    with moto_lock:
        buckets = s3_backends[ACCOUNT_ID]["aws"].buckets
        if bucket not in buckets:
            raise _refuse_object("NoSuchBucket", "The specified bucket does not exist")
        found = s3_backends[ACCOUNT_ID]["aws"].get_object(bucket, key, version_id)
        if found is None:
            raise _refuse_object("NoSuchKey", "The specified key does not exist.")
        content: bytes = found.value
        return content


def _refuse_object(code: str, message: str) -> AwsError:
    return AwsError(
        "InvalidParameterValueException",
        f"Error occurred while GetObject. S3 Error Code: {code}. S3 Error Message: {message}",
    )


def _read_body(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(request.get_data() or b"{}")
    except ValueError as error:
        message = f"Could not parse request body into json: {error}"
        raise AwsError("InvalidRequestContentException", message) from error
    return body if isinstance(body, dict) else {}


def _find_operation(request: Request) -> tuple[str | None, str]:
    for method, pattern, operation in (
        ("POST", CREATE, "CreateFunction"),
        ("PUT", UPDATE_CODE, "UpdateFunctionCode"),
        ("PUT", UPDATE_CONFIGURATION, "UpdateFunctionConfiguration"),
        ("POST", PUBLISH_LAYER, "PublishLayerVersion"),
    ):
        matched = pattern.fullmatch(request.path)
        if request.method == method and matched:
            return operation, unquote(matched.groupdict().get("name") or "")
    return None, ""
