"""Execution environments: a function's worker, its credentials, log stream and scratch folder."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import psutil  # type: ignore[import-untyped]

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.configuration import CloudConfiguration
from workshop_lib.local_cloud.lambda_runtime.functions import Function
from workshop_lib.local_cloud.lambda_runtime.invocations import (
    Invocation,
    Outcome,
    describe_exit,
    describe_init_error,
    describe_timeout,
    name_exit,
)
from workshop_lib.local_cloud.lambda_runtime.log_streams import name_log_stream
from workshop_lib.local_cloud.lambda_runtime.packages import PackageStore, list_module_names
from workshop_lib.local_cloud.lambda_runtime.processes import Exit, LogRecord, WorkerProcess
from workshop_lib.local_cloud.lambda_runtime.roles import CANNOT_ASSUME
from workshop_lib.local_cloud.lambda_runtime.starters import WorkerStarter, keep_variables
from workshop_lib.local_cloud.lambda_runtime.supervision import (
    PROCESS_LIMIT,
    LimitExceededError,
    Supervisor,
)

INIT_SECONDS = 10.0
OPEN_FILES = 1024
RENEWAL_MARGIN = timedelta(minutes=5)
MEGABYTE = 1024 * 1024


class RoleSession(Protocol):
    """Temporary credentials of a function's role."""

    @property
    def access_key_id(self) -> str: ...  # noqa: D102
    @property
    def secret_access_key(self) -> str: ...  # noqa: D102
    @property
    def session_token(self) -> str | None: ...  # noqa: D102
    @property
    def expires(self) -> datetime | None: ...  # noqa: D102


@dataclass(frozen=True)
class Workplace:
    """Where a function's code runs; ``search_path`` is in the order in which AWS searches."""

    task_root: Path
    layer_root: Path
    search_path: tuple[Path, ...]
    bytecode_folder: Path


def prepare_workplace(store: PackageStore, function: Function) -> Workplace:
    """Unpack a function's code and layers."""
    task_root = store.unpack([function.code])
    layer_root = store.unpack(function.layers)
    versions = {function.runtime: None, f"python{sys.version_info[0]}.{sys.version_info[1]}": None}
    site_packages = [
        layer_root / "python" / "lib" / version / "site-packages"
        for version in versions
        if version.startswith("python")
    ]
    search_path = (task_root, *site_packages, layer_root / "python")
    return Workplace(task_root, layer_root, search_path, store.bytecode_folder)


class ExecutionEnvironment:
    """One process that runs one version of a function, one invocation at a time."""

    def __init__(
        self,
        function: Function,
        worker: WorkerProcess,
        scratch: Path,
        log_stream: str,
        expires: datetime | None,
        started: float,
    ) -> None:
        self.function = function
        self.log_stream = log_stream
        self.init_duration: float | None = None
        self.last_used = time.monotonic()
        self._worker = worker
        self._scratch = scratch
        self._expires = expires
        self._started = started
        self._peak_memory = 0

    @property
    def key(self) -> tuple[str, str, str]:
        """What an invocation must agree with to run here."""
        return self.function.arn, self.function.version, self.function.fingerprint

    @property
    def usable(self) -> bool:
        """Whether the process lives and its credentials outlast another invocation."""
        if not self._worker.alive:
            return False
        needed = RENEWAL_MARGIN + timedelta(seconds=self.function.timeout)
        return self._expires is None or datetime.now(UTC) + needed < self._expires

    def initialise(self, request_id: str, seconds: float = INIT_SECONDS) -> Outcome | None:
        """Wait until the function is loaded; return None when it is, else how it failed.

        A timeout has the status ``timeout`` and no payload: AWS tries once more, within the
        function's own time.
        """
        supervisor = self._supervise()
        outcome = self._await_ready(supervisor, request_id, seconds)
        self.init_duration = (time.perf_counter() - self._started) * 1000
        self._peak_memory = supervisor.peak_memory
        if outcome:
            outcome.peak_memory = self._peak_memory
            outcome.duration = self.init_duration
        return outcome

    def run(self, invocation: Invocation) -> Outcome:
        """Run the handler once, within the function's time and memory."""
        seconds = float(self.function.timeout)
        header = {
            "request_id": invocation.request_id,
            "invoked_function_arn": self.function.invoked_arn,
            "timeout_seconds": seconds,
            "trace_id": invocation.trace_id,
            "client_context": invocation.client_context,
        }
        started = time.perf_counter()
        supervisor = self._supervise()
        self._worker.send(header, invocation.payload)
        outcome = self._await(supervisor, invocation.request_id, seconds)
        self._peak_memory = max(self._peak_memory, supervisor.peak_memory)
        outcome.peak_memory = self._peak_memory
        outcome.duration = outcome.duration or (time.perf_counter() - started) * 1000
        self.last_used = time.monotonic()
        return outcome

    def take_log(self, ended: bool) -> list[LogRecord]:
        """Return what the function has logged since last asked; all of it once it has ended."""
        return self._worker.output.take_rest() if ended else self._worker.output.take()

    def end(self) -> None:
        """End the process and remove its scratch folder."""
        self._worker.end()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _supervise(self) -> Supervisor:
        function = self.function
        return Supervisor(
            self._worker, function.memory_size, self._scratch, function.ephemeral_storage
        )

    def _await_ready(
        self, supervisor: Supervisor, request_id: str, seconds: float
    ) -> Outcome | None:
        try:
            message = supervisor.wait(seconds)
        except LimitExceededError as limit:
            return describe_exit(request_id, limit.reason, limit.error_type)
        if message is None:
            return Outcome(b"", status="timeout", reusable=False)
        if isinstance(message, Exit):
            return describe_exit(request_id, name_exit(message))
        if message.kind == "ready":
            return None
        return describe_init_error(message.payload, request_id)

    def _await(self, supervisor: Supervisor, request_id: str, seconds: float) -> Outcome:
        try:
            message = supervisor.wait(seconds)
        except LimitExceededError as limit:
            return describe_exit(request_id, limit.reason, limit.error_type)
        if message is None:
            return describe_timeout(request_id, seconds)
        if isinstance(message, Exit):
            return describe_exit(request_id, name_exit(message))
        duration = float(message.header["milliseconds"])
        if message.kind == "error":
            return Outcome(message.payload, duration, "Unhandled")
        return Outcome(message.payload, duration)


class EnvironmentFactory:
    """Makes execution environments."""

    def __init__(
        self,
        configuration: CloudConfiguration,
        starter: WorkerStarter,
        open_role_session: Callable[[str, str], RoleSession],
        may_assume_role: Callable[[str], bool],
    ) -> None:
        self._configuration = configuration
        self._starter = starter
        self._open_role_session = open_role_session
        self._may_assume_role = may_assume_role
        self._store = PackageStore(configuration.home / "packages")
        self._scratch_root = configuration.home / "scratch"
        self._process_bound = count_threads() + PROCESS_LIMIT

    def make(self, function: Function) -> ExecutionEnvironment:
        """Start a process for a function and hand it its settings; it begins to load at once.

        Raises:
            AwsError: its role or its package cannot be used.
        """
        started = time.perf_counter()
        session = self._open_session(function)
        workplace = prepare_workplace(self._store, function)
        self._scratch_root.mkdir(parents=True, exist_ok=True, mode=0o700)
        scratch = Path(tempfile.mkdtemp(prefix="tmp-", dir=self._scratch_root))
        log_stream = name_log_stream(function.version)
        variables = self._make_variables(function, session, workplace, scratch, log_stream)
        worker = self._starter.start_worker(list_module_names(workplace.search_path))
        limits = self._make_limits(function)
        worker.send(_make_header(function, workplace, variables, limits, worker.output.prefix))
        return ExecutionEnvironment(function, worker, scratch, log_stream, session.expires, started)

    def _open_session(self, function: Function) -> RoleSession:
        refusal = AwsError("AccessDeniedException", CANNOT_ASSUME, status=403)
        if not self._may_assume_role(function.role):
            raise refusal
        try:
            return self._open_role_session(function.role, function.name)
        except LookupError as error:
            raise refusal from error

    def _make_variables(
        self,
        function: Function,
        session: RoleSession,
        workplace: Workplace,
        scratch: Path,
        log_stream: str,
    ) -> dict[str, str]:
        """Return a function's whole environment: AWS's variables and its own.

        Credentials and addresses that AWS's SDKs might find elsewhere on this machine (files,
        instance metadata, proxies) are closed off.
        """
        path = [str(workplace.layer_root / "bin"), *os.defpath.split(os.pathsep)]
        return {
            **keep_variables(),
            "PATH": os.pathsep.join(path),
            "LD_LIBRARY_PATH": str(workplace.layer_root / "lib"),
            **function.environment,
            "TZ": ":UTC",
            "LANG": "en_US.UTF-8",
            "HOME": str(scratch),
            "TMPDIR": str(scratch),
            "TEMP": str(scratch),
            "TMP": str(scratch),
            "_HANDLER": function.handler,
            "LAMBDA_TASK_ROOT": str(workplace.task_root),
            "LAMBDA_RUNTIME_DIR": str(Path(__file__).parent),
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.runtime}",
            "AWS_LAMBDA_FUNCTION_NAME": function.name,
            "AWS_LAMBDA_FUNCTION_VERSION": function.version,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_size),
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": function.log_group,
            "AWS_LAMBDA_LOG_STREAM_NAME": log_stream,
            "AWS_REGION": function.region,
            "AWS_DEFAULT_REGION": function.region,
            "AWS_ACCESS_KEY_ID": session.access_key_id,
            "AWS_SECRET_ACCESS_KEY": session.secret_access_key,
            "AWS_SESSION_TOKEN": session.session_token or "",
            "AWS_ENDPOINT_URL": self._configuration.endpoint_url,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "NO_PROXY": "*",
            "no_proxy": "*",
        }

    def _make_limits(self, function: Function) -> dict[str, int]:
        """Return POSIX resource limits; that of processes counts all of this user's."""
        return {
            "RLIMIT_CORE": 0,
            "RLIMIT_NOFILE": OPEN_FILES,
            "RLIMIT_NPROC": self._process_bound,
            "RLIMIT_FSIZE": function.ephemeral_storage * MEGABYTE,
        }


def _make_header(
    function: Function,
    workplace: Workplace,
    variables: dict[str, str],
    limits: dict[str, int],
    output_prefix: str,
) -> dict[str, object]:
    return {
        "output_prefix": output_prefix,
        "environment": variables,
        "handler": function.handler,
        "task_root": str(workplace.task_root),
        "search_path": [str(folder) for folder in workplace.search_path],
        "bytecode_directory": str(workplace.bytecode_folder),
        "roots": {
            str(workplace.task_root): "/var/task",
            str(workplace.layer_root): "/opt",
        },
        "resource_limits": limits,
    }


def count_threads() -> int:
    """Return how many threads this machine runs now."""
    processes = psutil.process_iter(["num_threads"])
    return sum(process.info["num_threads"] or 1 for process in processes)
