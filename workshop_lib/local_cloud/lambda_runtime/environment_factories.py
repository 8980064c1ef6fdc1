"""Making execution environments: workplace, credentials, variables, limits, process."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

import psutil

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.configuration import CloudConfiguration
from workshop_lib.local_cloud.lambda_runtime.environments import ExecutionEnvironment
from workshop_lib.local_cloud.lambda_runtime.functions import Function
from workshop_lib.local_cloud.lambda_runtime.limits import CANNOT_ASSUME
from workshop_lib.local_cloud.lambda_runtime.log_streams import name_log_stream
from workshop_lib.local_cloud.lambda_runtime.packages import PackageStore, list_module_names
from workshop_lib.local_cloud.lambda_runtime.starters import WorkerStarter, keep_variables
from workshop_lib.local_cloud.lambda_runtime.supervision import PROCESS_LIMIT

OPEN_FILES = 1024
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

    def make(self, function: Function, log_stream: str | None = None) -> ExecutionEnvironment:
        """Start a process for a function and hand it its settings; it begins to load at once.

        Args:
            function: what it runs.
            log_stream: where it logs; by default a new stream.

        Raises:
            AwsError: its role or its package cannot be used.
        """
        started = time.perf_counter()
        session = self._open_session(function)
        workplace = prepare_workplace(self._store, function)
        self._scratch_root.mkdir(parents=True, exist_ok=True, mode=0o700)
        scratch = Path(tempfile.mkdtemp(prefix="tmp-", dir=self._scratch_root))
        log_stream = log_stream or name_log_stream(function.version)
        variables = self._make_variables(function, session, workplace, scratch, log_stream)
        worker = self._starter.start_worker(list_module_names(workplace.search_path))
        limits = self._make_limits(function)
        header = _make_header(function, workplace, variables, limits, worker.output.prefix)
        worker.send({**header, "scratch": str(scratch)})
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
