"""`workshop slides serve`: the decks on this machine, until Ctrl-C."""

import re
import signal
import subprocess
import sys

import httpx
import pytest

from workshop_lib.errors import WorkshopError
from workshop_lib.slides.servers import open_server


def test_serve_presents_on_loopback_until_ctrl_c():
    """The command prints an address of this machine where the decks are; Ctrl-C ends it."""
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "workshop_lib", "slides", "serve", "--no-browser"],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    found = (re.search(r"http://127\.0\.0\.1:\d+/", line) for line in process.stdout)
    address = next(match[0] for match in found if match)
    answer = httpx.get(address, trust_env=False)
    assert "Presenting" in answer.text
    assert httpx.get(f"{address}01_s3_iam_image_bucket.html", trust_env=False).is_success
    assert 404 == httpx.get(f"{address}../pyproject.toml", trust_env=False).status_code
    process.send_signal(signal.SIGINT)
    assert "The slides are closed." in process.communicate(timeout=60)[0]
    assert 0 == process.returncode


def test_a_port_that_is_taken_is_told(tmp_path):
    """Where the port is taken, the error says which and what to do."""
    with open_server(tmp_path) as first, pytest.raises(WorkshopError, match="cannot be used"):
        open_server(tmp_path, first.server_port)
