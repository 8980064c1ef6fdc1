"""The files in a local cloud's home, and the locks that make their owners known.

=====================  ====================================================================
``credentials.json``   the cloud's own key pair, mode 0600
``port``               the port chosen for this home, once
``cloud.log``          what the operator sees: requests, errors with their traceback
``running.json``       process id and port of the cloud that runs now
``starting.lock``      held by the launcher that starts or stops the cloud
``running.lock``       held by the cloud for as long as it lives
``state/``             everything that stands in the cloud, see durability
=====================  ====================================================================

A process id alone proves nothing: another program may have got it since. The lock proves that the
cloud lives, for the operating system drops it however the process ends.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from workshop_lib.errors import LocalCloudError

LOCK_POLL_SECONDS = 0.02


class StateFiles:
    """The paths inside one home; what each holds is said above."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.credentials = home / "credentials.json"
        self.port = home / "port"
        self.log = home / "cloud.log"
        self.running = home / "running.json"
        self.starting_lock = home / "starting.lock"
        self.running_lock = home / "running.lock"
        self.state = home / "state"

    def make_home(self) -> None:
        """Make the home so that only its owner can look inside."""
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.home.chmod(0o700)


def write_private(file: Path, content: dict[str, Any]) -> None:
    """Write JSON that only its owner can read, whole or not at all.

    ``mkstemp`` opens with O_EXCL and mode 0600, so the secret is never readable by others, not
    even for a moment.
    """
    descriptor, draft = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}")
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        json.dump(content, stream)
    Path(draft).replace(file)


def read_json(file: Path) -> dict[str, Any] | None:
    """Return what a state file holds, None when there is none or it is not whole."""
    try:
        content = json.loads(file.read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        return None
    return content if isinstance(content, dict) else None


@contextmanager
def hold_starting_lock(files: StateFiles, timeout_seconds: float) -> Iterator[None]:
    """Keep every other launcher of this home waiting, in this process or another.

    Raises:
        LocalCloudError: another launcher does not finish in time.
    """
    try:
        with _make_lock(files.starting_lock, timeout_seconds):
            yield
    except Timeout as error:
        raise LocalCloudError(
            f"Another program has been starting or stopping the local cloud of "
            f"{files.home} for {timeout_seconds:.0f} seconds.",
            f"Look into {files.log}, end that program, and try again.",
        ) from error


def take_running_lock(files: StateFiles, timeout_seconds: float = 0.0) -> FileLock | None:
    """Take the lock of the living cloud; None when another process has it.

    It is given back when the process ends, or when nobody holds the lock's object any more.
    """
    lock = _make_lock(files.running_lock, timeout_seconds)
    try:
        lock.acquire()
    except Timeout:
        return None
    return lock


def is_running(files: StateFiles) -> bool:
    """Tell whether a cloud process of this home lives."""
    lock = take_running_lock(files)
    if lock is None:
        return True
    lock.release()
    return False


def _make_lock(file: Path, timeout_seconds: float) -> FileLock:
    return FileLock(file, timeout_seconds, 0o600, poll_interval=LOCK_POLL_SECONDS)
