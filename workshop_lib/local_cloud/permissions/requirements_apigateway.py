"""Amazon API Gateway's control plane: its actions are HTTP verbs and its ARNs are paths.

Source: Service authorization reference, "… for Amazon API Gateway Management".
"""

from __future__ import annotations

from urllib.parse import quote

from workshop_lib.local_cloud.permissions.calls import Call
from workshop_lib.local_cloud.permissions.requirements import Requirement, Rule, list_call_tags
from workshop_lib.local_cloud.permissions.requirements_iam import require_pass_role
from workshop_lib.local_cloud.permissions.resources import MotoResources

API_GATEWAY_SERVICE = "apigateway.amazonaws.com"

_OPERATIONS = (
    "CreateRestApi", "GetRestApis", "GetRestApi", "DeleteRestApi",
    "CreateResource", "GetResources", "GetResource", "DeleteResource",
    "PutMethod", "GetMethod", "UpdateMethod", "DeleteMethod", "TestInvokeMethod",
    "PutMethodResponse", "GetMethodResponse", "DeleteMethodResponse",
    "PutIntegration", "GetIntegration", "DeleteIntegration",
    "PutIntegrationResponse", "GetIntegrationResponse", "DeleteIntegrationResponse",
    "CreateDeployment", "GetDeployments", "GetDeployment",
    "CreateStage", "GetStages", "GetStage", "UpdateStage", "DeleteStage",
    "PutGatewayResponse", "GetGatewayResponses", "GetGatewayResponse", "DeleteGatewayResponse",
    "CreateAuthorizer", "GetAuthorizers", "GetAuthorizer", "UpdateAuthorizer", "DeleteAuthorizer",
    "GetAccount", "UpdateAccount", "GetTags", "TagResource", "UntagResource",
)  # fmt: skip


def _on_path(call: Call, resources: MotoResources) -> list[Requirement]:
    base = f"arn:aws:apigateway:{call.region}::"
    path, tags, api = call.path.rstrip("/"), list_call_tags(call), call.get("restApiId")
    tagged = f"{base}/restapis/{api}" if api else ""
    required = [Requirement(f"apigateway:{call.method}", (f"{base}{path}",), tags, tagged)]
    if call.get("tags") and call.operation != "TagResource":
        # Tags set at creation need PUT on the tags of what is created; its id is not known yet.
        created = quote(f"{base}{path}/*", safe="*")
        required.append(Requirement("apigateway:PUT", (f"{base}/tags/{created}",), tags))
    roles = _list_passed_roles(call)
    return [*required, *(require_pass_role(role, API_GATEWAY_SERVICE) for role in roles)]


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
