"""What the decks add to Sphinx."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from workshop_lib.design import size_variables
from workshop_lib.slides import (
    blocks,
    code_blocks,
    figure_blocks,
    pictures,
    slide_nodes,
    timing,
)
from workshop_lib.slides.colours import theme_colours
from workshop_lib.slides.deck_files import DeckFiles
from workshop_lib.slides.outlines import lay_out
from workshop_lib.slides.writers import SlideTranslator

THEME = Path(__file__).with_name("theme")

DIRECTIVES = {
    "architecture": pictures.ArchitectureDrawing,
    "aside": blocks.Aside,
    "code": code_blocks.Code,
    "columns": blocks.Columns,
    "drawing": pictures.Drawing,
    "figures": figure_blocks.FigureTable,
    "notes": timing.Notes,
    "plan": timing.Plan,
    "prices": figure_blocks.PriceTable,
    "service": blocks.Service,
    "sources": blocks.Sources,
    "statement": blocks.Statement,
    "then-and-now": blocks.ThenAndNow,
}
ROLES = {
    "figure": figure_blocks.FigureRole(figure_blocks.figure_now),
    "minutes": timing.MinutesRole(),
    "price": figure_blocks.FigureRole(figure_blocks.price_now),
    "then": figure_blocks.FigureRole(figure_blocks.figure_then),
}
# Laid out after Sphinx's own collectors have read titles and links.
LAST = 900


def setup(app: Sphinx) -> dict[str, Any]:
    """Register blocks, roles, nodes, the theme and the pages; Sphinx calls it."""
    for name, directive in DIRECTIVES.items():
        app.add_directive(name, directive, override=True)
    for name, role in ROLES.items():
        app.add_role(name, role)
    for kind in (slide_nodes.slide, slide_nodes.notes, slide_nodes.service, slide_nodes.sources):
        app.add_node(kind)
    app.set_translator("revealjs", SlideTranslator)
    app.add_html_theme("workshop", str(THEME))
    app.connect("doctree-read", lay_out, priority=LAST)
    app.connect("html-page-context", _add_context)
    app.connect("html-collect-pages", _index_page)
    return {"parallel_read_safe": False}


def _add_context(
    app: Sphinx, page: str, _template: str, context: dict[str, Any], _doctree: object
) -> None:
    context["colours"] = theme_colours()
    context["sizes"] = size_variables()
    context["outline"] = app.env.metadata.get(page, {}).get("outline")


def _index_page(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    metadata = app.env.metadata
    stems = DeckFiles(Path(app.srcdir)).stems()
    decks = [metadata[stem]["outline"] for stem in stems if "outline" in metadata[stem]]
    yield "index", {"decks": decks, "minutes": sum(deck.minutes for deck in decks)}, "index.html"
