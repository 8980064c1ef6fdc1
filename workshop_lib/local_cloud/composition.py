"""Which part answers what: the wiring between the door, moto and our own services."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from werkzeug import Request, Response

from workshop_lib.local_cloud.changes import changes
from workshop_lib.local_cloud.configuration import CloudConfiguration
from workshop_lib.local_cloud.credentials import Credentials
from workshop_lib.local_cloud.door.front_door import Parts
from workshop_lib.local_cloud.durability.keepers import StateKeeper
from workshop_lib.local_cloud.durability.recoveries import Recovery, recover, restore_late
from workshop_lib.local_cloud.events import connect_events
from workshop_lib.local_cloud.identities import define_owner, open_role_session
from workshop_lib.local_cloud.lambda_runtime import InvocationResult, LambdaRuntime
from workshop_lib.local_cloud.lambda_runtime.lineages import (
    TRACE_HEADER,
    carry_trace,
    find_trace_header,
)
from workshop_lib.local_cloud.moto_hooks import (
    REGION,
    call_moto,
    hook_at_load,
    keep_large_values,
    load_service,
)
from workshop_lib.local_cloud.permissions.authorizer import Authorizer
from workshop_lib.local_cloud.permissions.decision_logs import DecisionLog
from workshop_lib.local_cloud.s3.websites import WebsiteEndpoint
from workshop_lib.local_cloud.service_calls import ServiceCalls
from workshop_lib.local_cloud.services import SERVICES
from workshop_lib.local_cloud.state_files import StateFiles

if TYPE_CHECKING:
    from workshop_lib.local_cloud.gateway.api_gateways import ApiGateway

# Loaded before the first answer: everybody calls them at once, and they take no time.
FIRST_SERVICES = ("iam", "sts", "s3")
# The others are imported when one of them is called, or then: imports slow the first answers down.
LOAD_AFTER_SECONDS = 2.0
# Imported after the first answer, so what it holds is read when it is.
LATE_SERVICE = "apigateway"
GATEWAY_PRINCIPAL = "apigateway.amazonaws.com"
LAMBDA_PRINCIPAL = "lambda.amazonaws.com"


class LateGateway:
    """The gateway, made at its first use: what it imports takes longer than all else together.

    Args:
        make: makes it; called once.
    """

    def __init__(self, make: Callable[[], ApiGateway]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._made: ApiGateway | None = None

    def load(self) -> ApiGateway:
        """Return the gateway."""
        with self._lock:
            if self._made is None:
                self._made = self._make()
            return self._made

    def handle(self, api_id: str, stage: str, path: str, request: Request) -> Response:
        """Answer a request to a deployed stage."""
        with carry_trace(request.headers.get(TRACE_HEADER)):
            return self.load().handle(api_id, stage, path, request)

    def handle_control(self, request: Request) -> Response | None:
        """Answer a control call, or return None to let moto."""
        with carry_trace(request.headers.get(TRACE_HEADER)):
            return self.load().handle_control(request)

    def stop(self) -> None:
        """Stop the gateway, if it was ever used."""
        with self._lock:
            if self._made is not None:
                self._made.stop()


class Composition:
    """Every part of one local cloud, made and connected; :meth:`start` sets them to work.

    Args:
        configuration: the cloud's; its core hooks are installed.
        credentials: the owner's, whose secret also seals what is kept.
    """

    def __init__(self, configuration: CloudConfiguration, credentials: Credentials) -> None:
        for name in FIRST_SERVICES:
            load_service(name)
        self._configuration = configuration
        self._authorizer = Authorizer(
            configuration.account_id, configuration.region, DecisionLog(configuration.decisions)
        )
        self._runtime = LambdaRuntime(
            configuration,
            open_role_session,
            may_assume_role=self._may_lambda_assume,
            may_role_perform=self._authorizer.may_role_perform,
            may_write_logs=self._authorizer.may_write_logs,
        )
        self._tasks = connect_events(configuration, self._runtime, self._authorizer)
        self._gateway = LateGateway(self._make_gateway)
        self.parts = Parts(
            authorizer=self._authorizer,
            services=ServiceCalls(self._runtime, self._gateway),
            gateway=self._gateway,
            websites=WebsiteEndpoint(configuration, self._read_as_anyone),
        )
        self._others_wanted = threading.Event()
        for name in {service.name for service in SERVICES.values()} - {*FIRST_SERVICES}:
            hook_at_load(name, self._others_wanted.set)
        ensure_owner = define_owner(credentials, configuration.account_id)
        self._keeper, self.recovery = self._recover(credentials)
        ensure_owner()

    def start(self) -> None:
        """Set the parts to work that have threads or processes of their own."""
        self._runtime.start()
        self._tasks.start()
        self._keeper.start()
        threading.Thread(target=self._load_others, name="load", daemon=True).start()

    def _load_others(self) -> None:
        """Import what takes moto and the gateway long, before anyone waits for it."""
        self._others_wanted.wait(LOAD_AFTER_SECONDS)
        # The slowest last, so that the others never wait for it.
        for service in sorted(SERVICES.values(), key=lambda service: service.name == LATE_SERVICE):
            load_service(service.name)
        self._gateway.load()

    def stop(self) -> None:
        """End everything that :meth:`start` and the functions have started."""
        # First the events, so that none starts a function that is being ended; then the state, so
        # that no function that is ended counts as one that failed.
        self._tasks.stop()
        self._gateway.stop()
        self._keeper.stop()
        self._runtime.stop()

    def _recover(self, credentials: Credentials) -> tuple[StateKeeper, Recovery]:
        """Be as the home's last cloud was, and keep what changes from here on."""
        folder = StateFiles(self._configuration.home).state
        keeper = StateKeeper(folder, credentials.secret_access_key, changes, self._tasks.list_tasks)
        keep_large_values(keeper.make_buffer)
        hook_at_load(LATE_SERVICE, lambda: restore_late(keeper, LATE_SERVICE))
        names = [service.name for service in SERVICES.values() if service.name != LATE_SERVICE]
        recovery = recover(keeper, changes, names, load_service, self._tasks.restore)
        changes.attach(keeper)
        return keeper, recovery

    def _make_gateway(self) -> ApiGateway:
        from workshop_lib.local_cloud.gateway.api_gateways import ApiGateway

        load_service(LATE_SERVICE)
        return ApiGateway(self._configuration, self._invoke, self._may_gateway_invoke)

    def _invoke(self, function_arn: str, payload: bytes) -> InvocationResult:
        return self._runtime.invoke(function_arn, payload, trace_header=find_trace_header())

    def _may_lambda_assume(self, role_arn: str) -> bool:
        return self._authorizer.may_service_perform("sts:AssumeRole", role_arn, LAMBDA_PRINCIPAL)

    def _may_gateway_invoke(self, function_arn: str, source_arn: str) -> bool:
        return self._authorizer.may_service_perform(
            "lambda:InvokeFunction", function_arn, GATEWAY_PRINCIPAL, source_arn
        )

    def _read_as_anyone(self, request: Request) -> Response:
        """Read an object for a website, whose visitors sign nothing and use no TLS."""
        region = self._configuration.region
        request.environ[REGION] = region
        self._authorizer.authorize(request, None, "s3", region, secure_transport=False)
        return call_moto("s3", request)
