"""What answers behind a method: MOCK and AWS by mapping templates, HTTP_PROXY by another stage.

On AWS any public address can stand behind HTTP_PROXY. The local cloud calls out to nobody, so a URL
must name a deployed stage of its own, by any of the names it goes by (the browser's, Python's or
AWS's own); the request is handed over inside the process. Everything else is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from workshop_lib.local_cloud.gateway.deployments import Document
from workshop_lib.local_cloud.gateway.executions import Answer, Execution
from workshop_lib.local_cloud.gateway.function_calls import (
    GatewayServices,
    call_function,
    call_integration,
    error_message,
    fill_stage_variables,
)
from workshop_lib.local_cloud.gateway.gateway_responses import GatewayError, configuration_fault
from workshop_lib.local_cloud.gateway.mapping_templates import render_request, render_response
from workshop_lib.local_cloud.gateway.method_requests import MethodRequest, group_values
from workshop_lib.local_cloud.gateway.parameter_mappings import map_request, map_response

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


def answer_with_mock(execution: Execution, _: GatewayServices) -> Answer:
    """Return the gateway's own answer, with the status that the request template names.

    Raises:
        GatewayError: the template gives no whole number as ``statusCode``, or a template fails.
    """
    body = render_request(execution)
    execution.log.trace(f"Endpoint request body after transformations: {body}")
    try:
        status = int(json.loads(body)["statusCode"])
    except (ValueError, KeyError, TypeError) as error:
        raise configuration_fault(
            "Unable to parse statusCode. It should be an integer and defined in request template "
            '(such as {"statusCode": 200}).'
        ) from error
    execution.context["integration"] = {"status": status, "latency": 0}
    return _shape_answer(execution, str(status), b"", {})


def answer_with_function(execution: Execution, services: GatewayServices) -> Answer:
    """Return what the function answered to the mapped request, mapped again.

    Raises:
        GatewayError: as the templates, the call and the integration responses do.
    """
    headers = {name.lower(): value for name, value in map_request(execution)["header"].items()}
    if headers.get("x-amz-invocation-type", "RequestResponse") != "RequestResponse":
        raise configuration_fault("The local cloud's gateway calls functions synchronously only")
    payload = render_request(execution)
    payload = payload if payload.strip() else "{}"
    try:
        json.loads(payload)
    except (ValueError, RecursionError) as error:
        message = f"Could not parse request body into json: {error}"
        raise GatewayError("BAD_REQUEST_BODY", message, reason=message) from error
    result = call_function(execution, services, payload.encode())
    selector = error_message(result.payload) if result.function_error else ""
    headers = {"Content-Type": "application/json", "x-amzn-RequestId": result.request_id}
    return _shape_answer(execution, selector, result.payload, headers)


def _shape_answer(
    execution: Execution, selector: str, body: bytes, given: Mapping[str, str]
) -> Answer:
    """Return the method response: status, mapped headers, and the body by its template.

    Args:
        execution: whose answer it is.
        selector: what selection patterns are matched with: a MOCK's status, a function's error
            message, nothing for a function that succeeded.
        body: what came back from behind the gateway.
        given: the headers that came with it.

    Raises:
        GatewayError: no integration response fits (500), or its template fails (500).
    """
    responses = execution.integration.get("integrationResponses") or {}
    response = _select_response([*responses.values()], selector)
    status_code = str(response["statusCode"])
    if status_code not in (execution.route.method.get("methodResponses") or {}):
        raise configuration_fault(
            f"Output mapping refers to an invalid method response: {status_code}"
        )
    text = body.decode("utf-8", "replace")
    headers = map_response(execution, response, given, text)
    rendered = render_response(execution, response, text)
    content_type = rendered[0] if rendered else given.get("Content-Type", "application/json")
    body = rendered[1].encode() if rendered else body
    execution.log.trace(f"Method response body after transformations: {body!r}")
    override = execution.context["responseOverride"]
    headers |= {name: str(value) for name, value in override.get("header", {}).items()}
    if not any(name.lower() == "content-type" for name in headers):
        headers["Content-Type"] = content_type
    return Answer(int(override.get("status") or status_code), [*headers.items()], body)


def _select_response(responses: Sequence[Document], selector: str) -> Document:
    """Return the response whose pattern matches the whole selector, else the default.

    Without a selector (a function that succeeded) only the default fits.
    """
    for response in responses:
        pattern = response.get("selectionPattern")
        if pattern and selector and _fits(pattern, selector):
            return response
    for response in responses:
        if not response.get("selectionPattern"):
            return response
    raise configuration_fault("No match for output mapping and no default output mapping.")


def _fits(pattern: str, selector: str) -> bool:
    try:
        return re.fullmatch(pattern, selector) is not None
    except re.error as error:
        raise configuration_fault(f"Invalid selection pattern {pattern!r}: {error}") from error


# HTTP_PROXY --------------------------------------------------------------------------------------


def answer_with_http_proxy(execution: Execution, services: GatewayServices) -> Answer:
    """Hand the whole request on, with the mapped parameters, and the whole answer back.

    Raises:
        GatewayError: the URL names no stage of this cloud's, stages call each other for ever (500),
            or it does not answer in time (504).
    """
    request, integration, mapped = execution.request, execution.integration, map_request(execution)
    url = fill_stage_variables(integration["uri"], execution.scopes["stageVariables"])
    for name, value in mapped["path"].items():
        url = url.replace("{" + name + "}", quote(value, safe="/"))
    api_id, stage, path = _find_stage(execution, url, services.port)
    headers = {
        key: one for key, one in request.headers.items() if key.lower() not in _NOT_FORWARDED
    }
    query = {**request.query, **_list_each(mapped["querystring"])}
    method = integration.get("httpMethod") or "ANY"
    handed_on = MethodRequest(
        http_method=request.http_method if method == "ANY" else method,
        raw_path=path,
        headers={**headers, **_list_each(mapped["header"])},
        query={**group_values(parse_qsl(urlsplit(url).query, True)), **query},
        body=request.body,
        source_ip=request.source_ip,
        depth=request.depth + 1,
    )
    execution.log.note(f"Sending request to {url}?{urlencode(query, doseq=True)}")
    answer = call_integration(execution, lambda: services.call_stage(api_id, stage, handed_on))
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
    if execution.request.depth >= _DEEPEST_CHAIN:
        raise _refuse(f"Stages call each other more than {_DEEPEST_CHAIN} deep: {url}")
    return found


def _is_own(domain: str, scheme: str, netloc: str, port: int) -> bool:
    """AWS's own host names mean this cloud's stages here; localhost must name the right port."""
    if domain == "localhost":
        return scheme == "http" and netloc.endswith(f".localhost:{port}")
    return scheme == "https" and ":" not in netloc


def _refuse(reason: str) -> GatewayError:
    return configuration_fault(reason, "INTEGRATION_FAILURE")
