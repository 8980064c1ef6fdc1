"""What becomes of an asynchronous call that fails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workshop_lib.aws.functions.patience import once_role_is_known


@dataclass(frozen=True)
class AsynchronousRetries:
    """How often Lambda tries again (0 to 2), for how long, and where it reports a failure."""

    retries: int
    maximum_age_seconds: int
    failure_destination_arn: str | None


def set_asynchronous_retries(
    lambda_: Any,
    name: str,
    *,
    retries: int,
    failure_destination_arn: str | None = None,
    maximum_age_seconds: int = 21600,
) -> AsynchronousRetries:
    """Decide what becomes of asynchronous calls that fail.

    Args:
        lambda_: the client.
        name: the function's name.
        retries: how often Lambda tries again, 0 to 2.
        failure_destination_arn: the queue or topic that is told at last; the function's role
            must be allowed to send to it.
        maximum_age_seconds: how old an event may become, 60 to 21,600 (six hours).

    Raises:
        ResourceNotReadyError: the role may not send to the destination.
    """
    wanted = AsynchronousRetries(retries, maximum_age_seconds, failure_destination_arn)
    if describe_asynchronous_retries(lambda_, name) != wanted:
        destination = (
            {"OnFailure": {"Destination": failure_destination_arn}}
            if failure_destination_arn
            else {}
        )
        once_role_is_known(
            lambda_.put_function_event_invoke_config,
            FunctionName=name,
            MaximumRetryAttempts=retries,
            MaximumEventAgeInSeconds=maximum_age_seconds,
            DestinationConfig=destination,
        )
    return wanted


def describe_asynchronous_retries(lambda_: Any, name: str) -> AsynchronousRetries | None:
    """Return what was decided, or None while AWS's defaults hold (two retries, six hours)."""
    try:
        answer = lambda_.get_function_event_invoke_config(FunctionName=name)
    except lambda_.exceptions.ResourceNotFoundException:
        return None
    return AsynchronousRetries(
        answer.get("MaximumRetryAttempts", 2),
        answer.get("MaximumEventAgeInSeconds", 21600),
        answer.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination"),
    )
