"""The keeper of one home's state: writes changes down, and makes snapshots.

========================  =================================================================
``manifest.json``         the snapshot, see snapshots
``SERVICE-N.pickle``      its files
``journal-N``             the changes since, from number N on; after a failed snapshot, two
``contents/``             large bodies, see contents
========================  =================================================================

All are in ``state`` in the cloud's home, mode 0600 in folders of mode 0700.
"""

from __future__ import annotations

import errno
import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.changes import Changes
from workshop_lib.local_cloud.durability.contents import LEAST_BYTES, ContentBuffer, ContentStore
from workshop_lib.local_cloud.durability.journals import Journal, encode_change
from workshop_lib.local_cloud.durability.pickles import pickle_object
from workshop_lib.local_cloud.durability.service_states import pickle_service
from workshop_lib.local_cloud.durability.snapshots import Manifest, Part, SnapshotFiles
from workshop_lib.local_cloud.moto_hooks import moto_lock
from workshop_lib.local_cloud.moto_hooks.moments import Moment

# A snapshot is made after so many changes or bytes, and soon once nothing changes any more.
MOST_CHANGES = 256
MOST_BYTES = 4 * 1024 * 1024
QUIET_SECONDS = 2.0
# No more than this share of the time may go into snapshots.
SNAPSHOT_SHARE = 0.1
# The part that holds what waits to be delivered.
TASKS = "tasks"
log = logging.getLogger("workshop_lib.local_cloud.state")


class StateKeeper:
    """Keeps what happens in one cloud.

    Args:
        folder: for the state; made.
        secret: of the home's key pair, which seals snapshots.
        changes: what is kept.
        read_tasks: returns what waits to be delivered.
    """

    def __init__(
        self, folder: Path, secret: str, changes: Changes, read_tasks: Callable[[], Any]
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder = folder
        self.contents = ContentStore(folder / "contents")
        self.files = SnapshotFiles(folder, secret)
        self.manifest: Manifest | None = None
        self.loaded: set[str] = set()
        self._changes = changes
        self._read_tasks = read_tasks
        self._journal: Journal | None = None
        # Changes that no snapshot holds; set when this state is recovered, too.
        self.changed = 0
        self._last_change = 0.0
        self._wake = threading.Condition()
        self._stopped = True
        self._snapshot_lock = threading.Lock()

    # Changes -----------------------------------------------------------------------------------

    def write(self, number: int, moment: Moment, kind: str, arguments: dict[str, Any]) -> None:
        """Write one change down.

        Raises:
            AwsError: the disk does not take it, so the change must not happen.
        """
        try:
            record = encode_change(number, moment, kind, arguments, self.contents)
            if self._journal is None:
                self._journal = Journal(self.folder / f"journal-{number}")
            self._journal.append(record)
        except OSError as error:
            raise _refuse(error, self.folder) from error
        self.changed += 1
        self._last_change = time.monotonic()

    def settle(self) -> None:
        """Take note that a change has happened."""
        self.contents.forget_last()
        journal = self._journal
        is_long = journal is not None and journal.size > MOST_BYTES
        if self.changed == 1 or self.changed >= MOST_CHANGES or is_long:
            with self._wake:
                self._wake.notify()

    def make_buffer(self, value: bytes) -> ContentBuffer | None:
        """Return a large object's value in a file; None leaves a small one in memory.

        So is one that the disk does not take: the change that makes it is written, and can be
        carried out again.
        """
        if len(value) < LEAST_BYTES:
            return None
        try:
            return ContentBuffer(self.contents, self.contents.put(value))
        except OSError as error:
            log.warning("A body of %d bytes stays in memory: %s", len(value), error)
            return None

    # Snapshots ---------------------------------------------------------------------------------

    def start(self) -> None:
        """Make snapshots from now on, whenever it is time."""
        self._stopped = False
        threading.Thread(target=self._work, name="snapshots", daemon=True).start()

    def stop(self) -> None:
        """Keep the last state, and nothing that comes after."""
        with self._wake:
            self._stopped = True
            self._wake.notify()
        try:
            if self.changed:
                self.take_snapshot(last=True)
        except Exception:
            # All is in the journal, which the next cloud reads.
            log.exception("The snapshot failed, the journal stays")
        finally:
            self._changes.close()

    def take_snapshot(self, *, last: bool = False) -> None:
        """Keep everything as it is now, and begin a new journal.

        Raises:
            OSError: the snapshot is not written; the former one and all journals stay.
        """
        with self._snapshot_lock:
            with moto_lock:
                number = self._changes.next_number
                self.contents.begin_sweep()
                pickled = {name: pickle_service(name, self.contents) for name in self.loaded}
                pickled[TASKS] = pickle_object(self._read_tasks(), self.contents)
                former = self._turn_journal()
                held = self.changed
                nanoseconds = self._changes.last_nanoseconds
                if last:
                    self._changes.close()
            self._write_snapshot(number, nanoseconds, pickled)
            for file in former:
                file.unlink()
            with moto_lock:
                self.changed -= held

    def _turn_journal(self) -> list[Path]:
        """Begin a new journal at the next change; return those that the snapshot makes needless."""
        if self._journal is not None:
            self._journal.close()
        self._journal = None
        return list_journals(self.folder)

    def _write_snapshot(
        self, number: int, nanoseconds: int, pickled: dict[str, tuple[bytes, set[str]]]
    ) -> None:
        parts: dict[str, Part] = dict(self.manifest.parts) if self.manifest else {}
        for name, (content, names) in pickled.items():
            parts[name] = self.files.write_part(name, number, content, names)
        manifest = Manifest(number, nanoseconds, parts)
        self.files.write_manifest(manifest)
        self.manifest = manifest
        self.files.remove_others(manifest)
        self.contents.sweep({name for part in parts.values() for name in part.names})

    def _work(self) -> None:
        pause = 0.0
        while True:
            with self._wake:
                if not self._stopped and not self._is_due():
                    self._wake.wait(self._seconds_left())
                if self._stopped:
                    return
                if not self._is_due():
                    continue
            started = time.monotonic()
            try:
                self.take_snapshot()
            except OSError as error:
                log.error("The snapshot is not written, the journal goes on: %s", error)
                pause = 10.0
            except Exception:
                log.exception("The snapshot failed, the journal goes on")
                pause = 60.0
            else:
                pause = (time.monotonic() - started) / SNAPSHOT_SHARE
            time.sleep(pause)

    def _is_due(self) -> bool:
        journal = self._journal
        if not self.changed:
            return False
        if self.changed >= MOST_CHANGES or (journal is not None and journal.size >= MOST_BYTES):
            return True
        return time.monotonic() - self._last_change >= QUIET_SECONDS

    def _seconds_left(self) -> float | None:
        if not self.changed:
            return None
        return max(0.05, QUIET_SECONDS - (time.monotonic() - self._last_change))


def list_journals(folder: Path) -> list[Path]:
    """Return a state's journals, the earliest first."""
    files = [file for file in folder.glob("journal-*") if file.name[8:].isdigit()]
    return sorted(files, key=lambda file: int(file.name[8:]))


def _refuse(error: OSError, folder: Path) -> AwsError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        reason = f"the disk of {folder} is full. Free some space and try again"
    else:
        reason = f"{folder} cannot be written: {error.strerror or error}"
    # 507 is no status that clients repeat by themselves: a full disk does not mend in a second.
    return AwsError("InsufficientStorage", f"Nothing was changed: {reason}.", 507)
