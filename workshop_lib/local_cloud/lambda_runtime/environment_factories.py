"""Making execution environments: workplace, credentials, variables, limits, process."""

from __future__ import annotations

import os
import secrets
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import psutil

from workshop_lib.local_cloud.aws_errors import AwsError
from workshop_lib.local_cloud.configuration import CloudConfiguration
from workshop_lib.local_cloud.identities import Identity
from workshop_lib.local_cloud.lambda_runtime.control_calls import CANNOT_ASSUME
from workshop_lib.local_cloud.lambda_runtime.environments import ExecutionEnvironment
from workshop_lib.local_cloud.lambda_runtime.functions import LATEST, Function
from workshop_lib.local_cloud.lambda_runtime.packages import PackageStore, list_module_names
from workshop_lib.local_cloud.lambda_runtime.processes import WorkerProcess
from workshop_lib.local_cloud.lambda_runtime.starters import (
    WORKER,
    WorkerStarter,
    find_site_directories,
    keep_variables,
)
from workshop_lib.local_cloud.lambda_runtime.supervision import PROCESS_LIMIT

OPEN_FILES = 1024
MEGABYTE = 1024 * 1024


class EnvironmentFactory:
    """Makes execution environments."""

    def __init__(
        self,
        configuration: CloudConfiguration,
        starter: WorkerStarter,
        open_role_session: Callable[[str, str], Identity],
        may_assume_role: Callable[[str], bool],
    ) -> None:
        self._endpoint_url = configuration.endpoint_url
        self._starter = starter
        self._open_role_session = open_role_session
        self._may_assume_role = may_assume_role
        self._store = PackageStore(configuration.home / "packages")
        self._scratch_root = configuration.home / "scratch"
        # The limit on processes counts all of this user's, and their threads.
        processes = psutil.process_iter(["num_threads"])
        threads = sum(process.info["num_threads"] or 1 for process in processes)
        self._process_bound = threads + PROCESS_LIMIT

    def make(self, function: Function) -> ExecutionEnvironment:
        """Start a process for a function and hand it its settings; it begins to load at once.

        Raises:
            AwsError: its role or its package cannot be used.
        """
        log_stream = f"{datetime.now(UTC):%Y/%m/%d}/[{LATEST}]{secrets.token_hex(16)}"
        return ExecutionEnvironment(
            function, log_stream, partial(self._start_worker, function, log_stream)
        )

    def _start_worker(
        self, function: Function, log_stream: str
    ) -> tuple[WorkerProcess, Path, datetime | None]:
        session = self._open_session(function)
        task_root = self._store.unpack([function.code])
        layer_root = self._store.unpack(function.layers)
        search_path = _list_search_path(task_root, layer_root, function.runtime)
        self._scratch_root.mkdir(parents=True, exist_ok=True, mode=0o700)
        scratch = Path(tempfile.mkdtemp(prefix="tmp-", dir=self._scratch_root))
        worker = self._starter.start_worker(list_module_names(search_path))
        worker.send({
            "output_prefix": worker.output.prefix,
            "environment": {
                **_make_variables(function, session, layer_root, scratch),
                "LAMBDA_TASK_ROOT": str(task_root),
                "AWS_LAMBDA_LOG_STREAM_NAME": log_stream,
                "AWS_ENDPOINT_URL": self._endpoint_url,
            },
            "handler": function.handler,
            "task_root": str(task_root),
            "search_path": [str(folder) for folder in search_path],
            "bytecode_directory": str(self._store.bytecode_folder),
            "roots": {
                str(task_root): "/var/task",
                str(layer_root): "/opt",
                str(WORKER.parent): "/var/runtime",
                **dict.fromkeys(
                    find_site_directories(), f"/var/lang/lib/{function.runtime}/site-packages"
                ),
            },
            "resource_limits": {
                "RLIMIT_CORE": 0,
                "RLIMIT_NOFILE": OPEN_FILES,
                "RLIMIT_NPROC": self._process_bound,
                "RLIMIT_FSIZE": function.ephemeral_storage * MEGABYTE,
            },
            "scratch": str(scratch),
        })  # fmt: skip
        return worker, scratch, session.expires

    def _open_session(self, function: Function) -> Identity:
        refusal = AwsError("AccessDeniedException", CANNOT_ASSUME, status=403)
        if not self._may_assume_role(function.role):
            raise refusal
        try:
            return self._open_role_session(function.role, function.name)
        except LookupError as error:
            raise refusal from error


def _list_search_path(task_root: Path, layer_root: Path, runtime: str) -> list[Path]:
    """Return where modules are searched, in AWS's order."""
    own = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    versions = [one for one in dict.fromkeys((runtime, own)) if one.startswith("python")]
    python = layer_root / "python"
    site_packages = [python / "lib" / version / "site-packages" for version in versions]
    return [task_root, *site_packages, python]


def _make_variables(
    function: Function, session: Identity, layer_root: Path, scratch: Path
) -> dict[str, str]:
    """Return a function's environment: AWS's variables and its own.

    Credentials and addresses that AWS's SDKs might find elsewhere on this machine (files, instance
    metadata, proxies) are closed off.
    """
    path = [str(layer_root / "bin"), *os.defpath.split(os.pathsep)]
    return {
        **keep_variables(),
        "PATH": os.pathsep.join(path),
        "LD_LIBRARY_PATH": str(layer_root / "lib"),
        **function.environment,
        "TZ": ":UTC",
        "LANG": "en_US.UTF-8",
        **dict.fromkeys(("HOME", "TMPDIR", "TEMP", "TMP"), str(scratch)),
        "_HANDLER": function.handler,
        "LAMBDA_RUNTIME_DIR": str(Path(__file__).parent),
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.runtime}",
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_VERSION": LATEST,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_size),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": function.log_group,
        **dict.fromkeys(("AWS_REGION", "AWS_DEFAULT_REGION"), function.region),
        "AWS_ACCESS_KEY_ID": session.access_key_id,
        "AWS_SECRET_ACCESS_KEY": session.secret_access_key,
        "AWS_SESSION_TOKEN": session.session_token or "",
        "AWS_EC2_METADATA_DISABLED": "true",
        **dict.fromkeys(("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"), os.devnull),
        **dict.fromkeys(("NO_PROXY", "no_proxy"), "*"),
    }
