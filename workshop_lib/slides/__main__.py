"""`python -m workshop_lib.slides` builds the pages and tells each deck, then the mistakes."""

import sys

from workshop_lib.errors import WorkshopError
from workshop_lib.slides.builds import build_decks
from workshop_lib.slides.places import READING


def say(stem: str) -> None:
    """Print at once: whoever started this shows it."""
    sys.stdout.write(f"{READING} {stem}\n")
    sys.stdout.flush()


try:
    mistakes = build_decks(say=say).mistakes
except WorkshopError as error:
    sys.exit(str(error))
sys.stderr.write(mistakes)
