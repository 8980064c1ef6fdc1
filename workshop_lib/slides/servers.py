"""Serving the built decks on this machine, to nobody else."""

from __future__ import annotations

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from workshop_lib.errors import WorkshopError

LOOPBACK = "127.0.0.1"


class _Handler(SimpleHTTPRequestHandler):
    """Files of one folder; what is asked for is not told on the terminal."""

    extensions_map = SimpleHTTPRequestHandler.extensions_map | {".js": "text/javascript"}

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def end_headers(self) -> None:
        """Have the browser ask again: the decks may have been built anew."""
        self.send_header("Cache-Control", "no-cache")
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()


def open_server(folder: Path, port: int = 0) -> ThreadingHTTPServer:
    """Return a server of the folder on the loopback address; `serve_forever` makes it serve.

    Args:
        folder: what is served.
        port: 0 takes one that is free.

    Raises:
        WorkshopError: the port is taken.
    """
    try:
        return ThreadingHTTPServer((LOOPBACK, port), partial(_Handler, directory=str(folder)))
    except OSError as error:
        raise WorkshopError(
            f"Port {port} cannot be used: {error.strerror}.", "Leave --port out, or name another."
        ) from error
