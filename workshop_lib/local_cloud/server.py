"""The composition root: builds every part of the local cloud and serves it on loopback.

waitress gives each request a thread. A synchronous invocation keeps its thread while the function
runs, and the function's own AWS calls need further ones; so there must be clearly more threads than
functions can run at once, or all would wait for ever: for each function one thread that waits for
it, one for a call of its own, one for everybody else.
"""

from __future__ import annotations

import _thread
import signal
import threading
from types import FrameType

from waitress.server import TcpWSGIServer, create_server

from workshop_lib.errors import LocalCloudError
from workshop_lib.local_cloud.composition import Composition
from workshop_lib.local_cloud.configuration import CloudConfiguration
from workshop_lib.local_cloud.credentials import Credentials
from workshop_lib.local_cloud.http_channels import CloudChannel
from workshop_lib.local_cloud.lambda_runtime.pools import CONCURRENT_EXECUTIONS

THREADS = 3 * CONCURRENT_EXECUTIONS
CONNECTIONS = 500
HEADER_BYTES = 64 * 1024
# The largest body a lesson sends is the recogniser's layer, by way of S3 (at most 250 MB unpacked).
BODY_BYTES = 320 * 1024 * 1024
IDLE_SECONDS = 120
# Long enough for whoever waits for the start to get an answer first.
LOAD_AFTER_SECONDS = 0.5


class CloudServer:
    """One local cloud: made, started, served until told to end, stopped."""

    def __init__(self, configuration: CloudConfiguration, credentials: Credentials) -> None:
        self._configuration = configuration
        self._server: TcpWSGIServer | None = None
        self._parts = Composition(configuration, credentials, self.shut_down)

    def bind(self) -> None:
        """Take the port.

        Raises:
            OSError: another program has it.
        """
        self._server = create_server(
            self._parts.door,
            host="127.0.0.1",
            port=self._configuration.port,
            threads=THREADS,
            connection_limit=CONNECTIONS,
            channel_timeout=IDLE_SECONDS,
            max_request_header_size=HEADER_BYTES,
            max_request_body_size=BODY_BYTES,
            # Lets a long poll notice that its client has gone.
            channel_request_lookahead=1,
            asyncore_use_poll=True,
            expose_tracebacks=False,
            ident=None,
        )
        self._server.channel_class = CloudChannel

    def serve(self) -> None:
        """Answer until :meth:`shut_down`, SIGTERM or Ctrl-C; then stop every part."""
        if self._server is None:
            raise LocalCloudError("The local cloud has no port yet.", "Call bind() first.")
        signal.signal(signal.SIGTERM, _leave)
        self._parts.start()
        loading = threading.Timer(LOAD_AFTER_SECONDS, self._parts.load)
        loading.daemon = True
        loading.start()
        try:
            self._server.run()
        finally:
            self._server.close()
            self._parts.stop()

    def shut_down(self) -> None:
        """Begin the end from any thread; :meth:`serve` returns soon after."""
        _thread.interrupt_main(signal.SIGTERM)
        if self._server is not None:
            self._server.pull_trigger()


def _leave(number: int, frame: FrameType | None) -> None:
    # waitress ends its loop on SystemExit and waits for the requests at work.
    raise SystemExit(0)
