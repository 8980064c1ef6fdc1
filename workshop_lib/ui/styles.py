"""The styles of a view or a widget: the design tokens, then a file of its own."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from workshop_lib.design import notebook_colours, size_variables


@cache
def read_styles(name: str, file: str) -> str:
    """Return the CSS for everything inside elements of the class `name`, from a file beside this.

    Raises:
        OSError: the file cannot be read.
    """
    own = Path(__file__).with_name(file).read_text(encoding="utf-8")
    return "\n".join([notebook_colours(f".{name}"), f".{name} {{ {size_variables()} }}", own])
