"""`workshop slides`: the decks, built and presented."""

from __future__ import annotations

from pathlib import Path

import typer

from workshop_lib.commands.terminals import console
from workshop_lib.places import require_checkout

app = typer.Typer(no_args_is_help=True, help="Build and present the slides.")


@app.command("build")
def build_slides() -> None:
    """Build all decks into build/slides/: pages that need no network."""
    pages = _build_pages()
    where = pages[0].with_name("index.html")
    console.print(f"{len(pages)} decks: {where}", highlight=False, soft_wrap=True)


def _build_pages() -> list[Path]:
    # Sphinx is slow to import, and only this needs it.
    from workshop_lib.slides.builds import build_decks

    require_checkout()
    with console.status("Building the slides…") as status:
        return list(build_decks(say=lambda stem: status.update(f"Reading {stem}…")))
