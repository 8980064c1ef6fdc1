"""Making, mending, describing and deleting functions."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import WaiterError

from workshop_lib.aws.functions.patience import once_role_is_known
from workshop_lib.errors import ResourceNotReadyError
from workshop_lib.waits import telling

WAITING = {"Delay": 1, "MaxAttempts": 120}


@dataclass(frozen=True)
class Function:
    """A function as Lambda describes it; ``code_size`` in bytes, ``layers`` as version ARNs.

    ``code_sha256`` is the digest of the zip in base64. ``state`` is ``Pending``, ``Active``,
    ``Inactive`` or ``Failed``.
    """

    name: str
    arn: str
    description: str
    role_arn: str
    runtime: str
    handler: str
    memory_mb: int
    timeout_seconds: int
    environment: dict[str, str]
    layers: tuple[str, ...]
    code_sha256: str
    code_size: int
    state: str
    modified: str
    tags: dict[str, str]


def ensure_function(
    lambda_: Any,
    name: str,
    *,
    role_arn: str,
    code: bytes,
    environment: Mapping[str, str],
    tags: Mapping[str, str],
    layers: Sequence[str] = (),
    timeout: int = 30,
    memory: int = 512,
    handler: str = "handler.handler",
    runtime: str = "python3.13",
    description: str = "",
) -> Function:
    """Make the function, or mend its code, its configuration and its tags; return it when ready.

    Args:
        lambda_: the client.
        name: the function's name.
        role_arn: what it runs as.
        code: the zip.
        environment: its environment variables.
        tags: those it lacks are added.
        layers: the ARNs of layer versions, lowest first.
        timeout: seconds.
        memory: megabytes.
        handler: module and function.
        runtime: Lambda's name of it.
        description: what people read in the console.

    Raises:
        ResourceNotReadyError: it does not become active, or Lambda cannot take on the role.
    """
    configuration = {
        "Role": role_arn,
        "Runtime": runtime,
        "Handler": handler,
        "Description": description,
        "Timeout": timeout,
        "MemorySize": memory,
        "Environment": {"Variables": dict(environment)},
        "Layers": list(layers),
    }
    standing = describe_function(lambda_, name)
    if standing is None:
        _create_function(lambda_, name, code, configuration, tags)
    else:
        _mend_function(lambda_, standing, code, configuration, tags)
    described = describe_function(lambda_, name)
    if described is None:
        raise ResourceNotReadyError(
            f"The function {name} vanished while it was made.", "Try again."
        )
    return described


def _create_function(
    lambda_: Any, name: str, code: bytes, configuration: dict[str, Any], tags: Mapping[str, str]
) -> None:
    once_role_is_known(
        lambda_.create_function,
        FunctionName=name,
        Code={"ZipFile": code},
        Tags=dict(tags),
        **configuration,
    )
    _wait(lambda_, "function_active_v2", name)


def _mend_function(
    lambda_: Any,
    standing: Function,
    code: bytes,
    configuration: dict[str, Any],
    tags: Mapping[str, str],
) -> None:
    # Lambda refuses an update while another is still under way.
    if standing.code_sha256 != _digest(code):
        _wait(lambda_, "function_updated_v2", standing.name)
        lambda_.update_function_code(FunctionName=standing.name, ZipFile=code)
        _wait(lambda_, "function_updated_v2", standing.name)
    if _configuration_of(standing) != configuration:
        _wait(lambda_, "function_updated_v2", standing.name)
        once_role_is_known(
            lambda_.update_function_configuration, FunctionName=standing.name, **configuration
        )
        _wait(lambda_, "function_updated_v2", standing.name)
    if lacking := {key: value for key, value in tags.items() if key not in standing.tags}:
        lambda_.tag_resource(Resource=standing.arn, Tags=lacking)


def _configuration_of(function: Function) -> dict[str, Any]:
    return {
        "Role": function.role_arn,
        "Runtime": function.runtime,
        "Handler": function.handler,
        "Description": function.description,
        "Timeout": function.timeout_seconds,
        "MemorySize": function.memory_mb,
        "Environment": {"Variables": function.environment},
        "Layers": list(function.layers),
    }


def _digest(code: bytes) -> str:
    return base64.b64encode(hashlib.sha256(code).digest()).decode("ascii")


def _wait(lambda_: Any, waiter: str, name: str) -> None:
    try:
        with telling(f"Lambda to make {name} ready"):
            lambda_.get_waiter(waiter).wait(FunctionName=name, WaiterConfig=WAITING)
    except WaiterError as error:
        raise ResourceNotReadyError(
            f"The function {name} does not become ready: {error}",
            "Read its State and StateReason with describe_function, then run this again.",
        ) from error


def describe_function(lambda_: Any, name: str) -> Function | None:
    """Return what Lambda says of a function, or None when there is no such function."""
    try:
        answer = lambda_.get_function(FunctionName=name)
    except lambda_.exceptions.ResourceNotFoundException:
        return None
    configuration = answer["Configuration"]
    return Function(
        name=configuration["FunctionName"],
        arn=configuration["FunctionArn"],
        description=configuration.get("Description", ""),
        role_arn=configuration["Role"],
        runtime=configuration["Runtime"],
        handler=configuration["Handler"],
        memory_mb=configuration["MemorySize"],
        timeout_seconds=configuration["Timeout"],
        environment=configuration.get("Environment", {}).get("Variables", {}),
        layers=tuple(layer["Arn"] for layer in configuration.get("Layers", [])),
        code_sha256=configuration["CodeSha256"],
        code_size=configuration["CodeSize"],
        state=configuration.get("State", "Active"),
        modified=configuration["LastModified"],
        tags=answer.get("Tags", {}),
    )


def count_versions(lambda_: Any, name: str) -> int:
    """Return how many versions of a function were published; they go with the function."""
    pages = lambda_.get_paginator("list_versions_by_function").paginate(FunctionName=name)
    return sum(version["Version"] != "$LATEST" for page in pages for version in page["Versions"])


def delete_function(lambda_: Any, name: str) -> None:
    """Delete a function with its permissions; nothing happens when there is none."""
    try:
        lambda_.delete_function(FunctionName=name)
    except lambda_.exceptions.ResourceNotFoundException:
        return
