"""JupyterLab for the workshop: started, announced, and ended with Ctrl-C."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import webbrowser
from collections.abc import Mapping
from pathlib import Path

from workshop_lib.errors import WorkshopError
from workshop_lib.places import PROJECT

CONFIGURATION = Path(__file__).with_name("jupyter_lab_config.py")
START_SECONDS = 90
# JupyterLab asks whether to fetch news until this setting says no.
NO_NEWS = {
    "@jupyterlab/apputils-extension/notification.jupyterlab-settings": {
        "checkForUpdates": False,
        "fetchNews": "false",
    }
}


class Laboratory:
    """A running JupyterLab.

    Args:
        home: where its settings, workspaces and log are kept.
        first_page: the file it opens. JupyterLab shows the project's folder, or this file's own
            where that lies elsewhere.
    """

    def __init__(self, home: Path, first_page: Path) -> None:
        self._folder = home / "jupyter"
        self._runtime = self._folder / "runtime"
        inside = first_page.is_relative_to(PROJECT)
        self._root = PROJECT if inside else first_page.parent
        self._first_page = first_page.relative_to(self._root).as_posix()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        """The file that JupyterLab's messages go to."""
        return self._folder / "lab.log"

    def start(self) -> str:
        """Start JupyterLab and return the address of the first page, token included.

        Raises:
            WorkshopError: it ended, or did not answer within 90 seconds; the log's end is shown.
        """
        self._runtime.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._keep_quiet()
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "jupyterlab", f"--config={CONFIGURATION}",
                 f"--ServerApp.root_dir={self._root}"],
                env=self._environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                cwd=PROJECT,
            )  # fmt: skip
        server = self._wait_for_server(self._process)
        return f"{server['url']}lab/tree/{self._first_page}?token={server['token']}"

    def wait(self) -> int:
        """Wait until JupyterLab ends and return its exit status."""
        if self._process is None:
            raise WorkshopError("JupyterLab was not started.", "Call start() first.")
        return self._process.wait()

    def stop(self) -> None:
        """End JupyterLab and its kernels."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _keep_quiet(self) -> None:
        for name, settings in NO_NEWS.items():
            file = self._folder / "settings" / name
            if not file.exists():
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(json.dumps(settings), encoding="utf-8")

    def _environment(self) -> Mapping[str, str]:
        return {
            **os.environ,
            "JUPYTER_RUNTIME_DIR": str(self._runtime),
            "JUPYTERLAB_SETTINGS_DIR": str(self._folder / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(self._folder / "workspaces"),
        }

    def _wait_for_server(self, process: subprocess.Popen[bytes]) -> Mapping[str, str]:
        server_file = self._runtime / f"jpserver-{process.pid}.json"
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            if server_file.exists() and (text := server_file.read_text(encoding="utf-8")):
                server: Mapping[str, str] = json.loads(text)
                return server
            time.sleep(0.1)
        self.stop()
        tail = self.log.read_text(encoding="utf-8", errors="replace")[-1500:]
        raise WorkshopError(
            f"JupyterLab did not start. Its log ends with:\n{tail}",
            f"The whole log is in {self.log}.",
        )


def has_display() -> bool:
    """Tell whether opening a browser makes sense here."""
    if sys.platform.startswith("linux"):
        return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    return True


def open_browser(address: str) -> bool:
    """Open the address in the user's browser; tell whether that worked."""
    return has_display() and webbrowser.open(address)
