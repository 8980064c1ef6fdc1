"""`show(value)`: a value as a person would want to see it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any

import httpx

from workshop_lib.ui.json_trees import JsonView
from workshop_lib.ui.pictures import PictureView
from workshop_lib.ui.redaction import hide_signatures
from workshop_lib.ui.responses import ResponseView
from workshop_lib.ui.sources import SourceView
from workshop_lib.ui.tables import TableView
from workshop_lib.ui.views import TextView, View

_PICTURE_STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"RIFF")


def show(value: Any) -> None:
    """Show a value: records as a table, pictures as pictures, code as code, the rest as JSON."""
    shown = view_of(value)
    if "IPython" in sys.modules:
        from IPython import get_ipython
        from IPython.display import display

        if get_ipython() is not None:
            display(shown)
            return
    sys.stdout.write(f"{shown}\n")


def view_of(value: Any) -> Any:
    """The view that suits a value; what knows how to show itself is left as it is."""
    if isinstance(value, View) or hasattr(value, "_repr_mimebundle_"):
        return value
    if isinstance(value, str):
        return TextView(hide_signatures(value))
    if isinstance(value, bytes) and value.startswith(_PICTURE_STARTS):
        return PictureView(value)
    if isinstance(value, Path):
        return SourceView(value) if value.exists() else TextView(str(value))
    if isinstance(value, httpx.Response):
        return ResponseView(value)
    return _view_of_collection(value)


def _view_of_collection(value: Any) -> View:
    if isinstance(value, list | tuple) and value:
        if all(isinstance(entry, Mapping) or _is_record(entry) for entry in value):
            return TableView(value)
        if all(isinstance(entry, str) for entry in value):
            return TextView("\n".join(hide_signatures(entry) for entry in value))
    return JsonView(value)


def _is_record(value: Any) -> bool:
    return is_dataclass(value) and not isinstance(value, type)
