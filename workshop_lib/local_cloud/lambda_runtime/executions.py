"""One invocation from its environment to its last log line, with AWS's second chance to load."""

from __future__ import annotations

from workshop_lib.local_cloud.lambda_runtime.environments import ExecutionEnvironment
from workshop_lib.local_cloud.lambda_runtime.functions import Function
from workshop_lib.local_cloud.lambda_runtime.invocation_logs import InvocationLog, LogWriter
from workshop_lib.local_cloud.lambda_runtime.invocations import (
    Invocation,
    InvocationResult,
    Outcome,
)
from workshop_lib.local_cloud.lambda_runtime.pools import EnvironmentPool

INIT_SECONDS = 10.0


class Executor:
    """Runs invocations in the pool's environments.

    Args:
        pool: has the environments.
        logs: writes the logs.
        init_seconds: how long a new environment may load before it is given a second chance.
    """

    def __init__(self, pool: EnvironmentPool, logs: LogWriter, init_seconds: float) -> None:
        self._pool = pool
        self._logs = logs
        self._init_seconds = init_seconds

    def run(
        self, function: Function, invocation: Invocation, patience_seconds: float
    ) -> InvocationResult:
        """Run an invocation and wait for its answer.

        Args:
            patience_seconds: how long it may wait for a warm environment.

        Raises:
            AwsError: there is no environment for it.
        """
        environment, is_new = self._pool.acquire(function, patience_seconds)
        log = InvocationLog(environment, invocation.request_id)
        reusable = False
        try:
            with self._logs.follow(log):
                outcome = self._execute(environment, invocation, log, is_new)
            reusable = not outcome.status
        finally:
            self._pool.release(environment, reusable)
        self._logs.write(log)
        return InvocationResult(
            outcome.payload, outcome.function_error, log.make_tail(), invocation.request_id
        )

    def _execute(
        self,
        environment: ExecutionEnvironment,
        invocation: Invocation,
        log: InvocationLog,
        is_new: bool,
    ) -> Outcome:
        """Load where it is new, and run.

        An initialisation that fails, or takes over ten seconds, is done again in the time of the
        invocation, and counts as its duration.
        """
        loaded, init_duration, spent_seconds = Outcome(), None, 0.0
        if is_new:
            loaded = _load(environment, log, "init", self._init_seconds)
            if not loaded.status:
                init_duration = loaded.duration
            else:
                environment.start()
                loaded = _load(environment, log, "invoke", float(environment.function.timeout))
                spent_seconds = loaded.duration / 1000
        log.note_start()
        outcome = loaded if loaded.status else environment.run(invocation, spent_seconds)
        if outcome.status:
            environment.end()
        log.collect(ended=bool(outcome.status))
        log.note_end(outcome, init_duration)
        return outcome


def _load(
    environment: ExecutionEnvironment, log: InvocationLog, phase: str, seconds: float
) -> Outcome:
    loaded = environment.initialise(log.request_id, seconds)
    if loaded.status:
        environment.end()
    log.collect(ended=bool(loaded.status))
    if loaded.status:
        log.note_failed_start(loaded, phase)
    return loaded
