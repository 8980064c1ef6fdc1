"""HTTP_PROXY: another stage of this local cloud behind a method, and nothing else.

On AWS any public address can stand here. The local cloud calls out to nobody, so a URL must name
a deployed stage of its own, by any of the names it goes by (the browser's, Python's or AWS's own);
the request is handed over inside the process. Everything else is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from workshop_lib.local_cloud.gateway.executions import Answer, Execution
from workshop_lib.local_cloud.gateway.function_calls import (
    GatewayServices,
    call_integration,
    fill_stage_variables,
)
from workshop_lib.local_cloud.gateway.gateway_responses import GatewayError, configuration_fault
from workshop_lib.local_cloud.gateway.method_requests import MethodRequest, group_values
from workshop_lib.local_cloud.gateway.parameter_mappings import map_request

_DEEPEST_CHAIN = 5
_STAGE_HOST = re.compile(
    r"(?P<api>[a-z0-9]+)\.execute-api\.(?P<domain>localhost|[a-z0-9-]+\.amazonaws\.com)"
)
_OWN_PATH = re.compile(r"/_execute-api/(?P<api>[^/]+)/(?P<stage>[^/]+)(/(?P<path>.*))?", re.DOTALL)
# These belong to one connection and are not handed on (RFC 9110, section 7.6.1), or are made anew.
_NOT_FORWARDED = frozenset({
    "connection", "content-length", "host", "keep-alive", "te", "trailer", "transfer-encoding",
    "upgrade",
})  # fmt: skip
_OWN_HEADERS = _NOT_FORWARDED | {"x-amz-apigw-id", "x-amzn-requestid", "x-amzn-trace-id"}


def answer_with_http_proxy(execution: Execution, services: GatewayServices) -> Answer:
    """Hand the whole request on, with the mapped parameters, and the whole answer back.

    Raises:
        GatewayError: the URL names no stage of this cloud's, stages call each other for ever (500),
            or it does not answer in time (504).
    """
    request, integration, mapped = execution.request, execution.integration, map_request(execution)
    url = fill_stage_variables(integration["uri"], execution.scopes["stageVariables"])
    for name, value in mapped.path.items():
        url = url.replace("{" + name + "}", quote(value, safe="/"))
    api_id, stage, path = _find_stage(execution, url, services.port)
    headers = {
        key: one for key, one in request.headers.items() if key.lower() not in _NOT_FORWARDED
    }
    query = {**request.query, **_list_each(mapped.querystring)}
    method = integration.get("httpMethod") or "ANY"
    handed_on = MethodRequest(
        http_method=request.http_method if method == "ANY" else method,
        raw_path=path,
        headers={**headers, **_list_each(mapped.header)},
        query={**group_values(parse_qsl(urlsplit(url).query, True)), **query},
        body=request.body,
        source_ip=request.source_ip,
    )
    execution.log.note(f"Sending request to {url}?{urlencode(query, doseq=True)}")
    depth = execution.depth + 1
    answer = call_integration(
        execution, lambda: services.call_stage(api_id, stage, handed_on, depth=depth)
    )
    execution.context["integration"] = {"status": answer.status}
    execution.log.note(f"Received response. Status: {answer.status}")
    kept = [(name, value) for name, value in answer.headers if name.lower() not in _OWN_HEADERS]
    return Answer(answer.status, kept, answer.body)


def _list_each(values: Mapping[str, str]) -> dict[str, list[str]]:
    return {name: [value] for name, value in values.items()}


def _find_stage(execution: Execution, url: str, port: int) -> tuple[str, str, str]:
    """Return the id of the API, the stage and the path in it that a URL names."""
    parts = urlsplit(url)
    host = _STAGE_HOST.fullmatch(parts.hostname or "")
    own = _OWN_PATH.fullmatch(parts.path)
    if host and _is_own(host["domain"], parts.scheme, parts.netloc, port):
        stage, _, rest = parts.path.lstrip("/").partition("/")
        found = host["api"], stage, f"/{rest}"
    elif own and parts.netloc in (f"127.0.0.1:{port}", f"localhost:{port}"):
        found = own["api"], own["stage"], f"/{own['path'] or ''}"
    else:
        raise _refuse(
            f"The local cloud calls out to nobody: {url} is not a deployed stage of its own. "
            "Use a stage's invoke URL here, or try this integration on AWS."
        )
    if execution.depth >= _DEEPEST_CHAIN:
        raise _refuse(f"Stages call each other more than {_DEEPEST_CHAIN} deep: {url}")
    return found


def _is_own(domain: str, scheme: str, netloc: str, port: int) -> bool:
    """AWS's own host names mean this cloud's stages here; localhost must name the right port."""
    if domain == "localhost":
        return scheme == "http" and netloc.endswith(f".localhost:{port}")
    return scheme == "https" and ":" not in netloc


def _refuse(reason: str) -> GatewayError:
    return configuration_fault(reason, "INTEGRATION_FAILURE")
