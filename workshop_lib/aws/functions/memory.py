"""Giving a function another memory for a while."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

WAITING = {"Delay": 1, "MaxAttempts": 120}


def set_memory(lambda_: Any, name: str, megabytes: int) -> None:
    """Give a function this memory, 128 to 10,240 MB, and wait until it holds.

    Its environments end with it: the next call is a cold start.
    """
    waiter = lambda_.get_waiter("function_updated_v2")
    # Lambda refuses an update while another is still under way.
    waiter.wait(FunctionName=name, WaiterConfig=WAITING)
    lambda_.update_function_configuration(FunctionName=name, MemorySize=megabytes)
    waiter.wait(FunctionName=name, WaiterConfig=WAITING)


@contextmanager
def keep_memory(lambda_: Any, name: str) -> Iterator[int]:
    """Yield a function's memory in MB, and give it back at the end, also when interrupted."""
    memory: int = lambda_.get_function_configuration(FunctionName=name)["MemorySize"]
    try:
        yield memory
    finally:
        now = lambda_.get_function_configuration(FunctionName=name)["MemorySize"]
        if now != memory:
            set_memory(lambda_, name, memory)
