"""What the gateway is given from outside, and how it calls a function."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Protocol, TypeVar, cast

from workshop_lib.local_cloud.gateway.executions import Answer


class FunctionResult(Protocol):
    """What the Lambda runtime gives back of a call."""

    @property
    def payload(self) -> bytes:
        """What the function returned, JSON, or its error document."""

    @property
    def function_error(self) -> str | None:
        """``Handled`` or ``Unhandled`` where the function failed."""

    @property
    def request_id(self) -> str:
        """The id of the invocation."""


Result = TypeVar("Result")
InvokeFunction = Callable[[str, bytes], FunctionResult]
MayInvoke = Callable[[str, str], bool]


@dataclass(frozen=True)
class GatewayServices:
    """What a request may need beside its own configuration.

    Args:
        invoke: calls a function by ARN with a payload; raises AwsError.
        can_invoke: says whether a function's policy lets API Gateway call it from a source ARN.
        call_stage: answers a request to one of this cloud's own stages: URL, method, headers,
            query and body in, answer out.
        account_id: the account of everything here.
        port: the cloud's own port, the only place HTTP integrations may call.
    """

    invoke: InvokeFunction
    can_invoke: MayInvoke
    call_stage: Callable[..., Answer]
    account_id: str
    port: int


class DeadlineExceededError(Exception):
    """A call did not answer in its time; it goes on, and nobody waits for it."""


def call_within(seconds: float, call: Callable[[], Result]) -> Result:
    """Return what a call gives, or what it raises, if it does so in time.

    Raises:
        DeadlineExceededError: it did not; the thread goes on until the call ends by itself, as the
            function does on AWS.
    """
    outcomes: SimpleQueue[tuple[Result | None, BaseException | None]] = SimpleQueue()
    # The call belongs to the request that caused it, and to its trace, in its own thread too.
    context = copy_context()

    def run() -> None:
        try:
            outcomes.put((context.run(call), None))
        except BaseException as error:  # noqa: BLE001 - handed to the caller, who raises it
            outcomes.put((None, error))

    threading.Thread(target=run, name="gateway-integration", daemon=True).start()
    try:
        result, error = outcomes.get(timeout=seconds)
    except Empty:
        raise DeadlineExceededError(f"No answer within {seconds:g} s.") from None
    if error is not None:
        raise error
    return cast(Result, result)
