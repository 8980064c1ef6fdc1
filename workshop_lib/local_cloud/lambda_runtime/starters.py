"""Starting worker processes: forked from a zygote, prepared as a spare, or from nothing."""

from __future__ import annotations

import importlib.util
import logging
import os
import socket
import subprocess
import sys
import threading
from collections import deque
from contextlib import ExitStack, suppress
from functools import cache
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO, Any

from workshop_lib.local_cloud.lambda_runtime.processes import (
    WorkerProcess,
    end_process_tree,
)
from workshop_lib.local_cloud.lambda_runtime.worker.messages import FORK_REQUEST, read_message
from workshop_lib.local_cloud.lambda_runtime.worker.runtime_packages import RUNTIME_PACKAGES

log = logging.getLogger("workshop_lib.local_cloud.lambda_runtime")

WORKER = Path(__file__).with_name("worker") / "__main__.py"
FORK_SECONDS = 5.0
READY_SECONDS = 20.0
# Nothing of the server's environment reaches a function, but Windows cannot start without these.
KEPT_VARIABLES = ("SYSTEMROOT", "SYSTEMDRIVE", "COMSPEC", "PATHEXT", "WINDIR")


@cache
def find_site_directories() -> tuple[str, ...]:
    """Return the folders that hold boto3 and its dependencies."""
    return tuple(dict.fromkeys(map(_find_folder, RUNTIME_PACKAGES)))


def _find_folder(package: str) -> str:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"The functions' runtime needs {package}.", name=package)
    folder = Path(spec.origin).parent
    return str(folder.parent if spec.submodule_search_locations else folder)


def make_command(mode: str, parameter: str) -> list[str]:
    """Return the command of an isolated process: no site-packages, no PYTHON… variables."""
    options = ["-I", "-S", "-X", "utf8"]
    return [sys.executable, *options, str(WORKER), mode, parameter, *find_site_directories()]


def keep_variables() -> dict[str, str]:
    """Return the few variables of this process that a started one cannot do without."""
    return {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}


class PlainStarter:
    """Starts each worker as a new interpreter; the only way where nothing may be preloaded."""

    def __init__(self, preload: bool = False) -> None:
        self._parameter = "preload" if preload else "plain"

    def start_worker(self) -> WorkerProcess:
        """Start a new interpreter."""
        popen = subprocess.Popen(
            make_command("worker", self._parameter), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env=keep_variables(), start_new_session=True,
        )  # fmt: skip
        streams = [stream for stream in (popen.stdin, popen.stdout, popen.stderr) if stream]
        worker = WorkerProcess(popen.pid, *streams)
        threading.Thread(
            target=lambda: worker.note_exit(popen.wait()), name="lambda-exit", daemon=True
        ).start()
        return worker

    def close(self) -> None:
        """Nothing is prepared."""


class SpareStarter:
    """Keeps one interpreter with boto3 loaded ready; serves where there is no fork."""

    def __init__(self) -> None:
        self._plain = PlainStarter(preload=True)
        self._lock = threading.Lock()
        self._spare: WorkerProcess | None = self._plain.start_worker()

    def start_worker(self) -> WorkerProcess:
        """Hand out the spare and prepare another."""
        worker = self._exchange(None)
        threading.Thread(target=self._prepare, name="lambda-spare", daemon=True).start()
        return worker if worker and worker.alive else self._plain.start_worker()

    def close(self) -> None:
        """End the spare."""
        if spare := self._exchange(None):
            spare.end()

    def _prepare(self) -> None:
        if previous := self._exchange(self._plain.start_worker()):
            previous.end()

    def _exchange(self, worker: WorkerProcess | None) -> WorkerProcess | None:
        with self._lock:
            worker, self._spare = self._spare, worker
        return worker


class ZygoteStarter:
    """Forks workers from one process that has boto3 loaded; POSIX only."""

    def __init__(self) -> None:
        self._ready = threading.Event()
        self._lock = threading.Lock()
        # Our ends of the pipes of those that have been asked for, then they themselves.
        self._asked: deque[list[IO[bytes]]] = deque()
        self._forked: SimpleQueue[WorkerProcess] = SimpleQueue()
        self._workers: dict[int, WorkerProcess] = {}
        self._connection, theirs = socket.socketpair()
        with theirs:
            self._popen = subprocess.Popen(
                make_command("zygote", str(theirs.fileno())), stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, env=keep_variables(), pass_fds=[theirs.fileno()],
                start_new_session=True,
            )  # fmt: skip
        threading.Thread(target=self._read, name="lambda-zygote", daemon=True).start()

    def start_worker(self) -> WorkerProcess:
        """Fork a worker.

        Raises:
            OSError: the zygote is gone, or (TimeoutError) does not answer and has been ended.
        """
        if not self.wait_ready(READY_SECONDS):
            raise TimeoutError("it is not ready")
        with ExitStack() as ours:
            child_ends, own_ends = _make_pipes(ours)
            with self._lock:
                self._asked.append(own_ends)
                socket.send_fds(self._connection, [FORK_REQUEST], child_ends)
            try:
                # One is as good as another: none has its function yet.
                return self._forked.get(timeout=FORK_SECONDS)
            except Empty:
                end_process_tree(self._popen.pid)
                raise TimeoutError("it does not answer") from None

    def wait_ready(self, seconds: float) -> bool:
        """Wait until the zygote has loaded boto3; False when it has not by then."""
        return self._ready.wait(seconds) and self._popen.poll() is None

    def close(self) -> None:
        """End the zygote; it takes its workers along."""
        # A close alone waits for the thread that reads, and the zygote would not see the end.
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        self._connection.close()
        try:
            self._popen.wait(FORK_SECONDS)
        except subprocess.TimeoutExpired:
            end_process_tree(self._popen.pid)

    def _read(self) -> None:
        with self._connection.makefile("rb") as messages:
            while message := read_message(messages):
                self._accept(message[0])
        self._popen.wait()
        # Whoever waits for it need not wait any longer; wait_ready tells them that it is gone.
        self._ready.set()
        for worker in list(self._workers.values()):
            end_process_tree(worker.pid)
            worker.note_exit(-9)
        self._workers.clear()

    def _accept(self, message: dict[str, Any]) -> None:
        if "ready" in message:
            self._ready.set()
        elif "forked" in message:
            pid = message["forked"]
            self._workers[pid] = WorkerProcess(pid, *self._asked.popleft())
            self._forked.put(self._workers[pid])
        elif worker := self._workers.pop(message["exited"], None):
            worker.note_exit(message["code"])


def _make_pipes(stack: ExitStack) -> tuple[list[int], list[IO[bytes]]]:
    """Return the child's ends (closed with the stack) and ours, for requests, replies, output."""
    request_read, request_write = os.pipe()
    reply_read, reply_write = os.pipe()
    output_read, output_write = os.pipe()
    child_ends = [request_read, reply_write, output_write]
    for descriptor in child_ends:
        stack.callback(os.close, descriptor)
    reading: list[IO[bytes]] = [os.fdopen(end, "rb") for end in (reply_read, output_read)]
    return child_ends, [os.fdopen(request_write, "wb"), *reading]


class WorkerStarter:
    """Starts each worker in the fastest way that its function allows."""

    def __init__(self) -> None:
        self._plain = PlainStarter()
        self._lock = threading.Lock()
        self._prepared: ZygoteStarter | SpareStarter | None = None

    def open(self) -> None:
        """Begin to prepare, in the background."""
        with self._lock:
            if self._prepared is None:
                self._prepared = ZygoteStarter() if hasattr(os, "fork") else SpareStarter()

    def start_worker(self, module_names: frozenset[str]) -> WorkerProcess:
        """Start a worker for code and layers that have these top-level modules.

        Where one of them has the name of a module that may be loaded already (a function's own
        ``calendar.py``, a layer's newer boto3), nothing may be preloaded.
        """
        if module_names & (sys.stdlib_module_names | set(RUNTIME_PACKAGES)):
            return self._plain.start_worker()
        self.open()
        prepared = self._prepared
        try:
            return prepared.start_worker() if prepared else self._plain.start_worker()
        except OSError as error:
            log.warning("Functions start slowly: no fork of the prepared process (%s).", error)
        with self._lock:
            if self._prepared is prepared:
                self._prepared = None
        if prepared:
            prepared.close()
        return self._plain.start_worker()

    def close(self) -> None:
        """End what was prepared."""
        with self._lock:
            prepared, self._prepared = self._prepared, None
        if prepared:
            prepared.close()
