"""How a function wants its asynchronous invocations treated, copied out of moto."""

from __future__ import annotations

from dataclasses import dataclass

from moto.awslambda.exceptions import LambdaClientError
from moto.awslambda.models import lambda_backends

from workshop_lib.local_cloud.moto_hooks import moto_lock

RETRY_ATTEMPTS = 2
EVENT_AGE_SECONDS = 21_600


@dataclass(frozen=True)
class InvocationSettings:
    """Retries, age and destinations of a function; ARNs are None where there is none."""

    role_arn: str
    reserved_concurrency: int | None
    retry_attempts: int = RETRY_ATTEMPTS
    event_age_seconds: int = EVENT_AGE_SECONDS
    on_success: str | None = None
    on_failure: str | None = None
    dead_letter_queue: str | None = None


def find_settings(function_arn: str) -> InvocationSettings | None:
    """Return a function's settings; None when it does not exist any more."""
    _, _, _, region, account_id, _, rest = function_arn.split(":", 6)
    name, _, qualifier = rest.partition(":")
    with moto_lock:
        try:
            function = lambda_backends[account_id][region].get_function(name, qualifier or None)
        except (LambdaClientError, KeyError):
            return None
        configurations = function.event_invoke_config
        chosen = configurations[-1].config if configurations else {}
        dead_letters = getattr(function, "dead_letter_config", None) or {}
        destinations = chosen.get("DestinationConfig") or {}
        reserved = function.reserved_concurrency
        return InvocationSettings(
            role_arn=function.role,
            reserved_concurrency=None if reserved is None else int(reserved),
            retry_attempts=_choose(chosen.get("MaximumRetryAttempts"), RETRY_ATTEMPTS),
            event_age_seconds=_choose(chosen.get("MaximumEventAgeInSeconds"), EVENT_AGE_SECONDS),
            on_success=(destinations.get("OnSuccess") or {}).get("Destination") or None,
            on_failure=(destinations.get("OnFailure") or {}).get("Destination") or None,
            dead_letter_queue=dead_letters.get("TargetArn") or None,
        )


def _choose(value: int | None, default: int) -> int:
    return default if value is None else int(value)
