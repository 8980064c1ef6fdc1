"""What a stage serves: the API as it was when it was deployed.

AWS serves a stage from its deployment, a copy made at CreateDeployment; moto keeps only the live
objects. So the copy is ours: the documents in which AWS itself describes an API's resources,
authorizers and gateway responses. It is kept on moto's own deployment object: then it lives, is
saved and is deleted with that deployment, and there is no second register to keep in step.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.moto_hooks import moto_lock

# A part of an API in the names of the operation that gets it.
Document = Mapping[str, Any]
_COPY_ATTRIBUTE = "deployed_configuration"


@dataclass(frozen=True)
class ApiConfiguration:
    """A REST API as it was at one moment: what CreateDeployment keeps.

    ``resources`` have their methods in them; authorizers are by id, gateway responses by type.
    """

    api_id: str
    region: str
    resources: tuple[Document, ...]
    authorizers: Mapping[str, Document] = field(default_factory=dict)
    gateway_responses: Mapping[str, Document] = field(default_factory=dict)
    binary_media_types: tuple[str, ...] = ()


def read_configuration(api: Any) -> ApiConfiguration:
    """Describe moto's ``RestAPI`` in plain data that later changes do not reach."""
    responses = api.gateway_responses
    described = ApiConfiguration(
        api_id=api.id,
        region=api.region_name,
        resources=tuple(resource.to_dict() for resource in api.resources.values()),
        authorizers={key: one.to_json() for key, one in api.authorizers.items()},
        gateway_responses={kind: one.to_json() for kind, one in responses.items()},
        binary_media_types=tuple(api.binaryMediaTypes),
    )
    return deepcopy(described)


def keep_copy(api: Any, deployment: Any) -> None:
    """Keep the API as it stands now with a deployment."""
    setattr(deployment, _COPY_ATTRIBUTE, read_configuration(api))


def find_deployed_stage(
    account_id: str, api_id: str, stage_name: str
) -> tuple[ApiConfiguration, Document] | None:
    """Return what a stage serves now and its own settings, or None where there is no such stage."""
    with moto_lock:
        api = find_api(account_id, api_id)
        if api is None or api.disableExecuteApiEndpoint or stage_name not in api.stages:
            return None
        stage = api.stages[stage_name]
        deployed = getattr(api.deployments[stage.deployment_id], _COPY_ATTRIBUTE)
        return deployed, deepcopy(stage.to_json())


def find_api(account_id: str, api_id: str) -> Any | None:
    """Return moto's ``RestAPI`` of an id, whatever Region it is in, or None."""
    # Here, because moto's module takes long to import and the cloud starts without it.
    from moto.apigateway.models import apigateway_backends

    with moto_lock:
        backends = list(apigateway_backends[account_id].values())
        return next((one.apis[api_id] for one in backends if api_id in one.apis), None)


def get_api(account_id: str, api_id: str) -> Any:
    """Return moto's ``RestAPI`` of an id.

    Raises:
        AwsError: there is none.
    """
    api = find_api(account_id, api_id)
    if api is None:
        sentence = f"Invalid API identifier specified {account_id}:{api_id}"
        raise AwsError("NotFoundException", sentence, 404)
    return api
