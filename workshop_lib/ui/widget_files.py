"""A widget's script and styles: what all widgets share, then a file of its own beside this one."""

from __future__ import annotations

from pathlib import Path

from workshop_lib.ui.styles import read_styles


def read_widget_script(file: str) -> str:
    """Return the JavaScript module of a widget; a module of anywidget is one text.

    Raises:
        OSError: the file cannot be read.
    """
    return "\n".join([_read("widget_elements.js"), _read(file)])


def read_widget_styles(file: str) -> str:
    """Return the CSS of a widget whose outermost element is a `workshop-widget`.

    Raises:
        OSError: the file cannot be read.
    """
    return "\n".join([read_styles("workshop-widget", "widgets.css"), _read(file)])


def _read(file: str) -> str:
    return Path(__file__).with_name(file).read_text(encoding="utf-8")
