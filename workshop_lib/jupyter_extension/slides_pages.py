"""The slides under the Jupyter server's own address and authentication."""

from __future__ import annotations

import logging
from html import escape
from typing import Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from tornado import web

from workshop_lib.design import notebook_colours, size_variables
from workshop_lib.jupyter_extension.slides_builds import SlidesBuild
from workshop_lib.slides.places import DECKS, INDEX

PATH = "workshop/slides"

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>The workshop's slides</title>{refresh}
<style>:root {{ {sizes} }} {colours}
body {{ margin: 0; padding: var(--space-wide); background: var(--ground); color: var(--ink);
font: var(--text-body)/var(--line-height) var(--sans); }}
p {{ color: var(--quiet); }} pre {{ white-space: pre-wrap; }} a {{ color: var(--accent); }}</style>
</head><body class="deck"><h1>{title}</h1>{body}</body></html>"""


def slides_handlers(
    base_url: str, log: logging.Logger
) -> list[tuple[str, type[web.RequestHandler], dict[str, Any]]]:
    """Return what the server adds to its addresses."""
    address = url_path_join(base_url, PATH)
    options = {"path": str(DECKS), "default_filename": INDEX, "build": SlidesBuild(log)}
    return [(rf"{address}/(.*)", SlidesHandler, options)]


class SlidesHandler(JupyterHandler, web.StaticFileHandler):
    """A file of the built decks, for who is logged in; built first where they are not."""

    auth_resource = "contents"

    def initialize(self, path: str, default_filename: str, build: SlidesBuild) -> None:  # type: ignore[override]
        """Serve this folder once this build is ready."""
        web.StaticFileHandler.initialize(self, path, default_filename)
        self._build = build

    @web.authenticated
    @authorized
    async def get(self, path: str) -> None:  # type: ignore[override]
        """Answer with the file, or with how far the build is."""
        await self._answer(path, include_body=True)

    @web.authenticated
    @authorized
    async def head(self, path: str) -> None:  # type: ignore[override]
        """Answer as `get` does, without the body."""
        await self._answer(path, include_body=False)

    async def _answer(self, path: str, *, include_body: bool) -> None:
        if not path:
            self.redirect(url_path_join(self.base_url, PATH, INDEX))
        elif path.endswith(".html") and not self._build.is_ready():
            self._tell_of_the_build()
        else:
            await web.StaticFileHandler.get(self, path, include_body)

    def compute_etag(self) -> str | None:
        """Only a file has one."""
        return super().compute_etag() if getattr(self, "absolute_path", None) else None

    def set_extra_headers(self, path: str) -> None:
        """Have the browser ask again: the decks may have been built anew."""
        self.set_header("Cache-Control", "no-cache")

    def _tell_of_the_build(self) -> None:
        failure = self._build.forget_failure()
        if failure:
            title, refresh = "The slides could not be built", ""
            body = f'<pre>{escape(failure)}</pre><p><a href="">Try again</a></p>'
        else:
            title, refresh = "The slides are being built", '<meta http-equiv="refresh" content="1">'
            body = f"<p role='status'>{escape(self._build.said)} …</p>"
        self.set_status(500 if failure else 200)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.finish(
            _PAGE.format(
                title=title, refresh=refresh, body=body, sizes=size_variables(),
                colours=notebook_colours(".deck"),
            )
        )  # fmt: skip
