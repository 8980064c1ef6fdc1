"""Deployments and stages.

moto makes a new stage at each deployment, so that variables, settings and tags are lost. Source of
the patch paths: API Gateway V1 reference, "Patch operations", UpdateStage.
"""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any

from werkzeug import Response

from workshop_lib.local_cloud.gateway.control_calls import (
    ControlCall,
    answer_json,
    bad_request,
    left_out,
)
from workshop_lib.local_cloud.gateway.deployments import keep_copy

_VARIABLE_VALUE = re.compile(r"[A-Za-z0-9 ._~:/?#&=,@-]*")
_METHOD_KEY = re.compile(r"[^/]+/(\*|[A-Z]+)")
# What a method key has when only one of its limits is given: the account's.
_DEFAULT_LIMITS = {"throttlingRateLimit": 10_000.0, "throttlingBurstLimit": 5_000}
_PATCHES = (
    "replace /deploymentId", "replace /description", "replace|remove /variables/{name}",
    "replace /accessLogSettings/destinationArn|format", "remove /accessLogSettings",
    "replace /{resource}/{method}/throttling/rateLimit|burstLimit", "remove /{resource}/{method}",
)  # fmt: skip


def create_deployment(call: ControlCall) -> Response:
    """Copy the API as it stands; a named stage is made, or moved to the copy with all it has.

    Raises:
        AwsError: no method, a method without integration, or a bad name of a stage or variable.
    """
    api, name, variables = call.api, call.get("stageName"), call.get("variables") or {}
    methods = [method for one in api.resources.values() for method in one.resource_methods.values()]
    if not methods:
        raise bad_request("The REST API doesn't contain any methods")
    if any(method.method_integration is None for method in methods):
        raise bad_request("No integration defined for method")
    if name:
        _require_stage(name, variables)
    former = api.stages.get(name)
    deployment = api.create_deployment(name, call.get("description") or "", dict(variables))
    if former is not None:
        former.deployment_id = deployment.id
        former.variables.update(variables)
        api.stages[name] = former
    if name and call.get("stageDescription"):
        api.stages[name].description = call.get("stageDescription")
    keep_copy(api, deployment)
    described = {"id": deployment.id, "createdDate": deployment.created_date}
    description = {"description": deployment.description} if deployment.description else {}
    return answer_json(described | description, 201)


def check_new_stage(call: ControlCall) -> None:
    """Check CreateStage; moto carries it out.

    Raises:
        AwsError: a bad name or variable, or no such deployment.
    """
    _require_stage(call.get("stageName") or "", call.get("variables") or {})
    _require_deployment(call.api, call.get("deploymentId"))


def update_stage(call: ControlCall) -> Response:
    """Change a stage by patch operations: all of them, or none where one is wrong.

    Raises:
        AwsError: no such stage, or an operation AWS refuses or that is left out.
    """
    api, changed = call.api, deepcopy(call.find("stage"))
    for operation in call.get("patchOperations") or ():
        _apply(api, changed, operation)
    api.stages[changed.name] = changed
    return answer_json(changed.to_json())


def _apply(api: Any, stage: Any, operation: dict[str, str]) -> None:
    verb, path, value = (operation.get(name) or "" for name in ("op", "path", "value"))
    match [verb, *path.split("/")[1:]]:
        case ["replace", "deploymentId"]:
            _require_deployment(api, value)
            stage.deployment_id = value
        case ["replace", "description"]:
            stage.description = value
        case ["replace", "variables", name]:
            _require_variable(name, value)
            stage.variables[name] = value
        case ["remove", "variables", name]:
            stage.variables.pop(name, None)
        case ["replace", "accessLogSettings", "destinationArn" | "format" as name]:
            _require_log(api, name, value)
            stage.access_log_settings = (stage.access_log_settings or {}) | {name: value}
        case ["remove", "accessLogSettings"]:
            stage.access_log_settings = None
        case ["replace", resource, method, "throttling", "rateLimit" | "burstLimit" as limit] if (
            _METHOD_KEY.fullmatch(f"{resource}/{method}")
        ):
            settings = stage._get_default_method_settings() | _DEFAULT_LIMITS
            settings = stage.method_settings.setdefault(f"{resource}/{method}", settings)
            settings |= _read_limit(limit, value)
        case ["remove", resource, method] if _METHOD_KEY.fullmatch(f"{resource}/{method}"):
            stage.method_settings.pop(f"{resource}/{method}", None)
        case _:
            known = ", ".join(_PATCHES)
            raise left_out(f"the patch '{verb} {path}' of stages", f"Here are: {known}.")


def _read_limit(name: str, value: str) -> dict[str, float]:
    try:
        limit = float(value) if name == "rateLimit" else int(value)
    except ValueError as error:
        raise bad_request(f"Invalid value '{value}' for throttling/{name}: a number") from error
    return {f"throttling{name[0].upper()}{name[1:]}": limit}


def _require_stage(name: str, variables: dict[str, str]) -> None:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,128}", name):
        raise bad_request("Stage name only allows a-zA-Z0-9_-")
    for variable, value in variables.items():
        _require_variable(variable, value)


def _require_deployment(api: Any, deployment_id: Any) -> None:
    if deployment_id not in api.deployments:
        raise bad_request("Deployment id does not exist")


def _require_log(api: Any, name: str, value: str) -> None:
    from moto.apigateway.models import apigateway_backends

    if not apigateway_backends[api.account_id][api.region_name].account.cloudwatch_role_arn:
        raise bad_request(
            "CloudWatch Logs role ARN must be set in account settings to enable logging"
        )
    if name == "destinationArn" and ":log-group:" not in value:
        raise bad_request(
            "The local cloud's access logs go to CloudWatch Logs: give the ARN of a log group."
        )


def _require_variable(name: str, value: str) -> None:
    if not re.fullmatch(r"\w+", name) or not _VARIABLE_VALUE.fullmatch(value):
        raise bad_request(
            f"Invalid stage variable value: {name}={value}. Please use values with alphanumeric "
            "characters and the symbols ' ', '-', '.', '_', ':', '/', '?', '&', '=', and ','."
        )
