"""Watching a run: its memory, its processes and its scratch folder."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

import psutil

from workshop_lib.local_cloud.lambda_runtime.processes import Exit, Reply, WorkerProcess

MEMORY_SECONDS = 0.025
SURVEY_SECONDS = 0.25
PROCESS_LIMIT = 1024
MEGABYTE = 1024 * 1024
CHILDREN_ARE_TOLD = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").exists()


class LimitExceededError(Exception):
    """A run went over a limit; the message is how AWS's runtime names such an end."""


class Supervisor:
    """Waits for a worker while it holds it to its limits.

    Args:
        memory_size: megabytes that the worker and what it starts may have resident.
        scratch: the folder that stands for /tmp.
        ephemeral_storage: megabytes that this folder may hold.
    """

    def __init__(
        self, worker: WorkerProcess, memory_size: int, scratch: Path, ephemeral_storage: int
    ) -> None:
        self.peak_memory = 0
        self._worker = worker
        self._memory_limit = memory_size * MEGABYTE
        self._scratch = scratch
        self._storage_limit = ephemeral_storage * MEGABYTE
        self._processes: list[psutil.Process] = []
        # It may have ended already, and then says so itself.
        with suppress(psutil.NoSuchProcess):
            self._processes = [psutil.Process(worker.pid)]

    def wait(self, seconds: float) -> Reply | Exit | None:
        """Return the worker's next message or its end; None when the seconds have passed.

        Raises:
            LimitExceededError: it used more than it may.
        """
        deadline, next_survey = time.monotonic() + seconds, time.monotonic() + SURVEY_SECONDS
        while (remaining := deadline - time.monotonic()) > 0:
            message = self._worker.receive(min(remaining, MEMORY_SECONDS))
            if isinstance(message, Reply):
                # The peak that the kernel has kept, where it does: no sample can miss it.
                self._note_memory(message.header.get("peak") or self._read_memory())
                if message.kind == "result":
                    self._check_storage()
            if message is not None:
                return message
            self._note_memory(self._read_memory())
            if time.monotonic() >= next_survey:
                next_survey = time.monotonic() + SURVEY_SECONDS
                self._survey()
        return None

    def _survey(self) -> None:
        with suppress(psutil.Error):
            first = self._processes[:1]
            self._processes = first + [one for each in first for one in list_descendants(each)]
        if len(self._processes) - 1 > PROCESS_LIMIT:
            raise LimitExceededError(
                f"Runtime exited with error: more than {PROCESS_LIMIT} processes"
            )
        self._check_storage()

    def _check_storage(self) -> None:
        if measure_folder(self._scratch) > self._storage_limit:
            size = self._storage_limit // MEGABYTE
            raise LimitExceededError(f"No space left on device: /tmp holds more than {size} MB")

    def _read_memory(self) -> int:
        return sum(_read_resident(process) for process in self._processes)

    def _note_memory(self, used: int) -> None:
        self.peak_memory = max(self.peak_memory, used)
        if self.peak_memory > self._memory_limit:
            raise LimitExceededError("Runtime exited with error: signal: killed")


def list_descendants(process: psutil.Process) -> list[psutil.Process]:
    """Return what a process has started, and what that has.

    Linux tells a process's children; psutil looks through all processes of the machine for them.

    Raises:
        psutil.Error: the process is gone.
    """
    if not CHILDREN_ARE_TOLD:
        return list(process.children(recursive=True))
    found: list[psutil.Process] = []
    # A thread's children are its own.
    for file in Path(f"/proc/{process.pid}/task").glob("*/children"):
        with suppress(OSError):
            for pid in map(int, file.read_text().split()):
                with suppress(psutil.NoSuchProcess):
                    child = psutil.Process(pid)
                    found += [child, *list_descendants(child)]
    return found


def _read_resident(process: psutil.Process) -> int:
    # Of one that has just ended it is free.
    with suppress(psutil.Error):
        return int(process.memory_info().rss)
    return 0


def measure_folder(folder: Path) -> int:
    """Return the bytes of the files under a folder, not following links out of it."""
    total, folders = 0, [str(folder)]
    while folders:
        # The function may have just removed something, or keep it from itself, too.
        with suppress(FileNotFoundError, PermissionError), os.scandir(folders.pop()) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):
                    total += entry.stat(follow_symlinks=False).st_size
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
    return total
