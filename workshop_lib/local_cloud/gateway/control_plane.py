"""The control-plane calls that moto lacks, or answers otherwise than AWS does.

Each operation is one function: it answers, or it refuses with an AwsError, or it returns None and
moto answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from werkzeug import Request, Response

from workshop_lib.local_cloud.configuration import CloudConfiguration
from workshop_lib.local_cloud.gateway import (
    control_apis,
    control_authorizers,
    control_deployments,
    control_existence,
    control_methods,
    control_resources,
    control_responses,
    control_stages,
    control_tags,
)
from workshop_lib.local_cloud.gateway.control_calls import ControlCall
from workshop_lib.local_cloud.gateway.services import GatewayServices
from workshop_lib.local_cloud.moto_hooks import moto_lock

Operation = Callable[[ControlCall], Response | None]

_API = r"/restapis/(?P<api_id>[^/]+)"
_RESOURCE = _API + r"/resources/(?P<resource_id>[^/]+)"
_METHOD = _RESOURCE + r"/methods/(?P<method>[^/]+)"
_STAGE = _API + r"/stages/(?P<stage>[^/]+)"
_AUTHORIZER = _API + r"/authorizers/(?P<authorizer_id>[^/]+)"
_RESPONSE = _API + r"/gatewayresponses/(?P<type>[^/]+)"


def _both(path: str, operation: Operation) -> tuple[tuple[str, str, Operation], ...]:
    return ("GET", path, operation), ("DELETE", path, operation)


# It calls functions, so it runs without holding moto's lock.
_UNLOCKED: Sequence[tuple[str, str, Operation]] = (
    ("POST", _METHOD, control_methods.test_invoke_method),
)
_OPERATIONS: Sequence[tuple[str, str, Operation]] = (
    ("POST", "/restapis", control_apis.create_rest_api),
    ("DELETE", _API, control_apis.delete_rest_api),
    ("POST", _API + "/deployments", control_deployments.create_deployment),
    ("DELETE", _API + r"/deployments/(?P<deployment_id>[^/]+)",
     control_deployments.delete_deployment),
    ("GET", _API + r"/deployments/(?P<deployment_id>[^/]+)",
     control_existence.require_deployment),
    ("POST", _API + "/stages", control_stages.check_new_stage),
    ("PATCH", _STAGE, control_stages.update_stage),
    ("POST", _RESOURCE, control_resources.check_new_resource),
    ("DELETE", _RESOURCE, control_resources.delete_resource),
    ("PUT", _METHOD, control_methods.check_new_method),
    ("PATCH", _METHOD, control_methods.update_method),
    *_both(_METHOD, control_existence.require_method),
    ("PUT", _METHOD + r"/responses/(?P<status>\d+)", control_methods.check_new_method_response),
    ("PUT", _METHOD + "/integration", control_methods.check_integration),
    ("PUT", _METHOD + r"/integration/responses/(?P<status>\d+)",
     control_methods.check_integration_response),
    *_both(_METHOD + "/integration", control_existence.require_integration),
    *_both(_METHOD + r"/responses/(?P<status>\d+)", control_existence.require_method_response),
    *_both(_METHOD + r"/integration/responses/(?P<status>\d+)",
           control_existence.require_integration_response),
    ("POST", _API + "/authorizers", control_authorizers.create_authorizer),
    ("PATCH", _AUTHORIZER, control_authorizers.check_authorizer_patches),
    ("DELETE", _AUTHORIZER, control_authorizers.check_deleted_authorizer),
    ("GET", _API + "/gatewayresponses", control_responses.list_gateway_responses),
    ("GET", _RESPONSE, control_responses.get_gateway_response),
    ("PUT", _RESPONSE, control_responses.check_gateway_response),
    ("GET", r"/tags/(?P<arn>.+)", control_tags.list_tags),
    ("PUT", r"/tags/(?P<arn>.+)", control_tags.add_tags),
    ("DELETE", r"/tags/(?P<arn>.+)", control_tags.remove_tags),
)  # fmt: skip


class ControlPlane:
    """The operations, by HTTP method and path.

    Args:
        configuration: account and Region.
        services: what test invocations call.
        forget: drops what is cached for an API.
    """

    def __init__(
        self,
        configuration: CloudConfiguration,
        services: GatewayServices,
        forget: Callable[[str], None],
    ) -> None:
        self._configuration = configuration
        self._services = services
        self._forget = forget

    def handle(self, request: Request) -> Response | None:
        """Answer or refuse a call, or return None where moto's answer is right.

        Raises:
            AwsError: AWS refuses the call.
        """
        found = self._find(_UNLOCKED, request)
        if found is not None:
            operation, call = found
            return operation(call)
        found = self._find(_OPERATIONS, request)
        if found is None:
            return None
        operation, call = found
        with moto_lock:
            return operation(call)

    def _find(
        self, operations: Sequence[tuple[str, str, Operation]], request: Request
    ) -> tuple[Operation, ControlCall] | None:
        for http_method, pattern, operation in operations:
            match = re.fullmatch(pattern + "/?", request.path)
            if match is not None and http_method == request.method:
                return operation, self._call(request, match)
        return None

    def _call(self, request: Request, match: re.Match[str]) -> ControlCall:
        return ControlCall(
            request=request,
            names=match.groupdict(),
            account_id=self._configuration.account_id,
            services=self._services,
            forget=self._forget,
        )
