"""The Lambda service's data plane: invoking functions."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from typing import Protocol

from werkzeug import Request, Response

from workshop_lib.local_cloud.configuration import CloudConfiguration
from workshop_lib.local_cloud.lambda_runtime.environment_factories import (
    EnvironmentFactory,
    RoleSession,
)
from workshop_lib.local_cloud.lambda_runtime.environments import ExecutionEnvironment
from workshop_lib.local_cloud.lambda_runtime.functions import (
    TERMINATE,
    Function,
    find_function,
    parse_function_name,
)
from workshop_lib.local_cloud.lambda_runtime.invocations import (
    Invocation,
    InvocationResult,
    Outcome,
    describe_timeout,
    make_end,
    make_init_report,
    make_start,
    make_tail,
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
from workshop_lib.local_cloud.lambda_runtime.log_streams import write_log
from workshop_lib.local_cloud.lambda_runtime.pools import CONCURRENT_EXECUTIONS, EnvironmentPool
from workshop_lib.local_cloud.lambda_runtime.processes import LogRecord
from workshop_lib.local_cloud.lambda_runtime.recursion_api import handle_recursion
from workshop_lib.local_cloud.lambda_runtime.roles import may_lambda_assume
from workshop_lib.local_cloud.lambda_runtime.starters import WorkerStarter

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
        may_assume_role: whether Lambda may take on a role; by default its trust policy is read.
        may_write_logs: whether a role may write to a log group; what it may not is not logged, as
            on AWS.
        concurrent_executions: how many functions may run at the same time.
    """

    def __init__(
        self,
        configuration: CloudConfiguration,
        open_role_session: Callable[[str, str], RoleSession],
        *,
        may_assume_role: Callable[[str], bool] = may_lambda_assume,
        may_write_logs: Callable[[str, str], bool] = lambda role_arn, log_group: True,
        concurrent_executions: int = CONCURRENT_EXECUTIONS,
    ) -> None:
        self.configuration = configuration
        self._starter = WorkerStarter()
        factory = EnvironmentFactory(
            configuration, self._starter, open_role_session, may_assume_role
        )
        self._pool = EnvironmentPool(factory.make, concurrent_executions)
        self._may_write_logs = may_write_logs
        self._limits = Limits(may_assume_role)
        self._enqueue: EnqueueInvocation | None = None

    def start(self) -> None:
        """Prepare in the background what makes cold starts fast."""
        self._starter.open()
        self._pool.start()

    def stop(self) -> None:
        """End every worker."""
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
        return handle_recursion(request, self.configuration)

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
    ) -> InvocationResult:
        """Run a function and wait for its answer; an error of its own is an answer too.

        Args:
            function_name_or_arn: name, partial ARN or ARN, with qualifier or without.
            payload: the event, as JSON of at most 6 MB.
            qualifier: a version or alias.
            request_id: that of the invocation; by default a new one.
            client_context: JSON for ``context.client_context``.
            trace_header: the X-Amzn-Trace-Id of the request that caused this one.

        Raises:
            AwsError: ResourceNotFoundException, RequestTooLargeException,
                TooManyRequestsException, AccessDeniedException, RecursiveInvocationException …
        """
        checked = check_payload(payload)
        function = self._find(function_name_or_arn, qualifier)
        stops = function.recursive_loop == TERMINATE
        trace_id = extend_lineage(trace_header, function.arn, stops)
        identifier = request_id or str(uuid.uuid4())
        return self._run(function, Invocation(identifier, checked, trace_id, client_context))

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

    def _run(self, function: Function, invocation: Invocation) -> InvocationResult:
        environment, is_new = self._pool.acquire(function)
        reusable = False
        try:
            records: list[LogRecord] = []
            failed = None
            if is_new:
                failed, environment = self._initialise(environment, invocation, records)
            records.append(make_start(invocation, function.version))
            outcome = failed or environment.run(invocation)
            reusable = outcome.reusable
            if not reusable:
                environment.end()
            init_duration = environment.init_duration if is_new and not failed else None
            records.extend(environment.take_log(ended=not reusable))
            records.extend(make_end(invocation, outcome, function.memory_size, init_duration))
        finally:
            self._pool.release(environment, reusable)
        self._write_log(environment, records)
        return _make_result(function, invocation, outcome, records)

    def _initialise(
        self,
        environment: ExecutionEnvironment,
        invocation: Invocation,
        records: list[LogRecord],
    ) -> tuple[Outcome | None, ExecutionEnvironment]:
        """Wait until a new environment is ready; one that takes over 10 s gets a second chance."""
        failed = environment.initialise(invocation.request_id)
        if failed and failed.status == "timeout":
            records.append(make_init_report(failed.duration, "timeout"))
            environment = self._pool.replace(environment)
            seconds = float(environment.function.timeout)
            failed = environment.initialise(invocation.request_id, seconds)
            if failed and failed.status == "timeout":
                return describe_timeout(invocation.request_id, seconds), environment
        if failed:
            records.append(make_init_report(failed.duration, failed.status, failed.error_type))
            return failed, environment
        records.extend(environment.take_log(ended=False))
        return None, environment

    def _write_log(self, environment: ExecutionEnvironment, records: list[LogRecord]) -> None:
        function = environment.function
        if self._may_write_logs(function.role, function.log_group):
            write_log(function, environment.log_stream, records)
        else:
            log.warning(
                "%s: its role %s may not write to %s, so its log is lost, as on AWS.",
                function.name, function.role, function.log_group,
            )  # fmt: skip


def _make_result(
    function: Function, invocation: Invocation, outcome: Outcome, records: list[LogRecord]
) -> InvocationResult:
    return InvocationResult(
        payload=outcome.payload,
        function_error=outcome.function_error,
        log_tail=make_tail(records),
        executed_version=function.version,
        request_id=invocation.request_id,
    )
