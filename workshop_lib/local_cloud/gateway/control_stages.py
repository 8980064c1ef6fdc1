"""CreateStage's checks and UpdateStage's patch operations.

Source of the patch paths: API Gateway V1 reference, "Patch operations", UpdateStage.
"""

from __future__ import annotations

import re
from typing import Any

from werkzeug import Response

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.gateway.control_calls import (
    ControlCall,
    answer_json,
    bad_request,
    left_out,
)
from workshop_lib.local_cloud.gateway.control_deployments import require_stage_name
from workshop_lib.local_cloud.gateway.live_apis import get_backend

_METHOD_SETTING = re.compile(
    r"/(?P<key>[^/]+/(?:\*|[A-Z]+))/(?P<setting>metrics/enabled|logging/loglevel|logging/dataTrace"
    r"|throttling/burstLimit|throttling/rateLimit|caching/\w+)"
)
_METHOD_KEY = re.compile(r"/(?P<key>[^/]+/(?:\*|[A-Z]+))")
_VARIABLE = re.compile(r"/variables/(?P<name>\w+)")
_VARIABLE_VALUE = re.compile(r"[A-Za-z0-9 ._~:/?#&=,@-]*")
_PLAIN = frozenset(
    {
        "/accessLogSettings/destinationArn",
        "/accessLogSettings/format",
        "/cacheClusterEnabled",
        "/cacheClusterSize",
        "/deploymentId",
        "/description",
        "/tracingEnabled",
    }
)
# What AWS writes for a method key when only one of its settings is given.
_DEFAULT_THROTTLING = {"throttlingRateLimit": 10_000.0, "throttlingBurstLimit": 5_000}


def check_new_stage(call: ControlCall) -> None:
    """Check CreateStage; moto carries it out.

    Raises:
        AwsError: a bad name or variable, or no such deployment.
    """
    api, document = call.api, call.document
    require_stage_name(document.get("stageName") or "")
    if document.get("deploymentId") not in api.deployments:
        raise bad_request("Deployment id does not exist")
    if document.get("canarySettings"):
        raise left_out("canaries of stages")
    for name, value in (document.get("variables") or {}).items():
        _require_variable(name, value)


def update_stage(call: ControlCall) -> Response:
    """Change a stage by patch operations: all of them, or none where one is wrong.

    Raises:
        AwsError: no such stage, or an operation AWS refuses.
    """
    stage, operations = call.stage, call.document.get("patchOperations") or []
    for operation in operations:
        _check_operation(call, operation)
    for operation in operations:
        _apply(stage, operation)
    return answer_json(stage.to_json())


def _check_operation(call: ControlCall, operation: dict[str, Any]) -> None:
    verb, path = operation.get("op"), operation.get("path") or ""
    value = str(operation.get("value") or "")
    if verb == "replace" and path in _PLAIN:
        _check_plain(call, path, value)
    elif verb == "replace" and (setting := _METHOD_SETTING.fullmatch(path)):
        _check_setting(call, setting["setting"], value)
    elif verb in ("replace", "remove") and (variable := _VARIABLE.fullmatch(path)):
        _require_variable(variable["name"], value)
    elif not (verb == "remove" and _is_removable(path)):
        raise bad_request(
            f"Invalid patch path  '{path}' specified for op '{verb}'. Must be one of: "
            "[/variables/{name}, /{resource}/{method}/throttling/rateLimit, "
            "/{resource}/{method}/throttling/burstLimit, /{resource}/{method}/logging/loglevel, "
            "/{resource}/{method}/logging/dataTrace, /{resource}/{method}/metrics/enabled, "
            f"{', '.join(sorted(_PLAIN))}]"
        )


def _is_removable(path: str) -> bool:
    return path == "/accessLogSettings" or _METHOD_KEY.fullmatch(path) is not None


def _check_plain(call: ControlCall, path: str, value: str) -> None:
    if path == "/deploymentId" and value not in call.api.deployments:
        raise bad_request("Deployment id does not exist")
    if path.startswith("/accessLogSettings/"):
        _require_log_role(call)
    if path == "/accessLogSettings/destinationArn" and ":log-group:" not in value:
        raise bad_request(
            "The local cloud's access logs go to CloudWatch Logs: give the ARN of a log group."
        )


def _check_setting(call: ControlCall, setting: str, value: str) -> None:
    if setting == "logging/loglevel":
        if value not in ("OFF", "ERROR", "INFO"):
            raise bad_request(f"Invalid log level '{value}': must be one of OFF, ERROR, INFO")
        if value != "OFF":
            _require_log_role(call)
    if setting.startswith("throttling/"):
        kind = float if setting.endswith("rateLimit") else int
        try:
            kind(value)
        except ValueError as error:
            raise bad_request(f"Invalid value '{value}' for {setting}: a number") from error


def _require_log_role(call: ControlCall) -> None:
    if not get_backend(call.account_id, call.api.region_name).account.cloudwatch_role_arn:
        raise AwsError(
            "BadRequestException",
            "CloudWatch Logs role ARN must be set in account settings to enable logging",
            400,
        )


def _require_variable(name: str, value: Any) -> None:
    if not re.fullmatch(r"\w+", name) or not _VARIABLE_VALUE.fullmatch(str(value)):
        raise bad_request(
            f"Invalid stage variable value: {name}={value}. Please use values with alphanumeric "
            "characters and the symbols ' ', '-', '.', '_', ':', '/', '?', '&', '=', and ','."
        )


def _apply(stage: Any, operation: dict[str, Any]) -> None:
    path = operation["path"]
    key = _METHOD_KEY.fullmatch(path)
    if operation["op"] == "remove" and key is not None and not _VARIABLE.fullmatch(path):
        stage.method_settings.pop(key["key"], None)
        return
    setting = _METHOD_SETTING.fullmatch(path)
    is_new = setting is not None and setting["key"] not in stage.method_settings
    stage.apply_operations([{**operation, "value": str(operation.get("value") or "")}])
    if setting is not None and is_new:
        settings = stage.method_settings[setting["key"]]
        given = {
            "throttling/rateLimit": "throttlingRateLimit",
            "throttling/burstLimit": "throttlingBurstLimit",
        }.get(setting["setting"])
        settings.update(
            {name: number for name, number in _DEFAULT_THROTTLING.items() if name != given}
        )
