"""Which function a caller means, and what it is at this moment, copied out of moto."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from moto.awslambda.exceptions import LambdaClientError
from moto.awslambda.models import lambda_backends

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.configuration import ACCOUNT_ID, DEFAULT_REGION
from workshop_lib.local_cloud.moto_hooks import moto_lock

# The only version that a function has here.
LATEST = "$LATEST"
RETRY_ATTEMPTS = 2
EVENT_AGE_SECONDS = 21_600


@dataclass(frozen=True)
class Function:
    """A function with its code and configuration.

    Sizes are in megabytes, ``timeout`` and ``event_age`` in seconds; ``layers`` are zips in the
    order in which they are unpacked. The last four say what becomes of an asynchronous invocation;
    an ARN is None where there is none. ``fingerprint`` changes whenever an environment must not be
    used again.
    """

    name: str
    arn: str
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
    fingerprint: str
    retry_attempts: int
    event_age: int
    on_failure: str | None
    dead_letter_queue: str | None

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
    text: str, region: str = DEFAULT_REGION, qualifier: str | None = None
) -> FunctionName:
    """Read ``name``, ``account:function:name`` or an ARN, each with ``:qualifier`` or without.

    Args:
        text: what the caller wrote.
        region: that of the call; an ARN has its own.
        qualifier: what the caller wrote elsewhere.

    Raises:
        AwsError: ValidationException for anything else, or for two qualifiers that differ.
    """
    account_id, rest = ACCOUNT_ID, text
    if text.startswith("arn:"):
        parts = text.split(":", 6)
        if len(parts) < 7 or parts[2] != "lambda" or parts[5] != "function":
            raise refuse_name(text)
        region, account_id, rest = parts[3], parts[4], parts[6]
    elif ":function:" in text:
        account_id, _, rest = text.partition(":function:")
    name, _, own_qualifier = rest.partition(":")
    if not name or (own_qualifier and qualifier and own_qualifier != qualifier):
        raise refuse_name(text)
    return FunctionName(name, own_qualifier or qualifier or None, region, account_id)


def has_functions() -> bool:
    """Tell whether there is any function."""
    with moto_lock:
        return any(one._lambdas._functions for _, _, one in lambda_backends.iter_backends())


def find_function(named: FunctionName) -> Function:
    """Copy a function out of moto.

    Raises:
        AwsError: ResourceNotFoundException 404, also for versions and aliases: there are none here.
    """
    with moto_lock:
        backend = lambda_backends[named.account_id][named.region]
        try:
            found = backend.get_function(named.name)
        except (LambdaClientError, KeyError) as error:
            raise refuse_absent(named) from error
        if named.qualifier not in (None, LATEST):
            raise refuse_absent(named)
        layers = [backend.layers_versions_by_arn(layer["Arn"]) for layer in found.layers]
        return _copy(named, found, tuple(layer.code_bytes for layer in layers if layer is not None))


def _copy(named: FunctionName, found: Any, layers: tuple[bytes, ...]) -> Function:
    reserved = found.reserved_concurrency
    environment = {key: str(value) for key, value in (found.environment_vars or {}).items()}
    chosen = found.event_invoke_config[-1].config if found.event_invoke_config else {}
    failure = (chosen.get("DestinationConfig") or {}).get("OnFailure") or {}
    return Function(
        name=found.function_name,
        arn=named.arn,
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
        layers=layers,
        fingerprint=_make_fingerprint(found, environment),
        retry_attempts=int(chosen.get("MaximumRetryAttempts", RETRY_ATTEMPTS)),
        event_age=int(chosen.get("MaximumEventAgeInSeconds", EVENT_AGE_SECONDS)),
        on_failure=failure.get("Destination") or None,
        dead_letter_queue=(getattr(found, "dead_letter_config", None) or {}).get("TargetArn")
        or None,
    )


def _make_fingerprint(found: Any, environment: dict[str, str]) -> str:
    configuration = [
        found.code_sha_256, found.handler, found.run_time, found.role, found.memory_size,
        found.timeout, found.ephemeral_storage, [layer["Arn"] for layer in found.layers],
        environment,
    ]  # fmt: skip
    encoded = json.dumps(configuration, sort_keys=True, default=str)
    return hashlib.sha256(encoded.encode()).hexdigest()


def refuse_name(text: str) -> AwsError:
    """Return AWS's error for what is no function's name."""
    pattern = (
        r"(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}(-gov)?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?"
        r"([a-zA-Z0-9-_\.]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?"
    )
    message = (
        f"1 validation error detected: Value '{text}' at 'functionName' failed to satisfy "
        f"constraint: Member must satisfy regular expression pattern: {pattern}"
    )
    return AwsError("ValidationException", message)


def refuse_absent(named: FunctionName) -> AwsError:
    """Return AWS's error for a function that does not exist."""
    return AwsError(
        "ResourceNotFoundException", f"Function not found: {named.qualified_arn}", status=404
    )
