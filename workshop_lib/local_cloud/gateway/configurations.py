"""What an API is made of, as plain frozen data: what a deployment keeps and a stage serves.

Names and meanings are those of the API Gateway V1 reference (RestApi, Resource, Method,
Integration, IntegrationResponse, GatewayResponse, Authorizer, Stage).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

DEFAULT_TIMEOUT_MILLISECONDS = 29_000


@dataclass(frozen=True)
class IntegrationResponse:
    """How one kind of the integration's answer becomes a method response."""

    status_code: str
    selection_pattern: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    templates: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Integration:
    """What stands behind a method: AWS_PROXY, AWS, HTTP_PROXY or MOCK."""

    type: str
    uri: str = ""
    http_method: str | None = None
    passthrough_behavior: str = "WHEN_NO_MATCH"
    request_templates: Mapping[str, str] = field(default_factory=dict)
    request_parameters: Mapping[str, str] = field(default_factory=dict)
    timeout_milliseconds: int = DEFAULT_TIMEOUT_MILLISECONDS
    responses: tuple[IntegrationResponse, ...] = ()


@dataclass(frozen=True)
class Method:
    """One HTTP method of a resource, with who may call it and what answers."""

    http_method: str
    authorization_type: str = "NONE"
    authorizer_id: str | None = None
    response_statuses: frozenset[str] = frozenset()
    integration: Integration | None = None


@dataclass(frozen=True)
class Resource:
    """A path of the API and its methods by name (``ANY`` among them)."""

    id: str
    path: str
    methods: Mapping[str, Method] = field(default_factory=dict)


@dataclass(frozen=True)
class GatewayResponse:
    """An answer of the gateway's own (an error) as PutGatewayResponse changed it."""

    type: str
    status_code: int | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    templates: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Authorizer:
    """A Lambda authorizer: TOKEN or REQUEST."""

    id: str
    name: str
    type: str
    uri: str
    identity_sources: tuple[str, ...] = ()
    validation_expression: str | None = None
    ttl_seconds: int = 300


@dataclass(frozen=True)
class ApiConfiguration:
    """A REST API as it was at one moment: what CreateDeployment keeps."""

    api_id: str
    region: str
    resources: tuple[Resource, ...]
    authorizers: Mapping[str, Authorizer] = field(default_factory=dict)
    gateway_responses: Mapping[str, GatewayResponse] = field(default_factory=dict)
    binary_media_types: tuple[str, ...] = ()


@dataclass(frozen=True)
class StageSettings:
    """What a stage adds to its deployment; changes show at once, without a deployment."""

    name: str
    deployment_id: str
    variables: Mapping[str, str] = field(default_factory=dict)
    method_settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    access_log_format: str | None = None
    access_log_destination: str | None = None

    def list_settings(
        self, resource_path: str, http_method: str
    ) -> list[tuple[str, Mapping[str, Any]]]:
        """Return what is set for a method by its key: its own, then the stage's ``*/*``."""
        own_key = f"{resource_path.replace('/', '~1')}/{http_method}"
        settings = self.method_settings
        return [(key, settings[key]) for key in (own_key, "*/*") if key in settings]

    def setting(self, resource_path: str, http_method: str, name: str) -> Any:
        """Return a method setting: the method's own before the stage's ``*/*``, else None."""
        listed = self.list_settings(resource_path, http_method)
        return next((settings[name] for _, settings in listed if name in settings), None)
