"""Any Jupyter server of the environment: the cloud runs, the slides are behind its own door."""

import logging
import os
import socket
import subprocess
import sys
import time

import httpx
import pytest

from workshop_lib.jupyter_extension.cloud_starts import start_cloud
from workshop_lib.local_cloud import launcher

TOKEN = "let-me-in"
PATIENCE = 120  # seconds


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def wait_for(found):
    deadline = time.monotonic() + PATIENCE
    while not (answer := found()):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    return answer


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    made = tmp_path_factory.mktemp("jupyter") / "home"
    yield made
    launcher.stop(made / "cloud")


@pytest.fixture(scope="module")
def server(home):
    """A Jupyter server that nobody told of the workshop, at an address of its own."""
    port = free_port()
    address = f"http://127.0.0.1:{port}/somewhere/"
    process = subprocess.Popen(
        [sys.executable, "-m", "jupyter_server", f"--ServerApp.port={port}", "--no-browser",
         f"--IdentityProvider.token={TOKEN}", "--ServerApp.base_url=/somewhere/", "--allow-root"],
        env=os.environ | {"WORKSHOP_HOME": str(home), "WORKSHOP_TARGET": "local"},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip

    def answers():
        try:
            return httpx.get(f"{address}api", trust_env=False).is_success
        except httpx.TransportError:
            return False

    wait_for(answers)
    yield address
    process.terminate()
    process.wait(timeout=60)


@pytest.mark.usefixtures("server")
def test_a_server_started_by_someone_else_starts_the_local_cloud(home):
    """After the server has started, the local cloud runs."""
    running = wait_for(lambda: launcher.status(home / "cloud"))
    assert httpx.get(running.endpoint_url, trust_env=False).status_code > 0


def test_the_slides_are_built_on_first_use_and_served_to_who_is_let_in(server):
    """With the server's token the decks are there; without it there is only the login."""
    address = f"{server}workshop/slides/index.html"
    stranger = httpx.get(address, trust_env=False)
    assert 302 == stranger.status_code
    assert "login" in stranger.headers["location"]

    with httpx.Client(headers={"Authorization": f"token {TOKEN}"}, trust_env=False) as guest:
        wait_for(lambda: "Presenting" in guest.get(address, timeout=30).text)
        assert guest.get(f"{server}workshop/slides/_static/deck.js").is_success
        assert 302 == guest.get(f"{server}workshop/slides/").status_code
        assert 404 == guest.get(f"{server}workshop/slides/nothing.html").status_code
        assert guest.get(f"{server}workshop/slides/..%2f..%2fpyproject.toml").is_error


def test_a_cloud_that_cannot_start_is_a_line_in_the_log(monkeypatch, tmp_path, caplog):
    """Where the local cloud cannot start, the server goes on and its log says why."""
    monkeypatch.setenv("WORKSHOP_HOME", str(tmp_path / "home"))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setenv("WORKSHOP_PORT", str(taken.getsockname()[1]))
        with caplog.at_level(logging.INFO):
            start_cloud(logging.getLogger("jupyter")).join(PATIENCE)
    assert ["WARNING"] == [record.levelname for record in caplog.records]
    assert "was not started" in caplog.text
    assert "WORKSHOP_PORT" in caplog.text


def test_with_aws_there_is_no_local_cloud_to_start(monkeypatch, tmp_path, caplog):
    """Where the target is AWS, nothing is started and nothing is said."""
    monkeypatch.setenv("WORKSHOP_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("WORKSHOP_TARGET", "aws")
    start_cloud(logging.getLogger("jupyter")).join(PATIENCE)
    assert [] == caplog.records
    assert not (tmp_path / "home" / "cloud").exists()
