"""Reserved concurrency: how many of a function may run at once, whoever calls it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

# Lambda keeps so much of an account's limit for functions without a reservation: AWS Lambda
# developer guide, "Configuring reserved concurrency for a function".
UNRESERVABLE = 100


def read_account_concurrency(lambda_: Any) -> tuple[int, int]:
    """Return how many functions an account runs at once here, and how many can be reserved."""
    limit = lambda_.get_account_settings()["AccountLimit"]
    reservable = max(0, int(limit["UnreservedConcurrentExecutions"]) - UNRESERVABLE)
    return int(limit["ConcurrentExecutions"]), reservable


def count_reservable(lambda_: Any) -> int:
    """Return how much concurrency can still be reserved in this account and Region."""
    return read_account_concurrency(lambda_)[1]


def choose_reserved(functions: Sequence[str], *, each: int, reservable: int) -> list[str]:
    """Return which functions can have a reservation, the first first, as far as there is room.

    Args:
        functions: those without one.
        each: the concurrency of each.
        reservable: of the account, see :func:`count_reservable`.
    """
    return list(functions[: reservable // each])


def read_reservation(lambda_: Any, name: str) -> int | None:
    """Return a function's reserved concurrency, or None while it shares the account's."""
    answer = lambda_.get_function_concurrency(FunctionName=name)
    reserved: int | None = answer.get("ReservedConcurrentExecutions")
    return reserved


def reserve_concurrency(lambda_: Any, name: str, concurrency: int) -> None:
    """Let so many of a function run at once, and no more: the next call is throttled."""
    lambda_.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=concurrency)


def lift_reservation(lambda_: Any, name: str) -> None:
    """Let a function share the account's concurrency again."""
    lambda_.delete_function_concurrency(FunctionName=name)
