"""`workshop lab` as a newcomer meets it: an address, a notebook that works, and an end."""

import os
import re
import signal
import subprocess
import sys

import httpx
import psutil
import pytest
from playwright.sync_api import expect

from workshop_lib.lessons import LESSONS
from workshop_lib.local_cloud import launcher

pytestmark = pytest.mark.browser
START = 180_000  # milliseconds; a machine may have much else to do


@pytest.fixture
def home(tmp_path):
    """An empty home whose cloud ends with the test."""
    yield tmp_path / "home"
    launcher.stop(tmp_path / "home" / "cloud")


@pytest.fixture
def lab(home, weights):
    """`workshop lab`, running without a display."""
    variables = {"WORKSHOP_HOME": str(home), "WORKSHOP_ATTENDEE": "test", "DISPLAY": ""}
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "workshop_lib", "lab"],
        env=os.environ | weights | variables, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    yield process
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=120)


def read_address(lab):
    for line in lab.stdout:
        if found := re.search(r"http://\S+token=\w+", line):
            return found[0]
    pytest.fail("workshop lab printed no address")


def test_the_first_notebook_opens_and_its_cells_run(lab, chromium):
    """The printed address opens lesson 1; running its first cells shows the card; no news."""
    page = chromium.new_page(viewport={"width": 1400, "height": 1000})
    page.goto(read_address(lab))
    cells = page.locator(".jp-Notebook .jp-CodeCell")
    expect(cells.first).to_be_visible(timeout=START)
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible(timeout=START)

    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()

    card = cells.nth(1).locator(".jp-OutputArea-output")
    expect(card).to_contain_text(LESSONS[0].title, timeout=START)
    expect(card.get_by_role("img").first).to_be_visible()
    expect(page.get_by_text("Jupyter news")).to_have_count(0)
    page.close()


def test_ctrl_c_ends_jupyterlab_and_leaves_the_cloud(lab, home):
    """Ctrl-C ends JupyterLab and its kernels; what was built stays with the local cloud."""
    address = read_address(lab)
    children = psutil.Process(lab.pid).children(recursive=True)

    lab.send_signal(signal.SIGINT)
    lab.wait(timeout=120)

    with pytest.raises(httpx.ConnectError):
        httpx.get(address, trust_env=False, timeout=30)
    cloud = launcher.status(home / "cloud")
    assert cloud is not None
    left = [child.pid for child in children if child.is_running()]
    assert set(left) <= _family(cloud.pid)


def _family(pid):
    process = psutil.Process(pid)
    return {pid} | {child.pid for child in process.children(recursive=True)}
