"""`workshop slides`: the decks, built, printed and presented."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workshop_lib.commands.terminals import console, say, show_progress
from workshop_lib.places import require_checkout

if TYPE_CHECKING:
    from workshop_lib.slides.builds import BuiltDecks

app = typer.Typer(no_args_is_help=True, help="Build and present the slides.")

NO_BROWSER = (
    "No Chromium, Chrome or Edge was found, so no PDF was printed; the pages are complete. "
    "Install one, or name it with --browser."
)


@app.command("build")
def build_slides(
    handouts: Annotated[
        bool, typer.Option(help="Print each deck as PDF: the slides, and the slides with notes.")
    ] = True,
    browser: Annotated[
        Path | None, typer.Option(help="The browser that prints; default: the one found here.")
    ] = None,
) -> None:
    """Build all decks into build/slides/: pages that need no network, and PDF handouts."""
    built = _build_pages()
    if handouts:
        _print_handouts(built.pages, browser)
    say(f"{len(built.pages)} decks: {built.pages[0].with_name('index.html')}")
    built.require_no_mistake()


@app.command("serve")
def serve_slides(
    port: Annotated[int, typer.Option(help="The port; 0 takes one that is free.")] = 0,
    browser: Annotated[bool, typer.Option(help="Open a browser where there is one.")] = True,
) -> None:
    """Present the decks from this machine; they are built first if anything has changed."""
    from workshop_lib.laboratories import open_browser
    from workshop_lib.slides.freshness import are_fresh
    from workshop_lib.slides.places import DECKS
    from workshop_lib.slides.servers import open_server

    require_checkout()
    if not are_fresh(DECKS):
        console.print(_build_pages().mistakes, style="yellow", markup=False, soft_wrap=True)
    server = open_server(DECKS, port)
    address = f"http://{server.server_address[0]!s}:{server.server_port}/"
    console.print("\nThe slides are at", style="bold")
    console.print(f"  {address}", style="cyan", soft_wrap=True, highlight=False)
    if not (browser and open_browser(address)):
        console.print("Open this address in a browser.")
    console.print("In a deck, S opens the speaker view, T switches light and dark.")
    console.print("Ctrl-C ends.\n")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        console.print("The slides are closed.")
    finally:
        server.server_close()


def _build_pages() -> BuiltDecks:
    # Sphinx is slow to import, and only this needs it.
    from workshop_lib.slides.builds import build_decks

    require_checkout()
    with console.status("Building the slides…") as status:
        return build_decks(say=lambda stem: status.update(f"Reading {stem}…"))


def _print_handouts(pages: Sequence[Path], browser: Path | None) -> None:
    from workshop_lib.slides.browsers import find_browser
    from workshop_lib.slides.handouts import plan_handouts, print_handouts

    chosen = browser or find_browser()
    if chosen is None:
        console.print(NO_BROWSER, style="yellow", soft_wrap=True)
        return
    planned = plan_handouts(pages)
    with show_progress() as progress:
        task = progress.add_task("Printing the handouts", total=len(planned))
        print_handouts(planned, chosen, lambda _: progress.advance(task))
    say(f"{len(planned)} handouts: {planned[0].file.parent}")
