"""A value as JSON that folds."""

from __future__ import annotations

import json
from typing import Any

from markupsafe import Markup

from workshop_lib.ui.plain_data import to_plain
from workshop_lib.ui.redaction import hide_secrets
from workshop_lib.ui.views import View, join, visible

OPEN_DEPTH = 2
# What fits on a screen is shown whole: a fold there would only hide what the text speaks of.
MOST_OPEN_LINES = 48


class JsonView(View):
    """Any value as JSON; a long one folds what lies deeper than two levels away at first."""

    def __init__(self, value: Any) -> None:
        self._value = to_plain(value)

    def body(self) -> Markup:
        """The tree, each branch a `<details>` that the keyboard opens too."""
        whole = _count_lines(self._value) <= MOST_OPEN_LINES
        levels_open = MOST_OPEN_LINES if whole else OPEN_DEPTH
        return Markup('<div class="tree">{}</div>').format(_branch(None, self._value, levels_open))

    def to_text(self) -> str:
        """Indented JSON."""
        return visible(json.dumps(self._value, indent=2, ensure_ascii=False))


def _branch(key: str | None, value: Any, levels_open: int) -> Markup:
    name = Markup() if key is None else Markup('<span class="key">{}</span>: ').format(visible(key))
    if not _branches(value):
        return name + _leaf(value) + _unpacked(value)
    entries = value.items() if isinstance(value, dict) else enumerate(value)
    keyed = isinstance(value, dict)
    leaves = [
        Markup("<li>{}</li>").format(_branch(str(inner) if keyed else None, held, levels_open - 1))
        for inner, held in entries
    ]
    return Markup(
        '<details{}><summary>{}<span class="quiet">{}</span></summary><ul>{}</ul></details>'
    ).format(Markup(" open") if levels_open > 0 else "", name, _count(value), join(leaves))


def _branches(value: Any) -> bool:
    """A box of four numbers reads best on one line."""
    if isinstance(value, list):
        return not all(isinstance(held, int | float) for held in value)
    return isinstance(value, dict) and bool(value)


def _leaf(value: Any) -> Markup:
    kind = "string" if isinstance(value, str) else "other"
    text = json.dumps(value, ensure_ascii=False)
    return Markup('<span class="{}">{}</span>').format(kind, visible(text))


def _unpacked(value: Any) -> Markup:
    """What a text holds where it is JSON itself, as the body of an API's answer is; folded."""
    held = hide_secrets(_json_inside(value))
    if not _branches(held):
        return Markup()
    return Markup(
        '<details><summary class="quiet">the JSON in this text</summary>'
        "<ul><li>{}</li></ul></details>"
    ).format(_branch(None, held, OPEN_DEPTH))


def _json_inside(value: Any) -> Any:
    if not isinstance(value, str) or not value.startswith(("{", "[")):
        return None
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return None


def _count_lines(value: Any) -> int:
    if not _branches(value):
        return 1
    return 1 + sum(map(_count_lines, value.values() if isinstance(value, dict) else value))


def _count(value: dict[str, Any] | list[Any]) -> str:
    if isinstance(value, dict):
        return f"{{ {len(value)} {'entry' if len(value) == 1 else 'entries'} }}"
    return f"[ {len(value)} {'item' if len(value) == 1 else 'items'} ]"
