"""The Lambda service's data plane: invoking functions."""

from __future__ import annotations

import base64
import json
import re
import uuid
from collections.abc import Callable
from typing import NoReturn
from urllib.parse import unquote

from werkzeug import Request, Response

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.configuration import CloudConfiguration
from workshop_lib.local_cloud.identities import Identity
from workshop_lib.local_cloud.lambda_runtime.control_calls import ControlCalls
from workshop_lib.local_cloud.lambda_runtime.environment_factories import EnvironmentFactory
from workshop_lib.local_cloud.lambda_runtime.functions import (
    LATEST,
    find_function,
    has_functions,
    parse_function_name,
)
from workshop_lib.local_cloud.lambda_runtime.invocation_logs import InvocationLog, LogWriter
from workshop_lib.local_cloud.lambda_runtime.invocations import (
    Invocation,
    InvocationResult,
    Outcome,
)
from workshop_lib.local_cloud.lambda_runtime.lineages import TRACE_HEADER, extend_lineage
from workshop_lib.local_cloud.lambda_runtime.pools import (
    CONCURRENT_EXECUTIONS,
    IDLE_SECONDS,
    EnvironmentPool,
)
from workshop_lib.local_cloud.lambda_runtime.starters import WorkerStarter
from workshop_lib.local_cloud.moto_hooks import OPERATION, REGION
from workshop_lib.local_cloud.permissions.ambiguities import unknown_operation

INIT_SECONDS = 10.0
# The payload's bound in bytes, by type of invocation; a dry run's is that of the first.
PAYLOAD_BYTES = {"RequestResponse": 6_291_456, "Event": 1_048_576, "DryRun": 6_291_456}
INVOCATION_PATH = re.compile(r"/[\d-]+/functions/(.+)/invocations/?")


class LambdaRuntime:
    """Runs the functions that moto holds.

    Args:
        configuration: of the local cloud.
        open_role_session: opens an STS session of a role, given its ARN and a session name.
        may_assume_role: whether Lambda may take on a role.
        may_role_perform: whether a role may perform an action on a resource.
        may_write_logs: whether a role may write to a log group; what it may not is not logged, as
            on AWS.
        concurrent_executions: how many functions may run at the same time.
        init_seconds: how long a function may load before it is given a second chance.
        idle_seconds: how long an environment that is not used is kept.
    """

    def __init__(
        self,
        configuration: CloudConfiguration,
        open_role_session: Callable[[str, str], Identity],
        *,
        may_assume_role: Callable[[str], bool],
        may_role_perform: Callable[[str, str, str], bool] = lambda role_arn, action, arn: True,
        may_write_logs: Callable[[str, str], bool] = lambda role_arn, log_group: True,
        concurrent_executions: int = CONCURRENT_EXECUTIONS,
        init_seconds: float = INIT_SECONDS,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        self._starter = WorkerStarter()
        factory = EnvironmentFactory(
            configuration, self._starter, open_role_session, may_assume_role
        )
        self._pool = EnvironmentPool(factory.make, concurrent_executions, idle_seconds)
        self._logs = LogWriter(may_write_logs)
        self._init_seconds = init_seconds
        self._control = ControlCalls(may_assume_role, may_role_perform, concurrent_executions)

    def start(self) -> None:
        """Begin; what makes cold starts fast is prepared once there are functions."""
        if has_functions():
            self._starter.open()
        self._pool.start()
        self._logs.start()

    def stop(self) -> None:
        """End every worker."""
        self._logs.stop()
        self._pool.close()
        self._starter.close()

    def connect_events(self, enqueue: Callable[..., None]) -> None:
        """Name what takes asynchronous invocations, :meth:`InvocationQueue.enqueue`."""
        self._enqueue = enqueue

    def handle_control(self, request: Request) -> Response | None:
        """Refuse what AWS would not do, and answer what moto lacks; else None: moto shall answer.

        Raises:
            AwsError: see :meth:`ControlCalls.handle`.
        """
        answer = self._control.handle(request)
        if request.environ[OPERATION] == "CreateFunction":
            # In the background, while the caller reads the answer.
            self._starter.open()
        return answer

    def handle(self, request: Request) -> Response:
        """Answer the Invoke API: RequestResponse, Event, DryRun.

        Raises:
            AwsError: as :meth:`invoke`, and for requests that cannot be read.
        """
        if "X-Amz-Client-Context" in request.headers:
            raise unknown_operation("lambda", "the client context of invocations")
        if (matched := INVOCATION_PATH.fullmatch(request.path)) is None:
            raise AwsError("UnknownOperationException", "", 404)
        named = parse_function_name(
            unquote(matched[1]), request.environ[REGION], request.args.get("Qualifier")
        )
        kind = request.headers.get("X-Amz-Invocation-Type", "RequestResponse")
        request_id, trace_header = str(uuid.uuid4()), request.headers.get(TRACE_HEADER)
        if kind == "RequestResponse":
            result = self.invoke(
                named.qualified_arn, request.get_data(),
                request_id=request_id, trace_header=trace_header,
            )  # fmt: skip
            response = _make_response(request, result)
        else:
            payload = check_payload(request.get_data(), kind)
            find_function(named)
            response = Response(status=204)
            if kind == "Event":
                self._enqueue(named.qualified_arn, payload, "Invoke", trace_header, request_id)
                response.status_code = 202
        response.headers["x-amzn-RequestId"] = request_id
        return response

    def invoke(
        self,
        function_name: str,
        payload: bytes,
        *,
        request_id: str | None = None,
        trace_header: str | None = None,
        patience_seconds: float = 0.0,
    ) -> InvocationResult:
        """Run a function and wait for its answer; an error of its own is an answer too.

        Args:
            function_name: name, partial ARN or ARN.
            payload: the event, as JSON of at most 6 MB.
            request_id: that of the invocation; by default a new one.
            trace_header: the X-Amzn-Trace-Id of the request that caused this one.
            patience_seconds: how long it may wait for a warm environment.

        Raises:
            AwsError: ResourceNotFoundException, RequestTooLargeException,
                TooManyRequestsException, AccessDeniedException, RecursiveInvocationException …
        """
        checked = check_payload(payload)
        named = parse_function_name(function_name)
        function = find_function(named)
        invocation = Invocation(
            request_id or str(uuid.uuid4()),
            checked,
            extend_lineage(trace_header, function.arn),
            named.qualified_arn,
        )
        environment, is_new = self._pool.acquire(function, patience_seconds)
        log = InvocationLog(environment, invocation.request_id)
        reusable = False
        try:
            with self._logs.follow(log):
                outcome = self._execute(invocation, log, is_new)
            reusable = not outcome.status
        finally:
            self._pool.release(environment, reusable)
        self._logs.write(log)
        return InvocationResult(
            outcome.payload, outcome.function_error, log.make_tail(), invocation.request_id
        )

    def _execute(self, invocation: Invocation, log: InvocationLog, is_new: bool) -> Outcome:
        """Load where the environment is new, and run.

        An initialisation that fails, or takes over ten seconds, is done again in the time of the
        invocation, and counts as its duration.
        """
        environment, request_id = log.environment, log.request_id
        loaded, init_duration, spent_seconds = Outcome(), None, 0.0
        if is_new:
            loaded = log.collect(environment.initialise(request_id, self._init_seconds))
            if loaded.status:
                log.note_failed_start(loaded, "init")
                environment.start()
                timeout = float(environment.function.timeout)
                loaded = log.collect(environment.initialise(request_id, timeout))
                spent_seconds = loaded.duration / 1000
                if loaded.status:
                    log.note_failed_start(loaded, "invoke")
            else:
                init_duration = loaded.duration
        log.note_start()
        outcome = loaded if loaded.status else environment.run(invocation, spent_seconds)
        log.collect(outcome)
        log.note_end(outcome, init_duration)
        return outcome


def check_payload(payload: bytes, invocation_type: str = "RequestResponse") -> bytes:
    """Return an invocation's payload, ``{}`` for none.

    Raises:
        AwsError: RequestTooLargeException 413, InvalidRequestContentException, or
            InvalidParameterValueException for a type that is none.
    """
    bound = PAYLOAD_BYTES.get(invocation_type)
    if bound is None:
        message = f"Unknown invocation type {invocation_type}."
        raise AwsError("InvalidParameterValueException", message)
    if len(payload) > bound:
        message = f"Request must be smaller than {bound} bytes for the InvokeFunction operation"
        raise AwsError("RequestTooLargeException", message, 413)
    try:
        json.loads((payload or b"{}").decode(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise AwsError(
            "InvalidRequestContentException",
            f"Could not parse request body into json: Could not parse payload into json: {error}",
        ) from error
    return payload or b"{}"


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _make_response(request: Request, result: InvocationResult) -> Response:
    response = Response(result.payload, 200, content_type="application/json")
    response.headers["X-Amz-Executed-Version"] = LATEST
    if result.function_error:
        response.headers["X-Amz-Function-Error"] = result.function_error
    if request.headers.get("X-Amz-Log-Type") == "Tail":
        response.headers["X-Amz-Log-Result"] = base64.b64encode(result.log_tail).decode()
    return response
