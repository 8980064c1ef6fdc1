"""The client side of the local cloud: start it once, find it, stop it. Imports no moto.

However many programs ask at the same time, one of them starts the cloud and the others wait. A
cloud is known by its answer to a signed call, which only a holder of the home's secret can give; no
process is ever ended on the word of a process id alone.
"""

from __future__ import annotations

import shutil
import socket
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from workshop_lib.errors import LocalCloudError, PortTakenError
from workshop_lib.local_cloud.cloud_calls import Answer, ask_status, ask_to_shut_down
from workshop_lib.local_cloud.cloud_processes import (
    read_log_tail,
    reap_processes,
    start_process,
)
from workshop_lib.local_cloud.configuration import DEFAULT_REGION
from workshop_lib.local_cloud.credentials import Credentials, ensure_credentials, read_credentials
from workshop_lib.local_cloud.state_files import (
    StateFiles,
    hold_starting_lock,
    is_running,
    read_json,
    write_private,
)

START_SECONDS = 60.0
# A machine at work may let a living cloud wait longer than one answer may take.
PATIENCE_SECONDS = 20.0
STOP_SECONDS = 15.0
SIGNAL_SECONDS = 5.0
POLL_SECONDS = 0.02
EXIT_PORT_TAKEN = 75


@dataclass(frozen=True)
class RunningCloud:
    """A local cloud that answers.

    ``time_scale`` is what AWS's own waits, such as those before a retry, are multiplied with here;
    None for a cloud that an older version started. ``recovery`` is what it found of its home's last
    cloud, as :class:`durability.recoveries.Recovery` describes it; None while it still reads.
    """

    endpoint_url: str
    port: int
    access_key_id: str
    secret_access_key: str
    pid: int
    log_path: Path
    time_scale: float | None
    # It comes a moment after the cloud answers, and does not make it another cloud.
    recovery: dict[str, Any] | None = field(default=None, compare=False)


def ensure_running(
    home: Path, port: int | None = None, region: str = DEFAULT_REGION
) -> RunningCloud:
    """Return the local cloud of this home, starting it if it does not run.

    Args:
        home: the cloud's own state folder; made if it is missing.
        port: where it must listen; None takes the one kept in the home, chosen at the first start.
        region: the Region of unsigned requests, when it is started now.

    Raises:
        PortTakenError: another program listens on that port.
        LocalCloudError: it does not start; the end of its log is in the message.
    """
    files = StateFiles(home.absolute())
    running = status(files.home)
    if running is None:
        files.make_home()
        with hold_starting_lock(files, START_SECONDS + STOP_SECONDS):
            running = status(files.home) or _start(files, port, region)
    if port not in (None, running.port):
        raise LocalCloudError(
            f"The local cloud runs on port {running.port}, and WORKSHOP_PORT asks for {port}.",
            "Stop it first (`workshop cloud stop`), or unset WORKSHOP_PORT.",
        )
    return running


def status(home: Path) -> RunningCloud | None:
    """Return the local cloud of this home if it runs and answers, else None.

    One that lives is asked again for a while: a slow answer is no proof that it has stopped.
    """
    files = StateFiles(home.absolute())
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (record := read_json(files.running)) is not None and files.credentials.exists():
        credentials = read_credentials(files)
        answer = ask_status(record["port"], credentials)
        if answer is not None:
            return _describe(files, credentials, record["port"], answer)
        if not is_running(files) or time.monotonic() > deadline:
            return None
        time.sleep(POLL_SECONDS)
    return None


def find_process(home: Path) -> int | None:
    """Return the process id of this home's cloud if it lives, whether it answers or not."""
    files = StateFiles(home.absolute())
    record = read_json(files.running)
    return None if record is None or not is_running(files) else int(record["pid"])


def wait_for_recovery(home: Path, seconds: float = START_SECONDS) -> dict[str, Any] | None:
    """Return what the running cloud of this home found of the last one, once it has read it.

    Returns:
        See :attr:`RunningCloud.recovery`; None where no cloud tells within so many seconds.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        running = status(home)
        if running is None or running.recovery is not None:
            return None if running is None else running.recovery
        time.sleep(POLL_SECONDS)
    return None


def stop(home: Path) -> bool:
    """End the local cloud of this home and everything it has started; return whether it ran.

    Raises:
        LocalCloudError: it does not end.
    """
    files = StateFiles(home.absolute())
    if not files.home.is_dir():
        return False
    with hold_starting_lock(files, START_SECONDS + STOP_SECONDS):
        return _stop(files)


def reset(home: Path, port: int | None = None, region: str = DEFAULT_REGION) -> RunningCloud:
    """Start again with nothing in the cloud; the port and the key pair stay.

    Raises:
        PortTakenError: another program has taken the port meanwhile.
        LocalCloudError: the cloud does not end or does not start.
    """
    files = StateFiles(home.absolute())
    files.make_home()
    with hold_starting_lock(files, START_SECONDS + STOP_SECONDS):
        _stop(files)
        _remove_state(files)
    return ensure_running(files.home, port, region)


def _start(files: StateFiles, port: int | None, region: str) -> RunningCloud:
    credentials = ensure_credentials(files)
    if is_running(files):
        # It lives but does not answer: a start interrupted half-way, or a cloud that hangs.
        _stop(files)
    chosen = port or _keep_port(files)
    process = start_process(files, chosen, region)
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        answer = ask_status(chosen, credentials)
        if answer is not None and answer.pid == process.pid:
            return _describe(files, credentials, chosen, answer)
        if (status := process.poll()) is not None:
            raise _explain_death(files, chosen, status)
        time.sleep(POLL_SECONDS)
    process.kill()
    process.wait()
    raise LocalCloudError(
        f"The local cloud has not answered within {START_SECONDS:.0f} seconds.\n"
        f"{read_log_tail(files)}",
        f"Read {files.log}, then try again.",
    )


def _stop(files: StateFiles) -> bool:
    if not is_running(files):
        files.running.unlink(missing_ok=True)
        return False
    record = read_json(files.running) or {}
    if "port" in record and files.credentials.exists():
        answer = ask_to_shut_down(record["port"], read_credentials(files))
        if answer is not None and _wait_for_end(files, STOP_SECONDS):
            return True
    # The lock is held, so the recorded process is the cloud and its id is nobody else's.
    if "pid" in record:
        for end in (psutil.Process.terminate, psutil.Process.kill):
            with suppress(psutil.NoSuchProcess):
                end(psutil.Process(record["pid"]))
            if _wait_for_end(files, SIGNAL_SECONDS):
                return True
    raise LocalCloudError(
        f"The local cloud of {files.home} does not end.",
        f"End process {record.get('pid', '(unknown)')} yourself; {files.log} tells what it does.",
    )


def _wait_for_end(files: StateFiles, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        reap_processes()
        if not is_running(files):
            return True
        time.sleep(POLL_SECONDS)
    return False


def _keep_port(files: StateFiles) -> int:
    kept = read_json(files.port) or {}
    port = kept.get("port")
    if isinstance(port, int) and 1024 <= port <= 65535:
        return port
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    write_private(files.port, {"port": port})
    return port


def _explain_death(files: StateFiles, port: int, status: int) -> LocalCloudError:
    if status == EXIT_PORT_TAKEN:
        return PortTakenError(
            f"The local cloud's port {port} is taken by another program.",
            "End that program, or set WORKSHOP_PORT to a free port (1024 to 65535).",
        )
    return LocalCloudError(
        f"The local cloud ended with status {status} while starting. Its log ends:\n"
        f"{read_log_tail(files)}",
        f"Read {files.log}; `workshop cloud reset` starts afresh.",
    )


def _remove_state(files: StateFiles) -> None:
    """Remove what the cloud has made, but not who it is and where."""
    kept = {files.credentials, files.port, files.starting_lock, files.running_lock}
    for entry in files.home.iterdir():
        if entry in kept:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def _describe(
    files: StateFiles, credentials: Credentials, port: int, answer: Answer
) -> RunningCloud:
    return RunningCloud(
        f"http://127.0.0.1:{port}",
        port,
        credentials.access_key_id,
        credentials.secret_access_key,
        answer.pid,
        files.log,
        answer.time_scale,
        answer.recovery,
    )
