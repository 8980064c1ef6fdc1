"""What a worker does to its own process: limits, orphans, its end, and a /tmp of its own (Linux).

The means of the last are those of mount_namespaces(7) and user_namespaces(7); where a system
refuses them, the function has its folder in ``TMPDIR`` only.
"""

from __future__ import annotations

import ctypes
import os
import sys
import threading
import time
from functools import cache
from typing import Any

ORPHAN_CHECK_SECONDS = 5
PR_SET_CHILD_SUBREAPER = 36
TMP = "/tmp"  # noqa: S108 - the folder that AWS promises to every function
CLONE_NEWNS, CLONE_NEWUSER = 0x00020000, 0x10000000
MS_BIND, MS_REC, MS_PRIVATE = 0x1000, 0x4000, 0x40000
CAPABILITY_VERSION_3 = 0x20080522


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


@cache
def find_c_library() -> Any:
    """Return the C library; finding it takes milliseconds, but only the first time."""
    return ctypes.CDLL(None, use_errno=True)


def watch_parent() -> None:
    """End this process when the one that started it is gone."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(ORPHAN_CHECK_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


class TemporaryFolder:
    """The scratch folder as /tmp, where the system lets a process have one of its own."""

    def __init__(self) -> None:
        self.possible = False

    def prepare(self) -> None:
        """Find out whether it can be had; this process must not have a second thread yet."""
        self.possible = sys.platform == "linux" and can_be_private(find_c_library())

    def take(self, header: dict[str, Any]) -> None:
        """Have it; else the folder is where TMPDIR says."""
        if not self.possible:
            return
        kept = [*header["roots"], *header["search_path"], header["bytecode_directory"], *sys.path]
        make_private(find_c_library(), header["scratch"], kept)
        for name, value in os.environ.items():
            if value == header["scratch"]:
                os.environ[name] = TMP


def can_be_private(library: Any) -> bool:
    """Try it in a process of its own, since half of it could not be undone.

    The caller must have one thread only, as must that of :func:`make_private`.
    """
    child = os.fork()
    if child == 0:
        try:
            make_private(library, os.path.dirname(__file__), [])
        except OSError:
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def make_private(library: Any, scratch: str, kept: list[str]) -> None:
    """Show a folder as /tmp to this process and to what it starts.

    Args:
        library: the C library.
        scratch: the folder.
        kept: folders that must stay where they are, even below /tmp.

    Raises:
        OSError: the system does not allow it.
    """
    user, group = os.getuid(), os.getgid()
    unprivileged = user != 0
    _call(library, "unshare", CLONE_NEWNS | (CLONE_NEWUSER if unprivileged else 0))
    if unprivileged:
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/uid_map", f"{user} {user} 1")
        _write("/proc/self/gid_map", f"{group} {group} 1")
    _mount(library, "none", "/", MS_REC | MS_PRIVATE)
    below = [folder for folder in _outermost(kept) if folder.startswith(TMP + os.sep)]
    # A folder stays in reach by its descriptor when another is shown in its place.
    opened = {folder: os.open(folder, os.O_PATH) for folder in below if os.path.isdir(folder)}
    _mount(library, scratch, TMP, MS_BIND)
    for folder, descriptor in opened.items():
        os.makedirs(folder, exist_ok=True)
        _mount(library, f"/proc/self/fd/{descriptor}", folder, MS_BIND | MS_REC)
        os.close(descriptor)
    if unprivileged:
        _give_up_capabilities(library)


def _outermost(folders: list[str]) -> list[str]:
    real = sorted({os.path.realpath(folder) for folder in folders})
    return [
        folder
        for folder in real
        if not any(folder.startswith(other + os.sep) for other in real if other != folder)
    ]


def _mount(library: Any, source: str, target: str, flags: int) -> None:
    _call(library, "mount", source.encode(), target.encode(), None, ctypes.c_ulong(flags), None)


def _give_up_capabilities(library: Any) -> None:
    """End the powers that the first process of a user namespace has inside it."""
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    _call(library, "capset", header, (ctypes.c_uint32 * 6)())


def _call(library: Any, name: str, *arguments: Any) -> None:
    if getattr(library, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
