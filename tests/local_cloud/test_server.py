"""What the server's figures must keep to."""

from __future__ import annotations

from workshop_lib.local_cloud.door.server import THREADS
from workshop_lib.local_cloud.lambda_runtime.pools import CONCURRENT_EXECUTIONS


def test_functions_cannot_use_up_the_threads() -> None:
    """A function that runs has a thread that waits for it and one for its own call; one is left."""
    assert THREADS >= 3 * CONCURRENT_EXECUTIONS
