"""The launcher with real processes: started once, found again, and no stranger's process ended."""

from __future__ import annotations

import http.server
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.benchmarks import clouds, functions
from workshop_lib.errors import LocalCloudError, PortTakenError
from workshop_lib.local_cloud import cloud_calls, launcher
from workshop_lib.local_cloud.cloud_calls import ask_status
from workshop_lib.local_cloud.cloud_processes import reap_processes
from workshop_lib.local_cloud.credentials import Credentials, read_credentials
from workshop_lib.local_cloud.state_files import StateFiles, is_running

posix_only = pytest.mark.skipif(os.name != "posix", reason="POSIX signals and modes")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "cloud"
    launcher.stop(tmp_path / "cloud")


def start_elsewhere(home: Path) -> subprocess.Popen[str]:
    """Ask for the cloud in a process of its own, which prints the cloud's pid."""
    code = (
        "import sys; from pathlib import Path; from workshop_lib.local_cloud import launcher; "
        "print(launcher.ensure_running(Path(sys.argv[1])).pid)"
    )
    command = [sys.executable, "-c", code, str(home)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


class TestStart:
    def test_once_however_many_ask(self, home: Path) -> None:
        """Three processes and four threads that ask at the same time get the same cloud."""
        others = [start_elsewhere(home) for _ in range(3)]
        with ThreadPoolExecutor(4) as pool:
            clouds = list(pool.map(lambda _: launcher.ensure_running(home), range(4)))
        pids = {cloud.pid for cloud in clouds}
        pids |= {int(other.communicate(timeout=90)[0]) for other in others}
        assert 1 == len(pids)
        # It outlives the programs that asked for it, and the next one finds it.
        assert pids == {launcher.ensure_running(home).pid}
        log = StateFiles(home).log.read_text()
        assert 1 == log.count("The local cloud answers at")

    @posix_only
    def test_secrets_are_the_owners(self, home: Path) -> None:
        """Folder, key pair and log are readable by their owner alone."""
        cloud = launcher.ensure_running(home)
        assert 0o700 == stat.S_IMODE(home.stat().st_mode)
        for file in (home / "credentials.json", cloud.log_path):
            assert 0o600 == stat.S_IMODE(file.stat().st_mode), file
        assert 20 == len(cloud.access_key_id)
        assert cloud.access_key_id.startswith("AKIA")
        assert 40 == len(cloud.secret_access_key)

    def test_two_homes(self, home: Path, tmp_path: Path) -> None:
        """Two homes have two clouds, two key pairs, two ports."""
        first, second = launcher.ensure_running(home), launcher.ensure_running(tmp_path / "other")
        try:
            assert first.port != second.port
            assert first.access_key_id != second.access_key_id
            keys = Credentials(second.access_key_id, second.secret_access_key)
            assert ask_status(first.port, keys) is None
        finally:
            launcher.stop(tmp_path / "other")

    def test_its_environment_is_its_own(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Neither AWS's nor moto's variables nor a proxy reach the cloud."""
        monkeypatch.setenv("MOTO_ACCOUNT_ID", "111111111111")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAREALREALREALREAL")
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
        cloud = launcher.ensure_running(home)
        if sys.platform == "linux":
            environment = Path(f"/proc/{cloud.pid}/environ").read_text()
            assert "AKIAREAL" not in environment
            assert "MOTO_" not in environment
            assert "http_proxy" not in environment


class TestPort:
    def test_is_kept(self, home: Path) -> None:
        """The port chosen at the first start is the same ever after, and so is the key."""
        first = launcher.ensure_running(home)
        launcher.stop(home)
        second = launcher.ensure_running(home)
        assert (first.port, first.access_key_id) == (second.port, second.access_key_id)
        assert first.pid != second.pid

    def test_taken_by_another_program(self, home: Path) -> None:
        """A port taken meanwhile is an error that names the setting, and nobody is ended."""
        port = launcher.ensure_running(home).port
        launcher.stop(home)
        with socket.socket() as other:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            other.bind(("127.0.0.1", port))
            other.listen()
            with pytest.raises(PortTakenError, match="WORKSHOP_PORT"):
                launcher.ensure_running(home)
            with pytest.raises(PortTakenError, match=str(port)):
                launcher.ensure_running(home, port=port)

    def test_given_back_late(self, home: Path) -> None:
        """A port that a process at its end gives back a moment late is waited for."""
        port = launcher.ensure_running(home).port
        launcher.stop(home)
        other = socket.socket()
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port))
        other.listen()
        threading.Timer(0.5, other.close).start()

        assert port == launcher.ensure_running(home).port

    def test_another_than_it_runs_on(self, home: Path) -> None:
        """A port asked for that is not the running cloud's is an error, not ignored."""
        launcher.ensure_running(home)
        with pytest.raises(LocalCloudError, match="WORKSHOP_PORT"):
            launcher.ensure_running(home, port=find_free_port())

    def test_given(self, home: Path) -> None:
        """A port given is used, and not kept for later."""
        port = find_free_port()
        assert port == launcher.ensure_running(home, port=port).port
        assert not (home / "port").exists()


class TestStop:
    def test_ends_it(self, home: Path) -> None:
        """A stopped cloud is gone: its process, its port, its record."""
        cloud = launcher.ensure_running(home)
        assert launcher.stop(home)
        assert launcher.status(home) is None
        assert not is_running(StateFiles(home))
        with socket.socket() as connection:
            assert 0 != connection.connect_ex(("127.0.0.1", cloud.port))
        assert not launcher.stop(home)

    def test_of_a_home_that_is_none(self, tmp_path: Path) -> None:
        """Stopping what never was says so, and makes no folder."""
        assert not launcher.stop(tmp_path / "none")
        assert launcher.status(tmp_path / "none") is None
        assert not (tmp_path / "none").exists()

    @posix_only
    def test_by_a_signal(self, home: Path) -> None:
        """SIGTERM ends it cleanly."""
        cloud = launcher.ensure_running(home)
        os.kill(cloud.pid, signal.SIGTERM)
        wait_until(lambda: not is_running(StateFiles(home)))
        assert "The local cloud has stopped." in cloud.log_path.read_text()
        assert not (home / "running.json").exists()

    def test_reset_empties_it(self, home: Path) -> None:
        """A reset cloud has nothing in it, and the same key pair and port."""
        first = launcher.ensure_running(home)
        (home / "packages").mkdir(exist_ok=True)
        (home / "packages" / "code.zip").write_bytes(b"x")
        second = launcher.reset(home)
        assert (first.port, first.secret_access_key) == (second.port, second.secret_access_key)
        assert not (home / "packages" / "code.zip").exists()


class TestCrash:
    @posix_only
    def test_a_killed_cloud_is_started_anew(self, home: Path) -> None:
        """After a crash the record is stale; the next start notices and starts."""
        first = launcher.ensure_running(home)
        os.kill(first.pid, signal.SIGKILL)
        wait_until(lambda: not is_running(StateFiles(home)))
        assert (home / "running.json").exists()
        assert launcher.status(home) is None
        assert first.pid != launcher.ensure_running(home).pid

    def test_a_process_id_that_is_another_programs_now(self, home: Path) -> None:
        """The recorded id of a dead cloud may be anyone's: that program is left alone."""
        cloud = launcher.ensure_running(home)
        launcher.stop(home)
        innocent = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        try:
            record = {"pid": innocent.pid, "port": cloud.port}
            (home / "running.json").write_text(json.dumps(record))
            assert not launcher.stop(home)
            assert launcher.ensure_running(home).pid != innocent.pid
            assert innocent.poll() is None
        finally:
            innocent.kill()
            innocent.wait()

    @posix_only
    def test_a_slow_answer_is_waited_for(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A cloud that answers late is the one that runs: it is neither stopped nor replaced."""
        first = launcher.ensure_running(home)
        monkeypatch.setattr(cloud_calls, "ANSWER_SECONDS", 0.1)
        os.kill(first.pid, signal.SIGSTOP)
        threading.Timer(1, os.kill, (first.pid, signal.SIGCONT)).start()

        assert first == launcher.ensure_running(home)

    @posix_only
    def test_one_that_does_not_answer_is_not_called_stopped(
        self, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A living cloud that stays silent is named by its process."""
        first = launcher.ensure_running(home)
        monkeypatch.setattr(cloud_calls, "ANSWER_SECONDS", 0.1)
        monkeypatch.setattr(launcher, "PATIENCE_SECONDS", 0.2)
        os.kill(first.pid, signal.SIGSTOP)
        silent = launcher.status(home), launcher.find_process(home)
        os.kill(first.pid, signal.SIGCONT)
        launcher.stop(home)

        assert (None, first.pid) == silent
        assert None is launcher.find_process(home)

    @posix_only
    @pytest.mark.long
    def test_a_cloud_that_hangs_is_ended(self, home: Path) -> None:
        """A cloud that lives but does not answer is ended by its process id, then started anew."""
        first = launcher.ensure_running(home)
        os.kill(first.pid, signal.SIGSTOP)
        assert first.pid != launcher.ensure_running(home).pid

    def test_one_that_cannot_start_tells_why(
        self, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The error of a cloud that dies has the end of its log."""
        monkeypatch.setenv("WORKSHOP_TIME_SCALE", "slow")
        with pytest.raises(LocalCloudError, match=r"(?s)ended with status .*time-scale"):
            launcher.ensure_running(home)

    def test_its_time_scale_is_told(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """WORKSHOP_TIME_SCALE, as a number or a fraction, is what the status says of the cloud."""
        monkeypatch.setenv("WORKSHOP_TIME_SCALE", "1/120")
        assert 1 / 120 == launcher.ensure_running(home).time_scale
        monkeypatch.delenv("WORKSHOP_TIME_SCALE")
        running = launcher.status(home)
        assert running is not None
        assert 1 / 120 == running.time_scale
        assert "are multiplied with 0.00833333 here" in running.log_path.read_text("utf-8")

    @pytest.mark.parametrize("scale", ["slow", "-1", "1/0", "nan"])
    def test_a_time_scale_that_is_none(
        self, home: Path, monkeypatch: pytest.MonkeyPatch, scale: str
    ) -> None:
        """The cloud does not start, and the error names the setting and the value."""
        monkeypatch.setenv("WORKSHOP_TIME_SCALE", scale)
        with pytest.raises(LocalCloudError, match=f"(?s)time-scale.*{scale}"):
            launcher.ensure_running(home)

    def test_a_damaged_key_pair(self, home: Path) -> None:
        """A key file that is not whole is an error that says what to do."""
        home.mkdir(parents=True)
        (home / "credentials.json").write_text("{")
        with pytest.raises(LocalCloudError, match="reset"):
            launcher.ensure_running(home)
        (home / "credentials.json").unlink()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
class TestItsProcesses:
    @pytest.mark.parametrize("ending", ["stop", "crash"])
    def test_end_with_it(self, home: Path, ending: str) -> None:
        """Every process that the cloud has started ends with it, even when it crashes."""
        cloud = launcher.ensure_running(home)
        client = partial(
            clouds.make_client,
            port=cloud.port,
            key_id=cloud.access_key_id,
            secret=cloud.secret_access_key,
        )
        maker: Any = SimpleNamespace(client=client)
        functions.create_function(maker, functions.create_role(maker), "any", functions.SILENT)
        # The process that functions are forked from is prepared once there is one.
        wait_until(lambda: bool(find_descendants(cloud.pid)))
        started = find_descendants(cloud.pid)
        if ending == "stop":
            launcher.stop(home)
        else:
            os.kill(cloud.pid, signal.SIGKILL)
        wait_until(lambda: not any(is_alive(pid) for pid in started))


def find_descendants(pid: int) -> set[int]:
    """Return the children of a process, and theirs."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                fields = (entry / "stat").read_text().rpartition(") ")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            parents[int(entry.name)] = int(fields[1])
    found: set[int] = set()
    while more := {child for child, parent in parents.items() if parent in {pid, *found}} - found:
        found |= more
    return found


def is_alive(pid: int) -> bool:
    """Tell whether a process runs; one that only waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


class TestImpostor:
    def test_an_answer_without_proof_is_none(self, home: Path) -> None:
        """A program on the port that says yes to everything does not pass for the cloud."""
        launcher.ensure_running(home)
        launcher.stop(home)
        keys = read_credentials(StateFiles(home))
        with impostor() as port:
            assert ask_status(port, keys) is None
            (home / "running.json").write_text(json.dumps({"pid": os.getpid(), "port": port}))
            assert launcher.status(home) is None


class impostor:  # noqa: N801 - used as a context manager
    """Answers every request with 200 and a plausible body."""

    def __enter__(self) -> int:
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("X-Workshop-Proof", "0" * 64)
                self.end_headers()
                self.wfile.write(b'{"pid": 1}')

            def log_message(self, *arguments: object) -> None:
                """Write nothing."""

        self.server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self.server.server_port

    def __exit__(self, *error: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
        reap_processes()
