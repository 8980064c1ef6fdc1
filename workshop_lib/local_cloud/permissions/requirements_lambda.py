"""AWS Lambda: which actions on which functions and layers a call needs.

Source: Service authorization reference, "Actions, resources, and condition keys for AWS Lambda".
"""

from __future__ import annotations

import re

from workshop_lib.local_cloud.permissions.calls import Call
from workshop_lib.local_cloud.permissions.contexts import ContextValue
from workshop_lib.local_cloud.permissions.requirements import (
    Requirement,
    ResourceFacts,
    Rule,
    list_tag_keys,
    on_everything,
    on_resource,
)
from workshop_lib.local_cloud.permissions.requirements_iam import require_pass_role
from workshop_lib.local_cloud.permissions.requirements_s3 import require_read

_FUNCTION_OPERATIONS = (
    "DeleteFunction", "GetFunction", "GetFunctionConfiguration",
    "ListVersionsByFunction", "PublishVersion", "GetPolicy", "RemovePermission",
    "GetFunctionConcurrency", "PutFunctionConcurrency", "DeleteFunctionConcurrency",
    "GetFunctionEventInvokeConfig", "ListFunctionEventInvokeConfigs",
    "DeleteFunctionEventInvokeConfig", "PutFunctionEventInvokeConfig",
    "UpdateFunctionEventInvokeConfig", "GetFunctionRecursionConfig",
    "PutFunctionRecursionConfig",
)  # fmt: skip
_LAYER_VERSION_OPERATIONS = (
    "GetLayerVersion", "DeleteLayerVersion", "GetLayerVersionPolicy",
    "AddLayerVersionPermission", "RemoveLayerVersionPermission",
)  # fmt: skip
# Operations on a published version or an alias are decided on its own ARN.
_QUALIFIED = ("Invoke", "GetFunction", "GetFunctionConfiguration")
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


def layer_arn(call: Call, name: str) -> str:
    """Return a layer's ARN, given its name or ARN."""
    if name.startswith("arn:"):
        return name
    return f"arn:aws:lambda:{call.region}:{call.account_id}:layer:{name}"


def _on_function(operation: str, action: str | None = None) -> Rule:
    def rule(call: Call, facts: ResourceFacts) -> list[Requirement]:
        plain = function_arn(call, _strip_qualifier(call.get("FunctionName")))
        arn = plain
        if operation in _QUALIFIED:
            arn = function_arn(call, call.get("FunctionName"), call.get("Qualifier"))
        return [Requirement(f"lambda:{action or operation}", (arn,), tagged=plain)]

    return rule


def _strip_qualifier(name: str) -> str:
    match = _FUNCTION_NAME.fullmatch(name)
    qualifier = match["qualifier"] if match else None
    return name.removesuffix(f":{qualifier}") if qualifier else name


def _create_function(call: Call, facts: ResourceFacts) -> list[Requirement]:
    arn = function_arn(call, call.get("FunctionName") or "")
    tags = call.get("Tags")
    required = [
        Requirement("lambda:CreateFunction", (arn,), {**_layer_keys(call), **list_tag_keys(tags)}),
        *_require_role(call, arn),
        *_require_layers(call),
        *_require_package(call.get("Code") or {}),
    ]
    if tags:
        required.append(Requirement("lambda:TagResource", (arn,), list_tag_keys(tags)))
    return required


def _update_configuration(call: Call, facts: ResourceFacts) -> list[Requirement]:
    arn = function_arn(call, call.get("FunctionName"))
    return [
        Requirement("lambda:UpdateFunctionConfiguration", (arn,), _layer_keys(call), tagged=arn),
        *_require_role(call, arn),
        *_require_layers(call),
    ]


def _update_code(call: Call, facts: ResourceFacts) -> list[Requirement]:
    arn = function_arn(call, call.get("FunctionName"))
    return [
        Requirement("lambda:UpdateFunctionCode", (arn,), tagged=arn),
        *_require_package(call.parameters),
    ]


def _add_permission(call: Call, facts: ResourceFacts) -> list[Requirement]:
    arn = function_arn(call, call.get("FunctionName"))
    context: dict[str, ContextValue] = {"lambda:Principal": str(call.get("Principal") or "")}
    return [Requirement("lambda:AddPermission", (arn,), context, tagged=arn)]


def _publish_layer(call: Call, facts: ResourceFacts) -> list[Requirement]:
    arn = layer_arn(call, call.get("LayerName"))
    return [
        Requirement("lambda:PublishLayerVersion", (arn,)),
        *_require_package(call.get("Content") or {}),
    ]


def _on_layer_version(operation: str) -> Rule:
    return lambda call, facts: [
        Requirement(
            f"lambda:{operation}",
            (f"{layer_arn(call, call.get('LayerName'))}:{call.get('VersionNumber')}",),
        )
    ]


def _get_layer_by_arn(call: Call, facts: ResourceFacts) -> list[Requirement]:
    return [Requirement("lambda:GetLayerVersion", (str(call.get("Arn")),))]


def _find_tagged(call: Call, facts: ResourceFacts) -> tuple[str, ...]:
    return (str(call.get("Resource")),)


def _layer_keys(call: Call) -> dict[str, ContextValue]:
    return {"lambda:Layer": tuple(call.get("Layers"))} if call.get("Layers") else {}


def _require_layers(call: Call) -> list[Requirement]:
    layers = call.get("Layers") or ()
    return [Requirement("lambda:GetLayerVersion", (layer,)) for layer in layers]


def _require_role(call: Call, arn: str) -> list[Requirement]:
    role = call.get("Role")
    return [require_pass_role(role, LAMBDA_SERVICE, arn)] if role else []


def _require_package(location: object) -> list[Requirement]:
    """A package in S3 is read with the caller's own rights."""
    get = getattr(location, "get", None)
    if get is None or not get("S3Bucket") or not get("S3Key"):
        return []
    return [require_read(get("S3Bucket"), get("S3Key"), get("S3ObjectVersion"))]


RULES: dict[str, Rule] = {
    "CreateFunction": _create_function,
    "UpdateFunctionConfiguration": _update_configuration,
    "UpdateFunctionCode": _update_code,
    "AddPermission": _add_permission,
    "Invoke": _on_function("Invoke", "InvokeFunction"),
    "PublishLayerVersion": _publish_layer,
    "GetLayerVersionByArn": _get_layer_by_arn,
    **on_everything(
        "lambda",
        "ListFunctions",
        "ListLayers",
        "ListLayerVersions",
        "CreateEventSourceMapping",
        "ListEventSourceMappings",
        "GetAccountSettings",
    ),
    **{operation: _on_function(operation) for operation in _FUNCTION_OPERATIONS},
    **{operation: _on_layer_version(operation) for operation in _LAYER_VERSION_OPERATIONS},
    **on_resource("lambda", _find_tagged, ("ListTags", "TagResource", "UntagResource")),
}
