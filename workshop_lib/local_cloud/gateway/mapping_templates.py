"""Mapping templates: which one a body gets, and what it can use.

``$input``, ``$util``, ``$context`` and ``$stageVariables`` are mappings, of values and functions.
Source: API Gateway developer guide, "Mapping template and access logging variable reference".
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import quote_plus, unquote_plus

from workshop_lib.local_cloud.gateway.deployments import Document
from workshop_lib.local_cloud.gateway.executions import Execution
from workshop_lib.local_cloud.gateway.gateway_responses import GatewayError, configuration_fault
from workshop_lib.local_cloud.gateway.method_requests import last_values
from workshop_lib.local_cloud.gateway.parameter_mappings import find_by_path, to_json
from workshop_lib.local_cloud.gateway.velocity import TemplateFailedError, render

_ESCAPES = {
    '"': '\\"', "'": "\\'", "\\": "\\\\", "/": "\\/", "\b": "\\b", "\n": "\\n", "\t": "\\t",
    "\f": "\\f", "\r": "\\r",
}  # fmt: skip


def render_request(execution: Execution) -> str:
    """Return the integration's request body by its template, or the body where it passes through.

    Raises:
        GatewayError: no template fits and passing through is not allowed (415), or the template
            fails (500).
    """
    request, integration = execution.request, execution.integration
    templates = integration.get("requestTemplates") or {}
    template = templates.get(request.media_type)
    if template is not None:
        parameters = {
            "path": dict(execution.route.path_parameters),
            "querystring": last_values(request.query),
            "header": last_values(request.headers),
        }
        return _render(execution, template, request.text, parameters)
    behavior = integration.get("passthroughBehavior") or "WHEN_NO_MATCH"
    if behavior == "NEVER" or (behavior == "WHEN_NO_TEMPLATES" and templates):
        raise GatewayError(
            "UNSUPPORTED_MEDIA_TYPE",
            "Unsupported Media Type",
            reason=f"No request template for {request.media_type}, and the "
            f"integration's passthroughBehavior is {behavior}.",
        )
    return request.text


def render_response(execution: Execution, response: Document, body: str) -> tuple[str, str] | None:
    """Return content type and body by a response template; None where the body passes through."""
    templates = response.get("responseTemplates") or {}
    content_type = execution.request.choose_media_type(templates)
    if content_type is None or not templates[content_type]:
        return None
    parameters: dict[str, dict[str, str]] = {"path": {}, "querystring": {}, "header": {}}
    return content_type, _render(execution, templates[content_type], body, parameters)


def _render(
    execution: Execution, template: str, body: str, parameters: Mapping[str, Mapping[str, str]]
) -> str:
    variables = {
        "context": _show_context(execution.context),
        "input": make_input(body, parameters),
        "stageVariables": _Blank(execution.scopes["stageVariables"]),
        "util": UTIL,
    }
    try:
        return render(template, variables)
    except TemplateFailedError as error:
        raise configuration_fault(f"Unable to transform: {error}") from error


# Variables ---------------------------------------------------------------------------------------


class _Blank(dict[str, Any]):
    """A mapping whose missing names are empty texts, as the gateway's own variables are."""

    def __missing__(self, name: str) -> str:
        return ""


def _show_context(context: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``$context`` with blanks for what is unknown; the overrides stay the same objects."""
    overrides = ("requestOverride", "responseOverride")
    shown = {name: _blank_unknown(context[name]) for name in context if name not in overrides}
    return _Blank({**shown, **{name: context[name] for name in overrides}})


def _blank_unknown(value: Any) -> Any:
    if isinstance(value, Mapping):
        return _Blank({name: _blank_unknown(item) for name, item in value.items()})
    return "" if value is None else value


def make_input(body: str, parameters: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """Return ``$input``: the body, and in a request template the parameters of the request."""

    def find(path: str) -> Any:
        # A new copy each time: a template may change what it was given.
        return find_by_path(json.loads(body) if body.strip() else {}, path)

    def find_as_json(path: str) -> str:
        found = find(path)
        return '""' if found is None else to_json(found)

    def find_parameter(name: str | None = None) -> Any:
        if name is None:
            return parameters
        headers = {key.lower(): value for key, value in parameters["header"].items()}
        places = (
            parameters["path"],
            parameters["querystring"],
            {name: headers.get(name.lower(), "")},
        )
        return next(place[name] for place in places if name in place)

    return {"body": body, "json": find_as_json, "path": find, "params": find_parameter}


def _escape_javascript(text: Any) -> str:
    """Escape a text by JavaScript's rules (single quotes too)."""
    return re.sub(r"""["'\\/\x00-\x1f\x7f-\U0010ffff]""", _escape_character, str(text))


def _escape_character(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be").hex().upper()
    pairs = (units[index : index + 4] for index in range(0, len(units), 4))
    return _ESCAPES.get(match[0]) or "".join(f"\\u{pair}" for pair in pairs)


# Every rendering has the same one, so none may change it.
UTIL: Mapping[str, Callable[..., Any]] = MappingProxyType({
    "base64Decode": lambda text: base64.b64decode(text).decode("utf-8", "replace"),
    "base64Encode": lambda text: base64.b64encode(str(text).encode()).decode(),
    "escapeJavaScript": _escape_javascript,
    "parseJson": json.loads,
    "urlDecode": unquote_plus,
    "urlEncode": lambda text: quote_plus(str(text), safe="*").replace("~", "%7E"),
})  # fmt: skip
