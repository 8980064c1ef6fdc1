"""Source code, as a learner reads it."""

from __future__ import annotations

from pathlib import Path

from markupsafe import Markup

from workshop_lib.ui.views import View, join, visible

MOST_CHARACTERS = 60_000
SUFFIXES = frozenset({".py", ".json", ".txt", ".toml", ".vtl", ".md", ".js", ".css", ".html"})


class SourceView(View):
    """A file, or the files of a folder, with their code coloured.

    Args:
        path: a file or a folder; of a folder the text files directly in it are shown.
    """

    def __init__(self, path: Path) -> None:
        files = sorted(path.iterdir()) if path.is_dir() else [path]
        self._files = [file for file in files if file.is_file() and file.suffix in SUFFIXES]

    def body(self) -> Markup:
        """The first file open, the others folded."""
        return join([self._file(file, first=place == 0) for place, file in enumerate(self._files)])

    def to_text(self) -> str:
        """The files one after the other, each under its name."""
        return "\n".join(f"# {visible(file.name)}\n{_read(file)}" for file in self._files)

    def _file(self, file: Path, *, first: bool) -> Markup:
        return Markup(
            '<details{}><summary><code>{}</code></summary><pre class="code">{}</pre></details>'
        ).format(Markup(" open") if first else "", visible(file.name), _highlight(file))


def _read(file: Path) -> str:
    text = file.read_text(encoding="utf-8", errors="replace")
    return visible(text[:MOST_CHARACTERS])


def highlight_python(source: str) -> Markup:
    """Python code, escaped and coloured."""
    from pygments import highlight  # type: ignore[import-untyped]
    from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]
    from pygments.lexers.python import PythonLexer  # type: ignore[import-untyped]

    # Pygments escapes what it colours.
    return Markup(highlight(source, PythonLexer(), HtmlFormatter(nowrap=True)))  # noqa: S704


def _highlight(file: Path) -> Markup:
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import get_lexer_for_filename  # type: ignore[import-untyped]
    from pygments.util import ClassNotFound  # type: ignore[import-untyped]

    try:
        lexer = get_lexer_for_filename(file.name)
    except ClassNotFound:
        return Markup("{}").format(_read(file))
    # Pygments escapes what it colours.
    return Markup(highlight(_read(file), lexer, HtmlFormatter(nowrap=True)))  # noqa: S704
