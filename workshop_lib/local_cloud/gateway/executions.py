"""One request on its way through the gateway: everything its steps share."""

from __future__ import annotations

import base64
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from workshop_lib.local_cloud.gateway.configurations import (
    ApiConfiguration,
    Integration,
    Method,
    Resource,
    StageSettings,
)
from workshop_lib.local_cloud.gateway.execution_logs import ExecutionLog
from workshop_lib.local_cloud.gateway.method_requests import MethodRequest
from workshop_lib.local_cloud.gateway.routes import Route


@dataclass
class Answer:
    """What goes back to the client; header names may repeat."""

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""


@dataclass
class Execution:
    """A request, what it is answered from, and the ``$context`` it gathers on the way.

    ``context`` is what mapping templates, access logs and gateway responses see; the steps add to
    it (``authorizer``, ``error``, ``integration``). ``depth`` counts stages that called stages.
    """

    account_id: str
    configuration: ApiConfiguration
    stage: StageSettings
    request: MethodRequest
    log: ExecutionLog
    context: dict[str, Any]
    route: Route | None = None
    depth: int = 0

    @property
    def matched(self) -> Route:
        """The request's route; only asked for once one was found."""
        if self.route is None:
            raise RuntimeError("gateway: a step after routing ran for a request without a route.")
        return self.route

    @property
    def method(self) -> Method:
        """The method that answers."""
        return self.matched.method

    @property
    def resource(self) -> Resource:
        """The resource that the method belongs to."""
        return self.matched.resource

    @property
    def integration(self) -> Integration:
        """The method's integration."""
        if self.method.integration is None:
            raise RuntimeError("gateway: a method without integration was deployed.")
        return self.method.integration

    @property
    def path_parameters(self) -> Mapping[str, str]:
        """The path's parameters by name."""
        return {} if self.route is None else self.route.path_parameters

    @property
    def request_id(self) -> str:
        """The id of the request, a UUID."""
        return self.log.request_id

    @property
    def method_arn(self) -> str:
        """The ARN of this call, as permissions and authorizers see it."""
        return self._execute_api_arn(f"{self.request.http_method}{self.request.path}")

    @property
    def permission_arn(self) -> str:
        """The ARN of the deployed method: what a function's permission has as ``SourceArn``.

        It names the resource's path, not the request's: ``…/GET/pictures/*`` for
        ``/pictures/{id}``, and ``*`` for the method ``ANY``.
        """
        path = "/".join(
            "*" if part.startswith("{") else part for part in self.resource.path.split("/")
        )
        verb = "*" if self.method.http_method == "ANY" else self.method.http_method
        return self._execute_api_arn(f"{verb}{path}")

    def _execute_api_arn(self, rest: str) -> str:
        region, api_id = self.configuration.region, self.configuration.api_id
        return f"arn:aws:execute-api:{region}:{self.account_id}:{api_id}/{self.stage.name}/{rest}"

    def follow_route(self, route: Route) -> None:
        """Take the route that was found and say it in the context."""
        self.route = route
        self.context["resourceId"] = route.resource.id
        self.context["resourcePath"] = route.resource.path


def begin_execution(
    account_id: str,
    domain: str,
    configuration: ApiConfiguration,
    stage: StageSettings,
    request: MethodRequest,
    *,
    depth: int = 0,
) -> Execution:
    """Start an execution with fresh ids and the ``$context`` every request has."""
    request_id = str(uuid.uuid4())
    context = _new_context(account_id, domain, configuration, stage, request, request_id)
    log = ExecutionLog(request_id)
    return Execution(account_id, configuration, stage, request, log, context, depth=depth)


def _new_context(
    account_id: str,
    domain: str,
    configuration: ApiConfiguration,
    stage: StageSettings,
    request: MethodRequest,
    request_id: str,
) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "accountId": account_id,
        "apiId": configuration.api_id,
        "deploymentId": stage.deployment_id,
        "domainName": domain,
        "domainPrefix": configuration.api_id,
        "extendedRequestId": base64.b64encode(secrets.token_bytes(11)).decode(),
        "httpMethod": request.http_method,
        "identity": _identity(request),
        "path": f"/{stage.name}{request.path}",
        "protocol": request.protocol,
        "requestId": request_id,
        "requestOverride": {"header": {}, "path": {}, "querystring": {}},
        "requestTime": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "requestTimeEpoch": int(now.timestamp() * 1000),
        "responseOverride": {"header": {}},
        "stage": stage.name,
    }


def _identity(request: MethodRequest) -> dict[str, Any]:
    """Return ``$context.identity``; nobody signs calls to a stage, so only these are known."""
    return {
        "accessKey": None,
        "accountId": None,
        "caller": None,
        "cognitoAuthenticationProvider": None,
        "cognitoAuthenticationType": None,
        "cognitoIdentityId": None,
        "cognitoIdentityPoolId": None,
        "principalOrgId": None,
        "sourceIp": request.source_ip,
        "user": None,
        "userAgent": request.header("User-Agent"),
        "userArn": None,
    }
