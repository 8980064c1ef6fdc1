"""The composition root: builds every part of the local cloud and serves it on loopback.

waitress gives each request a thread. A synchronous invocation keeps its thread while the function
runs, and the function's own AWS calls need further ones; so there must be clearly more threads than
functions can run at once (`THREADS` against the runtime's own bound), or all would wait for ever.
"""

from __future__ import annotations

import _thread
import logging
import signal
import threading
from types import FrameType

from waitress.server import TcpWSGIServer, create_server
from werkzeug import Request, Response

from workshop_lib.errors import LocalCloudError
from workshop_lib.local_cloud import moto_hooks
from workshop_lib.local_cloud.cloud_control import CloudControl
from workshop_lib.local_cloud.composition import Absent, PublicReadAuthorizer
from workshop_lib.local_cloud.configuration import CloudConfiguration
from workshop_lib.local_cloud.credentials import Credentials
from workshop_lib.local_cloud.front_door import FrontDoor, Parts
from workshop_lib.local_cloud.http_channels import CloudChannel
from workshop_lib.local_cloud.identities import create_owner, find_identity
from workshop_lib.local_cloud.services import SERVICES
from workshop_lib.local_cloud.website import WebsiteEndpoint

THREADS = 96
CONNECTIONS = 500
HEADER_BYTES = 64 * 1024
# The largest body a lesson sends is the recogniser's layer, by way of S3 (at most 250 MB unpacked).
BODY_BYTES = 320 * 1024 * 1024
IDLE_SECONDS = 120
# Loaded before the first answer: everybody calls them at once, and they take no time.
FIRST_SERVICES = ("iam", "sts", "s3")
log = logging.getLogger(__name__)


class CloudServer:
    """One local cloud: made, started, served until told to end, stopped."""

    def __init__(self, configuration: CloudConfiguration, credentials: Credentials) -> None:
        moto_hooks.install_core_hooks()
        for name in FIRST_SERVICES:
            moto_hooks.load_service(name)
        create_owner(credentials, configuration.account_id)
        self._server: TcpWSGIServer | None = None
        self._configuration = configuration
        self._control = CloudControl(credentials, self.shut_down)
        self._door = FrontDoor(configuration, self._build_parts())

    def _build_parts(self) -> Parts:
        authorizer = PublicReadAuthorizer()

        def read_as_anyone(request: Request) -> Response:
            request.environ[moto_hooks.REGION] = self._configuration.region
            request.environ[moto_hooks.SIGNED_REQUEST] = None
            authorizer.authorize(request, None, "s3", self._configuration.region)
            return moto_hooks.call_moto("s3", request)

        return Parts(
            authorizer=authorizer,
            invocations=Absent(),
            stages=Absent(),
            websites=WebsiteEndpoint(self._configuration, read_as_anyone),
            control=self._control,
            find_identity=find_identity,
        )

    def bind(self) -> None:
        """Take the port.

        Raises:
            OSError: another program has it.
        """
        self._server = create_server(
            self._door,
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
        threading.Thread(target=_load_services, name="load-services", daemon=True).start()
        try:
            self._server.run()
        finally:
            self._server.close()
            self._stop_parts()

    def shut_down(self) -> None:
        """Begin the end from any thread; :meth:`serve` returns soon after."""
        _thread.interrupt_main(signal.SIGTERM)
        if self._server is not None:
            self._server.pull_trigger()

    def _stop_parts(self) -> None:
        pass


def _leave(number: int, frame: FrameType | None) -> None:
    # waitress ends its loop on SystemExit and waits for the requests at work.
    raise SystemExit(0)


def _load_services() -> None:
    """Import what takes moto seconds (API Gateway) before anyone waits for it."""
    # The slowest last, so that the others never wait for it.
    for service in sorted(SERVICES.values(), key=lambda service: service.name == "apigateway"):
        moto_hooks.load_service(service.name)
