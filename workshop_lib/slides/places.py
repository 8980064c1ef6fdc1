"""Where the built decks are."""

from __future__ import annotations

from workshop_lib.places import BUILD

DECKS = BUILD / "slides"
INDEX = "index.html"
# As old as the sources were when the last build without a mistake began.
STAMP = ".built"
