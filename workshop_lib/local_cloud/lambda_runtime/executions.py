"""One invocation from its environment to its last log line, with AWS's second chance to load."""

from __future__ import annotations

from workshop_lib.local_cloud.lambda_runtime.environments import INIT_SECONDS, ExecutionEnvironment
from workshop_lib.local_cloud.lambda_runtime.functions import Function
from workshop_lib.local_cloud.lambda_runtime.invocation_logs import InvocationLog, LogStreamer
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
from workshop_lib.local_cloud.lambda_runtime.pools import EnvironmentPool


class Execution:
    """An invocation at work; ``environment`` changes when the first one could not load."""

    def __init__(self, invocation: Invocation, environment: ExecutionEnvironment) -> None:
        self.invocation = invocation
        self.environment = environment
        self.reusable = False
        # What of the function's time a second chance to load has taken, in seconds.
        self.spent_seconds = 0.0
        self.init_duration: float | None = None


class Executor:
    """Runs invocations in the pool's environments.

    Args:
        pool: has the environments.
        streamer: writes the logs.
        init_seconds: how long a new environment may load before it is given a second chance.
    """

    def __init__(
        self, pool: EnvironmentPool, streamer: LogStreamer, init_seconds: float = INIT_SECONDS
    ) -> None:
        self._pool = pool
        self._streamer = streamer
        self._init_seconds = init_seconds

    def run(
        self, function: Function, invocation: Invocation, patience_seconds: float = 0.0
    ) -> InvocationResult:
        """Run an invocation and wait for its answer.

        Args:
            patience_seconds: how long it may wait for a warm environment.

        Raises:
            AwsError: there is no environment for it.
        """
        environment, is_new = self._pool.acquire(function, patience_seconds)
        execution = Execution(invocation, environment)
        log = InvocationLog(environment)
        try:
            with self._streamer.follow(log):
                outcome = self._execute(execution, log, is_new)
        finally:
            self._pool.release(execution.environment, execution.reusable)
        self._streamer.write(log)
        return InvocationResult(
            payload=outcome.payload,
            function_error=outcome.function_error,
            log_tail=make_tail(log.records),
            executed_version=function.version,
            request_id=invocation.request_id,
        )

    def _execute(self, execution: Execution, log: InvocationLog, is_new: bool) -> Outcome:
        function = execution.environment.function
        failed = self._initialise(execution, log) if is_new else None
        log.add(make_start(execution.invocation, function.version))
        outcome = failed or execution.environment.run(execution.invocation, execution.spent_seconds)
        execution.reusable = outcome.reusable
        if not outcome.reusable:
            execution.environment.end()
        log.collect(ended=not outcome.reusable)
        end = make_end(execution.invocation, outcome, function.memory_size, execution.init_duration)
        log.add(*end)
        return outcome

    def _initialise(self, execution: Execution, log: InvocationLog) -> Outcome | None:
        """Wait until a new environment is ready; return None when it is, else how it failed.

        An initialisation that fails, or takes over ten seconds, is done again in the time of the
        invocation, and counts as its duration.
        """
        environment = execution.environment
        failed = environment.initialise(execution.invocation.request_id, self._init_seconds)
        if failed is None:
            execution.init_duration = environment.init_duration
            log.collect(ended=False)
            return None
        _report_failure(environment, log, failed, "init")
        execution.environment = self._pool.replace(environment)
        log.follow(execution.environment)
        return self._initialise_again(execution, log)

    def _initialise_again(self, execution: Execution, log: InvocationLog) -> Outcome | None:
        environment, request_id = execution.environment, execution.invocation.request_id
        seconds = float(environment.function.timeout)
        failed = environment.initialise(request_id, seconds)
        if failed is None:
            execution.spent_seconds = (environment.init_duration or 0.0) / 1000
            log.collect(ended=False)
            return None
        _report_failure(environment, log, failed, "invoke")
        return describe_timeout(request_id, seconds) if failed.status == "timeout" else failed


def _report_failure(
    environment: ExecutionEnvironment, log: InvocationLog, failed: Outcome, phase: str
) -> None:
    environment.end()
    log.collect(ended=True)
    log.add(make_init_report(failed.duration, phase, failed.status, failed.error_type))
