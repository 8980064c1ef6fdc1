"""API Gateway's REST APIs: the deployed stages, and what moto's control plane lacks."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Sequence

from werkzeug import Request, Response

from workshop_lib.local_cloud.configuration import CloudConfiguration
from workshop_lib.local_cloud.gateway.authorizers import AuthorizerCache
from workshop_lib.local_cloud.gateway.control_plane import ControlPlane
from workshop_lib.local_cloud.gateway.executions import Answer, Execution, begin_execution
from workshop_lib.local_cloud.gateway.live_apis import find_deployed_stage
from workshop_lib.local_cloud.gateway.method_calls import answer_call
from workshop_lib.local_cloud.gateway.method_requests import (
    HEADER_NAME,
    MethodRequest,
    read_request,
)
from workshop_lib.local_cloud.gateway.services import (
    GatewayServices,
    InvokeFunction,
    MayInvoke,
)
from workshop_lib.local_cloud.gateway.stage_logs import write_stage_logs
from workshop_lib.local_cloud.gateway.stage_metrics import count_request, keep_counts
from workshop_lib.local_cloud.gateway.throttles import ThrottleTable

# The gateway writes these itself, so an integration's own come under another name (AWS does it).
_REMAPPED = frozenset(
    {"authorization", "content-length", "content-md5", "date", "expect", "host", "server",
     "user-agent", "www-authenticate"}
)  # fmt: skip
# These belong to one connection: RFC 9110, section 7.6.1.
_DROPPED = frozenset(
    {"connection", "keep-alive", "proxy-authenticate", "te", "trailer", "transfer-encoding",
     "upgrade"}
)  # fmt: skip

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
        self._configuration = configuration
        self._services = GatewayServices(
            invoke=invoke,
            can_invoke=can_invoke,
            call_stage=self.answer_stage,
            account_id=configuration.account_id,
            port=configuration.port,
        )
        self._throttles = ThrottleTable()
        self._authorizations = AuthorizerCache()
        self._control = ControlPlane(configuration, self._services, self.forget)

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

    def answer_stage(
        self, api_id: str, stage: str, request: MethodRequest, *, depth: int = 0
    ) -> Answer:
        """Answer a request to a deployed stage that came over HTTP or from another stage."""
        account_id = self._configuration.account_id
        deployed = find_deployed_stage(account_id, api_id, stage)
        if deployed is None:
            return _forbidden()
        domain = f"{api_id}.execute-api.localhost:{self._configuration.port}"
        execution = begin_execution(account_id, domain, *deployed, request, depth=depth)
        started = time.monotonic()
        answer = answer_call(execution, self._services, self._throttles, self._authorizations)
        answer = _finish(execution, answer)
        _describe_answer(execution, answer, started)
        write_stage_logs(execution)
        count_request(account_id, execution.configuration.region, api_id, stage, answer.status)
        return answer

    def handle_control(self, request: Request) -> Response | None:
        """Answer a control-plane call that moto lacks or answers wrongly; None lets moto answer.

        Raises:
            AwsError: AWS refuses the call.
        """
        return self._control.handle(request)

    def stop(self) -> None:
        """Keep what was counted since it was last kept."""
        keep_counts()

    def forget(self, api_id: str) -> None:
        """Forget what was cached for an API."""
        self._authorizations.forget(api_id)
        self._throttles.forget(api_id)


def _forbidden() -> Answer:
    """Return AWS's answer where there is no such API or stage."""
    headers = [("Content-Type", "application/json"), ("x-amzn-ErrorType", "ForbiddenException")]
    return Answer(403, headers, json.dumps({"message": "Forbidden"}).encode())


def _finish(execution: Execution, answer: Answer) -> Answer:
    """Add the gateway's own headers; no body where HTTP has none."""
    headers = [
        ("x-amzn-RequestId", execution.request_id),
        ("x-amz-apigw-id", execution.context["extendedRequestId"]),
        *_passed_on(execution, answer.headers),
    ]
    body = b"" if answer.status in (204, 304) else answer.body
    return Answer(answer.status, headers, body)


def _passed_on(execution: Execution, headers: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the headers that may go out, each on one line whatever it was made from."""
    passed = []
    for name, value in headers:
        lower = name.lower()
        if not HEADER_NAME.fullmatch(name):
            execution.log.fail(f"Dropped a header whose name is not one: {name!r}")
        elif lower not in _DROPPED:
            shown = f"x-amzn-Remapped-{name}" if lower in _REMAPPED else name
            passed.append((shown, _LINE_BREAKS.sub(" ", value)))
    return passed


def _describe_answer(execution: Execution, answer: Answer, started: float) -> None:
    """Say in ``$context`` and in the log what was answered."""
    execution.context["status"] = answer.status
    execution.context["responseLength"] = len(answer.body)
    execution.context["responseLatency"] = int((time.monotonic() - started) * 1000)
    execution.log.note(f"Method completed with status: {answer.status}")
