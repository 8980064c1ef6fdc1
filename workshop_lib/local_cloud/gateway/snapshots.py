"""Reading moto's live API objects into frozen configurations, and keeping them by deployment.

AWS serves a stage from its deployment, a copy made at CreateDeployment; moto keeps only the live
objects. So the copy is ours. It is kept on moto's own deployment object: then it lives, is saved
and is deleted with that deployment, and there is no second register to keep in step.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workshop_lib.local_cloud.gateway.configurations import (
    DEFAULT_TIMEOUT_MILLISECONDS,
    ApiConfiguration,
    Authorizer,
    GatewayResponse,
    Integration,
    IntegrationResponse,
    Method,
    Resource,
    StageSettings,
)

_SNAPSHOT_ATTRIBUTE = "deployed_configuration"


def keep_snapshot(api: Any, deployment_id: str) -> ApiConfiguration:
    """Copy the API as it stands now and keep the copy with the deployment."""
    snapshot = read_configuration(api)
    setattr(api.deployments[deployment_id], _SNAPSHOT_ATTRIBUTE, snapshot)
    return snapshot


def find_snapshot(api: Any, deployment_id: str | None) -> ApiConfiguration | None:
    """Return the copy kept with a deployment, or None where the deployment is not known.

    A deployment that has none yet (made while nobody watched, as by an import) gets one now: from
    here on it too stays as it is.
    """
    deployment = api.deployments.get(deployment_id)
    if deployment is None:
        return None
    kept: ApiConfiguration | None = getattr(deployment, _SNAPSHOT_ATTRIBUTE, None)
    return kept or keep_snapshot(api, deployment.id)


def read_configuration(api: Any) -> ApiConfiguration:
    """Read a moto ``RestAPI`` into plain data that later changes do not reach."""
    return ApiConfiguration(
        api_id=api.id,
        region=api.region_name,
        resources=tuple(_read_resource(resource) for resource in api.resources.values()),
        authorizers={key: _read_authorizer(value) for key, value in api.authorizers.items()},
        gateway_responses={
            key: _read_gateway_response(value) for key, value in api.gateway_responses.items()
        },
        binary_media_types=tuple(api.binaryMediaTypes),
    )


def read_stage(stage: Any) -> StageSettings:
    """Read a moto ``Stage`` into plain data."""
    access_log = stage.access_log_settings or {}
    return StageSettings(
        name=stage.name,
        deployment_id=stage.deployment_id or "",
        variables=dict(stage.variables or {}),
        method_settings={key: dict(value) for key, value in stage.method_settings.items()},
        access_log_format=access_log.get("format"),
        access_log_destination=access_log.get("destinationArn"),
    )


def _read_resource(resource: Any) -> Resource:
    methods = {name: _read_method(method) for name, method in resource.resource_methods.items()}
    return Resource(id=resource.id, path=resource.get_path(), methods=methods)


def _read_method(method: Any) -> Method:
    integration = method.method_integration
    return Method(
        http_method=method.http_method,
        authorization_type=(method.authorization_type or "NONE").upper(),
        authorizer_id=method.authorizer_id,
        response_statuses=frozenset(method.method_responses),
        integration=None if integration is None else _read_integration(integration),
    )


def _read_integration(integration: Any) -> Integration:
    responses = (integration.integration_responses or {}).values()
    return Integration(
        type=integration.integration_type,
        uri=integration.uri or "",
        http_method=integration.http_method,
        passthrough_behavior=integration.passthrough_behaviour or "WHEN_NO_MATCH",
        request_templates=_texts(integration.request_templates),
        request_parameters=_texts(integration.request_parameters),
        timeout_milliseconds=int(integration.timeout_in_millis or DEFAULT_TIMEOUT_MILLISECONDS),
        responses=tuple(_read_integration_response(response) for response in responses),
    )


def _read_integration_response(response: Any) -> IntegrationResponse:
    return IntegrationResponse(
        status_code=str(response.status_code),
        selection_pattern=response.selection_pattern or None,
        parameters=_texts(response.response_parameters),
        templates=_texts(response.response_templates),
    )


def _read_gateway_response(response: Any) -> GatewayResponse:
    return GatewayResponse(
        type=response.response_type,
        status_code=int(response.status_code) if response.status_code else None,
        parameters=_texts(response.response_parameters),
        templates=_texts(response.response_templates),
    )


def _read_authorizer(authorizer: Any) -> Authorizer:
    sources = (source.strip() for source in (authorizer.identity_source or "").split(","))
    ttl = authorizer.authorizer_result_ttl
    return Authorizer(
        id=authorizer.id,
        name=authorizer.name or "",
        type=authorizer.type or "",
        uri=authorizer.authorizer_uri or "",
        identity_sources=tuple(source for source in sources if source),
        validation_expression=authorizer.identity_validation_expression or None,
        ttl_seconds=300 if ttl is None else int(ttl),
    )


def _texts(mapping: Mapping[str, Any] | None) -> dict[str, str]:
    return {key: value or "" for key, value in (mapping or {}).items()}
