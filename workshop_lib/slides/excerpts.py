"""Code for a slide, cut from the repository's own files by name, so that it cannot drift."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

from workshop_lib.errors import WorkshopError
from workshop_lib.places import PROJECT

_BLOCK = re.compile(r"^# %% ?(?P<name>\S*)", re.MULTILINE)


@dataclass(frozen=True)
class Cut:
    """Which part of a file is meant; what is not given does not cut.

    Args:
        function: a function or class of a Python file, without its docstring.
        cell: text of one code cell of a notebook.
        block: a named block of a percent-format file.
        start: text of the first line.
        end: text of the last line; the first that has it after the first line.
    """

    function: str = ""
    cell: str = ""
    block: str = ""
    start: str = ""
    end: str = ""


def read_excerpt(path: str, cut: Cut) -> str:
    """Return the part of a file of the repository.

    Args:
        path: relative to the repository's folder.
        cut: which part.

    Raises:
        WorkshopError: there is no such file or part, or more than one cell has the text.
    """
    file = PROJECT / path
    if not file.is_file() or not file.resolve().is_relative_to(PROJECT):
        raise WorkshopError(
            f"The repository has no file {path}.", "Give a path from its top, as lambdas/…"
        )
    text = _cut_out(file, cut)
    return dedent(_between(text, cut, path)).strip("\n")


def _cut_out(file: Path, cut: Cut) -> str:
    if file.suffix == ".ipynb":
        return _notebook_cell(file, cut.cell)
    text = file.read_text(encoding="utf-8")
    if cut.function:
        return _function(text, cut.function, file.name)
    return _block(text, cut.block, file.name) if cut.block else text


def _notebook_cell(file: Path, wanted: str) -> str:
    cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    found = [source for source in sources if wanted and wanted in source]
    if len(found) != 1:
        raise WorkshopError(
            f"{len(found)} code cells of {file.name} contain {wanted!r}.",
            "Give `:cell:` a text that exactly one cell has.",
        )
    return found[0]


def _function(text: str, name: str, file_name: str) -> str:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, kinds) and node.name == name:
            return _without_docstring(text.splitlines(), node)
    raise WorkshopError(
        f"{file_name} has no function or class {name!r}.", "Look at the file for its name."
    )


def _without_docstring(
    lines: list[str], node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
) -> str:
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    kept = range(first, (node.end_lineno or node.lineno) + 1)
    left_out: range = range(0)
    if ast.get_docstring(node) is not None and len(node.body) > 1:
        docstring = node.body[0]
        left_out = range(docstring.lineno, (docstring.end_lineno or docstring.lineno) + 1)
    return "\n".join(lines[number - 1] for number in kept if number not in left_out)


def _block(text: str, name: str, file_name: str) -> str:
    starts = [(found["name"], found.start(), found.end()) for found in _BLOCK.finditer(text)]
    ends = [start for _, start, _ in starts[1:]] + [len(text)]
    for (found, _, start), end in zip(starts, ends, strict=True):
        if found == name:
            return text[start:end]
    names = ", ".join(found for found, _, _ in starts if found)
    raise WorkshopError(f"{file_name} has no block {name!r}.", f"It has {names}.")


def _between(text: str, cut: Cut, path: str) -> str:
    lines = text.strip("\n").splitlines()
    first = _line_with(lines, cut.start, 0, path) if cut.start else 0
    last = _line_with(lines, cut.end, first + 1, path) if cut.end else len(lines) - 1
    return "\n".join(lines[first : last + 1])


def _line_with(lines: list[str], text: str, after: int, path: str) -> int:
    for number, line in enumerate(lines[after:], start=after):
        if text in line:
            return number
    raise WorkshopError(
        f"{path} has no line with {text!r} where it was looked for.",
        "`:from:` and `:to:` take text of a line; `:to:` is looked for after `:from:`.",
    )
