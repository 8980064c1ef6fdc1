"""`workshop lab`: JupyterLab on the first notebook."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from workshop_lib.cloud import connect
from workshop_lib.commands.model import prepare_model
from workshop_lib.commands.terminals import console, say, say_connected
from workshop_lib.places import NOTEBOOKS, WORKING_COPIES, require_checkout
from workshop_lib.settings import read_settings


def lab(
    browser: Annotated[bool, typer.Option(help="Open a browser where there is one.")] = True,
    notebooks: Annotated[
        Path, typer.Option(help="Your own folder of notebooks.", envvar="WORKSHOP_NOTEBOOKS")
    ] = WORKING_COPIES,
) -> None:
    """Open JupyterLab on the first notebook; everything it needs is started.

    You work in copies of your own, in my_notebooks/. New versions of the workshop update them,
    keep your answers, and keep the earlier copy beside them.
    """
    from workshop_lib.laboratories import Laboratory, open_browser
    from workshop_lib.lessons import LESSONS
    from workshop_lib.working_copies import WorkingCopies

    require_checkout()
    settings = read_settings()
    prepare_model(settings)
    say_connected(connect(settings))
    folder = notebooks.expanduser().absolute()
    WorkingCopies(NOTEBOOKS, folder).refresh(say, datetime.now())
    laboratory = Laboratory(settings.home, folder / f"{LESSONS[0].stem}.ipynb")
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
