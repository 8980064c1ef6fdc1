"""How a deck's nodes become the HTML that reveal.js presents."""

from __future__ import annotations

from html import escape
from typing import Any

from docutils import nodes
from sphinx.writers.html5 import HTML5Translator

from workshop_lib.slides import slide_nodes


class SlideTranslator(HTML5Translator):
    """Sphinx's HTML with one `<section>` a slide; code is coloured when built, not in the page."""

    def visit_slide(self, node: slide_nodes.slide) -> None:
        """Begin a slide with the name of its section."""
        attributes = {
            "id": node["ids"][0],
            "class": f"{node['kind']}-slide service-{node['service']}",
            "data-timing": str(node["seconds"]),
        }
        told = " ".join(f'{name}="{escape(value)}"' for name, value in attributes.items())
        self.body.append(f"<section {told}>\n")
        for anchor in node["anchors"]:
            self.body.append(f'<span id="{escape(anchor)}"></span>')
        if node["kind"] == "content":
            self.body.append(f'<p class="section-name">{escape(node["section"])}</p>\n')

    def depart_slide(self, _: slide_nodes.slide) -> None:
        """End the slide."""
        self.body.append("</section>\n")

    def visit_title(self, node: nodes.title) -> None:
        """The slide's title: the deck's is the page's first heading."""
        level = "h1" if node.parent.get("kind") == "title" else "h2"
        self.body.append(f"<{level}>")
        self.context.append(f"</{level}>\n")

    def depart_title(self, _: nodes.title) -> None:
        """End the title."""
        self.body.append(self.context.pop())

    def visit_literal_block(self, node: nodes.literal_block) -> None:
        """Code, in a box that knows its longest line, so that the letters can be made to fit."""
        columns = max(map(len, node.astext().splitlines()), default=1)
        self.body.append(f'<div class="code-lines" style="--columns: {columns}">')
        try:
            super().visit_literal_block(node)
        finally:  # Sphinx writes the whole block and raises SkipNode
            self.body.append("</div>\n")

    def visit_notes(self, _: slide_nodes.notes) -> None:
        """Begin what only the speaker sees."""
        self.body.append('<aside class="notes">\n')

    def depart_notes(self, _: slide_nodes.notes) -> None:
        """End the notes."""
        self.body.append("</aside>\n")

    def visit_sources(self, _: slide_nodes.sources) -> None:
        """Begin the list of sources."""
        self.body.append('<div class="block sources">\n')

    def depart_sources(self, _: slide_nodes.sources) -> None:
        """End the list."""
        self.body.append("</div>\n")

    def visit_service(self, _: Any) -> None:
        """Show nothing: it has been taken up by the layout."""
        raise nodes.SkipNode
