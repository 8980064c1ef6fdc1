"""How wide a text can be, so that what is drawn in advance fits whatever font the reader has."""

from __future__ import annotations

from collections.abc import Mapping
from unicodedata import normalize

# Upper bounds in em: the advances of DejaVu Sans Bold and DejaVu Sans, the widest of the fonts in
# the design tokens, rounded up to 0.04.
_BOLD = {
    0.32: "'",
    0.36: " ijl",
    0.4: ",./:;IJ\\|·’",
    0.44: "-f",
    0.48: "!()[]t",
    0.52: "_`r°–",
    0.56: '"*',
    0.6: "?csz",
    0.64: "Lλ",
    0.68: "aekvxy“”",
    0.72: "$0123456789EFTbdghnopqu{}",
    0.76: "CPSYZ",
    0.8: "ABKRVX",
    0.84: "#+<=>DGHNU^~×→←",
    0.88: "&OQ",
    0.96: "w",
    1.0: "@M—…",
    1.04: "%",
    1.08: "m",
    1.12: "W",
}
_COMMON = {
    0.28: "'ijl",
    0.32: " ,.IJ·’",
    0.36: "/:;\\f|",
    0.4: "()-[]t",
    0.44: "!r",
    0.48: '"',
    0.52: "*_`°–“”",
    0.56: "?Lcsz",
    0.6: "Fkvxyλ",
    0.64: "$0123456789EPSTYabdeghnopqu{}",
    0.68: "K",
    0.72: "ABCRVXZ",
    0.76: "HNU",
    0.8: "&DGOQ",
    0.84: "#+<=>^w~×→←",
    0.88: "M",
    0.96: "%",
    1.0: "@Wm—…",
}
_UNKNOWN = 1.12
# Every letter of the monospaced fonts in the tokens is at most this wide.
_MONOSPACED = 0.61


def text_width(text: str, size: float, *, bold: bool = True) -> float:
    """The width that a text of `size` pixels does not exceed in the common sans fonts."""
    widths = _BOLD_WIDTHS if bold else _COMMON_WIDTHS
    return size * sum(_character_width(character, widths) for character in text)


def code_width(text: str, size: float) -> float:
    """The width that a text of `size` pixels does not exceed in the common monospaced fonts."""
    return size * _MONOSPACED * len(text)


def fit_text(text: str, room: float, size: float, *, bold: bool = True) -> str:
    """The text, cut with an ellipsis where it could be wider than `room` pixels."""
    if text_width(text, size, bold=bold) <= room:
        return text
    while text and text_width(text + "…", size, bold=bold) > room:
        text = text[:-1]
    return text + "…"


def _by_character(widths: Mapping[float, str]) -> dict[str, float]:
    return {character: width for width, alike in widths.items() for character in alike}


_BOLD_WIDTHS, _COMMON_WIDTHS = _by_character(_BOLD), _by_character(_COMMON)


def _character_width(character: str, widths: Mapping[str, float]) -> float:
    # An accent is as wide as the letter under it.
    return widths.get(character) or widths.get(normalize("NFD", character)[0], _UNKNOWN)
