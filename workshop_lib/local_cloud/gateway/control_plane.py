"""The control-plane calls that moto lacks, or answers otherwise than AWS does.

Each operation is one function: it answers, or it refuses with an AwsError, or it returns None and
moto answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from werkzeug import Request, Response

from workshop_lib.local_cloud.gateway import control_apis, control_methods, control_stages
from workshop_lib.local_cloud.gateway.control_calls import ControlCall, left_out
from workshop_lib.local_cloud.gateway.function_calls import GatewayServices
from workshop_lib.local_cloud.moto_hooks import REGION, moto_lock
from workshop_lib.local_cloud.permissions.calls import read_call

# Parameters that would ask for more than there is here, and what that is.
_LEFT_OUT = {
    "apiKeyRequired": ("API keys and usage plans", ""),
    "authorizerCredentials": ("authorizers that act as a role", "Use lambda add-permission."),
    "cacheClusterEnabled": ("caches of stages", ""),
    "canarySettings": ("canaries of stages", ""),
    "cloneFrom": ("copies of APIs", ""),
    "connectionId": ("VPC links", ""),
    "contentHandling": ("contentHandling", "A Lambda proxy integration answers with Base64."),
    "credentials": ("integrations that act as a role", "Use lambda add-permission."),
    "identityValidationExpression": (
        "identity validation expressions", "Let the authorizer's function look at the token.",
    ),
    "minimumCompressionSize": ("compressed answers", ""),
    "policy": ("resource policies of APIs", "Guard the method with a Lambda authorizer."),
    "requestValidatorId": ("request validators", "Let the function check what it is given."),
    "tracingEnabled": ("X-Ray traces of stages", ""),
}  # fmt: skip
# moto fails inside, or answers nothing, where these are not there; AWS says so.
_NEEDED = {
    f"{verb}{kind.title().replace(' ', '')}": kind
    for verb in ("Get", "Delete")
    for kind in ("method", "method response", "integration", "integration response")
} | {
    "GetRestApi": "api", "DeleteRestApi": "api", "PutGatewayResponse": "api",
    "GetResources": "api", "GetResource": "resource", "GetAuthorizers": "api",
    "GetDeployments": "api", "GetDeployment": "deployment", "GetStages": "api",
    "GetStage": "stage", "DeleteStage": "stage",
}  # fmt: skip
_OPERATIONS: Mapping[str, Callable[[ControlCall], Response | None]] = {
    "CreateRestApi": control_apis.create_rest_api,
    "DeleteRestApi": control_apis.delete_rest_api,
    "CreateResource": control_apis.check_new_resource,
    "DeleteResource": control_apis.delete_resource,
    "CreateAuthorizer": control_apis.check_new_authorizer,
    "UpdateAuthorizer": control_apis.check_authorizer_patches,
    "DeleteAuthorizer": control_apis.check_deleted_authorizer,
    "GetGatewayResponses": control_apis.list_gateway_responses,
    "GetGatewayResponse": control_apis.get_gateway_response,
    "PutGatewayResponse": control_apis.check_gateway_response,
    "DeleteGatewayResponse": control_apis.check_deleted_gateway_response,
    "GetTags": control_apis.list_tags,
    "TagResource": control_apis.add_tags,
    "UntagResource": control_apis.remove_tags,
    "PutMethod": control_methods.check_new_method,
    "UpdateMethod": control_methods.update_method,
    "PutMethodResponse": control_methods.check_new_method_response,
    "PutIntegration": control_methods.check_integration,
    "PutIntegrationResponse": control_methods.check_integration_response,
    "TestInvokeMethod": control_methods.test_invoke_method,
    "CreateDeployment": control_stages.create_deployment,
    "CreateStage": control_stages.check_new_stage,
    "UpdateStage": control_stages.update_stage,
}
# It calls functions, so it runs without holding moto's lock.
_UNLOCKED = "TestInvokeMethod"


def answer_control(request: Request, services: GatewayServices) -> Response | None:
    """Answer or refuse a call, or return None where moto's answer is right.

    Args:
        request: the call.
        services: what test invocations call.

    Raises:
        AwsError: AWS refuses the call, or it asks for what is left out.
    """
    read = read_call(request, "apigateway", request.environ[REGION], services.account_id)
    call = ControlCall(request, read.parameters, services)
    for name, (what, instead) in _LEFT_OUT.items():
        if call.get(name):
            raise left_out(what, instead)
    if read.operation == _UNLOCKED:
        return _OPERATIONS[read.operation](call)
    with moto_lock:
        if read.operation in _NEEDED:
            call.find(_NEEDED[read.operation])
        operation = _OPERATIONS.get(read.operation)
        return None if operation is None else operation(call)
