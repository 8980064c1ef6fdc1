"""Where the built decks are."""

from __future__ import annotations

from workshop_lib.places import BUILD

DECKS = BUILD / "slides"
INDEX = "index.html"
# As old as the sources were when the last build began.
STAMP = ".built"
# What a build in a process of its own prints before each deck's stem.
READING = "Reading"
