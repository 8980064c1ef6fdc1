"""The local cloud as an operating system process: detached, so that it outlives its starter."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from workshop_lib.local_cloud.state_files import StateFiles

LOG_BYTES = 8 * 1024 * 1024
TAIL_LINES = 20
# The cloud is no client of AWS, and moto's own settings would change what it answers.
DROPPED_PREFIXES = ("AWS_", "MOTO_", "BOTO_", "COV_CORE_")
DROPPED_NAMES = frozenset({
    "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "FTP_PROXY", "PYTHONSTARTUP", "PYTHONHOME",
})  # fmt: skip
# Kept to learn of their ends.
_started: list[subprocess.Popen[bytes]] = []


def start_process(files: StateFiles, port: int, region: str) -> subprocess.Popen[bytes]:
    """Start the cloud of this home; it may not answer yet."""
    _rotate_log(files)
    command = [
        *(sys.executable, "-m", "workshop_lib.local_cloud"),
        *("--home", str(files.home), "--port", str(port), "--region", region),
        *_read_options(),
    ]
    descriptor = os.open(files.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=descriptor,
            stderr=descriptor,
            # The folder that holds the package, so that it is found uninstalled too.
            cwd=Path(__file__).resolve().parents[2],
            env=_clean_environment(),
            **_detachment(),
        )
    finally:
        os.close(descriptor)
    _started.append(process)
    return process


def reap_processes() -> None:
    """Take leave of the ended: until then they stay in the process table as zombies."""
    _started[:] = [process for process in _started if process.poll() is None]


def read_log_tail(files: StateFiles) -> str:
    """Return the last lines of the log."""
    try:
        lines = files.log.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return "(there is no log)"
    return "\n".join(lines[-TAIL_LINES:])


def _detachment() -> dict[str, Any]:
    if sys.platform == "win32":
        flags = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
        return {"creationflags": flags}
    return {"start_new_session": True}


def _read_options() -> list[str]:
    named = {"--time-scale": "WORKSHOP_TIME_SCALE", "--decisions": "WORKSHOP_DECISIONS"}
    values = {option: os.environ.get(variable) for option, variable in named.items()}
    return [f"{option}={value}" for option, value in values.items() if value]


def _clean_environment() -> dict[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith(DROPPED_PREFIXES) and name.upper() not in DROPPED_NAMES
    } | {"PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}


def _rotate_log(files: StateFiles) -> None:
    if files.log.exists() and files.log.stat().st_size > LOG_BYTES:
        files.log.replace(files.log.with_suffix(".log.1"))
