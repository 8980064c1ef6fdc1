"""API Gateway's REST APIs: the deployed stages, and what moto's control plane lacks."""

from __future__ import annotations

import json
import re
import time

from werkzeug import Request, Response

from workshop_lib.local_cloud.configuration import CloudConfiguration
from workshop_lib.local_cloud.gateway.authorizers import AuthorizerCache
from workshop_lib.local_cloud.gateway.control_plane import answer_control
from workshop_lib.local_cloud.gateway.deployments import find_deployed_stage
from workshop_lib.local_cloud.gateway.executions import Answer, Execution, begin_execution
from workshop_lib.local_cloud.gateway.function_calls import (
    GatewayServices,
    InvokeFunction,
    MayInvoke,
)
from workshop_lib.local_cloud.gateway.method_calls import answer_call
from workshop_lib.local_cloud.gateway.method_requests import (
    HEADER_NAME,
    MethodRequest,
    read_request,
)
from workshop_lib.local_cloud.gateway.stage_records import (
    count_request,
    keep_counts,
    write_access_log,
)
from workshop_lib.local_cloud.gateway.throttles import ThrottleTable

# The gateway writes these itself, so an integration's own come under another name (AWS does it).
_REMAPPED = frozenset({
    "authorization", "content-length", "content-md5", "date", "expect", "host", "server",
    "user-agent", "www-authenticate",
})  # fmt: skip
# These belong to one connection: RFC 9110, section 7.6.1.
_DROPPED = frozenset({
    "connection", "keep-alive", "proxy-authenticate", "te", "trailer", "transfer-encoding",
    "upgrade",
})  # fmt: skip
_LINE_BREAKS = re.compile(r"[\r\n\0]+")


class ApiGateway:
    """The REST APIs of one local cloud.

    Args:
        configuration: account, Region and port.
        invoke: calls a function by ARN with a payload; raises AwsError.
        can_invoke: says whether the function's policy lets API Gateway call it from a source ARN.
    """

    def __init__(
        self, configuration: CloudConfiguration, invoke: InvokeFunction, can_invoke: MayInvoke
    ) -> None:
        self._account_id, self._port = configuration.account_id, configuration.port
        self._services = GatewayServices(
            invoke, can_invoke, self.answer_stage, self._account_id, self._port
        )
        self._throttles = ThrottleTable()
        self._authorizations = AuthorizerCache()

    def handle(self, api_id: str, stage: str, path: str, request: Request) -> Response:
        """Answer a request to a deployed stage.

        Args:
            api_id: the API's id.
            stage: the stage's name.
            path: what follows the stage in the URL, as it was sent (percent-encoded).
            request: the request; nobody needs to have signed it.
        """
        answer = self.answer_stage(api_id, stage, read_request(request, path))
        response = Response(answer.body, answer.status)
        response.headers.clear()
        for name, value in answer.headers:
            response.headers.add(name, value.encode().decode("latin-1"))
        return response

    def answer_stage(self, api_id: str, stage: str, request: MethodRequest) -> Answer:
        """Answer a request to a deployed stage that came over HTTP or from another stage."""
        deployed = find_deployed_stage(self._account_id, api_id, stage)
        if deployed is None:
            return _forbid()
        domain = f"{api_id}.execute-api.localhost:{self._port}"
        execution = begin_execution(self._account_id, domain, *deployed, request)
        started = time.monotonic()
        answer = answer_call(execution, self._services, self._throttles, self._authorizations)
        answer = _finish(execution, answer)
        execution.context["status"] = answer.status
        execution.context["responseLength"] = len(answer.body)
        execution.context["responseLatency"] = int((time.monotonic() - started) * 1000)
        write_access_log(execution)
        count_request(execution, answer.status)
        return answer

    def handle_control(self, request: Request) -> Response | None:
        """Answer a control-plane call that moto lacks or answers wrongly; None lets moto answer.

        Raises:
            AwsError: AWS refuses the call.
        """
        return answer_control(request, self._services)

    def stop(self) -> None:
        """Keep what was counted since it was last kept."""
        keep_counts()


def _forbid() -> Answer:
    """Return AWS's answer where there is no such API or stage."""
    headers = [("Content-Type", "application/json"), ("x-amzn-ErrorType", "ForbiddenException")]
    return Answer(403, headers, json.dumps({"message": "Forbidden"}).encode())


def _finish(execution: Execution, answer: Answer) -> Answer:
    """Add the gateway's own headers, each header on one line; no body where HTTP has none."""
    headers = [
        ("x-amzn-RequestId", execution.log.request_id),
        ("x-amz-apigw-id", execution.context["extendedRequestId"]),
    ]
    for name, value in answer.headers:
        if HEADER_NAME.fullmatch(name) and name.lower() not in _DROPPED:
            shown = f"x-amzn-Remapped-{name}" if name.lower() in _REMAPPED else name
            headers.append((shown, _LINE_BREAKS.sub(" ", value)))
    body = b"" if answer.status in (204, 304) else answer.body
    return Answer(answer.status, headers, body)
