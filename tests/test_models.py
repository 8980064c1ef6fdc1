"""The recogniser's weights: found, fetched, checked; over real HTTP from a server of our own."""

from __future__ import annotations

import hashlib
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from workshop_lib.errors import ModelUnavailableError
from workshop_lib.models import (
    MODEL_FILE,
    YOLOX_NANO,
    PinnedModel,
    fetch_model,
    find_model,
)

CONTENT = os.urandom(700_000)
Answer = Callable[[BaseHTTPRequestHandler], None]
Serve = Callable[[Answer], PinnedModel]


def pin(address: str) -> PinnedModel:
    return PinnedModel(address, len(CONTENT), hashlib.sha256(CONTENT).hexdigest())


def send(request: BaseHTTPRequestHandler, body: bytes, length: int | None = None) -> None:
    request.send_response(200)
    request.send_header("Content-Length", str(len(body) if length is None else length))
    request.end_headers()
    request.wfile.write(body)


@pytest.fixture
def serve() -> Iterator[Serve]:
    servers: list[ThreadingHTTPServer] = []

    def start(answer: Answer) -> PinnedModel:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                answer(self)

            def log_message(self, format: str, *args: object) -> None:
                """The test's output stays readable."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        return pin(f"http://127.0.0.1:{server.server_port}/model/yolox_nano.onnx")

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def files_in(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "models").glob("*"))


def test_fetch_downloads(serve: Serve, home: Path) -> None:
    """The right bytes are kept in the home, where find_model then finds them."""
    pinned = serve(lambda request: send(request, CONTENT))
    fetched = fetch_model(home, pinned=pinned)
    assert fetched.read_bytes() == CONTENT
    assert home / "models" / MODEL_FILE == fetched
    assert fetched == find_model(None, home, pinned=pinned)


def test_fetch_tells_its_progress(serve: Serve, home: Path) -> None:
    """Progress is told in bytes, up to the whole."""
    seen: list[tuple[int, int]] = []
    pinned = serve(lambda request: send(request, CONTENT))
    fetch_model(home, progress=lambda done, total: seen.append((done, total)), pinned=pinned)
    assert (len(CONTENT), len(CONTENT)) == seen[-1]
    assert sorted(seen) == seen


def test_fetch_twice_is_once(serve: Serve, home: Path) -> None:
    """Weights that are there and right are not asked for again."""
    asked: list[str] = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        asked.append(request.path)
        send(request, CONTENT)

    pinned = serve(answer)
    fetch_model(home, pinned=pinned)
    fetch_model(home, pinned=pinned)
    assert ["/model/yolox_nano.onnx"] == asked


def test_fetch_replaces_damaged_weights(serve: Serve, home: Path) -> None:
    """Weights in the home that are not the pinned ones are fetched anew."""
    pinned = serve(lambda request: send(request, CONTENT))
    (home / "models").mkdir(parents=True)
    (home / "models" / MODEL_FILE).write_bytes(b"half a model")
    assert fetch_model(home, pinned=pinned).read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (bytes(len(CONTENT)), "SHA-256"),
        (CONTENT[:-1], f"{len(CONTENT) - 1} bytes instead of {len(CONTENT)}"),
        (CONTENT + b"more", f"more than {len(CONTENT)} bytes"),
        (b"", "0 bytes instead of"),
    ],
    ids=["other bytes", "too short", "too long", "empty"],
)
def test_fetch_refuses_other_bytes(serve: Serve, home: Path, body: bytes, told: str) -> None:
    """Bytes that are not the pinned ones are refused, the reason is told, nothing is kept."""
    pinned = serve(lambda request: send(request, body))
    with pytest.raises(ModelUnavailableError, match=told) as refused:
        fetch_model(home, pinned=pinned)
    assert "workshop model fetch --from PATH" in refused.value.next_step
    assert [] == files_in(home)


def test_fetch_says_404(serve: Serve, home: Path) -> None:
    """A missing file is told with its status and its address."""
    pinned = serve(lambda request: request.send_error(404))
    with pytest.raises(ModelUnavailableError, match="it answered 404") as refused:
        fetch_model(home, pinned=pinned)
    assert pinned.address in refused.value.what
    assert [] == files_in(home)


def test_fetch_notices_a_broken_connection(serve: Serve, home: Path) -> None:
    """A connection that ends before the announced length is an error, not a short file."""
    pinned = serve(lambda request: send(request, CONTENT[:1000], len(CONTENT)))
    with pytest.raises(ModelUnavailableError, match="cannot be fetched"):
        fetch_model(home, pinned=pinned)
    assert [] == files_in(home)


def test_fetch_gives_up_on_a_slow_server(serve: Serve, home: Path) -> None:
    """A server that sends byte after byte is left when the time is over."""
    over = threading.Event()

    def drip(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        while not over.is_set():
            request.wfile.write(bytes(300_000))
            time.sleep(0.2)

    pinned = serve(drip)
    try:
        with pytest.raises(ModelUnavailableError, match="it is too slow"):
            fetch_model(home, pinned=pinned, seconds_at_most=0.1)
    finally:
        over.set()
    assert [] == files_in(home)


def test_fetch_without_a_network(home: Path) -> None:
    """Where nobody listens, the error says so and says how to go on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        pinned = pin(f"http://127.0.0.1:{taken.getsockname()[1]}/x")
        with pytest.raises(ModelUnavailableError, match="cannot be fetched") as refused:
            fetch_model(home, pinned=pinned)
    assert "another machine" in refused.value.next_step


@pytest.mark.parametrize("named", ["file", "folder"])
def test_fetch_from_a_path(tmp_path: Path, home: Path, named: str) -> None:
    """A file, or the folder that it is in, is copied with the same checks."""
    (tmp_path / MODEL_FILE).write_bytes(CONTENT)
    source = tmp_path / MODEL_FILE if named == "file" else tmp_path
    assert fetch_model(home, source, pinned=pin("unused")).read_bytes() == CONTENT


def test_fetch_from_a_path_checks(tmp_path: Path, home: Path) -> None:
    """A wrong file is refused with its own name in the message."""
    (tmp_path / "cat.onnx").write_bytes(b"cat")
    with pytest.raises(ModelUnavailableError, match=r"cat\.onnx is not the recogniser's"):
        fetch_model(home, tmp_path / "cat.onnx", pinned=pin("unused"))
    assert [] == files_in(home)


def test_fetch_from_a_path_that_is_not_there(tmp_path: Path, home: Path) -> None:
    """A path without weights is told, with what to name instead."""
    with pytest.raises(ModelUnavailableError, match="There are no weights at") as refused:
        fetch_model(home, tmp_path / "nowhere", pinned=pin("unused"))
    assert MODEL_FILE in refused.value.next_step
    assert [] == files_in(home)


def test_find_prefers_the_folder_that_was_named(tmp_path: Path, home: Path) -> None:
    """WORKSHOP_MODEL's folder comes before the home."""
    fetched = tmp_path / "named"
    for folder in (fetched, home / "models"):
        folder.mkdir(parents=True)
        (folder / MODEL_FILE).write_bytes(CONTENT)
    assert fetched / MODEL_FILE == find_model(fetched, home, pinned=pin("unused"))


def test_find_finds_nothing(tmp_path: Path, home: Path) -> None:
    """Without weights anywhere the answer is None."""
    assert find_model(tmp_path, home) is None


def test_find_refuses_wrong_weights(home: Path) -> None:
    """Weights that are not the pinned ones are an error that can be seen, not a None."""
    (home / "models").mkdir(parents=True)
    (home / "models" / MODEL_FILE).write_bytes(bytes(YOLOX_NANO.size))
    with pytest.raises(ModelUnavailableError, match="SHA-256"):
        find_model(None, home)


@pytest.mark.model
def test_the_pinned_model_is_the_one_at_hand(home: Path) -> None:
    """Size and SHA-256 in the code are those of the weights that the tests use."""
    folder = Path(os.environ.get("WORKSHOP_MODEL") or Path(__file__).parents[2] / "shared/models")
    if not (folder / MODEL_FILE).is_file():
        pytest.skip(f"no weights in {folder}; name a folder that has them in WORKSHOP_MODEL")
    assert fetch_model(home, folder) == find_model(None, home)
