"""The Lambda service's data plane: invoking functions."""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Callable
from typing import Protocol

from werkzeug import Request, Response

from workshop_lib.local_cloud.configuration import CloudConfiguration
from workshop_lib.local_cloud.lambda_runtime.account_api import handle_account_settings
from workshop_lib.local_cloud.lambda_runtime.environment_factories import (
    EnvironmentFactory,
    RoleSession,
)
from workshop_lib.local_cloud.lambda_runtime.environments import INIT_SECONDS
from workshop_lib.local_cloud.lambda_runtime.executions import Executor
from workshop_lib.local_cloud.lambda_runtime.functions import (
    TERMINATE,
    Function,
    find_function,
    has_functions,
    parse_function_name,
)
from workshop_lib.local_cloud.lambda_runtime.invocation_logs import LogStreamer
from workshop_lib.local_cloud.lambda_runtime.invocations import (
    Invocation,
    InvocationResult,
)
from workshop_lib.local_cloud.lambda_runtime.invoke_api import (
    InvokeRequest,
    check_payload,
    identify,
    make_response,
    read_invoke,
)
from workshop_lib.local_cloud.lambda_runtime.limits import Limits
from workshop_lib.local_cloud.lambda_runtime.lineages import extend_lineage
from workshop_lib.local_cloud.lambda_runtime.pools import (
    CONCURRENT_EXECUTIONS,
    IDLE_SECONDS,
    EnvironmentPool,
)
from workshop_lib.local_cloud.lambda_runtime.recursion_api import handle_recursion
from workshop_lib.local_cloud.lambda_runtime.starters import WorkerStarter

CREATION_PATH = re.compile(r"/\d{4}-\d{2}-\d{2}/functions/?")
log = logging.getLogger("workshop_lib.local_cloud.lambda_runtime")


class EnqueueInvocation(Protocol):
    """Takes an asynchronous invocation; see :meth:`EventDelivery.enqueue_invocation`."""

    def __call__(
        self,
        function_arn: str,
        payload: bytes,
        *,
        source: str,
        request_id: str | None = None,
        trace_header: str | None = None,
    ) -> str:
        """Accept the event; return its request id."""


class LambdaRuntime:
    """Runs the functions that moto holds.

    Args:
        configuration: of the local cloud.
        open_role_session: opens an STS session of a role, given its ARN and a session name.
        may_assume_role: whether Lambda may take on a role.
        may_write_logs: whether a role may write to a log group; what it may not is not logged, as
            on AWS.
        concurrent_executions: how many functions may run at the same time.
        init_seconds: how long a function may load before it is given a second chance.
        idle_seconds: how long an environment that is not used is kept.
    """

    def __init__(
        self,
        configuration: CloudConfiguration,
        open_role_session: Callable[[str, str], RoleSession],
        *,
        may_assume_role: Callable[[str], bool],
        may_write_logs: Callable[[str, str], bool] = lambda role_arn, log_group: True,
        concurrent_executions: int = CONCURRENT_EXECUTIONS,
        init_seconds: float = INIT_SECONDS,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        self.configuration = configuration
        self._starter = WorkerStarter()
        factory = EnvironmentFactory(
            configuration, self._starter, open_role_session, may_assume_role
        )
        self._concurrent_executions = concurrent_executions
        self._pool = EnvironmentPool(factory.make, concurrent_executions, idle_seconds)
        self._streamer = LogStreamer(may_write_logs)
        self._executor = Executor(self._pool, self._streamer, init_seconds)
        self._limits = Limits(may_assume_role)
        self._enqueue: EnqueueInvocation | None = None

    def start(self) -> None:
        """Begin; what makes cold starts fast is prepared once there are functions."""
        if has_functions():
            self._starter.open()
        self._pool.start()
        self._streamer.start()

    def stop(self) -> None:
        """End every worker."""
        self._streamer.stop()
        self._pool.close()
        self._starter.close()

    def connect_events(self, enqueue: EnqueueInvocation) -> None:
        """Name the queue that takes asynchronous invocations."""
        self._enqueue = enqueue

    def handle_control(self, request: Request) -> Response | None:
        """Refuse what AWS would not create, update or publish, and answer what moto lacks.

        Returns None for a call that moto shall answer.

        Raises:
            AwsError: see :class:`Limits` and :func:`handle_recursion`.
        """
        self._limits.check(request)
        if request.method == "POST" and CREATION_PATH.fullmatch(request.path):
            # In the background, while the caller reads the answer.
            self._starter.open()
        return handle_recursion(request, self.configuration) or handle_account_settings(
            request, self.configuration, self._concurrent_executions
        )

    def handle(self, request: Request) -> Response:
        """Answer the Invoke API: RequestResponse, Event, DryRun; and InvokeAsync.

        Raises:
            AwsError: as :meth:`invoke`, and for requests that cannot be read.
        """
        call = read_invoke(request)
        if call.invocation_type == "DryRun":
            self._find(call.function_name, call.qualifier)
            return identify(Response(status=204), call.request_id)
        if call.invocation_type == "Event":
            return self._accept_event(call)
        result = self.invoke(
            call.function_name,
            call.payload,
            qualifier=call.qualifier,
            request_id=call.request_id,
            client_context=call.client_context,
            trace_header=call.trace_header,
        )
        return make_response(call, result)

    def invoke(
        self,
        function_name_or_arn: str,
        payload: bytes,
        *,
        qualifier: str | None = None,
        request_id: str | None = None,
        client_context: str | None = None,
        trace_header: str | None = None,
        patience_seconds: float = 0.0,
    ) -> InvocationResult:
        """Run a function and wait for its answer; an error of its own is an answer too.

        Args:
            function_name_or_arn: name, partial ARN or ARN, with qualifier or without.
            payload: the event, as JSON of at most 6 MB.
            qualifier: a version or alias.
            request_id: that of the invocation; by default a new one.
            client_context: JSON for ``context.client_context``.
            trace_header: the X-Amzn-Trace-Id of the request that caused this one.
            patience_seconds: how long it may wait for a warm environment.

        Raises:
            AwsError: ResourceNotFoundException, RequestTooLargeException,
                TooManyRequestsException, AccessDeniedException, RecursiveInvocationException …
        """
        checked = check_payload(payload)
        function = self._find(function_name_or_arn, qualifier)
        stops = function.recursive_loop == TERMINATE
        trace_id = extend_lineage(trace_header, function.arn, stops)
        identifier = request_id or str(uuid.uuid4())
        invocation = Invocation(identifier, checked, trace_id, client_context)
        return self._executor.run(function, invocation, patience_seconds)

    def _find(self, name: str, qualifier: str | None) -> Function:
        return find_function(parse_function_name(name, self.configuration, qualifier))

    def _accept_event(self, call: InvokeRequest) -> Response:
        named = parse_function_name(call.function_name, self.configuration, call.qualifier)
        find_function(named)
        if self._enqueue is None:
            raise RuntimeError("connect_events has not named a queue for asynchronous invocations")
        self._enqueue(
            named.qualified_arn,
            call.payload,
            source="Invoke",
            request_id=call.request_id,
            trace_header=call.trace_header,
        )
        return identify(Response(status=202), call.request_id)
