"""What a mapping template can use: ``$input``, ``$util``, ``$context``, ``$stageVariables``.

Source: API Gateway developer guide, "Mapping template and access logging variable reference".
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import quote_plus, unquote_plus

from workshop_lib.local_cloud.gateway.executions import Execution
from workshop_lib.local_cloud.gateway.json_paths import find_by_path
from workshop_lib.local_cloud.gateway.method_requests import last_values
from workshop_lib.local_cloud.gateway.velocity import to_json

_ESCAPES = {
    '"': '\\"',
    "'": "\\'",
    "\\": "\\\\",
    "/": "\\/",
    "\b": "\\b",
    "\n": "\\n",
    "\t": "\\t",
    "\f": "\\f",
    "\r": "\\r",
}


class Input:
    """``$input``: the body, and in a request template the parameters of the request."""

    template_names: ClassVar[frozenset[str]] = frozenset({"body", "json", "params", "path"})

    def __init__(self, body: str, parameters: Mapping[str, Mapping[str, str]]) -> None:
        self.body = body
        self._parameters = parameters

    def json(self, path: str) -> str:
        """Return what a JSONPath finds, as JSON text; an empty text (``""``) for nothing."""
        found = find_by_path(self._document(), path)
        return '""' if found is None else to_json(found)

    def path(self, path: str) -> Any:
        """Return what a JSONPath finds, as an object the template can go on with."""
        return find_by_path(self._document(), path)

    def params(self, name: str | None = None) -> Any:
        """Return a parameter from path, query or headers, in that order; all without a name."""
        if name is None:
            return self._parameters
        for place in ("path", "querystring"):
            if name in self._parameters[place]:
                return self._parameters[place][name]
        headers = self._parameters["header"].items()
        return next((value for key, value in headers if key.lower() == name.lower()), "")

    def _document(self) -> Any:
        """Return the parsed body, a copy: a template may change what it was given."""
        if not self.body.strip():
            return {}
        return json.loads(self.body)


class Util:
    """``$util``: encoding and escaping."""

    template_names: ClassVar[frozenset[str]] = frozenset(
        {
            "base64Decode",
            "base64Encode",
            "escapeJavaScript",
            "parseJson",
            "urlDecode",
            "urlEncode",
        }
    )

    @staticmethod
    def escapeJavaScript(text: Any) -> str:  # noqa: N802 - AWS's name
        """Escape a text by JavaScript's rules (single quotes too)."""
        return re.sub(r"""["'\\/\x00-\x1f\x7f-\U0010ffff]""", _escape_character, str(text))

    @staticmethod
    def parseJson(text: str) -> Any:  # noqa: N802 - AWS's name
        """Return the object that a JSON text stands for."""
        return json.loads(text)

    @staticmethod
    def urlEncode(text: Any) -> str:  # noqa: N802 - AWS's name
        """Encode a text as a form field (a space becomes ``+``)."""
        return quote_plus(str(text), safe="*").replace("~", "%7E")

    @staticmethod
    def urlDecode(text: str) -> str:  # noqa: N802 - AWS's name
        """Decode an encoded form field."""
        return unquote_plus(text)

    @staticmethod
    def base64Encode(text: Any) -> str:  # noqa: N802 - AWS's name
        """Return a text's bytes in Base64."""
        return base64.b64encode(str(text).encode()).decode()

    @staticmethod
    def base64Decode(text: str) -> str:  # noqa: N802 - AWS's name
        """Return the text that Base64 stands for."""
        try:
            return base64.b64decode(text).decode("utf-8", "replace")
        except binascii.Error as error:
            raise ValueError(f"not Base64: {error}") from error


def request_variables(execution: Execution, body: str) -> dict[str, Any]:
    """Return the variables of a request template."""
    request = execution.request
    parameters = {
        "path": dict(execution.path_parameters),
        "querystring": last_values(request.query),
        "header": last_values(request.headers),
    }
    return _variables(execution, Input(body, parameters))


def response_variables(execution: Execution, body: str) -> dict[str, Any]:
    """Return the variables of a response template: ``$input`` is the integration's answer."""
    parameters: dict[str, dict[str, str]] = {"path": {}, "querystring": {}, "header": {}}
    return _variables(execution, Input(body, parameters))


def _variables(execution: Execution, input_variable: Input) -> dict[str, Any]:
    return {
        "context": _template_context(execution.context),
        "input": input_variable,
        "stageVariables": _Blank(execution.stage.variables),
        "util": Util(),
    }


class _Blank(dict[str, Any]):
    """A mapping whose missing names are empty texts, as the gateway's own variables are."""

    def __missing__(self, name: str) -> str:
        return ""


def _template_context(context: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``$context`` with blanks for what is unknown; the overrides stay the same objects."""
    overrides = ("requestOverride", "responseOverride")
    shown = _blank_unknown({name: context[name] for name in context if name not in overrides})
    return _Blank({**shown, **{name: context[name] for name in overrides}})


def _blank_unknown(value: Any) -> Any:
    if isinstance(value, Mapping):
        return _Blank({name: _blank_unknown(item) for name, item in value.items()})
    return "" if value is None else value


def _escape_character(match: re.Match[str]) -> str:
    character = match[0]
    if character in _ESCAPES:
        return _ESCAPES[character]
    units = character.encode("utf-16-be")
    pairs = (units[index : index + 2] for index in range(0, len(units), 2))
    return "".join(f"\\u{int.from_bytes(pair, 'big'):04X}" for pair in pairs)
