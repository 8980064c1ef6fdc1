"""A real Chromium, a JupyterLab to drive with it, and a small cloud that speaks the API's contract.

Tests that need JupyterLab share one; each opens a notebook of its own in it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

import nbformat
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from workshop_lib.local_cloud import launcher

PROJECT = Path(__file__).parents[2]
DASHBOARD = PROJECT / "workshop_lib" / "dashboard"
# A machine may have much else to do.
START_MILLISECONDS = 180_000
CELL_MILLISECONDS = 60_000
KERNEL = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}


@dataclass(frozen=True)
class Lab:
    """A `workshop lab` that runs, without a display, in a home of its own.

    ``first_page`` is the address that it printed, token included; ``notebooks`` its copies.
    """

    process: subprocess.Popen[str]
    home: Path
    first_page: str
    notebooks: Path

    def address(self, file: Path) -> str:
        """Return the address of a file of the project, opened alone."""
        server, token = re.fullmatch(r"(http://[^/]+/)\S+(\?token=\w+)", self.first_page).groups()
        return f"{server}doc/tree/{file.relative_to(PROJECT)}{token}"


StartLab = Callable[[Path], Lab]


@pytest.fixture(scope="session")
def start_lab(weights: dict[str, str]) -> Iterator[StartLab]:
    """Return a function that starts `workshop lab` in a home; it is ended with the tests."""
    started: list[Lab] = []

    def start(home: Path) -> Lab:
        copies = PROJECT / "build" / "browser-notebooks" / uuid.uuid4().hex
        variables = {
            "WORKSHOP_HOME": str(home), "WORKSHOP_ATTENDEE": "test", "DISPLAY": "",
            "WORKSHOP_NOTEBOOKS": str(copies),
        }  # fmt: skip
        process = subprocess.Popen(
            [sys.executable, "-u", "-m", "workshop_lib", "lab"],
            env=os.environ | weights | variables, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        found = (re.search(r"http://\S+token=\w+", line) for line in process.stdout)
        address = next((match[0] for match in found if match), None)
        assert address is not None, "workshop lab printed no address"
        started.append(Lab(process, home, address, copies))
        return started[-1]

    yield start
    for lab in started:
        if lab.process.poll() is None:
            lab.process.send_signal(signal.SIGINT)
            lab.process.wait(timeout=120)
        launcher.stop(lab.home / "cloud")
        shutil.rmtree(lab.notebooks, ignore_errors=True)


@pytest.fixture(scope="session")
def shared_lab(start_lab: StartLab, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """The JupyterLab that tests share."""
    return start_lab(tmp_path_factory.mktemp("lab") / "home")


@dataclass(frozen=True)
class OpenNotebook:
    """A notebook that is open in JupyterLab, its kernel ready."""

    page: Page

    def cell(self, place: int) -> Locator:
        """Return a cell, from 0."""
        return self.page.locator(".jp-Notebook .jp-Cell").nth(place)

    def output(self, place: int) -> Locator:
        """Return what a cell has shown."""
        return self.cell(place).locator(".jp-OutputArea")

    def run_all(self) -> None:
        """Run all cells and wait until the last one is done."""
        self.choose_run("Run All Cells")
        never_run = self.page.locator(".jp-InputPrompt", has_text="[ ]")
        expect(never_run).to_have_count(0, timeout=CELL_MILLISECONDS)
        self.wait()

    def run(self, place: int, code: str | None = None) -> None:
        """Run a cell, with other code if given, and wait until it is done."""
        self.start(place, code)
        self.wait()

    def start(self, place: int, code: str | None = None) -> None:
        """Run a cell, with other code if given, and do not wait for it."""
        editor = self.cell(place).locator(".cm-content")
        editor.click()
        if code is not None:
            editor.fill(code)
        self.page.keyboard.press("Control+Enter")

    def choose_run(self, entry: str) -> None:
        """Choose an entry of the menu Run."""
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.get_by_text(entry, exact=True).click()

    def wear(self, theme: str) -> None:
        """Have JupyterLab wear its theme of this name, such as ``Dark``."""
        self.page.get_by_role("menuitem", name="Settings", exact=True).click()
        self.page.get_by_text("Theme", exact=True).hover()
        self.page.get_by_text(f"JupyterLab {theme}", exact=True).click()
        is_light = "false" if theme == "Dark" else "true"
        expect(self.page.locator("body")).to_have_attribute("data-jp-theme-light", is_light)

    def restart_kernel(self) -> None:
        """Restart the kernel as the menu does."""
        self.page.get_by_role("menuitem", name="Kernel", exact=True).click()
        self.page.get_by_text("Restart Kernel…", exact=True).click()
        self.page.get_by_role("button", name="Confirm Kernel Restart").click()
        self._wait_for_kernel()

    def wait(self) -> None:
        """Wait until no cell runs or waits to run."""
        busy = self.page.locator(".jp-InputPrompt", has_text="[*]")
        expect(busy).to_have_count(0, timeout=CELL_MILLISECONDS)

    def _wait_for_kernel(self) -> None:
        idle = self.page.get_by_text("Python 3 (ipykernel) | Idle")
        expect(idle).to_be_visible(timeout=START_MILLISECONDS)


@pytest.fixture(scope="module")
def open_notebook(chromium: Browser, shared_lab: Lab) -> Iterator[Callable[..., OpenNotebook]]:
    """Return a function that opens a notebook of these code cells in the shared JupyterLab."""
    folder = PROJECT / "build" / "browser-notebooks"
    folder.mkdir(parents=True, exist_ok=True)
    pages: list[Page] = []
    files: list[Path] = []

    def open_cells(*cells: str, **context: Any) -> OpenNotebook:
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(cell) for cell in cells],
            metadata={"kernelspec": KERNEL},
        )
        files.append(folder / f"{uuid.uuid4().hex}.ipynb")
        nbformat.write(notebook, files[-1])
        page = chromium.new_page(viewport={"width": 1200, "height": 1000}, **context)
        pages.append(page)
        page.goto(shared_lab.address(files[-1]))
        opened = OpenNotebook(page)
        opened._wait_for_kernel()
        return opened

    yield open_cells
    for page in pages:
        page.context.close()
    for file in files:
        file.unlink(missing_ok=True)


@pytest.fixture(scope="session")
def lesson_cell(application: Any) -> str:
    """A cell that opens lesson 8 of the application that all tests share; `home` is its home."""
    home = os.environ["WORKSHOP_HOME"]  # the application's, while it stands
    return (
        f'import os; home = os.environ["WORKSHOP_HOME"] = {home!r}\n'
        "from workshop_lib import open_lesson; lesson = open_lesson(8)"
    )


@dataclass
class ContractCloud:
    """What the API and the buckets hold, and how they misbehave when a test says so.

    The website is one origin, API and buckets are another, so the browser's CORS is at work.
    """

    website: str = ""
    services: str = ""
    config: str | None = None
    allow_api: bool = True
    allow_uploads: bool = True
    refuse_upload: tuple[int, str] | None = None
    results_status: int = 200
    page_size: int = 24
    pictures: dict[str, bytes] = field(default_factory=dict)
    thumbnails: dict[str, bytes] = field(default_factory=dict)
    items: list[dict[str, Any]] = field(default_factory=list)

    def recognise(self, key: str, **result: Any) -> dict[str, Any]:
        """Save a result for the picture under this key, newer than all before it."""
        item = {
            "id": f"{key}#{len(self.items):04}",
            "collection": "pictures",
            "name": key,
            "status": "ok",
            "result": "cat",
            "confidence": 0.94,
            "labels": [{"name": "cat", "confidence": 0.94, "box": [0.2, 0.1, 0.5, 0.7]}],
            "recogniser": "YOLOX-nano",
            "timestamp": f"2026-11-23T12:{len(self.items) // 60:02}:{len(self.items) % 60:02}Z",
            "picture_url": f"{self.services}/images/{quote(key)}?X-Amz-Signature=abc",
        } | result
        self.items.insert(0, item)
        return item

    def key_of(self, name: str) -> str:
        """Return the key under which an uploaded picture of this name lies."""
        return next(key for key in self.pictures if key.endswith(name))


@pytest.fixture
def cloud() -> Iterator[ContractCloud]:
    """A fresh cloud on two loopback ports."""
    state = ContractCloud()
    servers = [_serve(_Website, state), _serve(_Services, state)]
    state.website = f"http://localhost:{servers[0].server_address[1]}"
    state.services = f"http://127.0.0.1:{servers[1].server_address[1]}"
    routes = {name: f"{state.services}/dev/{name}" for name in ("upload", "results")}
    state.config = json.dumps({"api": routes, "thumbnails": f"{state.services}/thumbnails"})
    yield state
    for server in servers:
        server.shutdown()
        server.server_close()


def _serve(handler: type[_Handler], state: ContractCloud) -> ThreadingHTTPServer:
    handler = type(handler.__name__, (handler,), {"cloud": state})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return server


class _Handler(BaseHTTPRequestHandler):
    cloud: ContractCloud

    def log_message(self, *_: Any) -> None:
        """Say nothing: the tests look at the page."""

    def answer(
        self, status: int, body: bytes = b"", kind: str = "text/plain", allowed: bool = False
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if allowed:
            self.send_header("Access-Control-Allow-Origin", self.cloud.website)
            self.send_header("Access-Control-Allow-Methods", "PUT")
            self.send_header("Access-Control-Allow-Headers", "content-type")
        self.end_headers()
        self.wfile.write(body)

    def answer_json(self, status: int, body: Any) -> None:
        self.answer(status, json.dumps(body).encode(), "application/json", self.cloud.allow_api)


class _Website(_Handler):
    """The website's bucket: the dashboard's files and config.json."""

    def do_GET(self) -> None:
        name = urlsplit(self.path).path.lstrip("/") or "index.html"
        file = DASHBOARD / name
        if name == "config.json" and self.cloud.config is not None:
            self.answer(200, self.cloud.config.encode(), "application/json")
        elif file.is_file():
            kind = guess_type(name)[0] or "application/octet-stream"
            self.answer(200, file.read_bytes(), kind)
        else:
            self.answer(404, (DASHBOARD / "error.html").read_bytes(), "text/html")


class _Services(_Handler):
    """The API's two routes, the bucket of the pictures, the bucket of the thumbnails."""

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        _, area, key = path.split("/", 2)
        if path == "/dev/upload":
            self.answer_ticket(query.get("filename", ""))
        elif path == "/dev/results":
            self.answer_results(query)
        else:
            held = self.cloud.pictures if area == "images" else self.cloud.thumbnails
            found = held.get(key)
            self.answer(200 if found else 403, found or b"<Code>AccessDenied</Code>", "image/png")

    def answer_ticket(self, filename: str) -> None:
        if self.cloud.refuse_upload is not None:
            status, reason = self.cloud.refuse_upload
            self.answer_json(status, {"error": reason})
            return
        key = f"uploads/{len(self.cloud.pictures):04}/{filename}"
        url = f"{self.cloud.services}/images/{quote(key)}?X-Amz-Signature=abc"
        ticket = {"url": url, "method": "PUT", "key": key, "expires_in": 300}
        self.answer_json(200, ticket | {"headers": {"Content-Type": _picture_type(filename)}})

    def answer_results(self, query: dict[str, str]) -> None:
        if self.cloud.results_status != 200:
            self.answer_json(self.cloud.results_status, {"message": "Internal server error"})
            return
        start = int(query.get("next", "0"))
        page = self.cloud.items[start : start + self.cloud.page_size]
        end = start + len(page)
        after = str(end) if end < len(self.cloud.items) else None
        self.answer_json(200, {"items": page, "next": after})

    def do_OPTIONS(self) -> None:
        allowed = self.cloud.allow_uploads
        self.answer(200 if allowed else 403, allowed=allowed)

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        key = unquote(urlsplit(self.path).path).split("/", 2)[2]
        # A presigned URL holds only with the headers that were signed.
        if self.headers["Content-Type"] == _picture_type(key):
            self.cloud.pictures[key] = body
            self.answer(200, allowed=self.cloud.allow_uploads)
        else:
            denial = b"<Error><Code>SignatureDoesNotMatch</Code><Message>No.</Message></Error>"
            self.answer(403, denial, "application/xml", self.cloud.allow_uploads)


def _picture_type(name: str) -> str:
    return guess_type(name)[0] or "image/png"
