"""The hooks that keep out of the process what moto imports and nothing here uses."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any, NoReturn

import botocore.loaders


def leave_out_openapi() -> None:
    """Keep out what checks OpenAPI documents: a second or two of each start, and 28 MB.

    No API is imported from a document here, and nothing is checked by a schema with formats, for
    which jsonschema would load a grammar of IRIs.
    """
    if "openapi_spec_validator" in sys.modules:
        return
    package, validation = ModuleType("openapi_spec_validator"), ModuleType("validation")
    exceptions: Any = ModuleType("exceptions")
    exceptions.OpenAPIValidationError = type("OpenAPIValidationError", (Exception,), {})
    package.validate = _refuse  # type: ignore[attr-defined]
    sys.modules["openapi_spec_validator"] = package
    sys.modules["openapi_spec_validator.validation"] = validation
    sys.modules["openapi_spec_validator.validation.exceptions"] = exceptions
    # To jsonschema, a module that is not installed.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


def leave_out_documentation() -> None:
    """Keep the documentation out of the models of AWS's services: nearly half of their memory."""
    # What botocore makes of each object of a model's JSON.
    botocore.loaders.OrderedDict = _make_undocumented


def _make_undocumented(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # A member of a structure may have this name too, and is no text.
    return {name: one for name, one in pairs if name != "documentation" or type(one) is not str}


def _refuse(*arguments: Any, **named: Any) -> NoReturn:
    raise NotImplementedError("No API is imported from a document here.")
