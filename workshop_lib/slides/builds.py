"""Building the decks: Sphinx reads the Markdown, sphinx-revealjs carries reveal.js."""

from __future__ import annotations

import io
import os
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

from workshop_lib.errors import WorkshopError
from workshop_lib.locks import hold_lock
from workshop_lib.places import SLIDES
from workshop_lib.slides.deck_files import ALL_STEMS, DeckFiles
from workshop_lib.slides.places import DECKS, STAMP
from workshop_lib.slides.sphinx_extension import THEME

# Of all that comes with reveal.js, what our pages load.
KEPT = (
    "LICENSE", "dist/reset.css", "dist/reveal.css", "dist/reveal.js", "plugin/notes/notes.js",
)  # fmt: skip


@dataclass(frozen=True)
class BuiltDecks:
    """The decks' pages in the day's order, and what is wrong with their sources.

    `mistakes` has a line for each, "slides/01_….md:12: what is wrong"; empty when all is well.
    """

    pages: Sequence[Path]
    mistakes: str

    def require_no_mistake(self) -> None:
        """Check that the sources are right.

        Raises:
            WorkshopError: they are not; every mistake is told with its line.
        """
        if self.mistakes:
            raise WorkshopError(
                f"The slides have mistakes:\n{self.mistakes}",
                "Mend them, slides/README.md says how; the pages are built as far as they go.",
            )


def build_decks(
    source: Path = SLIDES, folder: Path = DECKS, say: Callable[[str], None] = lambda _: None
) -> BuiltDecks:
    """Build every deck of a folder, and the page that lists them.

    A deck with a mistake is built as far as it goes: whoever presents tomorrow has it today.

    Args:
        source: the folder with the Markdown.
        folder: where the pages go; decks that stood there are replaced.
        say: is told each deck's stem as it is read.

    Raises:
        WorkshopError: there is no deck, or one whose head cannot be read.
    """
    decks = DeckFiles(source)
    if not decks.stems():
        raise WorkshopError(f"There is no deck in {source}.", f"One is called {ALL_STEMS[0]}.md.")
    for stem in decks.stems():
        decks.minutes(stem)  # a head that cannot be read is told before anything is built
    # JupyterLab may build the slides just when a command does.
    with hold_lock(folder.with_suffix(".lock"), "Another program builds the slides."):
        mistakes = _run_sphinx(decks, folder, say)
    pages = [folder / f"{stem}.html" for stem in decks.stems()]
    return BuiltDecks(pages, _told(mistakes, decks.folder))


def _run_sphinx(decks: DeckFiles, folder: Path, say: Callable[[str], None]) -> str:
    """Build everything anew and return what Sphinx had to say against it."""
    mistakes = io.StringIO()
    began = time.time()
    (folder / STAMP).unlink(missing_ok=True)
    with patch_docutils(), docutils_namespace():
        app = _application(decks, folder, mistakes)
        app.connect("source-read", lambda _app, stem, _text: say(stem))
        app.build(force_all=True)
    _leave_out_the_unused(folder / "_static" / "revealjs")
    (folder / STAMP).touch()
    os.utime(folder / STAMP, (began, began))
    return mistakes.getvalue()


def _told(said: str, folder: Path) -> str:
    """What Sphinx said, in short: "slides/01_….md:12: what is wrong"."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", said).strip()
    # MyST writes the suffix twice where it warns of a block that it does not know.
    plain = plain.replace(f"{folder}{os.sep}", f"{folder.name}{os.sep}").replace(".md.md:", ".md:")
    return re.sub(r": (WARNING|ERROR): ", ": ", plain)


def _application(decks: DeckFiles, folder: Path, mistakes: io.StringIO) -> Sphinx:
    stems = decks.stems()
    settings: dict[str, Any] = {
        "project": "workshop",
        "extensions": ["myst_parser", "sphinx_revealjs", "workshop_lib.slides.sphinx_extension"],
        "include_patterns": [f"{stem}.md" for stem in stems],
        "root_doc": stems[0],
        "source_suffix": {".md": "markdown"},
        "myst_enable_extensions": ["colon_fence"],
        "revealjs_html_theme": "workshop",
        "revealjs_static_path": [str(THEME / "static")],
        "html_copy_source": False,
        "smartquotes": False,
    }
    return Sphinx(
        srcdir=decks.folder, confdir=None, outdir=folder, doctreedir=folder / ".doctrees",
        buildername="revealjs", confoverrides=settings, status=None, warning=mistakes,
        freshenv=True,
    )  # fmt: skip


def _leave_out_the_unused(reveal: Path) -> None:
    for file in sorted(reveal.rglob("*"), reverse=True):
        if file.is_dir():
            if not any(file.iterdir()):
                file.rmdir()
        elif file.relative_to(reveal).as_posix() not in KEPT:
            file.unlink()
