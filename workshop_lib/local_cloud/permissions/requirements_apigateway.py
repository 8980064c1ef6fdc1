"""Amazon API Gateway's control plane: its actions are HTTP verbs and its ARNs are paths.

Source: Service authorization reference, "… for Amazon API Gateway Management".
"""

from __future__ import annotations

from urllib.parse import quote

from workshop_lib.local_cloud.permissions.calls import Call
from workshop_lib.local_cloud.permissions.requirements import (
    Requirement,
    ResourceFacts,
    Rule,
    list_call_tags,
)
from workshop_lib.local_cloud.permissions.requirements_iam import require_pass_role

API_GATEWAY_SERVICE = "apigateway.amazonaws.com"

_OPERATIONS = (
    "CreateRestApi", "GetRestApis", "GetRestApi", "DeleteRestApi",
    "CreateResource", "GetResources", "GetResource", "DeleteResource",
    "PutMethod", "GetMethod", "UpdateMethod", "DeleteMethod", "TestInvokeMethod",
    "PutMethodResponse", "GetMethodResponse", "DeleteMethodResponse",
    "PutIntegration", "GetIntegration", "DeleteIntegration",
    "PutIntegrationResponse", "GetIntegrationResponse", "DeleteIntegrationResponse",
    "CreateDeployment", "GetDeployments", "GetDeployment", "DeleteDeployment",
    "CreateStage", "GetStages", "GetStage", "UpdateStage", "DeleteStage",
    "PutGatewayResponse", "GetGatewayResponses", "GetGatewayResponse", "DeleteGatewayResponse",
    "CreateAuthorizer", "GetAuthorizers", "GetAuthorizer", "UpdateAuthorizer", "DeleteAuthorizer",
    "GetAccount", "UpdateAccount", "GetTags", "TagResource", "UntagResource",
)  # fmt: skip


def _on_path(call: Call, facts: ResourceFacts) -> list[Requirement]:
    arn = f"arn:aws:apigateway:{call.region}::{call.path.rstrip('/')}"
    tags, tagged = list_call_tags(call), _find_tagged(call)
    required = [Requirement(f"apigateway:{call.method}", (arn,), tags, tagged=tagged)]
    if call.get("tags") and call.operation != "TagResource":
        required.append(_require_tagging(call))
    for role in _list_passed_roles(call):
        required.append(require_pass_role(role, API_GATEWAY_SERVICE))
    return required


def _find_tagged(call: Call) -> str:
    api = call.get("restApiId")
    return f"arn:aws:apigateway:{call.region}::/restapis/{api}" if api else ""


def _require_tagging(call: Call) -> Requirement:
    """Tags set at creation need PUT on the tags of what is created, whose id is not known yet."""
    created = f"arn:aws:apigateway:{call.region}::{call.path.rstrip('/')}/*"
    encoded = quote(created, safe="*")
    arn = f"arn:aws:apigateway:{call.region}::/tags/{encoded}"
    return Requirement("apigateway:PUT", (arn,), list_call_tags(call))


def _list_passed_roles(call: Call) -> list[str]:
    """List the roles that API Gateway is to use: of an integration, an authorizer, its logs."""
    given = [call.get("credentials"), call.get("authorizerCredentials")]
    given += [
        operation.get("value")
        for operation in call.get("patchOperations") or ()
        if str(operation.get("path", "")).lower().endswith(("credentials", "cloudwatchrolearn"))
    ]
    return [role for role in given if isinstance(role, str) and ":role/" in role]


RULES: dict[str, Rule] = dict.fromkeys(_OPERATIONS, _on_path)
