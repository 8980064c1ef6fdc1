"""Serves the local cloud on loopback.

The door answers first; what stands behind it is imported and put together while the launcher
already knows that the cloud lives, and the first call of an API waits for the rest of it.

waitress gives each request a thread. A synchronous invocation keeps its thread while the function
runs, and the function's own AWS calls need further ones; so there must be clearly more threads than
functions can run at once, or all would wait for ever: for each function one thread that waits for
it, one for a call of its own, one for everybody else.
"""

from __future__ import annotations

import _thread
import gc
import logging
import signal
import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future
from types import FrameType
from typing import TYPE_CHECKING, Any

from waitress.server import TcpWSGIServer, create_server
from waitress.task import ThreadedTaskDispatcher

from workshop_lib.local_cloud.cloud_control import CloudControl
from workshop_lib.local_cloud.configuration import CloudConfiguration
from workshop_lib.local_cloud.credentials import Credentials
from workshop_lib.local_cloud.door.front_door import FrontDoor, Parts
from workshop_lib.local_cloud.door.http_channels import CloudChannel
from workshop_lib.local_cloud.identities import Identity, describe_owner, find_identity
from workshop_lib.local_cloud.moto_hooks import install_core_hooks

if TYPE_CHECKING:
    from workshop_lib.local_cloud.composition import Composition
    from workshop_lib.local_cloud.durability.recoveries import Recovery

# Three for each function that can run at once; its test holds it to the runtime's own figure.
THREADS = 96
CONNECTIONS = 500
HEADER_BYTES = 64 * 1024
# The largest body a lesson sends is the recogniser's layer, by way of S3 (at most 250 MB unpacked).
BODY_BYTES = 320 * 1024 * 1024
# At once from a connection; waitress's 8 KB make a hundred rounds of its loop for a picture.
RECEIVED_BYTES = 256 * 1024
# A longer body waits on disk until it is whole.
HELD_BODY_BYTES = 2 * 1024 * 1024
IDLE_SECONDS = 120
log = logging.getLogger(__name__)


class GrowingDispatcher(ThreadedTaskDispatcher):
    """Starts a thread when all others are at work: those that have not begun take no memory.

    waitress would start all of them at the beginning and let each have its turn; a few that work in
    turn find what they need in the processor's caches.

    Args:
        most: threads at once.
    """

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def set_thread_count(self, count: int) -> None:
        """Have at most so many threads from now on; those that are too many end."""
        self._most = count
        if count < len(self.threads):
            super().set_thread_count(count)

    def add_task(self, task: Any) -> None:
        """Give a task to a thread that waits, or to a new one; else it is the next in the queue."""
        with self.lock:
            self.queue.append(task)
            self.queue_cv.notify()
            working = len(self.threads) - self.stop_count
            if len(self.queue) <= working - self.active_count:
                return
            is_full = working >= self._most
        if is_full:
            self.queue_logger.warning("%d requests are at work; another one waits.", working)
        else:
            super().set_thread_count(working + 1)


class BehindTheDoor:
    """Everything but the door, put together by a thread of its own.

    Args:
        configuration: the cloud's.
        credentials: its owner's.
        give_up: ends the process when the parts cannot be had; the log tells why.
    """

    def __init__(
        self,
        configuration: CloudConfiguration,
        credentials: Credentials,
        give_up: Callable[[], None],
    ) -> None:
        self._configuration = configuration
        self._credentials = credentials
        self._give_up = give_up
        self._composition: Future[Composition] = Future()
        self._thread = threading.Thread(target=self._compose, name="compose", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def wait(self) -> Parts:
        """Return the parts as soon as they are there."""
        return self._composition.result().parts

    def find_identity(self, access_key_id: str) -> Identity | None:
        """Return who holds a key, as soon as the state is read that may know it."""
        self.wait()
        return find_identity(access_key_id, self._configuration.account_id)

    def find_recovery(self) -> Recovery | None:
        """Return what was found at the start, None while it is being read."""
        return self._composition.result().recovery if self._composition.done() else None

    def stop(self) -> None:
        """End what has been started.

        What is not yet put together has run nothing, and ends with the process.
        """
        if self._composition.done() and self._composition.exception() is None:
            self._composition.result().stop()

    def _compose(self) -> None:
        try:
            from workshop_lib.local_cloud.composition import Composition

            composition = Composition(self._configuration, self._credentials)
            composition.start()
            gc.freeze()
            gc.enable()
        except BaseException as error:
            log.exception("The local cloud cannot be put together")
            self._composition.set_exception(error)
            self._give_up()
            raise
        self._composition.set_result(composition)


class CloudServer:
    """One local cloud: made, started, served until told to end, stopped.

    Args:
        configuration: the cloud's.
        credentials: its owner's.
        listener: the socket where it answers.
    """

    def __init__(
        self, configuration: CloudConfiguration, credentials: Credentials, listener: socket.socket
    ) -> None:
        install_core_hooks()
        self._behind = BehindTheDoor(configuration, credentials, self.shut_down)
        control = CloudControl(
            credentials, self.shut_down, configuration.time_scale, self._behind.find_recovery
        )
        owner = describe_owner(credentials, configuration.account_id)
        door = FrontDoor(
            configuration,
            self._behind.find_identity,
            {owner.access_key_id: owner}.get,
            control,
            self._behind.wait,
        )
        self._server = _make_server(door, listener)

    def serve(self) -> None:
        """Answer until :meth:`shut_down`, SIGTERM or Ctrl-C; then stop every part."""
        signal.signal(signal.SIGTERM, _leave)
        self._behind.start()
        try:
            self._server.run()
        finally:
            self._server.close()
            self._behind.stop()

    def shut_down(self) -> None:
        """Begin the end from any thread; :meth:`serve` returns soon after."""
        _thread.interrupt_main(signal.SIGTERM)
        self._server.pull_trigger()


def _make_server(door: FrontDoor, listener: socket.socket) -> TcpWSGIServer:
    server = create_server(
        door,
        _dispatcher=GrowingDispatcher(THREADS),
        sockets=[listener],
        connection_limit=CONNECTIONS,
        channel_timeout=IDLE_SECONDS,
        max_request_header_size=HEADER_BYTES,
        max_request_body_size=BODY_BYTES,
        # Lets a long poll notice that its client has gone, and see http_channels.
        channel_request_lookahead=1,
        recv_bytes=RECEIVED_BYTES,
        inbuf_overflow=HELD_BODY_BYTES,
        asyncore_use_poll=True,
        expose_tracebacks=False,
        ident=None,
    )
    server.channel_class = CloudChannel
    return server


def _leave(number: int, frame: FrameType | None) -> None:
    # waitress ends its loop on SystemExit and waits for the requests at work.
    raise SystemExit(0)
