"""AWS Lambda: which actions on which functions and layers a call needs.

Source: Service authorization reference, "Actions, resources, and condition keys for AWS Lambda".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from workshop_lib.local_cloud.permissions.calls import Call
from workshop_lib.local_cloud.permissions.requirements import (
    Requirement,
    Rule,
    list_tag_keys,
    on_everything,
    on_resource,
)
from workshop_lib.local_cloud.permissions.requirements_iam import require_pass_role
from workshop_lib.local_cloud.permissions.requirements_s3 import require_read
from workshop_lib.local_cloud.permissions.resources import MotoResources

_FUNCTION_OPERATIONS = (
    "DeleteFunction", "ListVersionsByFunction", "GetPolicy", "AddPermission", "RemovePermission",
    "GetFunctionConcurrency", "PutFunctionConcurrency", "DeleteFunctionConcurrency",
    "GetFunctionEventInvokeConfig", "PutFunctionEventInvokeConfig",
    "DeleteFunctionEventInvokeConfig", "GetFunctionRecursionConfig",
)  # fmt: skip
# Decided on the ARN of the version that is named.
_QUALIFIED = {
    "Invoke": "InvokeFunction",
    "GetFunction": "GetFunction",
    "GetFunctionConfiguration": "GetFunctionConfiguration",
}
_LAYER_VERSION_OPERATIONS = (
    "GetLayerVersion", "DeleteLayerVersion", "GetLayerVersionPolicy",
    "AddLayerVersionPermission", "RemoveLayerVersionPermission",
)  # fmt: skip
# A function's name, a partial ARN or an ARN, as the runtime reads them.
_FUNCTION_NAME = re.compile(
    r"(?:(?:arn:aws[\w-]*:lambda:(?P<region>[\w-]+):)?(?P<account>\d{12}):function:)?"
    r"(?P<name>[^:]+)(?::(?P<qualifier>[^:]+))?"
)
LAMBDA_SERVICE = "lambda.amazonaws.com"


def function_arn(call: Call, name: str, qualifier: str | None = None) -> str:
    """Return a function's ARN, given its name, a partial ARN or its ARN, with the qualifier."""
    match = _FUNCTION_NAME.fullmatch(name)
    if match is None:
        return f"arn:aws:lambda:{call.region}:{call.account_id}:function:{name}"
    region, account = match["region"] or call.region, match["account"] or call.account_id
    arn = f"arn:aws:lambda:{region}:{account}:function:{match['name']}"
    qualifier = qualifier or match["qualifier"]
    return f"{arn}:{qualifier}" if qualifier else arn


def _find_function(call: Call) -> tuple[str, ...]:
    name = call.get("FunctionName") or ""
    match = _FUNCTION_NAME.fullmatch(name)
    qualifier = match["qualifier"] if match else None
    return (function_arn(call, name.removesuffix(f":{qualifier}") if qualifier else name),)


def _find_layer(call: Call) -> tuple[str, ...]:
    name = str(call.get("LayerName"))
    base = f"arn:aws:lambda:{call.region}:{call.account_id}:layer:"
    arn = name if name.startswith("arn:") else f"{base}{name}"
    version = call.get("VersionNumber")
    return (arn if version is None else f"{arn}:{version}",)


def _on_version(action: str) -> Rule:
    def rule(call: Call, resources: MotoResources) -> list[Requirement]:
        arn = function_arn(call, call.get("FunctionName"), call.get("Qualifier"))
        return [Requirement(f"lambda:{action}", (arn,), tagged=_find_function(call)[0])]

    return rule


def _write_function(operation: str) -> Rule:
    """Make the rule of an operation that gives a function its code, its role or its layers."""

    def rule(call: Call, resources: MotoResources) -> list[Requirement]:
        arn, role = function_arn(call, call.get("FunctionName") or ""), call.get("Role")
        is_new = operation == "CreateFunction"
        tags = list_tag_keys(call.get("Tags")) if is_new else {}
        layers = [Requirement("lambda:GetLayerVersion", (one,)) for one in call.get("Layers") or ()]
        return [
            Requirement(f"lambda:{operation}", (arn,), tags, tagged="" if is_new else arn),
            *([require_pass_role(role, LAMBDA_SERVICE)] if role else []),
            *layers,
            *_require_package(call.get("Code") if is_new else call.parameters),
            *([Requirement("lambda:TagResource", (arn,), tags)] if tags else []),
        ]

    return rule


def _publish_layer(call: Call, resources: MotoResources) -> list[Requirement]:
    required = Requirement("lambda:PublishLayerVersion", _find_layer(call))
    return [required, *_require_package(call.get("Content"))]


def _require_package(location: Mapping[str, Any] | None) -> list[Requirement]:
    """A package in S3 is read with the caller's own rights."""
    found = location or {}
    if not found.get("S3Bucket") or not found.get("S3Key"):
        return []
    return [require_read(found["S3Bucket"], found["S3Key"], found.get("S3ObjectVersion"))]


def _find_tagged(call: Call) -> tuple[str, ...]:
    return (str(call.get("Resource")),)


RULES: dict[str, Rule] = {
    "CreateFunction": _write_function("CreateFunction"),
    "UpdateFunctionConfiguration": _write_function("UpdateFunctionConfiguration"),
    "UpdateFunctionCode": _write_function("UpdateFunctionCode"),
    "PublishLayerVersion": _publish_layer,
    **on_everything(
        "lambda", "ListFunctions", "ListLayers", "ListLayerVersions", "ListEventSourceMappings",
        "GetAccountSettings",
    ),
    **{operation: _on_version(action) for operation, action in _QUALIFIED.items()},
    **on_resource("lambda", _find_function, _FUNCTION_OPERATIONS),
    **on_resource("lambda", _find_layer, _LAYER_VERSION_OPERATIONS),
    **on_resource("lambda", _find_tagged, ("ListTags", "TagResource", "UntagResource")),
}  # fmt: skip
