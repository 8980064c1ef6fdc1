"""Reading and deleting what is not there: AWS says so, moto fails inside or answers nothing.

Each function refuses what does not exist; moto carries out the rest.
"""

from __future__ import annotations

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.gateway.control_calls import ControlCall, not_found


def require_method(call: ControlCall) -> None:
    """Refuse a method that does not exist."""
    call.method  # noqa: B018 - looking it up refuses it


def require_deployment(call: ControlCall) -> None:
    """Refuse a deployment that does not exist."""
    if call.names["deployment_id"] not in call.api.deployments:
        raise not_found("Deployment")


def require_integration(call: ControlCall) -> None:
    """Refuse the integration of a method that has none."""
    if call.method.method_integration is None:
        raise not_found("Integration")


def require_method_response(call: ControlCall) -> None:
    """Refuse a method response that does not exist."""
    if call.names["status"] not in call.method.method_responses:
        raise _unknown_status()


def require_integration_response(call: ControlCall) -> None:
    """Refuse an integration response that does not exist."""
    require_integration(call)
    if call.names["status"] not in (call.method.method_integration.integration_responses or {}):
        raise _unknown_status()


def _unknown_status() -> AwsError:
    return AwsError("NotFoundException", "Invalid Response status code specified", 404)
