"""What a function is at the moment of an invocation, copied out of moto."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import Any

from moto.awslambda.exceptions import LambdaClientError
from moto.awslambda.models import lambda_backends

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.configuration import CloudConfiguration
from workshop_lib.local_cloud.moto_hooks import moto_lock

LATEST = "$LATEST"
TERMINATE = "Terminate"
# The attribute of moto's function that holds what PutFunctionRecursionConfig said.
RECURSIVE_LOOP = "recursive_loop"
NEW_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")


@dataclass(frozen=True)
class Function:
    """One version of a function with its code and configuration.

    ``arn`` has no qualifier, ``invoked_arn`` the caller's. Sizes are in megabytes, ``timeout`` in
    seconds. ``layers`` are zips in the order in which they are unpacked. ``recursive_loop`` is
    ``Terminate`` or ``Allow``.
    """

    name: str
    arn: str
    invoked_arn: str
    version: str
    region: str
    account_id: str
    handler: str
    runtime: str
    role: str
    memory_size: int
    timeout: int
    ephemeral_storage: int
    reserved_concurrency: int | None
    environment: dict[str, str]
    code: bytes = field(repr=False)
    layers: tuple[bytes, ...] = field(repr=False)
    recursive_loop: str = TERMINATE
    fingerprint: str = ""

    @property
    def log_group(self) -> str:
        """The name of its log group."""
        return f"/aws/lambda/{self.name}"


@dataclass(frozen=True)
class FunctionName:
    """A function as a caller names it: name, partial ARN or ARN, with or without qualifier."""

    name: str
    qualifier: str | None
    region: str
    account_id: str

    @property
    def arn(self) -> str:
        """The ARN without qualifier."""
        return f"arn:aws:lambda:{self.region}:{self.account_id}:function:{self.name}"

    @property
    def qualified_arn(self) -> str:
        """The ARN with the caller's qualifier, where there is one."""
        return f"{self.arn}:{self.qualifier}" if self.qualifier else self.arn


def parse_function_name(
    text: str, configuration: CloudConfiguration, qualifier: str | None = None
) -> FunctionName:
    """Read ``name``, ``account:function:name`` or an ARN, each with ``:qualifier`` or without.

    Raises:
        AwsError: ValidationException for anything else, or for two qualifiers that differ.
    """
    region, account_id, rest = configuration.region, configuration.account_id, text
    if text.startswith("arn:"):
        parts = text.split(":", 6)
        if len(parts) < 7 or parts[2] != "lambda" or parts[5] != "function":
            raise _refuse_name(text)
        region, account_id, rest = parts[3], parts[4], parts[6]
    elif ":function:" in text:
        account_id, _, rest = text.partition(":function:")
    name, _, own_qualifier = rest.partition(":")
    if not name or (own_qualifier and qualifier and own_qualifier != qualifier):
        raise _refuse_name(text)
    return FunctionName(name, own_qualifier or qualifier or None, region, account_id)


def check_new_name(text: str) -> None:
    """Refuse a name that no function can have.

    AWS also takes an ARN here and uses its last part; here a new function has its plain name.

    Raises:
        AwsError: ValidationException.
    """
    if not NEW_NAME.fullmatch(text):
        raise _refuse_name(text)


def has_functions() -> bool:
    """Tell whether there is any function."""
    with moto_lock:
        return any(one._lambdas._functions for _, _, one in lambda_backends.iter_backends())


def find_function(named: FunctionName) -> Function:
    """Copy a function out of moto.

    Raises:
        AwsError: ResourceNotFoundException 404.
    """
    with moto_lock:
        backend = lambda_backends[named.account_id][named.region]
        try:
            found = backend.get_function(named.name, named.qualifier)
        except (LambdaClientError, KeyError) as error:
            raise _not_found(named) from error
        if found is None:
            raise _not_found(named)
        latest = backend.get_function(named.name)
        layers = [backend.layers_versions_by_arn(layer["Arn"]) for layer in found.layers]
        return _copy(named, found, latest, layers)


def _copy(named: FunctionName, found: Any, latest: Any, layers: list[Any]) -> Function:
    zips = tuple(layer.code_bytes for layer in layers if layer is not None)
    reserved = getattr(latest, "reserved_concurrency", None)
    environment = {key: str(value) for key, value in (found.environment_vars or {}).items()}
    return Function(
        name=found.function_name,
        arn=named.arn,
        invoked_arn=named.qualified_arn,
        version=str(found.version),
        region=named.region,
        account_id=named.account_id,
        handler=found.handler or "",
        runtime=found.run_time or "",
        role=found.role,
        memory_size=int(found.memory_size),
        timeout=int(found.timeout),
        ephemeral_storage=int(found.ephemeral_storage),
        reserved_concurrency=None if reserved is None else int(reserved),
        environment=environment,
        code=found.code_bytes,
        layers=zips,
        recursive_loop=getattr(latest, RECURSIVE_LOOP, TERMINATE),
        fingerprint=_fingerprint(found, environment),
    )


def _fingerprint(found: Any, environment: dict[str, str]) -> str:
    """Return a text that changes whenever an environment must not be used again."""
    configuration = [
        found.code_sha_256,
        found.handler,
        found.run_time,
        found.role,
        found.memory_size,
        found.timeout,
        found.ephemeral_storage,
        [layer["Arn"] for layer in found.layers],
        environment,
        getattr(found, "revision_id", ""),
    ]
    encoded = json.dumps(configuration, sort_keys=True, default=str)
    return hashlib.sha256(encoded.encode()).hexdigest()


def _refuse_name(text: str) -> AwsError:
    pattern = (
        r"(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}(-gov)?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?"
        r"([a-zA-Z0-9-_\.]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?"
    )
    message = (
        f"1 validation error detected: Value '{text}' at 'functionName' failed to satisfy "
        f"constraint: Member must satisfy regular expression pattern: {pattern}"
    )
    return AwsError("ValidationException", message)


def _not_found(named: FunctionName) -> AwsError:
    return AwsError(
        "ResourceNotFoundException", f"Function not found: {named.qualified_arn}", status=404
    )
