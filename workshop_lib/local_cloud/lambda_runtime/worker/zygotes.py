"""The prepared process: it forks into workers that have boto3 loaded."""

from __future__ import annotations

import os
import signal
import socket
import sys
import traceback
from types import FrameType
from typing import Any, NoReturn

from .messages import FORK_REQUEST, write_message
from .own_processes import TemporaryFolder, find_c_library
from .workers import run_worker


class Zygote:
    """A process with boto3 loaded that forks into workers; single-threaded, as forking demands."""

    def __init__(self, connection: socket.socket, folder: TemporaryFolder) -> None:
        self.folder = folder
        self.connection = connection
        self.reports = connection.makefile("wb")
        self.children: set[int] = set()
        self.wake_read, self.wake_write = os.pipe()

    def serve(self) -> NoReturn:
        """Fork when asked, report each child's end, and end with the server."""
        import gc
        import selectors

        for descriptor in (self.wake_read, self.wake_write):
            os.set_blocking(descriptor, False)
        signal.signal(signal.SIGCHLD, _note_signal)
        signal.set_wakeup_fd(self.wake_write, warn_on_full_buffer=False)
        prepare_fork()
        gc.collect()
        gc.freeze()
        self._report({"ready": True})
        with selectors.DefaultSelector() as selector:
            selector.register(self.connection, selectors.EVENT_READ, self._accept)
            selector.register(self.wake_read, selectors.EVENT_READ, self._reap)
            while True:
                for key, _ in selector.select():
                    key.data()

    def _accept(self) -> None:
        request, descriptors, _, _ = socket.recv_fds(self.connection, len(FORK_REQUEST), 3)
        if request != FORK_REQUEST or len(descriptors) != 3:
            self._end()
        child = os.fork()
        if child == 0:
            self._become_worker(descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        self.children.add(child)
        self._report({"forked": child})

    def _become_worker(self, descriptors: list[int]) -> NoReturn:
        try:
            os.setsid()
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for target, descriptor in enumerate(descriptors):
                os.dup2(descriptor, target)
            os.closerange(3, 1024)
            run_worker(self.folder)
        except SystemExit as leave:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(leave.code if isinstance(leave.code, int) else int(leave.code is not None))
        except BaseException:  # noqa: BLE001 - a fork must never fall back into the zygote's loop
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(1)

    def _reap(self) -> None:
        try:
            os.read(self.wake_read, 4096)
        except BlockingIOError:
            return
        while self.children:
            child, status = os.waitpid(-1, os.WNOHANG)
            if child == 0:
                return
            self.children.discard(child)
            self._report({"exited": child, "code": os.waitstatus_to_exitcode(status)})

    def _report(self, message: dict[str, Any]) -> None:
        try:
            write_message(self.reports, message)
        except OSError:
            self._end()

    def _end(self) -> NoReturn:
        """End every worker, then this process: the server is gone."""
        for child in self.children:
            try:
                os.killpg(child, signal.SIGKILL)
            except ProcessLookupError:
                continue
        os._exit(0)


def _note_signal(number: int, frame: FrameType | None) -> None:
    """Let SIGCHLD reach the wake-up descriptor; a signal that is ignored would not."""


def prepare_fork() -> None:
    """Do once what every fork would do again: import what is imported late, find the C library."""
    import resource

    resource.getrlimit(resource.RLIMIT_CORE)
    if sys.platform == "linux":
        # ctypes looks a function up at its first use, and keeps it.
        _ = find_c_library().prctl
