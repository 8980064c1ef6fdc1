"""Which part answers what: the wiring between the door, moto and our own services."""

from __future__ import annotations

from collections.abc import Callable

from werkzeug import Request, Response

from workshop_lib.local_cloud.cloud_control import CloudControl
from workshop_lib.local_cloud.configuration import CloudConfiguration
from workshop_lib.local_cloud.credentials import Credentials
from workshop_lib.local_cloud.front_door import FrontDoor, Parts
from workshop_lib.local_cloud.gateway.api_gateways import ApiGateway
from workshop_lib.local_cloud.identities import create_owner, find_identity, open_role_session
from workshop_lib.local_cloud.lambda_runtime import InvocationResult, LambdaRuntime
from workshop_lib.local_cloud.moto_hooks import (
    REGION,
    SIGNED_REQUEST,
    call_moto,
    install_core_hooks,
)
from workshop_lib.local_cloud.permissions.authorizer import Authorizer
from workshop_lib.local_cloud.website import WebsiteEndpoint

GATEWAY_PRINCIPAL = "apigateway.amazonaws.com"


class Composition:
    """Every part of one local cloud, made and connected; :meth:`start` sets them to work.

    Args:
        configuration: the cloud's.
        credentials: its owner's key pair.
        shut_down: ends the process; returns at once.
    """

    def __init__(
        self,
        configuration: CloudConfiguration,
        credentials: Credentials,
        shut_down: Callable[[], None],
    ) -> None:
        install_core_hooks()
        create_owner(credentials, configuration.account_id)
        self._configuration = configuration
        self._authorizer = Authorizer(configuration.account_id, configuration.region)
        self._runtime = LambdaRuntime(
            configuration,
            open_role_session,
            may_assume_role=self._may_lambda_assume,
            may_write_logs=self._authorizer.may_write_logs,
        )
        gateway = ApiGateway(configuration, self._invoke, self._may_gateway_invoke)
        parts = Parts(
            authorizer=self._authorizer,
            invocations=self._runtime,
            stages=gateway,
            websites=WebsiteEndpoint(configuration, self._read_as_anyone),
            control=CloudControl(credentials, shut_down),
            find_identity=find_identity,
        )
        self.door = FrontDoor(configuration, parts)

    def start(self) -> None:
        """Set the parts to work that have threads or processes of their own."""
        self._runtime.start()

    def stop(self) -> None:
        """End everything that :meth:`start` and the functions have started."""
        self._runtime.stop()

    def _invoke(self, function_arn: str, payload: bytes) -> InvocationResult:
        return self._runtime.invoke(function_arn, payload)

    def _may_lambda_assume(self, role_arn: str) -> bool:
        return self._authorizer.may_service_assume(role_arn, "lambda.amazonaws.com")

    def _may_gateway_invoke(self, function_arn: str, source_arn: str) -> bool:
        return self._authorizer.may_service_invoke(function_arn, GATEWAY_PRINCIPAL, source_arn)

    def _read_as_anyone(self, request: Request) -> Response:
        """Read an object for a website, whose visitors sign nothing and use no TLS."""
        region = self._configuration.region
        request.environ.update({REGION: region, SIGNED_REQUEST: None})
        self._authorizer.authorize(request, None, "s3", region, secure_transport=False)
        return call_moto("s3", request)
