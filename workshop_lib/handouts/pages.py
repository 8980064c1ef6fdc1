"""One executed notebook as a page: nbconvert with the workshop's own template."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
from markupsafe import Markup
from nbconvert.exporters import HTMLExporter
from traitlets.config import Config

from workshop_lib.design import load_tokens
from workshop_lib.handouts.links import Links
from workshop_lib.ui.views import shared_styles

TEMPLATES = Path(__file__).with_name("templates")
# Widgets come with a static form of themselves; scripts of others are never run.
SHOWN_TYPES = ["text/html", "image/svg+xml", "image/png", "image/jpeg", "text/plain"]


class LessonPages:
    """Makes the pages of lessons; one exporter for all, because making one takes its time."""

    def __init__(self) -> None:
        self._exporter: Any = HTMLExporter(
            config=Config({"NbConvertBase": {"display_data_priority": SHOWN_TYPES}}),
            extra_template_basedirs=[str(TEMPLATES)],
            template_name="workshop",
            exclude_anchor_links=True,
        )

    def make(self, notebook: Path, links: Links, **facts: Any) -> str:
        """Return the page of an executed notebook.

        Args:
            notebook: the file.
            links: where its links lead in the site.
            facts: what the template says around the cells: number, title, pages before and after.
        """
        content = nbformat.read(notebook, as_version=nbformat.NO_CONVERT)
        for cell in content.cells:
            if cell.cell_type == "markdown":
                cell.source = links.rewrite(cell.source)
        page, _ = self._exporter.from_notebook_node(content, {"facts": facts})
        return _share_styles(str(page))


def _share_styles(page: str) -> str:
    """Take the styles that every view brings along out of all but the page's head."""
    return page.replace(f"<style>{shared_styles()}</style>", "")


def site_styles() -> str:
    """Return the site's style sheet: the tokens, the views' styles and the page's own."""
    tokens = load_tokens()
    light, dark = tokens.colours("light"), tokens.colours("dark")
    colours = " ".join(f"--{name}: light-dark({light[name]}, {dark[name]});" for name in light)
    own = Path(__file__).with_name("handout.css").read_text(encoding="utf-8")
    return f":root {{ color-scheme: light dark; {colours} }}\n{shared_styles()}\n{own}"


def render(name: str, **values: Any) -> str:
    """Return a page of the site that is no notebook."""
    from jinja2 import Environment, FileSystemLoader

    environment = Environment(loader=FileSystemLoader(TEMPLATES / "workshop"), autoescape=True)
    return environment.get_template(name).render(
        {key: Markup(value) if key.endswith("_html") else value for key, value in values.items()}  # noqa: S704  our views escape
    )
