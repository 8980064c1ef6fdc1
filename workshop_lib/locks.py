"""One at a time: locks between the kernels and commands of one attendee."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from workshop_lib.errors import WorkshopError

PATIENCE_SECONDS = 120.0


@contextmanager
def hold_lock(file: Path, busy: str, patience_seconds: float = PATIENCE_SECONDS) -> Iterator[None]:
    """Keep every other program waiting that asks for this file's lock.

    Args:
        file: the lock's; it stays, empty. The system gives the lock back when a holder dies.
        busy: what another program is doing, a sentence, should it never finish.
        patience_seconds: how long to wait for it.

    Raises:
        WorkshopError: another program does not give it back in time, or the file cannot be made.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(file, timeout=patience_seconds, mode=0o600)
        with lock:
            yield
    except Timeout as error:
        raise WorkshopError(
            f"{busy} It did not finish within {patience_seconds:.0f} seconds.",
            "Wait until it is done, or restart its kernel; then run this again.",
        ) from error
