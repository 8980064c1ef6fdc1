"""Telling what is waited for, as soon as a wait is long enough to be noticed.

AWS takes its time: a new role is known everywhere after seconds, a function is made ready, a name
becomes free. Whoever waits should read for what, and see at its end how long it took.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

NOTICED_SECONDS = 2.0


def _write(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


@contextmanager
def telling(
    what: str, *, after: float = NOTICED_SECONDS, say: Callable[[str], object] = _write
) -> Iterator[None]:
    """Say what is waited for if what is done inside takes long, and then that it is over.

    Args:
        what: is waited for, such as "Lambda to make the function ready".
        after: seconds until it is worth a word.
        say: is told; by default the cell's or the terminal's output.
    """
    started = time.monotonic()
    timer = threading.Timer(after, say, (f"Waiting for {what} …",))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
    seconds = time.monotonic() - started
    if seconds >= after:
        say(f"… done after {seconds:.0f} s.")
