"""CreateDeployment and DeleteDeployment.

moto makes a new stage at each deployment, so that variables, settings, logs and tags are lost, and
decides by the stage's name whether a deployment is in use.
"""

from __future__ import annotations

import re
from typing import Any

from werkzeug import Response

from workshop_lib.local_cloud.gateway.control_calls import (
    ControlCall,
    answer_json,
    bad_request,
    left_out,
    not_found,
)
from workshop_lib.local_cloud.gateway.snapshots import keep_snapshot


def create_deployment(call: ControlCall) -> Response:
    """Copy the API as it stands; a named stage is made, or moved to the copy with all it has.

    Raises:
        AwsError: no method, a method without integration, a bad stage name, or a canary.
    """
    api, document = call.api, call.document
    _require_deployable(api)
    name = document.get("stageName")
    if document.get("canarySettings"):
        raise left_out("canaries of stages")
    if name:
        require_stage_name(name)
    former = api.stages.get(name)
    deployment = api.create_deployment(
        name, document.get("description", ""), dict(document.get("variables") or {})
    )
    if former is not None:
        former.deployment_id = deployment.id
        former.variables.update(document.get("variables") or {})
        api.stages[name] = former
    if name and document.get("stageDescription"):
        api.stages[name].description = document["stageDescription"]
    keep_snapshot(api, deployment.id)
    return answer_json(_describe(deployment), 201)


def delete_deployment(call: ControlCall) -> Response:
    """Delete a deployment that no stage serves.

    Raises:
        AwsError: there is none, or a stage serves it.
    """
    api, deployment_id = call.api, call.names["deployment_id"]
    if deployment_id not in api.deployments:
        raise not_found("Deployment")
    if any(stage.deployment_id == deployment_id for stage in api.stages.values()):
        raise bad_request("Active stages pointing to this deployment must be moved or deleted")
    del api.deployments[deployment_id]
    return Response(status=202)


def require_stage_name(name: str) -> None:
    """Check a stage's name.

    Raises:
        AwsError: it has other signs than AWS allows.
    """
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,128}", name):
        raise bad_request("Stage name only allows a-zA-Z0-9_-")


def _require_deployable(api: Any) -> None:
    methods = [method for one in api.resources.values() for method in one.resource_methods.values()]
    if not methods:
        raise bad_request("The REST API doesn't contain any methods")
    if any(method.method_integration is None for method in methods):
        raise bad_request("No integration defined for method")


def _describe(deployment: Any) -> dict[str, Any]:
    described = {"id": deployment.id, "createdDate": deployment.created_date}
    if deployment.description:
        described["description"] = deployment.description
    return described
