"""`workshop lab` as a newcomer meets it: an address, a notebook that works, and an end."""

import signal

import httpx
import psutil
import pytest
from playwright.sync_api import expect

from workshop_lib.lessons import LESSONS
from workshop_lib.local_cloud import launcher

pytestmark = pytest.mark.browser
START = 180_000  # milliseconds; a machine may have much else to do


def test_the_first_notebook_opens_and_its_cells_run(shared_lab, chromium):
    """The printed address opens lesson 1; running its first cells shows the card; no news."""
    page = chromium.new_page(viewport={"width": 1400, "height": 1000})
    page.goto(shared_lab.first_page)
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


def test_ctrl_c_ends_jupyterlab_and_leaves_the_cloud(start_lab, tmp_path):
    """Ctrl-C ends JupyterLab and its kernels; what was built stays with the local cloud."""
    lab = start_lab(tmp_path / "home")
    children = psutil.Process(lab.process.pid).children(recursive=True)

    lab.process.send_signal(signal.SIGINT)
    lab.process.wait(timeout=120)

    with pytest.raises(httpx.ConnectError):
        httpx.get(lab.first_page, trust_env=False, timeout=30)
    cloud = launcher.status(lab.home / "cloud")
    assert cloud is not None
    left = [child.pid for child in children if child.is_running()]
    assert set(left) <= _family(cloud.pid)


def _family(pid):
    process = psutil.Process(pid)
    return {pid} | {child.pid for child in process.children(recursive=True)}
