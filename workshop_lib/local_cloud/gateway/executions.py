"""One request on its way through the gateway: everything its steps share."""

from __future__ import annotations

import base64
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from workshop_lib.local_cloud.gateway.deployments import ApiConfiguration, Document
from workshop_lib.local_cloud.gateway.method_requests import MethodRequest, Route

NO_ROUTE = Route({}, {}, {})
_LONGEST_TRACE = 1024
# Nobody signs calls to a stage, so of these the gateway knows none.
_UNKNOWN_IDENTITY = dict.fromkeys((
    "accessKey", "accountId", "caller", "cognitoAuthenticationProvider",
    "cognitoAuthenticationType", "cognitoIdentityId", "cognitoIdentityPoolId", "principalOrgId",
    "user", "userArn",
))  # fmt: skip


@dataclass
class Answer:
    """What goes back to the client; header names may repeat."""

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""


@dataclass
class ExecutionLog:
    """The lines about one request that TestInvokeMethod shows.

    Their wording follows what AWS writes, which people search for.
    """

    request_id: str
    lines: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        """Add a line that says how the request goes on, or why it fails."""
        self.lines.append(f"{datetime.now(UTC):%a %b %d %H:%M:%S UTC %Y} : {text}")

    def trace(self, text: str) -> None:
        """Add a line that shows data (headers, bodies); long data is cut as AWS cuts it."""
        self.note(text if len(text) <= _LONGEST_TRACE else text[:_LONGEST_TRACE] + " [TRUNCATED]")

    def as_text(self) -> str:
        """Return the whole log."""
        first = f"Execution log for request {self.request_id}"
        return "\n".join([first, *self.lines]) + "\n"


@dataclass
class Execution:
    """A request, what it is answered from, and the ``$context`` it gathers on the way.

    ``context`` is what mapping templates, access logs and gateway responses see; the steps add to
    it (``authorizer``, ``error``, ``integration``). ``route`` is empty until it is found.
    """

    account_id: str
    configuration: ApiConfiguration
    stage: Document
    request: MethodRequest
    log: ExecutionLog
    context: dict[str, Any]
    route: Route = NO_ROUTE

    @property
    def integration(self) -> Document:
        """The method's integration; only asked for once it was seen to have one."""
        found: Document = self.route.method["methodIntegration"]
        return found

    @property
    def scopes(self) -> dict[str, Mapping[str, Any]]:
        """What the names of variables may begin with, and what they stand for."""
        return {"context": self.context, "stageVariables": self.stage.get("variables") or {}}

    @property
    def method_arn(self) -> str:
        """The ARN of this call, as permissions and authorizers see it."""
        path = f"{self.request.http_method}{self.request.path}"
        return self.make_arn(f"{self.stage['stageName']}/{path}")

    @property
    def permission_arn(self) -> str:
        """The ARN of the deployed method: what a function's permission has as ``SourceArn``.

        It names the resource's path, not the request's: ``…/GET/pictures/*`` for
        ``/pictures/{id}``, and ``*`` for the method ``ANY``.
        """
        parts = self.route.resource["path"].split("/")
        path = "/".join("*" if part.startswith("{") else part for part in parts)
        verb = self.route.method["httpMethod"].replace("ANY", "*")
        return self.make_arn(f"{self.stage['stageName']}/{verb}{path}")

    def make_arn(self, rest: str) -> str:
        """Return the ARN of something that this API executes."""
        api = self.configuration
        return f"arn:aws:execute-api:{api.region}:{self.account_id}:{api.api_id}/{rest}"

    def follow_route(self, route: Route) -> None:
        """Take the route that was found and say it in the context."""
        self.route = route
        self.context["resourceId"] = route.resource["id"]
        self.context["resourcePath"] = route.resource["path"]


def begin_execution(
    account_id: str, domain: str, api: ApiConfiguration, stage: Document, request: MethodRequest
) -> Execution:
    """Start an execution with fresh ids and the ``$context`` every request has."""
    now, request_id = datetime.now(UTC), str(uuid.uuid4())
    context = {
        "accountId": account_id,
        "apiId": api.api_id,
        "deploymentId": stage["deploymentId"],
        "domainName": domain,
        "domainPrefix": api.api_id,
        "extendedRequestId": base64.b64encode(secrets.token_bytes(11)).decode(),
        "httpMethod": request.http_method,
        "identity": {
            **_UNKNOWN_IDENTITY,
            "sourceIp": request.source_ip,
            "userAgent": request.header("User-Agent"),
        },
        "path": f"/{stage['stageName']}{request.path}",
        "protocol": request.protocol,
        "requestId": request_id,
        "requestOverride": {"header": {}, "path": {}, "querystring": {}},
        "requestTime": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "requestTimeEpoch": int(now.timestamp() * 1000),
        "responseOverride": {"header": {}},
        "stage": stage["stageName"],
    }
    return Execution(account_id, api, stage, request, ExecutionLog(request_id), context)
