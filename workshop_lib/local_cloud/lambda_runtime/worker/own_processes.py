"""What a worker does to its own process: limits, orphans, its end."""

from __future__ import annotations

import os
import sys
import threading
import time
from typing import Any

ORPHAN_CHECK_SECONDS = 5
PR_SET_CHILD_SUBREAPER = 36
C_LIBRARIES: list[Any] = []


def limit_resources(limits: dict[str, int]) -> None:
    """Set the POSIX limits of this process; there are none on Windows."""
    try:
        import resource
    except ImportError:
        return
    for name, wanted in limits.items():
        number = getattr(resource, name, None)
        if number is None:
            continue
        _, hard = resource.getrlimit(number)
        bound = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(number, (bound, bound))


def read_peak_memory() -> int | None:
    """Return the most bytes this process ever had resident; None where Linux does not tell."""
    try:
        with open("/proc/self/status", encoding="ascii", errors="replace") as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        return None
    return None


def adopt_orphans() -> None:
    """Keep what the function starts below this process, so that it can be ended with it (Linux)."""
    if sys.platform == "linux":
        find_c_library().prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def find_c_library() -> Any:
    """Return the C library; finding it takes milliseconds, but only the first time."""
    if not C_LIBRARIES:
        import ctypes

        C_LIBRARIES.append(ctypes.CDLL(None, use_errno=True))
    return C_LIBRARIES[0]


def watch_parent() -> None:
    """End this process when the one that started it is gone."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(ORPHAN_CHECK_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()
