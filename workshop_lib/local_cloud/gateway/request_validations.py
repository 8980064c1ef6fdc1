"""Checking a request by its method's request validator before anything is called.

Source: API Gateway developer guide, "Request validation for REST APIs".
"""

from __future__ import annotations

import json
from typing import Any

from workshop_lib.local_cloud.gateway.executions import Execution
from workshop_lib.local_cloud.gateway.gateway_responses import (
    GatewayError,
    configuration_fault,
)


def validate_request(execution: Execution) -> None:
    """Check parameters and body as the method's validator says.

    Raises:
        GatewayError: a required parameter is missing or the body does not fit its model (400).
    """
    validators = execution.configuration.request_validators
    validator = validators.get(execution.method.request_validator_id or "")
    if validator is None:
        return
    if validator.validates_parameters:
        _require_parameters(execution)
    if validator.validates_body:
        _validate_body(execution)


def _require_parameters(execution: Execution) -> None:
    missing = [
        source.rpartition(".")[2]
        for source, required in execution.method.request_parameters.items()
        if required and not _has_parameter(execution, source)
    ]
    if missing:
        message = f"Missing required request parameters: [{', '.join(missing)}]"
        raise GatewayError("BAD_REQUEST_PARAMETERS", message, reason=message)


def _has_parameter(execution: Execution, source: str) -> bool:
    place, _, name = source.removeprefix("method.request.").partition(".")
    if place == "header":
        return bool(execution.request.header(name))
    if place == "querystring":
        return bool(execution.request.query_value(name))
    return bool(execution.path_parameters.get(name))


def _validate_body(execution: Execution) -> None:
    models = execution.method.request_models
    name = models.get(execution.request.media_type) or models.get("$default")
    if name is None:
        return
    try:
        document = json.loads(execution.request.text)
    except (ValueError, RecursionError) as error:
        raise GatewayError("BAD_REQUEST_BODY", "Invalid request body", reason=str(error)) from error
    reason = _find_mismatch(execution, name, document)
    if reason is not None:
        reason = f"Request body does not match model schema for content type: {reason}"
        raise GatewayError("BAD_REQUEST_BODY", "Invalid request body", reason=reason)


def _find_mismatch(execution: Execution, name: str, document: Any) -> str | None:
    """Return what of a document does not fit a model, None where all does.

    Raises:
        GatewayError: the model is no JSON schema (500).
    """
    # Imported late: moto's API Gateway imports it too, in another thread while the cloud starts,
    # and two threads that enter its circular imports at different ends find it half made.
    import jsonschema

    try:
        schema = json.loads(execution.configuration.models.get(name) or "{}")
        jsonschema.Draft4Validator.check_schema(schema)
    except (ValueError, jsonschema.SchemaError) as error:
        raise configuration_fault(f"Model {name} is no JSON schema: {error}") from error
    mismatch = next(jsonschema.Draft4Validator(schema).iter_errors(document), None)
    return None if mismatch is None else str(mismatch.message)
