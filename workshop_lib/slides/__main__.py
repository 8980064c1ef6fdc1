"""`python -m workshop_lib.slides` builds the pages and prints each deck's name as it is read."""

import sys

from workshop_lib.errors import WorkshopError
from workshop_lib.slides.builds import build_decks


def say(stem: str) -> None:
    """Print at once: whoever started this shows it."""
    sys.stdout.write(f"Reading {stem}\n")
    sys.stdout.flush()


try:
    build_decks(say=say)
except WorkshopError as error:
    sys.exit(str(error))
