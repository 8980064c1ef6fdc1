"""What an API is made of, as plain frozen data: what a deployment keeps and a stage serves.

Names and meanings are those of the API Gateway V1 reference (RestApi, Resource, Method,
Integration, IntegrationResponse, GatewayResponse, Authorizer, RequestValidator, Stage).
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
    content_handling: str | None = None


@dataclass(frozen=True)
class Integration:
    """What stands behind a method: AWS_PROXY, AWS, HTTP_PROXY, HTTP or MOCK."""

    type: str
    uri: str = ""
    http_method: str | None = None
    passthrough_behavior: str = "WHEN_NO_MATCH"
    request_templates: Mapping[str, str] = field(default_factory=dict)
    request_parameters: Mapping[str, str] = field(default_factory=dict)
    content_handling: str | None = None
    timeout_milliseconds: int = DEFAULT_TIMEOUT_MILLISECONDS
    credentials: str | None = None
    responses: tuple[IntegrationResponse, ...] = ()


@dataclass(frozen=True)
class Method:
    """One HTTP method of a resource, with who may call it and what answers."""

    http_method: str
    authorization_type: str = "NONE"
    authorizer_id: str | None = None
    api_key_required: bool = False
    request_parameters: Mapping[str, bool] = field(default_factory=dict)
    request_models: Mapping[str, str] = field(default_factory=dict)
    request_validator_id: str | None = None
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
    credentials: str | None = None


@dataclass(frozen=True)
class RequestValidator:
    """Which parts of a request are checked before the integration sees it."""

    id: str
    validates_body: bool
    validates_parameters: bool


@dataclass(frozen=True)
class ApiConfiguration:
    """A REST API as it was at one moment: what CreateDeployment keeps."""

    api_id: str
    region: str
    resources: tuple[Resource, ...]
    authorizers: Mapping[str, Authorizer] = field(default_factory=dict)
    gateway_responses: Mapping[str, GatewayResponse] = field(default_factory=dict)
    request_validators: Mapping[str, RequestValidator] = field(default_factory=dict)
    models: Mapping[str, str] = field(default_factory=dict)
    binary_media_types: tuple[str, ...] = ()
    api_key_source: str = "HEADER"


@dataclass(frozen=True)
class StageSettings:
    """What a stage adds to its deployment; changes show at once, without a deployment."""

    name: str
    deployment_id: str
    variables: Mapping[str, str] = field(default_factory=dict)
    method_settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    access_log_format: str | None = None
    access_log_destination: str | None = None

    def setting(self, resource_path: str, http_method: str, name: str) -> Any:
        """Return a method setting: the method's own before the stage's ``*/*``, else None."""
        own_key = f"{resource_path.replace('/', '~1')}/{http_method}"
        for key in (own_key, "*/*"):
            settings = self.method_settings.get(key)
            if settings is not None and name in settings:
                return settings[name]
        return None
