"""`workshop lab`: JupyterLab on the first notebook."""

from __future__ import annotations

from typing import Annotated

import typer

from workshop_lib.cloud import connect
from workshop_lib.commands.model import prepare_model
from workshop_lib.commands.terminals import console, say_connected
from workshop_lib.places import require_checkout
from workshop_lib.settings import read_settings


def lab(
    browser: Annotated[bool, typer.Option(help="Open a browser where there is one.")] = True,
) -> None:
    """Open JupyterLab on the first notebook; everything it needs is started."""
    from workshop_lib.laboratories import Laboratory, open_browser
    from workshop_lib.lessons import LESSONS

    require_checkout()
    settings = read_settings()
    prepare_model(settings)
    say_connected(connect(settings))
    laboratory = Laboratory(settings.home, f"notebooks/{LESSONS[0].stem}.ipynb")
    try:
        with console.status("Starting JupyterLab…"):
            address = laboratory.start()
        console.print("\nJupyterLab is open at", style="bold")
        console.print(f"  {address}", style="cyan", soft_wrap=True, highlight=False)
        if not (browser and open_browser(address)):
            console.print("Open this address in a browser.")
        console.print("Ctrl-C ends JupyterLab; what you built stays.\n")
        laboratory.wait()
    finally:
        laboratory.stop()
