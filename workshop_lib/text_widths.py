"""How wide a text can be, so that what is drawn in advance fits whatever font the reader has."""

from __future__ import annotations

# Upper bounds in em, measured on DejaVu Sans Bold, the widest of the fonts in the design tokens.
_NARROW, _SLIM, _COMMON, _CAPITAL, _WIDE = 0.48, 0.51, 0.72, 0.88, 1.11
# DejaVu Sans of the common weight is at most this share of the bold one.
_COMMON_WEIGHT = 0.96


def text_width(text: str, size: float, *, bold: bool = True) -> float:
    """The width that a text of `size` pixels does not exceed in the common sans fonts."""
    width = size * sum(_character_width(character) for character in text)
    return width if bold else width * _COMMON_WEIGHT


def fit_text(text: str, room: float, size: float, *, bold: bool = True) -> str:
    """The text, cut with an ellipsis where it could be wider than `room` pixels."""
    if text_width(text, size, bold=bold) <= room:
        return text
    while text and text_width(text + "…", size, bold=bold) > room:
        text = text[:-1]
    return text + "…"


def _character_width(character: str) -> float:
    if character in "iljI.,:;'|!()/- ":
        return _NARROW
    if character in "frt":
        return _SLIM
    if character in "mwMW@%…œŒæÆ—" or ord(character) > 0x2E7F:
        return _WIDE
    common = character.islower() or character.isdigit() or character in '"*?_`{}[]\\'
    return _COMMON if common else _CAPITAL
