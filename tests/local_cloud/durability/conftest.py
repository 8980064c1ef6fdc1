"""Clouds that are killed and started again, each in a home of its own."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from workshop_lib.local_cloud import launcher
from workshop_lib.local_cloud.launcher import RunningCloud


class Home:
    """A home whose cloud comes and goes."""

    def __init__(self, folder: Path, clients_of: Callable[[RunningCloud], Callable[..., Any]]):
        self.folder = folder
        self.state = folder / "state"
        self._clients_of = clients_of

    def start(self) -> RunningCloud:
        return launcher.ensure_running(self.folder)

    def clients(self) -> Callable[..., Any]:
        return self._clients_of(self.start())

    def kill(self) -> None:
        """End the cloud as nothing else does: without any chance to write."""
        os.kill(self.start().pid, signal.SIGKILL)

    def stop(self) -> None:
        launcher.stop(self.folder)

    def recover(self) -> dict[str, Any]:
        """Start the cloud and return what it found."""
        self.start()
        found = launcher.wait_for_recovery(self.folder)
        assert found is not None
        return found


@pytest.fixture
def home(tmp_path: Path, clients_of: Any) -> Iterator[Home]:
    """An empty home."""
    yield from open_home(tmp_path, clients_of)


def open_home(folder: Path, clients_of: Any) -> Iterator[Home]:
    """Give a home, and look at its end whether all of it could be kept."""
    made = Home(folder / "cloud", clients_of)
    yield made
    made.stop()
    assert "The snapshot failed" not in (made.folder / "cloud.log").read_text()
