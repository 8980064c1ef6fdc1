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
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workshop_lib.errors import LocalCloudError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

LOCK_POLL_SECONDS = 0.02


@dataclass(frozen=True)
class StateFiles:
    """The paths inside one home."""

    home: Path

    @property
    def credentials(self) -> Path:
        """The cloud's own key pair."""
        return self.home / "credentials.json"

    @property
    def port(self) -> Path:
        """The port chosen for this home."""
        return self.home / "port"

    @property
    def log(self) -> Path:
        """What the operator sees."""
        return self.home / "cloud.log"

    @property
    def running(self) -> Path:
        """Process id and port of the cloud that runs now."""
        return self.home / "running.json"

    @property
    def starting_lock(self) -> Path:
        """Held by the launcher at work."""
        return self.home / "starting.lock"

    @property
    def running_lock(self) -> Path:
        """Held by the cloud for as long as it lives."""
        return self.home / "running.lock"

    @property
    def state(self) -> Path:
        """The folder of everything that stands in the cloud."""
        return self.home / "state"

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
    descriptor = os.open(files.starting_lock, os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + timeout_seconds
    try:
        while not _lock_per_open_file(descriptor):
            if time.monotonic() > deadline:
                raise LocalCloudError(
                    f"Another program has been starting or stopping the local cloud of "
                    f"{files.home} for {timeout_seconds:.0f} seconds.",
                    f"Look into {files.log}, end that program, and try again.",
                )
            time.sleep(LOCK_POLL_SECONDS)
        yield
    finally:
        os.close(descriptor)


def take_running_lock(files: StateFiles) -> int | None:
    """Take the lock of the living cloud; None when another process has it.

    The descriptor must stay open: closing it gives the lock back.
    """
    descriptor = os.open(files.running_lock, os.O_RDWR | os.O_CREAT, 0o600)
    if _lock_per_process(descriptor):
        return descriptor
    os.close(descriptor)
    return None


def is_running(files: StateFiles) -> bool:
    """Tell whether a cloud process of this home lives."""
    descriptor = take_running_lock(files)
    if descriptor is None:
        return True
    os.close(descriptor)
    return False


if sys.platform == "win32":

    def _lock_per_open_file(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    _lock_per_process = _lock_per_open_file
else:

    def _lock_per_open_file(descriptor: int) -> bool:
        # flock belongs to the open file, so two threads of one program exclude each other too.
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _lock_per_process(descriptor: int) -> bool:
        # A record lock is not inherited by fork, so a worker that outlives the cloud by a moment
        # does not keep up the appearance of a living cloud.
        try:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
