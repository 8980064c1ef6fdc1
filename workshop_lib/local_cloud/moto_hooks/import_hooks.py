"""The hook that keeps out of the process what moto imports and nothing here uses."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any, NoReturn


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


def _refuse(*arguments: Any, **named: Any) -> NoReturn:
    raise NotImplementedError("No API is imported from a document here.")
