"""HTTP_PROXY: another stage of this local cloud behind a method, and nothing else.

On AWS any public address can stand here. The local cloud calls out to nobody, so a URL must name
a deployed stage of its own, by any of the names it goes by (the browser's, Python's or AWS's own);
the request is handed over inside the process. Everything else is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from workshop_lib.local_cloud.gateway.executions import Answer, Execution
from workshop_lib.local_cloud.gateway.gateway_responses import GatewayError
from workshop_lib.local_cloud.gateway.lambda_calls import fill_stage_variables, timeout_fault
from workshop_lib.local_cloud.gateway.method_requests import MethodRequest, group_values
from workshop_lib.local_cloud.gateway.parameter_mappings import IntegrationParameters, map_request
from workshop_lib.local_cloud.gateway.services import (
    DeadlineExceededError,
    GatewayServices,
    call_within,
)

_DEEPEST_CHAIN = 5
_STAGE_HOST = re.compile(
    r"(?P<api>[a-z0-9]+)\.execute-api\.(?P<domain>localhost|[a-z0-9-]+\.amazonaws\.com)"
)
_OWN_PATH = re.compile(r"/_execute-api/(?P<api>[^/]+)/(?P<stage>[^/]+)(?P<path>/.*)?")
# These belong to one connection and are not handed on (RFC 9110, section 7.6.1), or are made anew.
_NOT_FORWARDED = frozenset(
    {
        "connection", "content-length", "host", "keep-alive", "te", "trailer",
        "transfer-encoding", "upgrade",
    }
)  # fmt: skip


@dataclass(frozen=True)
class StageAddress:
    """A deployed stage of this cloud and a path in it."""

    api_id: str
    stage: str
    path: str


def answer_with_http_proxy(execution: Execution, services: GatewayServices) -> Answer:
    """Hand the whole request on, with the mapped parameters, and the whole answer back."""
    request = execution.request
    mapped = map_request(execution)
    headers = {**_forwarded(request.headers), **_listed(mapped.headers)}
    query = {**request.query, **_listed(mapped.query)}
    answer = _send(execution, services, mapped, headers, query, request.body)
    return Answer(answer.status, _answer_headers(answer), answer.body)


def read_stage_address(url: str, port: int) -> StageAddress | None:
    """Return the stage of this cloud that a URL names, or None where it names anything else."""
    parts = urlsplit(url)
    match = _STAGE_HOST.fullmatch(parts.hostname or "")
    if match is not None and _is_own(match["domain"], parts.scheme, parts.netloc, port):
        stage, _, rest = parts.path.lstrip("/").partition("/")
        return StageAddress(match["api"], stage, f"/{rest}")
    own = _OWN_PATH.fullmatch(parts.path)
    if own is not None and parts.netloc in (f"127.0.0.1:{port}", f"localhost:{port}"):
        return StageAddress(own["api"], own["stage"], own["path"] or "/")
    return None


def _is_own(domain: str, scheme: str, netloc: str, port: int) -> bool:
    """AWS's own host names mean this cloud's stages here; localhost must name the right port."""
    if domain == "localhost":
        return scheme == "http" and netloc.endswith(f".localhost:{port}")
    return scheme == "https" and ":" not in netloc


def _send(
    execution: Execution,
    services: GatewayServices,
    mapped: IntegrationParameters,
    headers: Mapping[str, Sequence[str]],
    query: Mapping[str, Sequence[str]],
    body: bytes,
) -> Answer:
    """Hand a request to the stage that the integration's URL names, and wait for its answer."""
    url = _integration_url(execution, mapped)
    address = _find_address(execution, services, url)
    own_query = group_values(parse_qsl(urlsplit(url).query, True))
    request = MethodRequest(
        http_method=_integration_method(execution),
        raw_path=address.path,
        headers=headers,
        query={**own_query, **query},
        body=body,
        source_ip=execution.request.source_ip,
    )
    execution.log.note(f"Sending request to {url}?{urlencode(query, doseq=True)}")
    answer = _call_stage(execution, services, address, request)
    execution.context["integration"] = {"status": answer.status}
    execution.log.note(f"Received response. Status: {answer.status}")
    return answer


def _call_stage(
    execution: Execution,
    services: GatewayServices,
    address: StageAddress,
    request: MethodRequest,
) -> Answer:
    def call() -> Answer:
        depth = execution.depth + 1
        return services.call_stage(address.api_id, address.stage, request, depth=depth)

    try:
        return call_within(execution.integration.timeout_milliseconds / 1000, call)
    except DeadlineExceededError as error:
        raise timeout_fault() from error


def _find_address(execution: Execution, services: GatewayServices, url: str) -> StageAddress:
    """Return the stage that a URL names.

    Raises:
        GatewayError: it names none of this cloud's, or stages call each other for ever (500).
    """
    address = read_stage_address(url, services.port)
    if address is None:
        raise _refusal(
            f"The local cloud calls out to nobody: {url} is not a deployed stage of its own. "
            "Use a stage's invoke URL here, or try this integration on AWS."
        )
    if execution.depth >= _DEEPEST_CHAIN:
        raise _refusal(f"Stages call each other more than {_DEEPEST_CHAIN} deep: {url}")
    return address


def _refusal(reason: str) -> GatewayError:
    return GatewayError(
        "INTEGRATION_FAILURE",
        "Internal server error",
        reason=f"Execution failed due to configuration error: {reason}",
        status=500,
    )


def _integration_method(execution: Execution) -> str:
    method = execution.integration.http_method or "ANY"
    return execution.request.http_method if method == "ANY" else method


def _integration_url(execution: Execution, mapped: IntegrationParameters) -> str:
    """Return the integration's URL with stage variables and path parameters filled in."""
    url = fill_stage_variables(execution.integration.uri, execution.stage.variables)
    for name, value in mapped.path.items():
        url = url.replace("{" + name + "}", quote(value, safe="/"))
    return url


def _forwarded(headers: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    return {name: values for name, values in headers.items() if name.lower() not in _NOT_FORWARDED}


def _listed(values: Mapping[str, str]) -> dict[str, list[str]]:
    return {name: [value] for name, value in values.items()}


def _answer_headers(answer: Answer) -> list[tuple[str, str]]:
    """Return the answer's headers without those that this stage writes itself."""
    own = _NOT_FORWARDED | {"x-amz-apigw-id", "x-amzn-requestid", "x-amzn-trace-id"}
    return [(name, value) for name, value in answer.headers if name.lower() not in own]
