"""The block that shows code of the repository."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePath
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives

from workshop_lib.errors import WorkshopError
from workshop_lib.slides.blocks import Block
from workshop_lib.slides.excerpts import Cut, read_excerpt

LANGUAGES = {".py": "python", ".ipynb": "python", ".json": "json", ".js": "javascript"}


class Code(Block):
    """Code from a file of the repository."""

    has_content = False
    required_arguments = 1
    option_spec: ClassVar[Mapping[str, Callable[[str], object]]] = dict.fromkeys(
        ("function", "cell", "block", "from", "to", "strong"), directives.unchanged_required
    )

    def make(self) -> Sequence[nodes.Node]:
        """Make a literal block; the file is told under it."""
        path, given = self.arguments[0], self.options
        cut = Cut(
            given.get("function", ""), given.get("cell", ""), given.get("block", ""),
            given.get("from", ""), given.get("to", ""),
        )  # fmt: skip
        text = read_excerpt(path, cut)
        language = LANGUAGES.get(PurePath(path).suffix, "text")
        code = nodes.literal_block(text, text, language=language)
        if "strong" in given:
            code["highlight_args"] = {"hl_lines": _lines_with(text, given["strong"].split("|"))}
        box = nodes.container(classes=["block", "code"])
        box += code
        box += nodes.paragraph(path, path, classes=["origin"])
        return [box]


def _lines_with(text: str, wanted: Sequence[str]) -> list[int]:
    missing = [words for words in wanted if words.strip() not in text]
    if missing:
        raise WorkshopError(f"The code has no line with {missing[0].strip()!r}.", "See `:strong:`.")
    lines = enumerate(text.splitlines(), start=1)
    return [number for number, line in lines if any(words.strip() in line for words in wanted)]
